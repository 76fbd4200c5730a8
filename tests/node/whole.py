"""Whole nodes without a service: transport, store, intake, gossip and sync over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import trio
import trio.testing

from potluck.node.replication.gossip import Gossip
from potluck.node.replication.intake import Intake, Origin
from potluck.node.replication.sync import Sync
from potluck.node.store import Bounds, Store
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, body, host, signed
from tests.node.loopback import HERE


class Node:
    """Transport, store, intake, gossip and sync of one node, with a clock of its own."""

    def __init__(
        self, store: Store, seed: int, network: Network = NETWORK, clock: float = NOW
    ) -> None:
        random = Random(seed)
        self.clock = clock
        self.offences: list[str] = []
        self.store = store
        self.intake = Intake(network, store, lambda: self.clock)
        self.transport = Libp2pTransport(random.randbytes(32), [HERE], random.randbytes)
        self.sync = Sync(
            self.transport, network, store.deck, self.intake,
            clock=lambda: self.clock, rng=random, random_bytes=random.randbytes,
        )  # fmt: skip
        self.gossip = Gossip(self.transport, self.sync, self.intake, network, random.randbytes)
        self.transport.on_connect = self.sync.connected
        self.transport.on_disconnect = self.sync.disconnected
        self.transport.on_offence = lambda _peer, error: self.offences.append(error.reason)

    def take(self, announcements: Iterable[SignedAnnouncement]) -> None:
        for one in announcements:
            self.intake.offer(one.encoded, Origin.SYNC)

    def knows(self, announcements: Iterable[SignedAnnouncement]) -> bool:
        return not any(self.intake.needs(one.id) for one in announcements)

    async def dial(self, other: Node) -> None:
        await self.transport.dial(other.transport.addresses[0])


@asynccontextmanager
async def network_of(folder: Path, *nodes: Mapping[str, object]) -> AsyncIterator[list[Node]]:
    """Running nodes, connected with nobody; each is made with the given arguments."""
    async with AsyncExitStack() as stack:
        made = []
        for number, arguments in enumerate(nodes):
            store = stack.enter_context(
                Store(folder / f"{number}.sqlite", Bounds(50_000, bytes(32), bytes(32)))
            )
            made.append(Node(store, number, **arguments))  # type: ignore[arg-type]
        for node in made:
            await stack.enter_async_context(node.transport.running())
            await node.gossip.start()
        async with trio.open_nursery() as nursery:
            for node in made:
                nursery.start_soon(node.sync.run)
            await trio.testing.wait_all_tasks_blocked()
            yield made
            nursery.cancel_scope.cancel()


def announcements(
    count: int, first: int = 0, network: Network = NETWORK
) -> list[SignedAnnouncement]:
    return [
        signed(
            host(number % 7),
            number,
            network=network,
            issued_at=NOW - number,
            what=body(f"Event {number}"),
        )
        for number in range(first, first + count)
    ]
