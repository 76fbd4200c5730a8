"""Ranking by one's own interests, with and without wild cards."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.kernels import cosine
from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.rng import Stream, jit
from potluck.simulations.mixing.view import Hand, View

from .drawing import by_hosts
from .registry import policy


@policy(
    source="content-based filtering: Pazzani and Billsus (2007), 'Content-based recommendation systems'"
)
def similarity(view: View, rng: Stream) -> Hand:
    """The events whose topics are nearest to one's interests (cosine)."""
    return view.best(_matches(view.lookers, view.people.interest, view.deck.topic), rng)


@policy(source="epsilon-greedy exploration: Sutton and Barto (2018), section 2.2")
def wildcards(view: View, rng: Stream, *, wild: int = 1) -> Hand:
    """Ranking by similarity with wild cards in every hand. wild: cards drawn by hosts instead."""
    hand = similarity(view, rng)
    drawn = by_hosts(
        view.lookers, view.shelf, view.diary.shown, view.begin, view.hand, rng.child(1).word_key
    )
    for card in range(view.hand - min(wild, view.hand), view.hand):
        new = (drawn[:, card, None] != hand).all(axis=1)
        hand[new, card] = drawn[new, card]
    return hand


@jit
def _matches(who: Ints, interest: Floats, topic: Floats) -> Floats:
    """Cosine of each looker and each topic (a loop, since the sums of a BLAS may depend on its threads)."""
    match = np.empty((len(who), len(topic)), np.float32)
    for row in range(len(who)):
        for pos in range(len(topic)):
            match[row, pos] = cosine(interest[who[row]], topic[pos])
    return match
