"""Rankings that look beyond the match: at variety, at proportions, at who is shown how often."""

import math

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.kernels import cosine
from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, inlined, jit

from .policy import policy
from .rankings import matches


@policy("Carbonell and Goldstein (1998), 'The use of MMR, diversity-based reranking'")
def mmr(view: View, rng: Stream, *, weight: float = 0.5) -> Hand:
    """Maximal marginal relevance: each card maximises weight x match - (1 - weight) x its greatest
    cosine to the cards already in the hand."""
    _ = rng
    return _mmr(matches(view), view.deck.topic, ~view.unseen, view.hand, weight)


@jit
def _mmr(match: Floats, topic: Floats, hidden: NDArray[np.bool_], n: int, weight: float) -> Hand:
    rows, cards = match.shape
    hand = np.full((rows, n), -1, np.int32)
    nearest = np.empty(cards, np.float32)
    for row in range(rows):
        nearest[:] = 0.0
        for c in range(n):
            chosen = _take(weight * match[row] - (1 - weight) * nearest, hidden[row])
            hand[row, c] = chosen
            if chosen < 0:
                break
            for pos in range(cards):
                alike = cosine(topic[pos], topic[chosen])
                nearest[pos] = alike if c == 0 else max(nearest[pos], alike)
    return hand


@inlined
def _take(score: NDArray[np.float64], hidden: NDArray[np.bool_]) -> int:
    """Hide and return the card of highest score that is not hidden yet; -1: there is none."""
    best, chosen = -1e9, -1
    for pos in range(len(score)):
        if not hidden[pos] and score[pos] > best:
            best, chosen = score[pos], pos
    if chosen >= 0:
        hidden[chosen] = True
    return chosen


@policy("Steck (2018), 'Calibrated recommendations', RecSys")
def calibrated(view: View, rng: Stream, *, weight: float = 0.5) -> Hand:
    """A hand that has groups in the proportions of a person's past: greedily maximises (1 - weight)
    x the sum of matches - weight x KL(past, hand), by the groups of the hosts visited (one
    pseudo-visit spread over all)."""
    _ = rng
    groups = view.scenario.groups
    past = view.diary.visits[view.lookers] @ np.eye(groups, dtype=np.float64)[view.hosts.cluster]
    past = (past + 1 / groups) / (past.sum(axis=1, keepdims=True) + 1)
    return _calibrate(matches(view), view.deck.cluster, past, ~view.unseen, view.hand, weight)


SMOOTHING = 0.01
"""How much of the past a hand's proportions get, so that the divergence is finite (Steck)."""


@jit
def _calibrate(
    match: Floats, group: Ints, past: NDArray[np.float64], hidden: NDArray[np.bool_], n: int,
    weight: float,
) -> Hand:  # fmt: skip
    rows, groups = past.shape
    hand = np.full((rows, n), -1, np.int32)
    gain = np.empty(groups, np.float64)
    for row in range(rows):
        count = np.zeros(groups, np.float64)
        for c in range(n):
            for extra in range(groups):
                gain[extra] = 0.0
                for g in range(groups):
                    share = (count[g] + (1.0 if g == extra else 0.0)) / (c + 1)
                    share = (1 - SMOOTHING) * share + SMOOTHING * past[row, g]
                    gain[extra] -= past[row, g] * math.log(past[row, g] / share)
            chosen = _take((1 - weight) * match[row] + weight * gain[group], hidden[row])
            hand[row, c] = chosen
            if chosen < 0:
                break
            count[group[chosen]] += 1
    return hand


@policy("Morik, Singh, Hong and Joachims (2020), 'Controlling fairness and bias', SIGIR")
def fair(view: View, rng: Stream, *, weight: float = 0.5) -> Hand:
    """Ranking by similarity with exposure shared evenly among hosts: a card's score is its match +
    weight x how far its host's cards fall short of the most shown host's, by the mean."""
    shown = view.memory.setdefault("shown", np.zeros(len(view.hosts.keeper)))
    short = (shown.max() - shown) / max(1.0, shown.mean())
    hand = view.best(matches(view) + weight * short[view.deck.host], rng)
    np.add.at(shown, view.deck.host[hand[hand >= 0]], 1)
    return hand
