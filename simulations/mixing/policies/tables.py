"""Tables: groups who share a secret and are dealt the same hand on a day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.policy_view import Hand, Shelf, View
from potluck.simulations.mixing.rng import Stream, child, jit, uniform

from .drawing import Seen, alone, at_tables, table_orders, tables_today, tries_of, versions
from .policy import policy


@policy("Potluck's tables (protocol/draw with a table's secret)")
def tables(
    view: View, rng: Stream, *, size: int = 500, days: int = 0, own: int = 0, join: float = 1.0,
    alike: float = 0.0, rule: str = "organisers", held: float = 1.0,
) -> Hand:  # fmt: skip
    """Everybody at a table is dealt the same hand, by organisers.

    size: people at a table. days: lifetime of a table, after which people are seated anew; 0 is for
    ever, 1 daily. own: cards of the hand that each draws alone. join: share of people who sit at a
    table; the others draw alone. alike: share of people who sit with those of their cluster rather
    than with anyone. rule: what has a turn (organisers, keys, names or events). held: share of
    organisers whom a member's own deck holds, other ones in each (as full decks of the network
    laboratory); of who is not held there is no card."""
    table, count = tables_of(view, size, days, alike)
    names = np.arange(count)
    if held < 1:
        dealt = _of_own_decks(view, table_orders(view, names, rule), table, held)
    else:
        dealt = np.take(tables_today(view, names, rule), table[view.lookers], axis=0)
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


def _of_own_decks(view: View, order: Hand, table: NDArray[np.int64], held: float) -> Hand:
    """The first cards of each person's table of organisers whom their deck holds."""
    people, hosts = len(view.people.cluster), len(view.hosts.name)
    if "lacks" not in view.memory:
        chance = view.lasting.child(1 << 29).uniform(people * hosts)
        view.memory["lacks"] = (chance >= held).reshape(people, hosts)
    cards = view.hand * (view.round + 1)
    return view.turned(
        _unseen(view.lookers, table, order, view.memory["lacks"], view.deck.host, cards)
    )


def tables_of(
    view: View, size: int, days: int = 0, alike: float = 0.0
) -> tuple[NDArray[np.int64], int]:
    """The table of each person, and their number: of about `size`, kept `days` (0: for ever)."""
    people = len(view.people.cluster)
    count, period = max(1, round(people / size)), view.day // days if days else 0
    if view.memory.get("period") != period:
        luck = view.lasting.child(period).child(1 << 31).uniform(2 * people).reshape(2, -1)
        cluster = (view.people.cluster + luck[0]) / view.scenario.groups
        queue = np.argsort(np.where(luck[1] < alike, cluster, luck[0]), kind="stable")
        view.memory["period"], view.memory["seats"] = period, np.argsort(queue)
    return np.asarray(view.memory["seats"]) * count // people, count


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


@policy("Potluck: a rule that each table can follow by what its own members saw")
def adaptive(
    view: View, rng: Stream, *, smallest: int = 60, start: int = 3, tolerance: float = 0.1
) -> Hand:
    """Tables that merge when evenings are wasted and split when none are.

    Each week a table counts the evenings its members went out and how many of these were below the
    quorum. Above `tolerance` it merges with its neighbour (a table of the same size), below a
    quarter of that it splits in two. smallest: people at the smallest table; a table is at most the
    region. start: times the first tables have doubled."""
    _ = rng
    people = len(view.people.cluster)
    blocks = max(1, people // smallest)
    if not view.memory:
        seats = np.argsort(np.argsort(view.lasting.child(1 << 31).uniform(people), kind="stable"))
        view.memory["block"] = seats * blocks // people
        view.memory["level"] = np.full(blocks, start)
    if view.day % 7 == 0 and view.day > 0 and (view.sitting, view.round) == (0, 0):
        _review(view, view.memory, tolerance)
    level = view.memory["level"]
    names, table = np.unique(level * blocks + (np.arange(blocks) >> level), return_inverse=True)
    return np.asarray(tables_today(view, names)[table[view.memory["block"][view.lookers]]])


def _review(view: View, memory: dict[Any, Any], tolerance: float) -> None:
    """Merge and split tables by their members' evenings out of the last seven days, and how many of
    these were wasted."""
    block, level = memory["block"], memory["level"]
    plans = view.diary.plans[:, [(view.day - k) % view.diary.plans.shape[1] for k in range(1, 8)]]
    small = (plans >= 0) & (view.diary.going[plans] < view.scenario.events.quorum)
    evenings, wasted = (
        np.bincount(block, each.sum(axis=1), len(level)) for each in (plans >= 0, small)
    )
    deepest = int(len(level) - 1).bit_length()
    changed = level.copy()
    for table in sorted({(int(up), b >> int(up)) for b, up in enumerate(level)}, reverse=True):
        up, number = table
        members = np.flatnonzero((np.arange(len(level)) >> up == number) & (level == up))
        share = wasted[members].sum() / max(1, evenings[members].sum())
        if share > tolerance and up < deepest:
            changed[np.arange(len(level)) >> (up + 1) == number >> 1] = up + 1
        elif share < tolerance / 4 and up > 0 and np.all(changed[members] == up):
            changed[members] = up - 1
    memory["level"] = changed
