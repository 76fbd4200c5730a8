"""How many announcements a core takes in a second, beside the signature checks alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
FRAME = 100


def seconds(work: Callable[[], None]) -> float:
    """Of processor time, all threads together."""
    started = process_time()
    work()
    return process_time() - started


def checked(frame: list[SignedAnnouncement]) -> list[bool]:
    return [one.has_valid_signature() for one in frame]


def bench_admission(tmp_path: Path) -> None:
    """
    Decode, check stamp and signature, compare, store, a frame at a time as in sync; by turns, so
    that all meet the same load.
    """
    signed = list(announcements(COUNT, HOSTS))
    collector.settle()  # as a node does, which does not have them all in memory
    checking = taking = seeing = 0.0
    bounds = Bounds(10 * COUNT, bytes(32), host(0).key)
    with Store(tmp_path / "store.sqlite", bounds) as store, ThreadPoolExecutor(1) as aside:
        intake = Intake(NETWORK, store, lambda: NOW)
        remaining = iter(signed)
        while turn := list(islice(remaining, TURN)):
            encoded = [one.encoded for one in turn]

            def check(turn: list[SignedAnnouncement] = turn) -> None:
                assert all(checked(turn))

            def take_in(encoded: list[bytes] = encoded) -> None:
                for at in range(0, TURN, FRAME):
                    frame = [intake.decode(one) for one in encoded[at : at + FRAME]]
                    genuine = aside.submit(checked, frame).result()
                    for one, holds in zip(frame, genuine, strict=True):
                        intake.take(one, partial(bool, holds), Origin.SYNC)
                store.ledger.flush().result()

            def see(encoded: list[bytes] = encoded) -> None:
                for one in encoded:
                    intake.offer(one, Origin.GOSSIP)

            checking += seconds(check)
            taking += seconds(take_in)
            seeing += seconds(see)
        assert intake.outcomes == {"fresh": COUNT, "seen": COUNT}
    size = sum(len(one.encoded) for one in signed) / COUNT
    print(f"\n{COUNT:,} announcements of {HOSTS:,} hosts, {size:.0f} bytes each, per core-second:")
    print(f"  signature checks alone {COUNT / checking:8,.0f}")
    print(
        f"  taken in and stored    {COUNT / taking:8,.0f}   {checking / taking:.0%} of the checks",
        end="",
    )
    print("   (bars: 8,000, 45%)")
    print(f"  seen before            {COUNT / seeing:8,.0f}")
