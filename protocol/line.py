"""Lines: what each host offers of each source, in which order, and when its turn comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from typing import NamedTuple

from .candidate import Candidate, event_item, series_item, who
from .errors import Invalid
from .ticket import tickets

SERIES, EVENT, TURN, IMPORTER = (
    "potluck.series", "potluck.event", "potluck.turn", "potluck.relay",
)  # fmt: skip

LineKey = tuple[bytes, str | None]
"""The host, and the source id of what it imports; None for its own events."""

Place = tuple[bytes, bytes]
"""Where an item stands under a label: its ticket (16 bytes), then the item itself."""

Order = Callable[[bytes], Place]


class Orders(NamedTuple):
    """The orders of a draw under one seed."""

    series: Order
    event: Order
    turn: Order
    importer: Order

    @classmethod
    def of(cls, seed: bytes) -> Orders:
        """The orders under a seed of 32 bytes."""
        return cls(*(_order(seed, label) for label in (SERIES, EVENT, TURN, IMPORTER)))


class Line:
    """The candidates of one host and source (at least one), offered one after the other."""

    __slots__ = ("_offered", "_orders", "_rest", "candidates", "key", "turn", "who")

    def __init__(self, key: LineKey, candidates: list[Candidate], orders: Orders) -> None:
        self.key = key
        self.who = who(*key)
        self.candidates = candidates
        self._orders = orders
        first = self._first()
        self._offered = [first]
        self._rest: Iterator[Candidate] | None = None
        self.turn = orders.turn(self.who if key[1] is None else event_item(self.who, first))

    def offer(self, number: int) -> Candidate | None:
        """What it offers in its turn of that number (from 1); None when all has been offered."""
        missing = number - len(self._offered)
        if missing > 0:
            if self._rest is None:  # few lines are asked for more than their first
                self._rest = islice(self._in_order(), 1, None)
            self._offered.extend(islice(self._rest, missing))
        return self._offered[number - 1] if number <= len(self._offered) else None

    def _first(self) -> Candidate:
        """The first of `_in_order`, for which far fewer tickets are needed."""
        if len(self.candidates) == 1:
            return self.candidates[0]
        series = self._by_series()
        events = series[min(series, key=self._orders.series)]
        return min(events, key=self._event_order) if len(events) > 1 else events[0]

    def _in_order(self) -> Iterator[Candidate]:
        """Each series' first event, then each series' second, and so on, as they are asked for."""
        series = self._by_series()
        left = [series[item] for item in sorted(series, key=self._orders.series)]
        for number in count():
            for events in left:
                if number == 0:
                    events.sort(key=self._event_order)
                yield events[number]
            left = [events for events in left if number + 1 < len(events)]
            if not left:
                return

    def _event_order(self, candidate: Candidate) -> Place:
        return self._orders.event(event_item(self.who, candidate))

    def _by_series(self) -> dict[bytes, list[Candidate]]:
        series: dict[bytes, list[Candidate]] = defaultdict(list)
        for candidate in self.candidates:
            series[series_item(self.who, candidate)].append(candidate)
        return series


def lines(candidates: Iterable[Candidate], orders: Orders) -> list[Line]:
    """The lines of a deck, in no particular order; repeated candidates count once.

    Raises Invalid when two different candidates share a register.
    """
    every = list(candidates)
    registers = {(candidate.host, candidate.slot): candidate for candidate in every}
    if len(registers) < len(every):
        for candidate in every:
            if registers[candidate.host, candidate.slot] != candidate:
                raise Invalid(
                    "two candidates for one register: slot {slot:016x}", slot=candidate.slot
                )
    found: dict[LineKey, list[Candidate]] = defaultdict(list)
    for candidate in registers.values():
        found[candidate.host, candidate.source].append(candidate)
    return [Line(key, own, orders) for key, own in found.items()]


def _order(seed: bytes, label: str) -> Order:
    ticket_of = tickets(seed, label)
    return lambda item: (ticket_of(item), item)
