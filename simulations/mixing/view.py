"""What a policy sees: one region at one sitting."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .events import Events, Hosts
from .kernels import Diary, around
from .people import Ints, People
from .rng import Purpose, Stream, jit, uniform
from .scenario import Scenario

Hand = Ints
"""Shape (lookers, hand): positions in the deck, -1 where there is no card."""


@dataclass
class View:
    """One region at one sitting, as a policy sees it. Arrays are the model's own: read, never write."""

    scenario: Scenario
    seed: int
    region: int
    day: int
    people: People
    deck: Events
    """Candidates: the events of today and the next days."""
    hosts: Hosts
    first: int
    """Index in the run of the deck's first event: deck position p is event first + p."""
    diary: Diary
    memory: dict[Any, Any] = field(default_factory=dict)
    """A policy's own memory of this region, kept from sitting to sitting within a run."""
    lookers: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    """Who is dealt a hand: indices into `people`."""
    sitting: int = 0
    """Time of day, from 0 to scenario.time.sittings - 1."""
    round: int = 0
    """0, or the number of the redraw."""

    @property
    def hand(self) -> int:
        """Cards to deal."""
        return self.scenario.deal.hand

    @property
    def today(self) -> Stream:
        """
        A stream that is the same at all sittings and redraws of this day in this region (`rng` differs at
        each).
        """
        return self.lasting.child(self.day)

    @property
    def lasting(self) -> Stream:
        """A stream that is the same on all days of a run in this region."""
        return Stream.of(self.seed, Purpose.POLICY, self.region)

    @property
    def going(self) -> Ints:
        """How many go to each event of the deck so far."""
        return self.diary.going[self.first : self.first + len(self.deck.host)]

    @property
    def begin(self) -> int:
        """The column of `diary.shown` that belongs to deck position 0; the others follow, round the ring."""
        return self.first % len(self.deck.host)

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """
        (lookers, deck) whether a card was not yet shown to a looker (today, or since the bag was emptied).
        """
        seen: NDArray[np.bool_] = np.roll(self.diary.shown[self.lookers], -self.begin, axis=1)
        return ~seen

    @cached_property
    def shelf(self) -> Shelf:
        """The deck sorted by host and series, for draws by host."""
        return shelve(self.deck.series, self.deck.host, int(self.deck.series.max()) + 1)

    def best(self, score: NDArray[Any], rng: Stream) -> Hand:
        """
        The unseen cards with the highest scores for each looker, from scores of shape (lookers, deck); ties
        by lot.
        """
        hand: Hand = top(
            score.astype(np.float32),
            self.diary.shown,
            self.lookers,
            self.begin,
            self.hand,
            rng.word_key,
        )
        return hand


class Shelf(NamedTuple):
    """A deck sorted by host, then series."""

    order: Ints
    """Deck positions, host by host and series by series."""
    series: Ints
    """Where each series begins in `order`, and the end."""
    host: Ints
    """Where each host begins in `series`, and the end."""
    names: Ints
    """Which host that is (index into hosts)."""


@jit
def shelve(series: Ints, host: Ints, count: int) -> Shelf:
    """Sort a deck by a counting sort; series are numbered below `count`, in the order of hosts."""
    m = len(series)
    begin = np.zeros(count + 1, np.int32)
    for s in series:
        begin[s + 1] += 1
    for s in range(1, len(begin)):
        begin[s] += begin[s - 1]
    order = np.empty(m, np.int32)
    for pos in range(m):
        order[begin[series[pos]]] = pos
        begin[series[pos]] += 1
    start, owner, names = (
        np.empty(m + 1, np.int32),
        np.empty(m + 1, np.int32),
        np.empty(m, np.int32),
    )
    kinds, hosts = 0, 0
    for x in range(m):
        if x == 0 or series[order[x]] != series[order[x - 1]]:
            if x == 0 or host[order[x]] != host[order[x - 1]]:
                owner[hosts], names[hosts] = kinds, host[order[x]]
                hosts += 1
            start[kinds] = x
            kinds += 1
    start[kinds], owner[hosts] = m, kinds
    return Shelf(order, start[: kinds + 1], owner[: hosts + 1], names[:hosts])


@jit
def top(
    score: NDArray[np.float32],
    shown: NDArray[np.bool_],
    lookers: Ints,
    begin: int,
    n: int,
    key: np.uint64,
) -> Hand:
    """The n unseen positions of highest score for each looker (rows of score), best first; ties by lot."""
    m = score.shape[1]
    hand = np.full((len(lookers), n), -1, np.int32)
    best = np.empty(n, np.float32)
    luck = np.empty(n, np.float64)
    for row in range(len(lookers)):
        held = 0
        for pos in range(m):
            s = score[row, pos]
            if (held == n and s < best[n - 1]) or shown[lookers[row], around(begin, pos, m)]:
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
