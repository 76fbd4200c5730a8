"""
The draws of the protocol as kernels.

They follow the rules of protocol/draw: by hosts, the hosts in random order each give a card of a random
series, then a second round gives each host's next series, then each series' next event; by events, all events
are alike. Where the protocol sorts by tickets, the kernels shuffle, which deals the same hands with the same
chances; only tables sort tickets, since they can be ground. (Relayed copies of an event are not modelled.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.kernels import around
from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.rng import below, child, inlined, jit, uniform
from potluck.simulations.mixing.view import Hand, Shelf, View

Seen = NDArray[np.bool_]


@jit
def by_events(who: Ints, m: int, shown: Seen, begin: int, n: int, key: np.uint64) -> Hand:
    """n unseen positions of a deck of m for each of `who`, all alike likely."""
    hand = np.full((len(who), n), -1, np.int32)
    deck = np.arange(m).astype(np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        held = 0
        for k in range(m):
            j = k + below(at, k, m - k)
            deck[k], deck[j] = deck[j], deck[k]
            if not shown[who[row], around(begin, deck[k], m)]:
                hand[row, held] = deck[k]
                held += 1
                if held == n:
                    break
    return hand


@jit
def by_hosts(who: Ints, shelf: Shelf, shown: Seen, begin: int, n: int, key: np.uint64) -> Hand:
    """n unseen positions for each of `who`, hosts first."""
    hand = np.full((len(who), n), -1, np.int32)
    hosts = np.arange(len(shelf.names)).astype(np.int32)
    taken = np.zeros(len(shelf.order), np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        deal_rounds(hosts, len(hosts), shelf, shown[who[row]], begin, taken, row + 1, hand[row], at)
    return hand


@inlined
def deal_rounds(
    hosts: Ints,
    loose: int,
    shelf: Shelf,
    seen: Seen,
    begin: int,
    taken: Ints,
    mark: int,
    hand: Ints,
    key: np.uint64,
) -> None:
    """
    Fill a hand in rounds over `hosts`, of which the first `loose` are yet to be shuffled. Cards dealt are
    marked in `taken` (by place on the shelf) with a mark not used there before.
    """
    held, count, round_, more = 0, 0, 0, True
    while more and held < len(hand):
        more = False
        for k in range(len(hosts)):
            if k < loose and round_ == 0:
                j = k + below(key, k, loose - k)
                hosts[k], hosts[j] = hosts[j], hosts[k]
            place = pick(hosts[k], round_, shelf, seen, begin, taken, mark, key, len(hosts) + count)
            count += 2
            if place >= 0:
                taken[place] = mark
                hand[held] = shelf.order[place]
                held += 1
                more = True
                if held == len(hand):
                    break
        round_ += 1


@inlined
def pick(
    h: int,
    round_: int,
    shelf: Shelf,
    seen: Seen,
    begin: int,
    taken: Ints,
    mark: int,
    key: np.uint64,
    at: int,
) -> int:
    """
    A random card of host h (place on the shelf; -1 if none is left): of its series with cards left those that
    gave fewest, of these one at random, of it one event at random. In round 0 no series gave any yet, so one
    at random will do if it has a card left. Uses the stream's numbers `at` and at + 1, and its at-th child.
    """
    if round_ == 0:
        s = shelf.host[h] + below(key, at, shelf.host[h + 1] - shelf.host[h])
        place = _any_of(s, shelf, seen, begin, taken, mark, uniform(key, at + 1))
        if place >= 0:
            return place
    more = child(key, at)
    fewest, ties, chosen = len(shelf.order), 0, -1
    for s in range(shelf.host[h], shelf.host[h + 1]):
        free, gave = 0, 0
        for x in range(shelf.series[s], shelf.series[s + 1]):
            if taken[x] == mark:
                gave += 1
            elif not seen[around(begin, shelf.order[x], len(shelf.order))]:
                free += 1
        if free > 0 and gave <= fewest:
            ties = ties + 1 if gave == fewest else 1
            fewest = gave
            if ties == 1 or below(more, s + 1, ties) == 0:
                chosen = s
    return _any_of(chosen, shelf, seen, begin, taken, mark, uniform(more, 0)) if chosen >= 0 else -1


@inlined
def _any_of(
    s: int, shelf: Shelf, seen: Seen, begin: int, taken: Ints, mark: int, luck: float
) -> int:
    """One of the cards left of series s (place on the shelf) by luck in [0, 1), or -1."""
    left = 0
    for x in range(shelf.series[s], shelf.series[s + 1]):
        if taken[x] != mark and not seen[around(begin, shelf.order[x], len(shelf.order))]:
            left += 1
    nth = int(luck * left)
    for x in range(shelf.series[s], shelf.series[s + 1]):
        if taken[x] != mark and not seen[around(begin, shelf.order[x], len(shelf.order))]:
            if nth == 0:
                return x
            nth -= 1
    return -1


def at_tables(
    names: NDArray[np.int64],
    shelf: Shelf,
    tries: NDArray[np.int64],
    known: float,
    redraw: int,
    n: int,
    key: np.uint64,
) -> Hand:
    """
    One hand of n by hosts for each of the tables with these names (numbers): its redraw-th of the day.

    A host who knows a table's secret (a share `known` of the tables) has the smallest of as many tickets as
    its keeper tried keys.
    """
    order = np.argsort(_tickets(names, shelf.names, tries, known, redraw, key), axis=2)
    return _in_order(names, order.astype(np.int32), shelf, n, key)


def tables_today(view: View, names: NDArray[np.int64]) -> Hand:
    """The hands of tables that keep theirs all day: dealt at the first sitting, remembered at the others."""
    if view.memory.get(("dealt", view.round)) != view.day:
        known, tries = view.scenario.adversary.tables, view.hosts.tries
        hands = at_tables(
            names, view.shelf, tries, known, view.round, view.hand, view.today.word_key
        )
        view.memory["dealt", view.round] = view.day
        view.memory["hands", view.round] = hands
    return np.asarray(view.memory["hands", view.round])


@jit
def _tickets(
    names: NDArray[np.int64],
    hosts: Ints,
    tries: NDArray[np.int64],
    known: float,
    redraw: int,
    key: np.uint64,
) -> NDArray[np.float64]:
    """Tickets (table, redraw, host): uniform, or the smallest of as many as the host's keeper tried."""
    tickets = np.empty((len(names), redraw + 1, len(hosts)), np.float64)
    for t in range(len(names)):
        secret = child(key, names[t])
        ground = uniform(secret, 0) < known
        for again in range(redraw + 1):
            draw = child(secret, again + 1)
            for h in range(len(hosts)):
                ticket = uniform(draw, h)
                if ground and tries[hosts[h]] > 1:
                    ticket = 1.0 - (1.0 - ticket) ** (1.0 / tries[hosts[h]])
                tickets[t, again, h] = ticket
    return tickets


@jit
def _in_order(
    names: NDArray[np.int64], order: NDArray[np.int32], shelf: Shelf, n: int, key: np.uint64
) -> Hand:
    """The last hand of each table: after each, its cards are left out of the next."""
    hand = np.full((len(names), n), -1, np.int32)
    taken = np.zeros(len(shelf.order), np.int32)
    for t in range(len(names)):
        secret = child(key, names[t])
        shown = np.zeros(len(shelf.order), np.bool_)
        for again in range(order.shape[1]):
            hand[t] = -1
            mark = t * order.shape[1] + again + 1
            at = child(child(secret, again + 1), order.shape[2])
            deal_rounds(order[t, again], 0, shelf, shown, 0, taken, mark, hand[t], at)
            for card in hand[t]:
                if card >= 0:
                    shown[card] = True
    return hand
