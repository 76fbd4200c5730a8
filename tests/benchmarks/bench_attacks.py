"""Whether honest events go on arriving while a node is attacked from another process.

A victim and its friend run here, with all their parts, over loopback. What counts is the time of
this process's processor from the announcement at one to the arrival at the other: other programs
of the machine do not lengthen it. Medians, from 5 s after the attack began, beside those before.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

import pytest
import trio
import trio.lowlevel

from potluck.node.clock import Clock
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.service import open_store
from potluck.node.replication.intake import Arrival, Intake, Origin
from potluck.node.runtime.connections import NetworkParts
from tests.benchmarks.attacks import ATTACKS
from tests.builders import NETWORK, body, host, signed
from tests.node.loopback import HERE, until

DELIVERIES = 30
ONSET = 5.0
CONFIG = Config(network_name="test", stamp_bits=4, listen=(HERE,))


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

    def _arrived(self, arrival: Arrival) -> None:
        if arrival.signed.id in self.arrived:
            self.arrived[arrival.signed.id].set()


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
        yield Whole(parts, intake)
        nursery.cancel_scope.cancel()


async def deliveries(source: Whole, target: Whole, first: int) -> tuple[float, float]:
    """Seconds from one node to the other: of the processor, and of the clock on the wall."""
    cpu, wall = [], []
    for slot in range(first, first + DELIVERIES):
        now = int(time.time())
        one = signed(host(3), slot, issued_at=now, what=body(f"Honest {slot}", now + 86_400))
        came = target.arrived[one.id] = trio.Event()
        began = time.process_time(), time.perf_counter()
        source.intake.offer(one.encoded, Origin.SYNC)
        await source.parts.gossip.publish([one.encoded])
        with trio.fail_after(60):
            await came.wait()
        cpu.append(time.process_time() - began[0])
        wall.append(time.perf_counter() - began[1])
        await trio.sleep(0.05)
    return median(cpu), median(wall)


@pytest.mark.parametrize("attack", ATTACKS)
async def bench_attack(tmp_path: Path, attack: str) -> None:
    """Printed: processor time before, and under attack; the ratio has to stay below 2."""
    async with whole(tmp_path / "victim") as victim, whole(tmp_path / "friend") as friend:
        for slot in range(2_000):
            victim.intake.offer(
                signed(host(40), slot, what=body(f"Held {slot}")).encoded, Origin.SYNC
            )
            if slot % 16 == 0:
                await trio.lowlevel.checkpoint()
        address = victim.parts.transport.addresses[0]
        await friend.parts.peers.connect(address)
        one, other = victim.parts.transport, friend.parts.transport
        await until(lambda: other.peer_id in one.mesh(NETWORK.topic), 120)
        await until(lambda: one.peer_id in other.mesh(NETWORK.topic), 120)
        before = await deliveries(friend, victim, 0)
        words = [sys.executable, "-m", "tests.benchmarks.attacks", attack, address]
        victim.lost.clear()
        attacker = await trio.lowlevel.open_process(words, stdout=subprocess.PIPE)
        assert attacker.stdout is not None
        await attacker.stdout.receive_some()
        await trio.sleep(ONSET)
        under = await deliveries(friend, victim, 1000)
        attacker.kill()
        await attacker.wait()
        lost = other.peer_id in victim.lost
        print(
            f"\n{attack:>10}: {before[0] * 1e3:6.1f} ms of processor, under attack "
            f"{under[0] * 1e3:6.1f}: {under[0] / before[0]:.1f} times (wall {before[1] * 1e3:.0f} "
            f"to {under[1] * 1e3:.0f} ms, {under[1] / before[1]:.1f} times); honest connection "
            f"{'LOST' if lost else 'kept'}"
        )
