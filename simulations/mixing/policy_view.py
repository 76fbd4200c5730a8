"""What a policy sees: one region at one sitting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .events import Events, Hosts
from .kernels import Diary
from .people import Ints, People
from .rng import Purpose, Stream, jit, uniform
from .scenario import Scenario

Hand = Ints
"""Shape (lookers, hand): positions in the deck, -1 where there is no card."""


@dataclass
class View:
    """One region at one sitting, as a policy sees it. Arrays are the model's: never write."""

    scenario: Scenario
    seed: int
    region: int
    day: int
    people: People
    deck: Events
    """Candidates: the events of today and the next days."""
    hosts: Hosts
    diary: Diary
    memory: dict[Any, Any] = field(default_factory=dict)
    """A policy's own memory of this region, kept from sitting to sitting within a run."""
    lookers: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    """Who is dealt a hand: indices into `people`."""
    sitting: int = 0
    """Time of day, from 0 to scenario.time.sittings - 1."""
    round: int = 0
    """0, or the number of the redraw."""
    fills: bool = True
    """Whether an empty hand means that all was seen; False if a policy leaves cards empty."""
    strangers: int = 0
    """Cards of this dealing that came from strangers: for policies that tell them apart to count.
    """

    @property
    def hand(self) -> int:
        """Cards to deal."""
        return self.scenario.deal.hand

    @property
    def today(self) -> Stream:
        """A stream that is the same at all sittings and redraws of this day (`rng` differs)."""
        return self.lasting.child(self.day)

    @property
    def lasting(self) -> Stream:
        """A stream that is the same on all days of a run in this region."""
        return Stream.of(self.seed, Purpose.POLICY, self.region)

    @property
    def going(self) -> Ints:
        """How many go to each event of the deck so far."""
        return self.diary.going[self.deck.number]

    @cached_property
    def column(self) -> Ints:
        """(deck,) the column of `diary.shown` that belongs to each position in the deck."""
        return self.deck.number % np.int32(self.diary.shown.shape[1])

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """(lookers, deck) whether a card was not yet shown to a looker (since the bag was
        emptied)."""
        seen: NDArray[np.bool_] = self.diary.shown[np.ix_(self.lookers, self.column)]
        return ~seen

    @cached_property
    def shelf(self) -> Shelf:
        """The deck by organisers: a line for each, whoever brings it (see `drawing.lines`)."""
        importer = np.where(self.hosts.imported, self.hosts.keys[:, 0], -1)
        own = np.flatnonzero((self.deck.twin < 0) | ~self.deck.useless)
        return shelve(self.deck.host[own], self.deck.series[own], own, importer)

    def once(self, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What `make` gives at the first sitting of a day and round, remembered at the others."""
        if self.memory.get(("made on", self.round)) != self.day:
            self.memory["made on", self.round] = self.day
            self.memory["made", self.round] = make()
        return np.asarray(self.memory["made", self.round])

    def turned(self, order: Ints) -> Hand:
        """The cards whose turn it is at this redraw, of orders of cards: a hand for each row."""
        cards = order[:, self.round * self.hand : (self.round + 1) * self.hand]
        hands = np.full((len(order), self.hand), -1, np.int32)
        hands[:, : cards.shape[1]] = cards
        return hands

    def best(self, score: NDArray[Any], rng: Stream) -> Hand:
        """The unseen cards of highest score for each looker; scores (lookers, deck), ties by
        lot."""
        hand: Hand = top(
            score.astype(np.float32), self.diary.shown, self.lookers, self.column, self.hand,
            rng.word_key,
        )  # fmt: skip
        return hand


class Shelf(NamedTuple):
    """Cards sorted by line (whose turn it is), then series. A card may stand in several lines."""

    order: Ints
    """Deck positions, line by line and series by series."""
    series: Ints
    """Where each series begins in `order`, and the end."""
    line: Ints
    """Where each line begins in `series`, and the end."""
    names: Ints
    """Which line that is."""
    importer: Ints
    """(lines,) who brings it; -1: nobody but itself."""


def shelve(
    line: NDArray[Any], series: NDArray[Any], position: NDArray[Any], importer: NDArray[Any]
) -> Shelf:
    """A shelf of cards by line, series and position in the deck; `importer` is indexed by line."""
    order = np.lexsort((position, series, line))
    line, series = line[order], series[order]
    fresh_line = np.flatnonzero(np.diff(line, prepend=-1))
    fresh = np.flatnonzero((np.diff(line, prepend=-1) != 0) | (np.diff(series, prepend=-1) != 0))
    return Shelf(
        position[order].astype(np.int32),
        np.append(fresh, len(order)).astype(np.int32),
        np.append(np.searchsorted(fresh, fresh_line), len(fresh)).astype(np.int32),
        line[fresh_line].astype(np.int32),
        importer[line[fresh_line]].astype(np.int32),
    )


@jit
def top(
    score: NDArray[np.float32], shown: NDArray[np.bool_], lookers: Ints, column: Ints, n: int,
    key: np.uint64,
) -> Hand:  # fmt: skip
    """The n unseen positions of highest score for each looker, best first; ties by lot."""
    m = score.shape[1]
    hand = np.full((len(lookers), n), -1, np.int32)
    best = np.empty(n, np.float32)
    luck = np.empty(n, np.float64)
    for row in range(len(lookers)):
        held = 0
        for pos in range(m):
            s = score[row, pos]
            if (held == n and s < best[n - 1]) or shown[lookers[row], column[pos]]:
                continue
            lot = uniform(key, lookers[row] * m + pos)
            at = min(n, held)
            while at > 0 and (best[at - 1] < s or (best[at - 1] == s and luck[at - 1] < lot)):
                at -= 1
            if at == n:
                continue
            for k in range(min(held, n - 1), at, -1):
                best[k], luck[k], hand[row, k] = best[k - 1], luck[k - 1], hand[row, k - 1]
            best[at], luck[at], hand[row, at] = s, lot, pos
            held = min(held + 1, n)
    return hand
