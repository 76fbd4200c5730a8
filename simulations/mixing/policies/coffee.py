"""Random coffee."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .drawing import at_tables, versions
from .policy import policy


@policy("Soto (2013), 'Institutionalising serendipity' (Nesta's randomised coffee trials)")
def coffee(view: View, rng: Stream, *, group: int = 4) -> Hand:
    """Those who look at the same time fall into random groups, each dealt one hand. group:
    people."""
    group_of = np.arange(len(view.lookers)) // group
    groups = np.arange(-(-len(view.lookers) // group))
    nobody = np.ones(len(view.shelf.names), np.int64)
    cards = len(view.deck.host)
    hands = at_tables(groups, view.shelf, cards, nobody, 0.0, 0, view.hand, rng.word_key)
    return versions(view, np.take(hands, group_of, axis=0), rng.child(2))
