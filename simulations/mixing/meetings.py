"""The compiled inner loops of an evening: who is there, who meets whom, what is left of it."""

import math

import numpy as np
from numpy.typing import NDArray

from .events import Events
from .kernels import Counts, cosine
from .people import Floats, Ints, People, befriend
from .rng import below, child, inlined, jit, uniform

Keys = NDArray[np.uint64]
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)


@jit
def attendance(plans: Ints, column: int, first: int, daily: int) -> tuple[Ints, Ints, Counts]:
    """Who attends today, event by event; the event of each; where events begin in these lists."""
    start = np.zeros(daily + 1, np.int64)
    n = len(plans)
    for i in range(n):
        if plans[i, column] >= 0:
            start[plans[i, column] - first + 1] += 1
    for e in range(daily):
        start[e + 1] += start[e]
    people, events = np.empty(start[daily], np.int32), np.empty(start[daily], np.int32)
    at = start[:-1].copy()
    for i in range(n):
        if plans[i, column] >= 0:
            e = plans[i, column] - first
            people[at[e]], events[at[e]] = i, first + e
            at[e] += 1
    return people, events, start


@jit
def form_circles(
    people: Ints, start: Counts, useless: NDArray[np.bool_], quorum: int, circle: int,
    key: np.uint64,
) -> tuple[Counts, int, NDArray[np.bool_]]:  # fmt: skip
    """Shuffle the people of each viable event and split them into even circles. Returns where
    circles begin and end, the number of pairs in them, and which events are viable."""
    bounds = np.empty((len(people) + 1, 2), np.int64)
    viable = np.zeros(len(useless), np.bool_)
    k, pairs = 0, 0
    for e in range(len(useless)):
        size = start[e + 1] - start[e]
        if size < quorum or useless[e]:
            continue
        viable[e] = True
        for x in range(start[e], start[e + 1] - 1):
            y = x + below(key, x, start[e + 1] - x)
            people[x], people[y] = people[y], people[x]
        parts = 1 if circle == 0 else max(1, (2 * size + circle) // (2 * circle))
        for p in range(parts):
            bounds[k, 0] = start[e] + size * p // parts
            bounds[k, 1] = start[e] + size * (p + 1) // parts
            pairs += (bounds[k, 1] - bounds[k, 0]) * (bounds[k, 1] - bounds[k, 0] - 1) // 2
            k += 1
    return bounds[:k], pairs, viable


@jit
def meet(
    present: Ints, circles: Counts, people: People, meeting: tuple[int, float], keys: Keys,
    counts: NDArray[np.uint16], mixing: Counts, met: NDArray[np.uint32], key: np.uint64,
) -> tuple[int, float, int, int]:  # fmt: skip
    """All in a circle meet, but for those of different groups who keep to their own (friending
    bias): count pairs (keys, counts: an open-addressing table with room for them), encounters
    between groups (mixing, both ways) and per person by group (met); those who met `ties` times
    become friends (meeting: ties, bias). Returns the number of pairs that are new, the sum of 1 -
    cosine over the encounters, and the pairs in circles: of different groups, and all."""
    ties, bias = meeting
    new, distance, across, pairs = 0, 0.0, 0, 0
    n = len(people.cluster)
    tally = np.zeros(mixing.shape[0], np.int64)
    for c in range(len(circles)):
        for x in range(circles[c, 0], circles[c, 1]):
            tally[people.cluster[present[x]]] += 1
        at = child(key, c)
        for x in range(circles[c, 0], circles[c, 1]):
            for y in range(x + 1, circles[c, 1]):
                a, b = min(present[x], present[y]), max(present[x], present[y])
                pairs += 1
                if people.cluster[a] != people.cluster[b]:
                    across += 1
                    if bias > 0.0 and _apart(
                        tally[people.cluster[a]], tally[people.cluster[b]], bias, at, pairs
                    ):
                        continue
                mixing[people.cluster[a], people.cluster[b]] += 1
                mixing[people.cluster[b], people.cluster[a]] += 1
                met[a, people.cluster[b]] += 1
                met[b, people.cluster[a]] += 1
                distance += float(1.0 - cosine(people.interest[a], people.interest[b]))
                pair = np.uint64(a) * np.uint64(n) + np.uint64(b)
                slot = find(keys, pair)
                if counts[slot] == 0:
                    keys[slot] = pair
                    new += 1
                counts[slot] += 1
                if counts[slot] == ties:
                    befriend(people.friends, people.degree, a, b)
        for x in range(circles[c, 0], circles[c, 1]):
            tally[people.cluster[present[x]]] = 0
    return new, distance, across, pairs


@inlined
def _apart(alike_a: int, alike_b: int, bias: float, key: np.uint64, counter: int) -> bool:
    """Whether two of different groups miss each other: each turns to their own, if there are
    any."""
    stay = (1.0 - bias if alike_a > 1 else 1.0) * (1.0 - bias if alike_b > 1 else 1.0)
    return bool(uniform(key, counter) >= stay)


@inlined
def find(keys: Keys, key: np.uint64) -> np.int64:
    """The slot of a pair in the table: where it is, or the empty one where it belongs."""
    mask = np.uint64(len(keys) - 1)
    slot = ((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[slot] != key and keys[slot] != EMPTY:
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@jit
def enlarge(keys: Keys, counts: NDArray[np.uint16], size: int) -> tuple[Keys, NDArray[np.uint16]]:
    """The same table of pairs with `size` slots (a power of two)."""
    wider = np.full(size, EMPTY, np.uint64)
    more = np.zeros(size, np.uint16)
    for s in range(len(keys)):
        if counts[s] > 0:
            slot = find(wider, keys[s])
            wider[slot] = keys[s]
            more[slot] = counts[s]
    return wider, more


@jit
def attend(
    present: Ints, start: Counts, viable: NDArray[np.bool_], deck: Events, people: People,
    visits: NDArray[np.uint16], good: NDArray[np.bool_], drift: float,
) -> Floats:  # fmt: skip
    """Count visits and good evenings, and let interests drift towards what was attended; returns
    the match (cosine) of each attendance."""
    match = np.empty(len(present), np.float32)
    for e in range(len(start) - 1):
        for x in range(start[e], start[e + 1]):
            i = present[x]
            match[x] = cosine(people.interest[i], deck.topic[e])
            if viable[e]:
                visits[i, deck.host[e]] += 1
                good[i] = True
                _drift(people.interest[i], deck.topic[e], drift)
    return match


@inlined
def _drift(interest: Floats, topic: Floats, step: float) -> None:
    """Move a unit vector towards another and scale it back to length 1."""
    total = 0.0
    for k in range(len(interest)):
        interest[k] += np.float32(step) * (topic[k] - interest[k])
        total += interest[k] * interest[k]
    scale = np.float32(1.0 / math.sqrt(total))
    for k in range(len(interest)):
        interest[k] *= scale


class Pairs:
    """Meetings of the pairs of n people; a pair's key is first * n + second, first < second."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.used = 0
        self.keys: Keys = np.full(1024, EMPTY, np.uint64)
        self.counts: NDArray[np.uint16] = np.zeros(1024, np.uint16)

    def make_room(self, more: int) -> None:
        """Have room for so many more pairs with at most half the slots in use."""
        need = 2 * (self.used + more)
        if need > len(self.keys):
            self.keys, self.counts = enlarge(self.keys, self.counts, 1 << (need - 1).bit_length())

    def table(self) -> tuple[Ints, Ints, NDArray[np.uint16]]:
        """First, second and meetings of each pair, in ascending order."""
        taken = np.flatnonzero(self.counts)
        taken = taken[np.argsort(self.keys[taken])]
        first, second = np.divmod(self.keys[taken], np.uint64(self.n))
        return first.astype(np.int32), second.astype(np.int32), self.counts[taken]
