"""
Nodes over hours and weeks, with a clock that runs fast: nothing that comes and goes is left behind.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from potluck.node import limits
from potluck.node.replication.intake import PURGE_SECONDS, Intake, Origin
from potluck.node.store import Bounds, Store
from potluck.protocol.announcement import DAY
from tests.builders import NETWORK, NOW, body, host, signed
from tests.node.loopback import until
from tests.node.whole import Node, network_of

HOUR = 3600
ROOM = 2_000
PER_HOUR = 600
AT_ONCE = 30
HOSTS = 600
"""So many that none announces faster than is forwarded; that rate runs by the real clock."""


def resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


class Life:
    """
    Intake and store under a clock that only `pass_hour` moves; announcements live `lifetime`
    seconds.
    """

    def __init__(self, store: Store, lifetime: int, per_hour: int) -> None:
        self.now = NOW
        self.store = store
        self._lifetime = lifetime
        self._per_hour = per_hour
        self._rng = Random(1)
        self._intake = Intake(NETWORK, store, lambda: self.now)
        self._slot = 0

    async def pass_hour(self) -> None:
        """Announcements arrive, each twice, a tenth of them revised; what expired is let go of."""
        for _ in range(HOUR // PURGE_SECONDS):
            for _ in range(self._per_hour * PURGE_SECONDS // HOUR):
                self._arrive()
            self.now += PURGE_SECONDS
            await self.store.upkeep.purge(self.now)

    def _arrive(self) -> None:
        self._slot += self._rng.randrange(10) > 0
        one = signed(
            host(self._slot % 50),
            self._slot,
            revision=self._rng.randrange(3),
            issued_at=self.now,
            expires_at=self.now + self._lifetime,
            what=body("Soup", self.now + HOUR, about="x" * self._rng.randrange(1, 1_000)),
        )
        for _ in range(2):
            self._intake.offer(one.encoded, Origin.SYNC)


def size(store: Store) -> int:
    """Bytes of the file and its journal."""
    path = store.database.path
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


async def live(folder: Path, hours: int, per_hour: int) -> tuple[list[int], list[int]]:
    """Sizes of the file and of the process after each hour but the first day of the clock."""
    files, memory = [], []
    with Store(folder / "store.sqlite", Bounds(ROOM, bytes(32), host(99).key)) as store:
        life = Life(store, 2 * HOUR, per_hour)
        for hour in range(hours):
            await life.pass_hour()
            if hour >= (DAY + 3 * HOUR) // HOUR:  # what expired is remembered for a day
                gc.collect()
                files.append(size(store))
                memory.append(resident())
        assert (await store.deck.counts()).held <= min(ROOM, 3 * per_hour)
    return files, memory


async def test_a_store_from_which_events_expire_does_not_grow(tmp_path: Path) -> None:
    files, _ = await live(tmp_path, hours=40, per_hour=36)

    assert max(files[5:]) <= 1.1 * max(files[:5])


@pytest.mark.soak
async def test_weeks_of_arrivals_leave_memory_and_file_as_they_were(tmp_path: Path) -> None:
    """
    As many announcements as eight hours at one a second: 28,800 and as many revisions and repeats.
    """
    files, memory = await live(tmp_path, hours=24 * 10, per_hour=120)

    assert max(files[24:]) <= 1.1 * max(files[:24])
    assert max(memory[-24:]) <= max(memory[:24]) + (8 << 20)


async def pass_some_minutes(nodes: Sequence[Node], first_slot: int) -> None:
    """The first node announces some events, the others hear of them by gossip; then time passes."""
    now = int(nodes[0].clock)
    said = [
        signed(
            host(slot % HOSTS), slot, issued_at=now, expires_at=now + 6 * HOUR,
            what=body("Soup", now + HOUR, about="x" * (1 + slot % 1_000)),
        )
        for slot in range(first_slot, first_slot + AT_ONCE)
    ]  # fmt: skip
    nodes[0].take(said)
    await nodes[0].gossip.publish([one.encoded for one in said])
    await until(lambda: all(node.knows(said) for node in nodes))
    for node in nodes:
        node.clock += HOUR * AT_ONCE // PER_HOUR
        await node.store.upkeep.purge(int(node.clock))


@pytest.mark.soak
async def test_two_days_of_connected_nodes_leave_memory_and_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    As many announcements as eight hours at one a second, by gossip; one node goes and comes back.
    """
    monkeypatch.setattr(limits, "SEEN_MESSAGES", 5_000)  # full before the first day is over
    files, memory = [], []
    async with network_of(tmp_path, *[{}] * 3) as nodes:
        await nodes[1].dial(nodes[0])
        for hour in range(48):
            await nodes[1].transport.disconnect(nodes[2].transport.peer_id)
            await until(lambda: not nodes[2].transport.peers)
            await nodes[2].dial(nodes[1])
            for slot in range(hour * PER_HOUR, (hour + 1) * PER_HOUR, AT_ONCE):
                await pass_some_minutes(nodes, slot)
            gc.collect()
            files.append(sum(size(node.store) for node in nodes))
            memory.append(resident())
        assert not any(node.offences for node in nodes)
    assert max(files[-8:]) <= 1.1 * max(files[32:40])  # what expired is remembered for a day
    assert max(memory[-8:]) <= max(memory[32:40]) + (8 << 20)
