"""How long a hand takes among 1,000,000 events: SQL, sifting by distance and time, tickets."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from potluck.node.operations.draw.candidates import Deck, sift
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.window import Window, window_of
from potluck.node.store import Store
from potluck.protocol.draw import draw
from tests.benchmarks import million
from tests.builders import NOW

PLACES = range(20, 420, 10)
REPEATS = 5


async def bench_draw() -> None:
    """Five cards within 25 km and 14 days; of the draws at one place, the fastest counts."""
    best, sizes = [], []
    with million.store() as store:
        for number in PLACES:
            lat, lon = million.towns()[number][0]
            where = window_of(DrawForm(at=f"{lat},{lon}", within=25, days=14), NOW)
            draws = [await timed_draw(store, where, bytes([seed]) * 32) for seed in range(REPEATS)]
            best.append(min(draws, key=sum))
            sizes.append((await gathered(store, where)).candidates)
    counts = [len(candidates) for candidates in sizes]
    parts = [1000 * median(part) for part in zip(*best, strict=True)]
    total = 1000 * median(map(sum, best))
    print(
        f"\nA hand of 5 within 25 km and 14 days of {million.EVENTS:,} events of "
        f"{million.HOSTS:,} hosts,"
    )
    print(
        f"among {min(counts)} to {max(counts)} candidates (median {median(counts):.0f}), median ms:"
    )
    print("  SQL {:.2f} + distance and filters {:.2f} + tickets {:.2f}".format(*parts), end="")
    print(f" = {total:.2f}   (bar: 10)")


async def gathered(store: Store, where: Window) -> Deck:
    entries = store.deck.candidates(where.cells, where.earliest, where.until)
    return sift(entries, where, {})


async def timed_draw(store: Store, where: Window, seed: bytes) -> tuple[float, float, float]:
    """Seconds for reading, sifting and dealing."""
    cells, started = where.cells, perf_counter()
    entries = store.deck.candidates(cells, where.earliest, where.until)
    read = perf_counter()
    found = sift(entries, where, {})
    sifted = perf_counter()
    hand = draw(found.candidates, seed, 5)
    dealt = perf_counter()
    assert len(hand.cards) == 5
    return read - started, sifted - read, dealt - sifted
