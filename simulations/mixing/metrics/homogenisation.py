"""Do people come to do the same things? After Chaney, Stewart and Engelhardt (2018)."""

from __future__ import annotations

import math

import numpy as np

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import mean_of, metric

PAIRS = 2_000
"""Pairs of people that are compared."""


def jaccard(one: set[int], other: set[int]) -> float:
    """|A and B| / |A or B|; 0 for two empty sets."""
    return len(one & other) / max(1, len(one | other))


def _evenings(record: Record, people: Array) -> dict[int, set[int]]:
    """The events that each of these people attended."""
    wanted = np.isin(record.tables.who, people)
    attended: dict[int, set[int]] = {int(i): set() for i in people}
    for i, event in zip(record.tables.who[wanted], record.tables.what[wanted], strict=True):
        attended[int(i)].add(int(event))
    return attended


def _mean_jaccard(record: Record, one: Array, other: Array) -> float:
    attended = _evenings(record, np.union1d(one, other))
    both = [(attended[int(i)], attended[int(j)]) for i, j in zip(one, other, strict=True)]
    return mean_of(np.array([jaccard(a, b) for a, b in both if a and b]))


def _some(record: Record) -> tuple[np.random.Generator, Array]:
    """People at random from those who went out at all."""
    rng = Stream.of(0, Purpose.MEASURE).numpy()
    out = np.unique(record.tables.who)
    return rng, out[rng.integers(len(out), size=PAIRS)] if len(out) else out


@metric("0 to 1", "Chaney et al. (2018), 'How algorithmic confounding...', random users")
def jaccard_random(record: Record) -> float:
    """Mean over random pairs of a region of |A and B| / |A or B|, A and B the events attended."""
    rng, one = _some(record)
    if not len(one):
        return math.nan
    start = np.searchsorted(record.tables.region, record.tables.region[one])
    end = np.searchsorted(record.tables.region, record.tables.region[one], side="right")
    other = rng.integers(start, end)
    apart = one != other
    return _mean_jaccard(record, one[apart], other[apart])


@metric("0 to 1", "Chaney et al. (2018), nearest user", usual=False)
def jaccard_nearest(record: Record) -> float:
    """The same for pairs of a person and the one of nearest interest in the region."""
    _, one = _some(record)
    region, interest = record.tables.region, record.tables.interest
    nearest = []
    for i in one:
        home = slice(*np.searchsorted(region, [region[i], region[i] + 1]))
        alike = interest[home] @ interest[i]
        alike[i - home.start] = -2
        nearest.append(home.start + int(np.argmax(alike)))
    return _mean_jaccard(record, one, np.array(nearest, np.int64))
