"""Ranking by one's own interests, with and without wild cards."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.kernels import cosine
from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, jit

from .independent import organisers, with_wild
from .policy import policy


@policy("Pazzani and Billsus (2007), 'Content-based recommendation systems'")
def similarity(view: View, rng: Stream) -> Hand:
    """The events whose topics are nearest to one's interests (cosine)."""
    return view.best(matches(view), rng)


@policy("epsilon-greedy exploration: Sutton and Barto (2018), section 2.2")
def wildcards(view: View, rng: Stream, *, wild: int = 1) -> Hand:
    """Ranking by similarity with wild cards. wild: cards drawn by organisers instead."""
    return with_wild(similarity(view, rng), organisers(view, rng.child(1)), wild)


def matches(view: View) -> Floats:
    """Cosine of each looker and each topic of the deck, of shape (lookers, deck)."""
    return _matches(view.lookers, view.people.interest, view.deck.topic)


@jit
def _matches(who: Ints, interest: Floats, topic: Floats) -> Floats:
    """A loop, since the sums of a BLAS may depend on its threads."""
    match = np.empty((len(who), len(topic)), np.float32)
    for row in range(len(who)):
        for pos in range(len(topic)):
            match[row, pos] = cosine(interest[who[row]], topic[pos])
    return match
