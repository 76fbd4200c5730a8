"""How long a hand takes to deal, beside the tickets alone that it cannot do without."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from statistics import median
from time import process_time

from potluck.protocol.candidate import Candidate
from potluck.protocol.draw import draw
from potluck.protocol.line import TURN
from potluck.protocol.ticket import tickets

REPEATS = 9
SIZES = [(100, 10), (1_000, 100), (50_000, 5_000)]
IMPORTERS = (0, 1, 5)


def milliseconds(work: Callable[[bytes], object]) -> float:
    """The median over some seeds, of processor time."""
    times = []
    for number in range(REPEATS):
        started = process_time()
        work(bytes([number]) * 32)
        times.append(1000 * (process_time() - started))
    return median(times)


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=32).digest()


def deck(size: int, organisers: int, importers: int) -> list[Candidate]:
    """Events of organisers in turn, a third of them in series, all imported by so many or none."""
    copies = max(1, importers)
    return [candidate(n // copies, n % copies, organisers, importers) for n in range(size)]


def candidate(number: int, importer: int, organisers: int, importers: int) -> Candidate:
    organiser = f"organiser {number % organisers}"
    host = digest(f"importer {importer}" if importers else organiser)
    id = digest(f"id {importer} {number}")
    series = "weekly" if number % 3 == 0 else None
    return Candidate(host, number, id, series, organiser if importers else None)


def bench_deal() -> None:
    """A hand of 5 among 100 to 50,000 candidates, announced by their hosts or imported."""
    print("\nA hand of 5, in ms (bar: 250 among 50,000 of 5,000 organisers):")
    for size, organisers in SIZES:
        for importers in IMPORTERS:
            candidates = deck(size, organisers, importers)
            items = {one.event for one in candidates}
            alone = milliseconds(
                lambda seed, items=items: min(map(tickets(seed, TURN), items))  # type: ignore[misc]
            )
            dealt = milliseconds(
                lambda seed, deck=candidates: draw(deck, seed, 5)  # type: ignore[misc]
            )
            print(f"  {size:7,} of {organisers:5,}, {importers} importers {dealt:8.2f}", end="")
            print(f"   a ticket an event {alone:8.2f}")
