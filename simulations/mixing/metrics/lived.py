"""
What people went to: how much was new to them, did they come again, do they come to do the same
things?

Serendipity as lived is after Kotkov, Wang and Veijalainen (2016), "A survey of serendipity in
recommender systems" (novel, unexpected and relevant at once) and Chen et al. (2019), "How
serendipity improves user satisfaction with recommendations?", WWW (distance from one's past).
Usefulness is seen: coming again.
"""

import math

import numpy as np
from scipy.sparse import csr_matrix

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import mean_of, metric, ratio

UNEXPECTED = 0.5
"""Least 1 - cosine to the topics attended before from which an evening counts as unexpected."""
SOON = 28
"""Days within which somebody who liked it comes again."""
PAIRS = 2_000
"""Pairs of people that are compared."""


def _past(record: Record, rows: Array) -> Array:
    """Of these attendances the least 1 - cosine to topics their person attended before, or NaN."""
    tables = record.tables
    order = np.lexsort((tables.event_day[tables.what], tables.who))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    begin = np.searchsorted(tables.who[order], tables.who[rows])
    topics = tables.event_topic[tables.what[order]]
    distance = np.full(len(rows), np.nan)
    for k, (start, end) in enumerate(zip(begin, place[rows], strict=True)):
        if end > start:
            distance[k] = 1 - float((topics[start:end] @ topics[end]).max())
    return distance


def came_again_of(who: Array, host: Array, day: Array, last: int) -> tuple[Array, Array]:
    """Which attendances are a person's first at a host, at least SOON days before the run's last,
    and which of these were followed by another at that host within SOON days."""
    order = np.lexsort((day, host, who))
    same = (np.diff(who[order]) == 0) & (np.diff(host[order]) == 0)
    first = np.zeros(len(who), np.bool_)
    first[order] = np.concatenate(([True], ~same))[: len(who)]
    again = np.zeros(len(who), np.bool_)
    again[order[:-1]] = same & (np.diff(day[order]) <= SOON)
    first &= day + SOON <= last
    return first, first & again


def _again(record: Record) -> tuple[Array, Array]:
    """`came_again_of` for attendances at viable events; the others are neither."""
    tables = record.tables
    rows = np.flatnonzero(record.viable[tables.what])
    event = tables.what[rows]
    found = came_again_of(
        tables.who[rows], tables.event_host[event], tables.event_day[event], record.days - 1
    )
    whole = np.zeros((2, len(tables.who)), np.bool_)
    whole[:, rows] = found
    return whole[0], whole[1]


@metric("1 - cosine", "Kaminskas and Bridge (2016), 'Diversity, serendipity, novelty'")
def novelty(record: Record) -> float:
    """Mean over attendances but a person's first of the least 1 - cosine to the topics attended
    before (sampled people). A longer past is nearer to everything."""
    sampled = record.tables.who % record.scenario.measure.sample == 0
    distance = _past(record, np.flatnonzero(sampled))
    return float(np.nanmean(distance)) if np.isfinite(distance).any() else math.nan


@metric("share of first visits", "usefulness after Ge et al. (2010), seen instead of asked")
def came_again(record: Record) -> float:
    """Of first viable evenings with a host (not in the run's last 28 days), those followed by
    another with the same host within 28 days. Some of it comes of habit alone."""
    first, again = _again(record)
    return ratio(again.sum(), first.sum())


@metric("per 100 people and week", "Kotkov et al. (2016); Chen et al. (2019)", skewed=True)
def serendipities(record: Record) -> float:
    """First viable evenings with a host that were unexpected (least 1 - cosine to what one attended
    before at least .5; a first evening at all does not count) and useful (came again within 28
    days), per 100 person- weeks of the days that leave 28 to come again."""
    weeks = record.people * (record.days - SOON) / 7
    if weeks <= 0:
        return math.nan
    lucky = _past(record, np.flatnonzero(_again(record)[1])) >= UNEXPECTED
    return 100 * float(lucky.sum()) / weeks


def _mean_jaccard(record: Record, one: Array, other: Array) -> float:
    """Mean over pairs of people of |A and B| / |A or B|, A and B the events that they attended."""
    who, what = record.tables.who, record.tables.what
    went = csr_matrix((np.ones(len(who)), (who, what)), (record.people, len(record.tables.going)))
    evenings = np.bincount(who, minlength=record.people)
    out = (evenings[one] > 0) & (evenings[other] > 0)
    one, other = one[out], other[out]
    both = np.asarray(went[one].multiply(went[other]).sum(axis=1)).ravel()
    return mean_of(both / (evenings[one] + evenings[other] - both))


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
