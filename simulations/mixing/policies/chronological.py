"""A plain list by time."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .policy import policy


@policy("the calendar page of every city guide")
def chronological(view: View, rng: Stream) -> Hand:
    """The next events from the moment of looking, in order of time; a redraw turns the page."""
    look = (
        view.sitting + rng.uniform(len(view.people.cluster))[view.lookers]
    ) / view.scenario.time.sittings
    when = view.deck.day - view.day + view.deck.hour
    wait = when[None, :] - look[:, None]
    if view.scenario.time.ahead == 1:
        wait %= 1
    return view.best(np.where(wait >= 0, -wait, -1e3 - wait), rng)
