"""What reconciliation costs: bytes, round trips, processor time and memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from hashlib import blake2b
from time import process_time

from potluck.protocol.items import Items
from potluck.protocol.reconcile import Reconciler

FRAME = 64 * 1024


def items(start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """An item a minute."""
    return (
        (60 * number, blake2b(b"%d" % number, digest_size=32).digest())
        for number in range(start, stop)
    )


def session(ours: Items, theirs: Items) -> tuple[int, int, int]:
    """Bytes, round trips, ids learned."""
    initiator, responder = Reconciler(ours, FRAME), Reconciler(theirs, FRAME)
    message, sent, trips, learned = initiator.open(), 0, 0, 0
    while True:
        answer = responder.respond(message)
        progress = initiator.reconcile(answer)
        sent, trips, learned = (
            sent + len(message) + len(answer),
            trips + 1,
            learned + len(progress.need),
        )
        if progress.reply is None:
            return sent, trips, learned
        message = progress.reply


def bench_reconcile() -> None:
    """A peer that lacks the newest, or scattered ones, of n items."""
    print(f"\nReconciliation in frames of {FRAME // 1024} KiB:")
    for n in (10_000, 100_000):
        everything = list(items(0, n))
        tracemalloc.start()
        theirs = Items(everything)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        started = process_time()
        Items(everything)
        print(
            f"  {n:7,} items: sealed in {process_time() - started:.2f} s, {held / n:.0f} bytes an "
            "item"
        )
        lacks = {
            "nothing": set[int](),
            "10 newest": set(range(n - 10, n)),
            "10 scattered": set(range(0, n, n // 10)),
            "1,000 scattered": set(range(0, n, n // 1_000)),
        }
        for what, lacking in lacks.items():
            ours = Items(item for number, item in enumerate(everything) if number not in lacking)
            started = process_time()
            sent, trips, learned = session(ours, theirs)
            assert learned == len(lacking)
            took = process_time() - started
            print(
                f"    lacks {what:16} {sent:9,} bytes {trips:3} trips {took:6.3f} s of both sides"
            )
