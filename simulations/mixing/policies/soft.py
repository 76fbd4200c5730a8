"""Soft draws: lots weighted by interest, between a draw and a ranking."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, child, gumbel, jit

from .policy import policy
from .rankings import matches
from .tables import tables_of


@policy("Luce (1959); without replacement by Gumbel noise: Kool et al. (2019)")
def soft(view: View, rng: Stream, *, beta: float = 2.0) -> Hand:
    """Cards drawn one after the other, each with a chance proportional to exp(beta x match) /
    (events of its host in the deck). beta: 0 is a draw, large is a ranking."""
    score = beta * matches(view) - np.log(_posts(view))
    return view.best(score + _noise(view.lookers, score.shape[1], rng.word_key), rng)


@policy("the same for a table: the chance is that of a member taken at random")
def soft_tables(
    view: View, rng: Stream, *, beta: float = 2.0, size: int = 500, alike: float = 0.0
) -> Hand:
    """Everybody at a table is dealt the same hand, a card's chance being the members' mean of
    exp(beta x match) / (events of its host). size: people at a table. alike: share of people who
    sit with those of their cluster."""
    _ = rng
    table, count = tables_of(view, size, alike=alike)

    def order() -> Hand:
        weight = np.exp(beta * (view.people.interest @ view.deck.topic.T))
        mean = np.array([weight[table == t].mean(axis=0) for t in range(count)])
        everyone = np.arange(count, dtype=np.int32)
        noise = _noise(everyone, mean.shape[1], view.today.word_key)
        order = np.argsort(-np.log(mean / _posts(view)) - noise, axis=1, kind="stable")
        return order.astype(np.int32)

    return view.turned(view.once(order))[table[view.lookers]]


def _posts(view: View) -> Floats:
    """The events in the deck of each card's host."""
    return np.bincount(view.deck.host)[view.deck.host].astype(np.float32)


@jit
def _noise(who: Ints, cards: int, key: np.uint64) -> Floats:
    noise = np.empty((len(who), cards), np.float32)
    for row in range(len(who)):
        at = child(key, who[row])
        for pos in range(cards):
            noise[row, pos] = gumbel(at, pos)
    return noise
