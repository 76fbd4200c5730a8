"""Tables whose lots last as long as an event."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.policy_view import Hand, Shelf, View
from potluck.simulations.mixing.rng import Stream, child, jit, uniform

from .drawing import Seen, tries_of, versions
from .policy import policy
from .tables import tables_of


@policy("Potluck: tickets that do not hang on the date")
def lasting(view: View, rng: Stream, *, size: int = 500, bag: bool = False) -> Hand:
    """Tables whose tickets stay for an event's life.

    Each organiser is represented by the event with the smallest ticket of those announced, until it
    is over or a smaller one is announced; the organisers' turns are the tickets of these events. So
    an organiser is in a day's hand as likely as with fresh tickets, but today's hand is much like
    yesterday's. size: people at a table. bag: leave out what a person was shown."""
    _ = rng
    table, count = tables_of(view, size)
    tries, known = tries_of(view, view.shelf, "organisers"), view.scenario.adversary.tables
    order = view.once(
        lambda: _standing(count, view.shelf, view.deck.number, tries, known, view.lasting.word_key)
    )
    if bag:
        hand = _unseen(view.lookers, table, order, view.diary.shown, view.column, view.hand)
    else:
        hand = view.turned(order)[table[view.lookers]]
    return versions(view, hand, view.today.child(2))


@jit
def _standing(
    tables: int, shelf: Shelf, number: Ints, tries: NDArray[np.int64], known: float, key: np.uint64
) -> Ints:
    """(tables, lines) each line's event with the smallest ticket, in the order of turns."""
    found = np.empty((tables, len(shelf.names)), np.int32)
    turns = np.empty(len(shelf.names), np.float64)
    for t in range(tables):
        secret = child(key, t)
        turn_key = child(secret, 1)
        ground = uniform(secret, 0) < known
        for h in range(len(shelf.names)):
            best, chosen = 2.0, -1
            for x in range(shelf.series[shelf.line[h]], shelf.series[shelf.line[h + 1]]):
                ticket = uniform(secret, 1 + number[shelf.order[x]])
                if ticket < best:
                    best, chosen = ticket, shelf.order[x]
            found[t, h] = chosen
            turn = uniform(turn_key, number[chosen])
            turns[h] = 1.0 - (1.0 - turn) ** (1.0 / tries[h]) if ground and tries[h] > 1 else turn
        found[t] = found[t][np.argsort(turns)]
    return found


@jit
def _unseen(
    who: Ints, table: NDArray[np.int64], order: Ints, shown: Seen, column: Ints, n: int
) -> Hand:
    """The first n cards of each person's table that they were not shown."""
    hand = np.full((len(who), n), -1, np.int32)
    for row in range(len(who)):
        held = 0
        for pos in order[table[who[row]]]:
            if held < n and not shown[who[row], column[pos]]:
                hand[row, held] = pos
                held += 1
    return hand
