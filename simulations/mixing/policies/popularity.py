"""A list by popularity."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .policy import policy


@policy("Salganik, Dodds and Watts (2006), 'Inequality and unpredictability', Science")
def popularity(view: View, rng: Stream) -> Hand:
    """The events to which most people go; then those of hosts with most visits, then one lot for
    all."""
    visits = view.diary.visits.sum(axis=0)
    score = view.going + visits[view.deck.host] / (1.0 + visits.max())
    score = score + 1e-4 * view.today.child(1).uniform(len(score))
    return view.best(np.broadcast_to(score, (len(view.lookers), len(score))), rng)
