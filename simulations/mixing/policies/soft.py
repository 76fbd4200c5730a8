"""Soft draws: lots weighted by interest, between a draw and a ranking."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, child, gumbel, jit

from .policy import policy
from .similarity import matches
from .tables import tables_of


@policy(
    source=(
        "Luce (1959), 'Individual choice behavior'; without replacement by Gumbel noise: Kool, van"
        " Hoof and Welling (2019)"
    )
)
def soft(view: View, rng: Stream, *, beta: float = 2.0) -> Hand:
    """Cards drawn one after the other, each with a chance proportional to exp(beta x match) /
    (events of its host in the deck): by organisers, weighted by interest. beta: 0 is a draw, large
    is a ranking."""
    score = beta * matches(view) - np.log(_posts(view))
    return view.best(score + _noise(view.lookers, score.shape[1], rng.word_key), rng)


@policy(source="the same for a table: the chance is that of a member taken at random")
def soft_tables(
    view: View, rng: Stream, *, beta: float = 2.0, size: int = 500, alike: float = 0.0
) -> Hand:
    """Everybody at a table is dealt the same hand, a card's chance being the members' mean of
    exp(beta x match) / (events of its host). size: people at a table. alike: share of people who
    sit with those of their cluster."""
    _ = rng
    table, count = tables_of(view, size, alike=alike)
    if view.memory.get(("dealt", view.round)) != view.day:
        weight = np.exp(beta * (view.people.interest @ view.deck.topic.T))
        mean = np.array([weight[table == t].mean(axis=0) for t in range(count)])
        score = np.log(mean / _posts(view)) + _noise(
            np.arange(count, dtype=np.int32), mean.shape[1], view.today.word_key
        )
        order = np.argsort(-score, axis=1, kind="stable")[:, view.round * view.hand :][
            :, : view.hand
        ]
        hands = np.full((count, view.hand), -1, np.int32)
        hands[:, : order.shape[1]] = order
        view.memory["dealt", view.round], view.memory["hands", view.round] = view.day, hands
    return np.asarray(view.memory["hands", view.round])[table[view.lookers]]


def _posts(view: View) -> Floats:
    """The events in the deck of each card's host."""
    posts: Floats = np.bincount(view.deck.host)[view.deck.host].astype(np.float32)
    return posts


@jit
def _noise(who: Ints, cards: int, key: np.uint64) -> Floats:
    noise = np.empty((len(who), cards), np.float32)
    for row in range(len(who)):
        at = child(key, who[row])
        for pos in range(cards):
            noise[row, pos] = gumbel(at, pos)
    return noise
