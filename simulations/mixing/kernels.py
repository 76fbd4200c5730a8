"""The compiled inner loops of a sitting: who looks and what they choose."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .events import Events
from .people import Floats, Ints, People
from .rng import below, child, exceeds, gumbel, inlined, jit, uniform

Counts = NDArray[np.int64]


class Weights(NamedTuple):
    """The weights of the choice (scenario.Choice) and the adversary's lure."""

    match: float
    distance: float
    friends: float
    quality: float
    habit: float
    home: float
    lure: float


class Diary(NamedTuple):
    """What people of a region have seen, plan and did; kernels write it."""

    shown: NDArray[np.bool_]
    """(people, ring of events) what each was shown; event e's column is e modulo the ring's
    size."""
    plans: Ints
    """(people, ring of days) the event each goes to on a day, -1: none; it holds a week back."""
    visits: NDArray[np.uint16]
    """(people, hosts) viable events attended so far."""
    looked: NDArray[np.bool_]
    """(people,) whether they looked this week."""
    good: NDArray[np.bool_]
    """(people,) whether they were at a viable event this week."""
    going: Ints
    """(events of the run,) how many go."""
    dealt: Ints
    """(events of the run,) how often it was shown."""


@jit
def lookers(look: Floats, key: np.uint64, sittings: int) -> tuple[Ints, Counts]:
    """Who looks today, in random order, and where each sitting begins in that list."""
    n = len(look)
    people = np.empty(n, np.int32)
    k = 0
    for i in range(n):
        if uniform(key, i) < look[i]:
            people[k] = i
            k += 1
    for i in range(k - 1):
        j = i + below(key, n + i, k - i)
        people[i], people[j] = people[j], people[i]
    start = np.empty(sittings + 1, np.int64)
    for s in range(sittings + 1):
        start[s] = k * s // sittings
    return people[:k], start


@jit
def choose(
    who: Ints, hand: Ints, deck: Events, outlook: tuple[int, int], people: People, diary: Diary,
    weights: Weights, key: np.uint64,
) -> Ints:  # fmt: skip
    """Each of `who`, in turn, chooses one card of the hand or none; returns the positions chosen
    (-1: none). `outlook` is the first and the last day of which events are announced."""
    chosen = np.full(len(who), -1, np.int32)
    ring = diary.shown.shape[1]
    today, last = outlook
    week = _week_columns(today, last, diary.plans.shape[1])
    for row in range(len(who)):
        i = who[row]
        diary.looked[i] = True
        mood = child(key, i)
        best = gumbel(mood, 0)
        if hand[row, 0] < 0:
            diary.shown[i] = False
        for c in range(hand.shape[1]):
            pos = hand[row, c]
            if pos < 0:
                continue
            event = deck.number[pos]
            evening = deck.day[pos] - today
            diary.shown[i, event % ring] = True
            if deck.twin[pos] >= 0:
                diary.shown[i, deck.twin[pos] % ring] = True
            diary.dealt[event] += 1
            full = diary.going[event] >= deck.capacity[pos]
            if full or not _free(people.evenings[i], diary.plans, i, week, evening):
                continue
            lot = event % ring  # moods belong to places in the ring, whoever else is in the deck
            if deck.useless[pos] and uniform(mood, 3 * lot + 3) >= weights.lure:
                continue
            u = _utility(i, pos, event, week[evening, 0], deck, people, diary, weights)
            if exceeds(mood, 3 * lot + 1, best - u):
                best = u + gumbel(mood, 3 * lot + 1)
                chosen[row] = pos
        if chosen[row] >= 0:
            event = deck.number[chosen[row]]
            diary.plans[i, week[deck.day[chosen[row]] - today, 0]] = event
            diary.going[event] += 1
    return chosen


@jit
def try_again(who: Ints, chosen: Ints, chance: float, key: np.uint64) -> Ints:
    """Those of `who` who chose nothing (-1) and, with this chance, look again."""
    again = np.empty(len(who), np.int32)
    k = 0
    for row in range(len(who)):
        if chosen[row] < 0 and uniform(key, who[row]) < chance:
            again[k] = who[row]
            k += 1
    return again[:k]


@jit
def _week_columns(today: int, last: int, ring: int) -> Counts:
    """For each day of the outlook its column in the ring of plans, then those of the seven days of
    its week. Days beyond the outlook have none yet (it holds a day of the past): the day's own
    stands there."""
    columns = np.empty((last - today + 1, 8), np.int64)
    for day in range(today, last + 1):
        columns[day - today] = day % ring
        for k in range(7):
            if day - day % 7 + k <= last:
                columns[day - today, k + 1] = (day - day % 7 + k) % ring
    return columns


@inlined
def _free(evenings: int, plans: Ints, i: int, week: Counts, evening: int) -> bool:
    """Whether i has nothing on that evening and an evening left in that week."""
    if plans[i, week[evening, 0]] >= 0:
        return False
    if evenings >= 7:
        return True
    spent = 0
    for k in range(1, 8):
        if plans[i, week[evening, k]] >= 0:
            spent += 1
    return spent < evenings


@inlined
def cosine(a: Floats, b: Floats) -> np.float32:
    """The cosine of two unit vectors, summed in order: the same on every machine."""
    total = np.float32(0.0)
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@inlined
def _utility(
    i: int, pos: int, event: int, column: int, deck: Events, people: People, diary: Diary,
    weights: Weights,
) -> float:  # fmt: skip
    """The utility of an event over staying home, without the noise (scenario.Choice)."""
    u = (
        weights.match * cosine(people.interest[i], deck.topic[pos])
        + weights.quality * deck.quality[pos]
        - weights.home
    )
    dx = people.home[i, 0] - deck.place[pos, 0]
    dy = people.home[i, 1] - deck.place[pos, 1]
    u -= weights.distance * math.sqrt(dx * dx + dy * dy)
    if diary.going[event] > 0:
        for k in range(people.degree[i]):
            if diary.plans[people.friends[i, k], column] == event:
                u += weights.friends
    before = diary.visits[i, deck.host[pos]]
    if before > 0:
        u += weights.habit * math.log(1.0 + before)
    return float(u)
