"""A whole node over loopback, to be attacked.

    python -m tests.benchmarks.attacked FOLDER

is a decoy in a process of its own: it says its address, and runs until it is killed.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import trio
import trio.lowlevel

from potluck.node.clock import Clock
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.service import open_store
from potluck.node.replication.intake import Arrival, Intake, Origin
from potluck.node.runtime import collector
from potluck.node.runtime.connections import NetworkParts
from tests.builders import body, host, signed
from tests.node.loopback import HERE

CONFIG = Config(network_name="test", stamp_bits=4, listen=(HERE,))
HELD = 2_000


class Whole:
    """A node, what arrived at it, and whom it lost."""

    def __init__(self, parts: NetworkParts, intake: Intake) -> None:
        self.parts = parts
        self.intake = intake
        self.arrived: dict[bytes, trio.Event] = {}
        self.lost: list[str] = []
        intake.on_fresh(self._arrived)
        gone = parts.transport.on_disconnect

        def note(peer_id: str) -> None:
            self.lost.append(peer_id)
            gone(peer_id)

        parts.transport.on_disconnect = note

    @property
    def address(self) -> str:
        return self.parts.transport.addresses[0]

    def _arrived(self, arrival: Arrival) -> None:
        if arrival.signed.id in self.arrived:
            self.arrived[arrival.signed.id].set()

    async def fill(self) -> None:
        """Hold some events, as a node does that attackers ask for them."""
        for slot in range(HELD):
            self.intake.offer(
                signed(host(40), slot, what=body(f"Held {slot}")).encoded, Origin.SYNC
            )
            if slot % 16 == 0:
                await trio.lowlevel.checkpoint()


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[Whole]:
    home, clock = Home.create(folder, CONFIG), Clock()
    async with AsyncExitStack() as stack:
        store = stack.enter_context(open_store(home))
        intake = Intake(home.network, store, clock.real)
        parts = NetworkParts(home, store, intake, clock)
        await stack.enter_async_context(parts.transport.running())
        await parts.gossip.start()
        nursery = await stack.enter_async_context(trio.open_nursery())
        for part in (parts.peers.run, parts.sync.run):
            nursery.start_soon(part)
        await trio.lowlevel.checkpoint()
        collector.settle()
        yield Whole(parts, intake)
        nursery.cancel_scope.cancel()


async def decoy(folder: Path) -> None:
    async with whole(folder) as node:
        await node.fill()
        print(node.address, flush=True)
        await trio.sleep_forever()


if __name__ == "__main__":
    trio.run(decoy, Path(sys.argv[1]))
