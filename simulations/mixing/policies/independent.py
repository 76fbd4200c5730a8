"""Independent draws: everybody a hand of their own, by one rule or another of what has a turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, below, child, jit

from .drawing import Seen, alone, draw, lines, versions
from .policy import policy


@policy("Potluck's draw (DESIGN.md, section 3): one organiser, one ticket")
def organisers(view: View, rng: Stream, *, ceiling: int = 0) -> Hand:
    """Organisers in random order, one card each, before any gets a second: many posts buy no more
    cards than one, and neither does who brings them. ceiling: cards from one importer; 0: no
    limit."""
    return versions(view, draw(view, view.shelf, rng, ceiling), rng.child(2))


@policy("Potluck's first draw: one host key, one ticket, whoever's events it announces")
def keys(view: View, rng: Stream) -> Hand:
    """Keys in random order, one card each: an importer of a whole town is one of them."""
    return _by_rule(view, rng, "keys")


@policy("a rule that Potluck rejects: whoever bears a name shares its ticket")
def names(view: View, rng: Stream) -> Hand:
    """Organisers by name in random order, one card each, whoever brings what bears the name."""
    return _by_rule(view, rng, "names")


@policy("the random baseline of the recommender literature: uniform over items")
def events(view: View, rng: Stream) -> Hand:
    """All events alike likely: who posts much is seen much."""
    return _by_rule(view, rng, "events")


def _by_rule(view: View, rng: Stream, rule: str) -> Hand:
    hand = draw(view, lines(view, rule), rng)
    return hand if rule == "keys" else versions(view, hand, rng.child(2))


@policy("Potluck's draw with a filter by topic and wild cards (protocol/draw, draw_wild)")
def filtered(view: View, rng: Stream, *, wild: int = 0) -> Hand:
    """By organisers among one's own cluster's events only. wild: cards from the whole deck."""
    hidden = ~(view.unseen & (view.deck.cluster == view.people.cluster[view.lookers, None]))
    hand = alone(view, hidden, rng)
    return with_wild(hand, organisers(view, rng.child(1)), wild)


def with_wild(hand: Hand, drawn: Hand, wild: int) -> Hand:
    """A hand whose last `wild` cards are those drawn, where they are not in it yet."""
    for card in range(max(0, hand.shape[1] - wild), hand.shape[1]):
        new = (drawn[:, card, None] != hand).all(axis=1)
        hand[new, card] = drawn[new, card]
    return hand


@policy("a draw that Potluck does not offer: declared topics can be stuffed")
def topics(view: View, rng: Stream) -> Hand:
    """Declared topics in random order, one event of each."""
    order = np.argsort(view.deck.tags.ravel(), kind="stable")
    tag = view.deck.tags.ravel()[order]
    shelf = (order[tag >= 0] // view.deck.tags.shape[1]).astype(np.int32)
    start = np.append(np.flatnonzero(np.diff(tag[tag >= 0], prepend=-1)), len(shelf))
    return _by_topics(
        view.lookers, shelf, start, view.diary.shown, view.column, view.hand, rng.word_key
    )


@jit
def _by_topics(
    who: Ints, shelf: Ints, start: NDArray[np.int64], shown: Seen, column: Ints, n: int,
    key: np.uint64,
) -> Hand:  # fmt: skip
    """One unseen event, at random, of each topic in random order, round after round; shelf lists
    the events of each topic."""
    hand = np.full((len(who), n), -1, np.int32)
    tags = np.arange(len(start) - 1)
    taken = np.zeros(len(column), np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        held, more, count = 0, True, 0
        while more and held < n:
            more = False
            for k in range(len(tags)):
                j = k + below(at, count, len(tags) - k)
                tags[k], tags[j] = tags[j], tags[k]
                topic = shelf[start[tags[k]] : start[tags[k] + 1]]
                pos = _any_left(topic, shown[who[row]], column, taken, row + 1, child(at, count))
                count += 1
                if pos >= 0:
                    hand[row, held] = pos
                    taken[pos] = row + 1
                    held += 1
                    more = True
                    if held == n:
                        break
    return hand


@jit
def _any_left(
    events: Ints, seen: Seen, column: Ints, taken: Ints, mark: int, key: np.uint64
) -> int:
    """One of the events that is neither seen nor taken, at random; -1 if there is none."""
    left, chosen = 0, -1
    for pos in events:
        if taken[pos] != mark and not seen[column[pos]]:
            left += 1
            if below(key, left, left) == 0:
                chosen = pos
    return chosen
