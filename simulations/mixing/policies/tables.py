"""Tables: groups who share a secret and are dealt the same hand on a day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .drawing import alone, tables_today
from .policy import policy


@policy("Potluck's tables (protocol/draw with a table's secret)")
def tables(
    view: View, rng: Stream, *, size: int = 500, days: int = 0, own: int = 0, join: float = 1.0,
    alike: float = 0.0, rule: str = "organisers",
) -> Hand:  # fmt: skip
    """Everybody at a table is dealt the same hand, by organisers.

    size: people at a table. days: lifetime of a table, after which people are seated anew; 0 is for
    ever, 1 daily. own: cards of the hand that each draws alone. join: share of people who sit at a
    table; the others draw alone. alike: share of people who sit with those of their cluster rather
    than with anyone. rule: what has a turn (organisers, keys, names or events)."""
    table, count = tables_of(view, size, days, alike)
    dealt = np.take(tables_today(view, np.arange(count), rule), table[view.lookers], axis=0)
    return _with_own(view, rng, dealt, min(own, view.hand), join) if own or join < 1 else dealt


def _with_own(view: View, rng: Stream, dealt: Hand, own: int, join: float) -> Hand:
    """The table's hand with the last `own` cards drawn alone; all, for those at no table."""
    seated = view.lasting.child(1 << 30).uniform(len(view.people.cluster))[view.lookers] < join
    shared = np.where(seated[:, None], dealt[:, : view.hand - own], -1)
    hidden = ~view.unseen
    row, card = np.nonzero(shared >= 0)
    hidden[row, shared[row, card]] = True
    mine = alone(view, hidden, rng)
    return np.where(seated[:, None], np.hstack([shared, mine[:, :own]]), mine)


def tables_of(
    view: View, size: int, days: int = 0, alike: float = 0.0
) -> tuple[NDArray[np.int64], int]:
    """The table of each person, and their number: of about `size`, kept `days` (0: for ever)."""
    people = len(view.people.cluster)
    count = max(1, round(people / size))
    return _seats(view, days, alike) * count // people, count


def _seats(view: View, days: int, alike: float) -> NDArray[np.int64]:
    """The place of each person in the queue to the tables, kept as long as the tables last."""
    period = view.day // days if days else 0
    if view.memory.get("period") != period:
        stream = view.lasting.child(period).child(1 << 31)
        luck = stream.uniform(2 * len(view.people.cluster)).reshape(2, -1)
        cluster = (view.people.cluster + luck[0]) / view.scenario.groups
        queue = np.argsort(np.where(luck[1] < alike, cluster, luck[0]), kind="stable")
        view.memory["period"], view.memory["seats"] = period, np.argsort(queue)
    return np.asarray(view.memory["seats"])
