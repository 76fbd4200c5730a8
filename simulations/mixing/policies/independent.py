"""Independent draws: everybody a hand of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.kernels import around
from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.rng import Stream, below, child, jit
from potluck.simulations.mixing.view import Hand, View

from .drawing import Seen, by_events, by_hosts
from .registry import policy


@policy(source="Potluck's default draw (protocol/draw, mode hosts)")
def hosts(view: View, rng: Stream) -> Hand:
    """
    Hosts in random order, one card each, before any gets a second: many posts buy no more cards than one.
    """
    return by_hosts(view.lookers, view.shelf, view.diary.shown, view.begin, view.hand, rng.word_key)


@policy(source="Potluck's draw in mode events (protocol/draw)")
def events(view: View, rng: Stream) -> Hand:
    """All events alike likely: who posts much is seen much."""
    return by_events(
        view.lookers, len(view.deck.host), view.diary.shown, view.begin, view.hand, rng.word_key
    )


@policy(source="Potluck's draw with a filter by topic and wild cards (protocol/draw, draw_wild)")
def filtered(view: View, rng: Stream, *, wild: int = 0) -> Hand:
    """
    By hosts among the events of one's own cluster only. wild: cards of the hand dealt from the whole deck.
    """
    wanted = view.deck.cluster == view.people.cluster[view.lookers, None]
    hidden = ~(view.unseen & wanted)
    rows = np.arange(len(view.lookers), dtype=np.int32)
    hand = by_hosts(rows, view.shelf, hidden, 0, view.hand, rng.word_key)
    free = hosts(view, rng.child(1))
    for card in range(view.hand - min(wild, view.hand), view.hand):
        new = (free[:, card, None] != hand).all(axis=1)
        hand[new, card] = free[new, card]
    return hand


@policy(source="a draw that Potluck does not offer: declared topics can be stuffed")
def topics(view: View, rng: Stream) -> Hand:
    """Declared topics in random order, one event of each."""
    order = np.argsort(view.deck.tags.ravel(), kind="stable")
    tag = view.deck.tags.ravel()[order]
    shelf = (order[tag >= 0] // view.deck.tags.shape[1]).astype(np.int32)
    start = np.append(np.flatnonzero(np.diff(tag[tag >= 0], prepend=-1)), len(shelf))
    return _by_topics(
        view.lookers,
        shelf,
        start,
        view.diary.shown,
        view.begin,
        len(view.deck.host),
        view.hand,
        rng.word_key,
    )


@jit
def _by_topics(
    who: Ints,
    shelf: Ints,
    start: NDArray[np.int64],
    shown: Seen,
    begin: int,
    m: int,
    n: int,
    key: np.uint64,
) -> Hand:
    """
    One unseen event, at random, of each topic in random order, round after round; shelf lists the events of
    each topic.
    """
    hand = np.full((len(who), n), -1, np.int32)
    tags = np.arange(len(start) - 1)
    taken = np.zeros(m, np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        held, more, count = 0, True, 0
        while more and held < n:
            more = False
            for k in range(len(tags)):
                j = k + below(at, count, len(tags) - k)
                tags[k], tags[j] = tags[j], tags[k]
                pos = _any_left(
                    shelf[start[tags[k]] : start[tags[k] + 1]],
                    shown[who[row]],
                    begin,
                    taken,
                    row + 1,
                    child(at, count),
                )
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
def _any_left(events: Ints, seen: Seen, begin: int, taken: Ints, mark: int, key: np.uint64) -> int:
    """One of the events that is neither seen nor taken, at random; -1 if there is none."""
    m, left, chosen = len(taken), 0, -1
    for pos in events:
        if taken[pos] != mark and not seen[around(begin, pos, m)]:
            left += 1
            if below(key, left, left) == 0:
                chosen = pos
    return chosen
