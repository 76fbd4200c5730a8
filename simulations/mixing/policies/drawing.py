"""
The draws of the protocol as kernels.

They follow the rules of protocol/draw: lines take turns in random order, each gives a card of a
random series, then a second round gives each line's next series, then each series' next event.
Where the protocol sorts by tickets, the kernels shuffle, which deals the same hands with the same
chances; only tables sort tickets, since they can be ground. What is a line is the rule's question
(`lines`). Importers of the same events have the same turn, so their copies are one line here.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.policy_view import Hand, Shelf, View, shelve
from potluck.simulations.mixing.rng import Stream, below, child, inlined, jit, uniform
from potluck.simulations.mixing.scenario import InvalidScenario

Seen = NDArray[np.bool_]
RULES = ("organisers", "keys", "names", "events")


def lines(view: View, rule: str) -> Shelf:
    """The deck in lines, each of which has a turn: `organisers` (each source of each importer that
    pays for it, and each host of own events), `keys` (whoever announces), `names` (whatever name an
    event bears, whoever brings it), `events`."""
    deck, hosts = view.deck, view.hosts
    if rule == "organisers":
        return view.shelf
    if rule == "keys":
        position, column = np.nonzero(hosts.keys[deck.host] >= 0)
        key = hosts.keys[deck.host[position], column]
        return shelve(key, deck.series[position], position, np.full(int(key.max()) + 1, -1))
    if rule not in RULES:
        raise InvalidScenario(f"there is no rule {rule!r}; there are: {', '.join(RULES)}")
    position = np.sort(view.shelf.order)
    line: NDArray[Any] = position if rule == "events" else hosts.name[deck.host[position]]
    return shelve(line, deck.series[position], position, np.full(int(line.max()) + 1, -1))


def versions(view: View, hand: Hand, rng: Stream) -> Hand:
    """The version that stands for each card: of all keys that bring an event, the one with the
    smallest ticket, so a falsified copy in proportion to its keys."""
    twin = np.where(hand >= 0, view.deck.twin[hand], -1)
    if not (twin >= 0).any():
        return hand
    keys = (view.hosts.keys >= 0).sum(axis=1)
    position = np.minimum(np.searchsorted(view.deck.number, twin), len(view.deck.number) - 1)
    false, true = keys[view.deck.host[position]], keys[view.deck.host[hand]]
    luck = rng.uniform(hand.size).reshape(hand.shape)
    swapped: Hand = np.where((twin >= 0) & (luck < false / (false + true)), position, hand)
    return swapped.astype(np.int32)


@jit
def by_lines(
    who: Ints, shelf: Shelf, shown: Seen, column: Ints, ceiling: int, n: int, key: np.uint64
) -> Hand:
    """n unseen positions for each of `who`, line after line; `ceiling` an importer (0: no
    limit)."""
    hand = np.full((len(who), n), -1, np.int32)
    order = np.arange(len(shelf.names)).astype(np.int32)
    taken = np.zeros(len(column), np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        deal_rounds(
            order, len(order), shelf, shown[who[row]], column, taken, row + 1, ceiling, hand[row],
            at,
        )  # fmt: skip
    return hand


def draw(view: View, shelf: Shelf, rng: Stream, ceiling: int = 0) -> Hand:
    """A hand for each looker of what they have not seen of a shelf."""
    shown, column = view.diary.shown, view.column
    return by_lines(view.lookers, shelf, shown, column, ceiling, view.hand, rng.word_key)


def alone(view: View, hidden: Seen, rng: Stream) -> Hand:
    """Hands by organisers of what is not hidden (lookers, deck)."""
    rows, cards = (np.arange(n, dtype=np.int32) for n in hidden.shape)
    return by_lines(rows, view.shelf, hidden, cards, 0, view.hand, rng.word_key)


@inlined
def deal_rounds(
    lines: Ints, loose: int, shelf: Shelf, seen: Seen, column: Ints, taken: Ints, mark: int,
    ceiling: int, hand: Ints, key: np.uint64,
) -> None:  # fmt: skip
    """Fill a hand in rounds over `lines`, of which the first `loose` are yet to be shuffled. Cards
    dealt are marked in `taken` (by position) with a mark not used there before."""
    held, count, round_, more = 0, 0, 0, True
    brought = np.full(len(hand), -1, np.int32)
    while more and held < len(hand):
        more = False
        for k in range(len(lines)):
            if k < loose and round_ == 0:
                j = k + below(key, k, loose - k)
                lines[k], lines[j] = lines[j], lines[k]
            importer = shelf.importer[lines[k]]
            if ceiling > 0 and importer >= 0 and np.sum(brought[:held] == importer) >= ceiling:
                continue
            place = pick(
                lines[k], round_, shelf, seen, column, taken, mark, key, len(lines) + count
            )
            count += 2
            if place >= 0:
                taken[shelf.order[place]] = mark
                hand[held] = shelf.order[place]
                brought[held] = importer
                held += 1
                more = True
                if held == len(hand):
                    break
        round_ += 1


@inlined
def pick(
    h: int, round_: int, shelf: Shelf, seen: Seen, column: Ints, taken: Ints, mark: int,
    key: np.uint64, at: int,
) -> int:  # fmt: skip
    """A random card of line h (place on the shelf; -1 if none is left): of its series with cards
    left those that gave fewest, of these one at random, of it one event at random. In round 0 no
    series gave any yet, so one at random will do if it has a card left. Uses the stream's numbers
    `at` and at + 1, and its at-th child."""
    if round_ == 0:
        s = shelf.line[h] + below(key, at, shelf.line[h + 1] - shelf.line[h])
        place = _any_of(s, shelf, seen, column, taken, mark, uniform(key, at + 1))
        if place >= 0:
            return place
    more = child(key, at)
    fewest, ties, chosen = len(shelf.order), 0, -1
    for s in range(shelf.line[h], shelf.line[h + 1]):
        free, gave = 0, 0
        for x in range(shelf.series[s], shelf.series[s + 1]):
            if taken[shelf.order[x]] == mark:
                gave += 1
            elif not seen[column[shelf.order[x]]]:
                free += 1
        if free > 0 and gave <= fewest:
            ties = ties + 1 if gave == fewest else 1
            fewest = gave
            if ties == 1 or below(more, s + 1, ties) == 0:
                chosen = s
    return (
        _any_of(chosen, shelf, seen, column, taken, mark, uniform(more, 0)) if chosen >= 0 else -1
    )


@inlined
def _any_of(
    s: int, shelf: Shelf, seen: Seen, column: Ints, taken: Ints, mark: int, luck: float
) -> int:
    """One of the cards left of series s (place on the shelf) by luck in [0, 1), or -1."""
    left = 0
    for x in range(shelf.series[s], shelf.series[s + 1]):
        if taken[shelf.order[x]] != mark and not seen[column[shelf.order[x]]]:
            left += 1
    nth = int(luck * left)
    for x in range(shelf.series[s], shelf.series[s + 1]):
        if taken[shelf.order[x]] != mark and not seen[column[shelf.order[x]]]:
            if nth == 0:
                return x
            nth -= 1
    return -1


def at_tables(
    names: NDArray[np.int64], shelf: Shelf, cards: int, tries: NDArray[np.int64], known: float,
    redraw: int, n: int, key: np.uint64,
) -> Hand:  # fmt: skip
    """One hand of n of a deck of so many cards for each of the tables with these names (numbers):
    its redraw-th of the day.

    A line (`tries` is by line of the shelf) whose keeper knows a table's secret (a share `known` of
    the tables) has the smallest of as many tickets as names were tried."""
    order = np.argsort(tickets(names, tries, known, redraw, key), axis=2)
    return _in_order(names, order.astype(np.int32), shelf, cards, n, key)


def tables_today(view: View, names: NDArray[np.int64], rule: str = "organisers") -> Hand:
    """The hands of tables that keep theirs all day: dealt at the first sitting, then remembered."""
    return view.once(lambda: _dealt(view, names, rule, view.round, view.hand))


def table_orders(view: View, names: NDArray[np.int64], rule: str) -> Hand:
    """All cards of the day, in the order in which each table is dealt them."""
    return view.once(lambda: _dealt(view, names, rule, 0, len(view.deck.host)))


def _dealt(view: View, names: NDArray[np.int64], rule: str, redraw: int, n: int) -> Hand:
    shelf = lines(view, rule)
    hands = at_tables(
        names, shelf, len(view.deck.host), tries_of(view, shelf, rule),
        view.scenario.adversary.tables, redraw, n, view.today.word_key,
    )  # fmt: skip
    return hands if rule == "keys" else versions(view, hands, view.today.child(2))


def tries_of(view: View, shelf: Shelf, rule: str) -> NDArray[np.int64]:
    """The names tried for each line of a shelf."""
    if rule != "organisers":
        return np.ones(len(shelf.names), np.int64)
    return np.asarray(view.hosts.tries[shelf.names])


@jit
def tickets(
    names: NDArray[np.int64], tries: NDArray[np.int64], known: float, redraw: int, key: np.uint64
) -> NDArray[np.float64]:
    """Tickets (table, redraw, line): uniform, or the smallest of as many as names were tried."""
    found = np.empty((len(names), redraw + 1, len(tries)), np.float64)
    for t in range(len(names)):
        secret = child(key, names[t])
        ground = uniform(secret, 0) < known
        for again in range(redraw + 1):
            draw = child(secret, again + 1)
            for h in range(len(tries)):
                ticket = uniform(draw, h)
                if ground and tries[h] > 1:
                    ticket = 1.0 - (1.0 - ticket) ** (1.0 / tries[h])
                found[t, again, h] = ticket
    return found


@jit
def _in_order(
    names: NDArray[np.int64], order: NDArray[np.int32], shelf: Shelf, cards: int, n: int,
    key: np.uint64,
) -> Hand:  # fmt: skip
    """The last hand of each table: after each, its cards are left out of the next."""
    hand = np.full((len(names), n), -1, np.int32)
    taken = np.zeros(cards, np.int32)
    column = np.arange(cards).astype(np.int32)
    for t in range(len(names)):
        secret = child(key, names[t])
        shown = np.zeros(cards, np.bool_)
        for again in range(order.shape[1]):
            hand[t] = -1
            mark = t * order.shape[1] + again + 1
            at = child(child(secret, again + 1), order.shape[2])
            deal_rounds(order[t, again], 0, shelf, shown, column, taken, mark, 0, hand[t], at)
            for card in hand[t]:
                if card >= 0:
                    shown[card] = True
    return hand
