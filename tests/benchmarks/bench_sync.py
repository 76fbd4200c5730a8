"""
Sync over loopback: a late joiner takes 10,000 announcements; two nodes with 100,000 differ in 10.

Bars: at most 15 s and 1.15 times the bytes of the announcements; at most 25 kB both ways.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import trio

from potluck.node.replication.intake import Intake, Origin
from potluck.node.replication.sync import Sync
from potluck.node.store import Bounds, Store
from potluck.node.transport import Stream, StreamProtocol
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, body, host, signed
from tests.node.loopback import HERE, until

JOINER = 10_000
LARGE = 100_000
DIFFERENCE = 10


class Node:
    """One node; counts the bytes of its streams."""

    def __init__(self, store: Store, seed: int) -> None:
        random = Random(seed)
        self.streams: list[Any] = []
        self.intake = Intake(NETWORK, store, lambda: NOW)
        self.transport = Libp2pTransport(random.randbytes(32), [HERE], random.randbytes)
        self.sync = Sync(
            self.transport, NETWORK, store.deck, self.intake,
            clock=lambda: NOW, rng=random, random_bytes=random.randbytes,
        )  # fmt: skip
        open_stream = self.transport.open_stream

        async def counted(peer_id: str, protocol: StreamProtocol) -> Stream:
            stream = await open_stream(peer_id, protocol)
            self.streams.append(stream)
            return stream

        self.transport.open_stream = counted  # type: ignore[method-assign]
        self.transport.on_connect = self.sync.connected

    @property
    def bytes(self) -> int:
        return sum(stream.sent + stream.received for stream in self.streams)

    @property
    def fresh(self) -> int:
        return self.intake.outcomes["fresh"]

    async def take(self, announcements: list[SignedAnnouncement]) -> None:
        for one in announcements:
            self.intake.offer(one.encoded, Origin.SYNC)
        await self.intake.settle()


@asynccontextmanager
async def running(folder: Path, held: int) -> AsyncIterator[Node]:
    """A node with room for so many announcements."""
    with Store(folder / f"{held}.sqlite", Bounds(held, bytes(32), bytes(32))) as store:
        node = Node(store, held)
        async with node.transport.running(), trio.open_nursery() as nursery:
            nursery.start_soon(node.sync.run)
            yield node
            nursery.cancel_scope.cancel()


def announcements(count: int) -> Iterator[SignedAnnouncement]:
    """Of 400 hosts, over ten days, with texts of a usual length."""
    about = " ".join(["We cook together and whoever comes eats; bring a bowl if you have one."] * 4)
    for number in range(count):
        event = body(f"Event {number}", about=about, topics=("food", "talk"))
        yield signed(
            host(number % 400), number, issued_at=NOW - 10 * 86_400 + number * 8, what=event
        )


async def bench_late_joiner(tmp_path: Path) -> None:
    """An empty node learns everything from one peer."""
    async with running(tmp_path, JOINER * 2) as old, running(tmp_path, JOINER * 2 + 1) as young:
        made = list(announcements(JOINER))
        await old.take(made)
        before, cpu = time.perf_counter(), time.process_time()
        await young.transport.dial(old.transport.addresses[0])
        await until(lambda: young.fresh == JOINER, 300)
        await young.intake.settle()
        seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
        size = sum(len(one.encoded) for one in made)
        print(
            f"\nlate joiner, {JOINER:,} announcements of {size / JOINER:.0f} bytes: "
            f"{seconds:.1f} s (bar 15), "
            f"{cpu:.1f} s of CPU for both, "
            f"{young.bytes / size:.3f} times their bytes (bar 1.15), {len(young.streams)} sessions"
        )


async def bench_large_nodes(tmp_path: Path) -> None:
    """Two nodes that hold nearly the same find the difference."""
    made = list(announcements(LARGE))
    scattered = sorted(Random(1).sample(range(LARGE), DIFFERENCE), reverse=True)
    apart = [made.pop(number) for number in scattered]
    file, copy = (tmp_path / f"{held}.sqlite" for held in (LARGE + 100, LARGE + 101))
    with Store(file, Bounds(LARGE + 100, bytes(32), bytes(32))) as store:
        intake = Intake(NETWORK, store, lambda: NOW)
        for one in made:
            intake.offer(one.encoded, Origin.SYNC)
        await intake.settle()
    shutil.copy(file, copy)
    async with running(tmp_path, LARGE + 100) as left, running(tmp_path, LARGE + 101) as right:
        await left.take(apart[: DIFFERENCE // 2])
        await right.take(apart[DIFFERENCE // 2 :])
        before, cpu = time.perf_counter(), time.process_time()
        await left.transport.dial(right.transport.addresses[0])
        await until(lambda: left.fresh == right.fresh == DIFFERENCE, 300)
        print(
            f"\ntwo nodes of {LARGE:,} that differ in {DIFFERENCE}: {left.bytes / 1000:.1f} kB (bar 25), "
            f"{time.perf_counter() - before:.1f} s, {time.process_time() - cpu:.1f} s of CPU for both"
        )
