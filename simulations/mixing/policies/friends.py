"""The feed of what friends do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.kernels import Diary
from potluck.simulations.mixing.people import Floats, Ints, People
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, jit

from .policy import policy


@policy("social filtering: Chaney, Stewart and Engelhardt (2018), section 4")
def friends(view: View, rng: Stream) -> Hand:
    """The events to which most friends go; then of hosts whom most friends visited; then by lot."""
    return view.best(
        _feed(view.lookers, view.people, view.diary, view.deck.host, view.deck.number), rng
    )


@jit
def _feed(who: Ints, people: People, diary: Diary, host: Ints, number: Ints) -> Floats:
    """Friends who go to each event plus (less than 1) the share of friends who visited its host."""
    score = np.zeros((len(who), len(host)), np.float32)
    hosts = diary.visits.shape[1]
    first = number[0]
    place = np.full(number[-1] - first + 1, -1)
    place[number - first] = np.arange(len(number))
    for row in range(len(who)):
        i = who[row]
        met: NDArray[np.float32] = np.zeros(hosts, np.float32)
        for k in range(people.degree[i]):
            friend = people.friends[i, k]
            for plan in diary.plans[friend]:
                if 0 <= plan - first < len(place) and place[plan - first] >= 0:
                    score[row, place[plan - first]] += 1
            for h in range(hosts):
                if diary.visits[friend, h] > 0:
                    met[h] += 1
        for pos in range(len(host)):
            score[row, pos] += met[host[pos]] / (people.degree[i] + 1)
    return score
