"""Walks along vouches."""

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.people import Ints
from potluck.simulations.mixing.policy_view import Hand, Shelf, View
from potluck.simulations.mixing.rng import Stream, below, child, jit, uniform

from .drawing import Seen, draw, lines, pick, versions
from .policy import policy

STEPS = 5
"""Hosts on a walk at most: one for whom one vouches, then four who vouch for each other."""


@policy("Potluck's `draw --vouched`; after Yu et al. (2006), 'SybilGuard'")
def vouched(view: View, rng: Stream, *, stranger: float = 0.1016) -> Hand:
    """Each card comes from the last host with a card left on a walk along vouches.

    It begins with a host for whom one vouches (known from a viable event of their own, kept by a
    friend or oneself) and goes on, up to four steps, among hosts who vouch for each other. Four
    walks a card are tried; what they do not find stays empty. stranger: chance that a walk takes a
    card of the whole deal instead (26 of 256)."""
    strangers = draw(view, view.shelf, rng.child(1))
    shelf = lines(view, "keys")
    hand, strange = _walk(
        view.lookers, _vouches(view), _graph(view), strangers, shelf, view.diary.shown, view.column,
        stranger, rng.word_key,
    )  # fmt: skip
    view.strangers += strange
    view.fills = False
    return versions(view, hand, rng.child(2))


def _vouches(view: View) -> Seen:
    """(people, keys) who vouches for whom: for keys met, kept by oneself or a friend, or fooled."""
    if "first" not in view.memory:
        view.memory["first"] = _first_vouches(view)
    vouches: Seen = view.memory["first"].copy()
    own = np.flatnonzero(~view.hosts.imported & (view.hosts.keeper >= 0))
    vouches[:, view.hosts.keys[own, 0]] |= view.diary.visits[:, own] > 0
    return vouches


def _keepers(view: View) -> NDArray[np.int64]:
    """The person who keeps each key; -1 for the adversary's, -2 for numbers that are nobody's."""
    keys = view.hosts.keys
    keeper = np.full(int(keys.max()) + 1, -2)
    keeper[keys[view.hosts.keeper < 0]] = -1
    importers = np.unique(keys[view.hosts.imported & (view.hosts.keeper >= 0)])
    people = view.lasting.child(3).numpy().integers(len(view.people.cluster), size=len(keeper))
    keeper[importers] = people[importers]
    own = np.flatnonzero(~view.hosts.imported & (view.hosts.keeper >= 0))
    keeper[keys[own, 0]] = view.hosts.keeper[own]
    return keeper


def _first_vouches(view: View) -> Seen:
    people, keeper = len(view.people.cluster), _keepers(view)
    vouches = np.zeros((people, len(keeper)), np.bool_)
    for key in np.flatnonzero(keeper >= 0):
        who = keeper[key]
        vouches[view.people.friends[who, : view.people.degree[who]], key] = True
        vouches[who, key] = True
    forged = np.flatnonzero(keeper == -1)
    fooled = np.argsort(view.lasting.child(2).uniform(people))[: view.scenario.adversary.fooled]
    if len(forged):
        vouches[fooled, forged[np.arange(len(fooled)) % len(forged)]] = True
    return vouches


def _graph(view: View) -> Seen:
    """(keys, keys) who vouch for each other: honest ones at random, the adversary's, the fooled."""
    if "graph" not in view.memory:
        keeper = _keepers(view)
        honest, forged = np.flatnonzero(keeper >= 0), np.flatnonzero(keeper == -1)
        graph = np.zeros((len(keeper), len(keeper)), np.bool_)
        chance = view.scenario.hosts.vouches / max(1, len(honest) - 1)
        lots = view.lasting.child(4).numpy().random((len(honest), len(honest)))
        graph[np.ix_(honest, honest)] = np.triu(lots < chance, 1)
        graph[np.ix_(forged, forged)] = True
        fooled = honest[np.argsort(view.lasting.child(2).uniform(len(honest)))]
        share = view.scenario.adversary.fooled / len(view.people.cluster)
        for index, key in enumerate(fooled[: round(share * len(honest))]):
            graph[key, forged[index % max(1, len(forged))] if len(forged) else key] = True
        graph |= graph.T
        np.fill_diagonal(graph, val=False)
        view.memory["graph"] = graph
    return np.asarray(view.memory["graph"])


@jit
def _walk(
    who: Ints, vouches: Seen, graph: Seen, strangers: Hand, shelf: Shelf, shown: Seen, column: Ints,
    stranger: float, key: np.uint64,
) -> tuple[Hand, int]:  # fmt: skip
    """Hands, and how many of their cards came from the whole deal."""
    n = strangers.shape[1]
    hand = np.full(strangers.shape, -1, np.int32)
    taken = np.zeros(len(column), np.int32)
    place_of = np.full(len(graph), -1)
    place_of[shelf.names] = np.arange(len(shelf.names))
    path = np.empty(STEPS, np.int64)
    strange = 0
    for row in range(len(who)):
        at = child(key, who[row])
        held, number = 0, 0
        while held < n and number < 4 * n:
            card = child(at, number)
            number += 1
            found = -1
            if uniform(card, 0) < stranger:
                for other in strangers[row]:
                    if other >= 0 and taken[other] != row + 1:
                        found = other
                        strange += 1
                        break
            else:
                for step in range(_reach(vouches[who[row]], graph, path, card) - 1, -1, -1):
                    h = place_of[path[step]]
                    if h < 0:
                        continue
                    place = pick(
                        h, 1, shelf, shown[who[row]], column, taken, row + 1, child(card, 1), 0
                    )
                    if place >= 0:
                        found = shelf.order[place]
                        break
            if found >= 0:
                hand[row, held] = found
                taken[found] = row + 1
                held += 1
    return hand, strange


@jit
def _reach(first: NDArray[np.bool_], graph: Seen, path: NDArray[np.int64], key: np.uint64) -> int:
    """The keys that a walk passes, written to `path`; their number."""
    length = 0
    choices = first
    while length < len(path):
        count, chosen = 0, -1
        for k in range(len(choices)):
            if choices[k]:
                count += 1
                if below(key, 2 + length * len(choices) + k, count) == 0:
                    chosen = k
        if chosen < 0:
            break
        path[length] = chosen
        length += 1
        choices = graph[chosen]
    return length
