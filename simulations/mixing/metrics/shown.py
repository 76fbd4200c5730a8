"""
What is shown, from the kept hands: variety, surprise, and normative diversity after RADio
(Vrijenhoek et al. 2022, RecSys).

RADio's three are Jensen-Shannon divergences with logarithms to base 2 (0 the same, 1 nothing in
common). The cards of a hand lie side by side, so there is no discount by rank. Hands are small,
which biases divergences from a distribution upwards; hands of one size share the bias.
"""

import math

import numpy as np

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import mean_of, metric

USEFUL = 0.5
"""Cosine of interest and topic from which a card counts as useful."""
PAIRS = 2_000
"""Pairs of hands that are compared, at least if there are so many."""
RADIO = "Vrijenhoek et al. (2022), 'RADio: rank-aware divergence metrics'"


def _known(values: Array) -> Array:
    return values[np.isfinite(values)].astype(np.float64)


@metric("1 - cosine", "Ziegler et al. (2005), 'Improving recommendation lists', WWW")
def hand_diversity(record: Record) -> float:
    """Intra-list diversity: mean 1 - cosine of topics over pairs of a hand, then over kept
    hands."""
    return mean_of(_known(record.tables.hand_diversity))


@metric("share of cards", "Ge et al. (2010), 'Beyond accuracy', UNEXP = RS \\ PM")
def unexpectedness(record: Record) -> float:
    """Cards of kept hands that are not among the person's best by similarity (the primitive
    model)."""
    return mean_of(~record.tables.hand_expected[np.isfinite(record.tables.hand_match)])


@metric("share of cards", "Ge et al. (2010), 'Beyond accuracy', SRDP = |UNEXP and useful| / |RS|")
def serendipity(record: Record) -> float:
    """Cards of kept hands that are unexpected and useful: cosine with one's interest at least
    0.5."""
    match = record.tables.hand_match
    dealt = np.isfinite(match)
    return mean_of(~record.tables.hand_expected[dealt] & (match[dealt] >= USEFUL))


@metric("1 - cosine", "Adamopoulos and Tuzhilin (2014), 'On unexpectedness', eq. 1")
def surprise(record: Record) -> float:
    """Mean over cards of kept hands of the least 1 - cosine to the person's best (expected)
    events."""
    return mean_of(_known(record.tables.hand_surprise))


def divergence(p: Array, q: Array) -> Array:
    """JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2 in bits, row by row."""

    def entropy(share: Array) -> Array:
        return np.asarray(-(share * np.log2(np.where(share > 0, share, 1))).sum(axis=-1))

    return np.maximum(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2, 0)


def _groups(record: Record) -> Array:
    """(hands, groups) cards of each kept hand by group of topic."""
    group = record.tables.hand_group
    one_hot = np.eye(record.groups, dtype=np.int64)[group] * (group >= 0)[:, :, None]
    return np.asarray(one_hot.sum(axis=1))


@metric("0 to 1", f"{RADIO}, representation")
def representation(record: Record) -> float:
    """JS of the groups of honest events offered and of their cards: who is shown too little."""
    tables = record.tables
    group = tables.event_cluster[tables.offered]
    offered = np.bincount(group, minlength=record.groups)
    cards = np.bincount(group, tables.dealt[tables.offered], record.groups)
    if not cards.sum():
        return math.nan
    return float(divergence(offered / offered.sum(), cards / cards.sum()))


@metric("0 to 1", f"{RADIO}, calibration")
def calibration(record: Record) -> float:
    """Mean over kept hands of JS of the groups one attended before and of the hand."""
    tables, found = record.tables, []
    counts, day = _groups(record), tables.event_day[tables.what]
    group = tables.event_cluster[tables.what]
    for today in np.unique(tables.hand_day):
        before, rows = day < today, tables.hand_day == today
        past = np.zeros((record.people, record.groups))
        np.add.at(past, (tables.who[before], group[before]), 1)
        mine, cards = past[tables.hand_who[rows]], counts[rows]
        known = (mine.sum(axis=1) > 0) & (cards.sum(axis=1) > 0)
        mine, cards = mine[known], cards[known]
        found.append(
            divergence(mine / mine.sum(1, keepdims=True), cards / cards.sum(1, keepdims=True))
        )
    return mean_of(np.concatenate([np.empty(0), *found]))


@metric("0 to 1", f"{RADIO}, fragmentation")
def fragmentation(record: Record) -> float:
    """Mean over random pairs of kept hands of one day and region of JS of their cards, which for
    two hands of n cards is 1 - (cards in common) / n: how little of a common world people see."""
    tables = record.tables
    place = tables.region[tables.hand_who] * (record.days + 1) + tables.hand_day
    order = np.lexsort((Stream.of(0, Purpose.MEASURE).uniform(len(place)), place))
    one, other = order[:-1], order[1:]
    paired = np.flatnonzero(
        (place[one] == place[other]) & (tables.hand_who[one] != tables.hand_who[other])
    )
    paired = paired[:: max(1, len(paired) // PAIRS)]
    one, other = tables.hand_event[one[paired]], tables.hand_event[other[paired]]
    common = ((one[:, :, None] == other[:, None]) & (one >= 0)[:, :, None]).sum(axis=(1, 2))
    cards = np.maximum((one >= 0).sum(axis=1), (other >= 0).sum(axis=1))
    return 1 - mean_of(common / np.maximum(cards, 1))
