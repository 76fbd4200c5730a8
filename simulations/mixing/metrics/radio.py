"""
Normative diversity of what is shown, after RADio (Vrijenhoek et al. 2022, RecSys), from the kept
hands.

Each is a Jensen-Shannon divergence with logarithms to base 2 (0 the same, 1 nothing in common). The
cards of a hand lie side by side, so there is no discount by rank. Hands are small, which biases
divergences from a distribution upwards; all policies have hands of one size, so it is the same for
all.
"""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import WHOLE_RUN, Measurement, metric

PAIRS = 2_000
"""Pairs of hands that are compared, at least if there are so many."""

SOURCE = "Vrijenhoek et al. (2022), 'RADio: rank-aware divergence metrics'"


def divergence(p: Array, q: Array) -> Array:
    """JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2 in bits, for each row of two arrays of
    shares."""

    def entropy(share: Array) -> Array:
        bits: Array = -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=-1)
        return bits

    gap: Array = np.maximum(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2, 0)
    return gap


def _groups(record: Record) -> Array:
    """(hands, groups) cards of each kept hand by group of topic."""
    group = record.tables.hand_group
    one_hot = np.eye(record.groups, dtype=np.int64)[group] * (group >= 0)[:, :, None]
    counts: Array = one_hot.sum(axis=1)
    return counts


@metric(unit="0 to 1", source=f"{SOURCE}, representation")
def representation(record: Record) -> Measurement:
    """JS of the groups of all honest events offered and of the cards dealt of them: who is shown
    too little."""
    tables = record.tables
    offered, cards = (
        np.bincount(tables.event_cluster[tables.offered], weights, record.groups)
        for weights in (None, tables.dealt[tables.offered])
    )
    if cards.sum():
        yield WHOLE_RUN, float(divergence(offered / offered.sum(), cards / cards.sum()))


@metric(unit="0 to 1", source=f"{SOURCE}, calibration")
def calibration(record: Record) -> Measurement:
    """Mean over kept hands of JS of the groups one attended before and of the hand; of those with a
    past."""
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
    if sum(map(len, found)):
        yield WHOLE_RUN, float(np.concatenate(found).mean())


@metric(unit="0 to 1", source=f"{SOURCE}, fragmentation")
def fragmentation(record: Record) -> Measurement:
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
    if len(one):
        common = ((one[:, :, None] == other[:, None]) & (one >= 0)[:, :, None]).sum(axis=(1, 2))
        cards = np.maximum((one >= 0).sum(axis=1), (other >= 0).sum(axis=1))
        yield WHOLE_RUN, float(1 - (common / np.maximum(cards, 1)).mean())
