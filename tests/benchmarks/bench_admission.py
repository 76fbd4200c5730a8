"""How many announcements a core takes in a second, beside the signature checks alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from time import process_time

from potluck.node.replication.intake import Intake, Origin
from potluck.node.runtime import collector
from potluck.node.store import Bounds, Store
from potluck.protocol.wire import SignedAnnouncement
from tests.benchmarks.invented import announcements
from tests.builders import NETWORK, NOW, host

COUNT = 20_000
HOSTS = 4_000
TURN = 1_000


def seconds(work: Callable[[], None]) -> float:
    """Of processor time, all threads together."""
    started = process_time()
    work()
    return process_time() - started


def bench_admission(tmp_path: Path) -> None:
    """
    Decode, check stamp and signature, compare, store; by turns, so that all meet the same load.
    """
    signed = list(announcements(COUNT, HOSTS))
    collector.settle()  # as a node does, which does not have them all in memory
    checking = taking = seeing = 0.0
    with Store(tmp_path / "store.sqlite", Bounds(10 * COUNT, bytes(32), host(0).key)) as store:
        intake = Intake(NETWORK, store, lambda: NOW)
        remaining = iter(signed)
        while turn := list(islice(remaining, TURN)):
            encoded = [one.encoded for one in turn]

            def check(turn: list[SignedAnnouncement] = turn) -> None:
                assert all(map(SignedAnnouncement.has_valid_signature, turn))

            def take_in(encoded: list[bytes] = encoded) -> None:
                for one in encoded:
                    intake.offer(one, Origin.SYNC)
                store.ledger.flush().result()

            checking += seconds(check)
            taking += seconds(take_in)
            seeing += seconds(take_in)
        assert intake.outcomes == {"fresh": COUNT, "seen": COUNT}
    size = sum(len(one.encoded) for one in signed) / COUNT
    print(f"\n{COUNT:,} announcements of {HOSTS:,} hosts, {size:.0f} bytes each, per core-second:")
    print(f"  signature checks alone {COUNT / checking:8,.0f}")
    print(
        f"  taken in and stored    {COUNT / taking:8,.0f}   {checking / taking:.0%} of the checks",
        end="",
    )
    print("   (bars: 8,000, 50%)")
    print(f"  seen before            {COUNT / seeing:8,.0f}")
