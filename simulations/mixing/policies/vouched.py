"""Walks along vouches."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.people import Ints, People
from potluck.simulations.mixing.rng import Stream, below, child, jit, uniform
from potluck.simulations.mixing.view import Hand, Shelf, View

from .drawing import Seen, by_hosts, pick
from .registry import policy


@policy(
    source="Yu, Kaminsky, Gibbons and Flaxman (2006), 'SybilGuard'; Potluck's `draw --by vouched`"
)
def vouched(view: View, rng: Stream, *, steps: int = 5, stranger: float = 0.1) -> Hand:
    """
    Each card comes from the host at the end of a random walk along vouches.

    steps: friends passed on the way; the last vouches for the hosts met at viable events, or kept by a friend
    or themselves. stranger: share of cards drawn by hosts from the whole deck; so are those of walks that end
    nowhere.
    """
    strangers = by_hosts(
        view.lookers, view.shelf, view.diary.shown, view.begin, view.hand, rng.child(1).word_key
    )
    return _walk(
        view.lookers, view.people, _vouches(view), strangers, view.shelf, view.diary.shown, view.begin, steps,
        stranger, rng.word_key,
    )  # fmt: skip


def _vouches(view: View) -> Seen:
    """(people, hosts) who vouches for whom: those met at an event, kept by oneself or a friend, or fooled."""
    if "first" not in view.memory:
        view.memory["first"] = _first_vouches(view)
    vouches: Seen = view.memory["first"] | (view.diary.visits > 0)
    return vouches


def _first_vouches(view: View) -> Seen:
    people = len(view.people.cluster)
    vouches = np.zeros((people, len(view.hosts.keeper)), np.bool_)
    for host, keeper in enumerate(view.hosts.keeper):
        if keeper >= 0:
            vouches[view.people.friends[keeper, : view.people.degree[keeper]], host] = True
            vouches[keeper, host] = True
    forged = np.flatnonzero(view.hosts.keeper < 0)
    fooled = np.argsort(view.lasting.child(2).uniform(people))[: view.scenario.adversary.fooled]
    if len(forged):
        vouches[fooled, forged[np.arange(len(fooled)) % len(forged)]] = True
    return vouches


@jit
def _walk(
    who: Ints,
    people: People,
    vouches: Seen,
    strangers: Hand,
    shelf: Shelf,
    shown: Seen,
    begin: int,
    steps: int,
    stranger: float,
    key: np.uint64,
) -> Hand:
    hand = strangers.copy()
    taken = np.zeros(len(shelf.order), np.int32)
    for row in range(len(who)):
        at = child(key, who[row])
        for c in range(hand.shape[1]):
            card = child(at, c)
            if uniform(card, 0) < stranger:
                continue
            h = _reach(who[row], people, vouches, shelf.names, steps, card)
            if h < 0:
                continue
            place = pick(h, 1, shelf, shown[who[row]], begin, taken, row + 1, child(card, 1), 0)
            if place >= 0 and not np.any(hand[row] == shelf.order[place]):
                hand[row, c] = shelf.order[place]
                taken[place] = row + 1
    return hand


@jit
def _reach(i: int, people: People, vouches: Seen, names: Ints, steps: int, key: np.uint64) -> int:
    """
    The host (index on the shelf) that a walk from i reaches; -1 if it ends with somebody who vouches for
    none.
    """
    for step in range(steps):
        if people.degree[i] == 0:
            break
        i = people.friends[i, below(key, 2 + step, people.degree[i])]
    count, chosen = 0, -1
    for h in range(len(names)):
        if vouches[i, names[h]]:
            count += 1
            if below(key, 2 + steps + count, count) == 0:
                chosen = h
    return chosen
