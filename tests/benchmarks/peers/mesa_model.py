"""
The first mixing model in Mesa, as its users write models: agents, a model, numpy where it helps.

Run in an environment with mesa 3; prints person-steps per second of processor time.
"""

from __future__ import annotations

import math
from itertools import combinations
from time import process_time

import mesa  # type: ignore[import-not-found, unused-ignore]
import numpy as np
from numpy.typing import NDArray

PEOPLE, EVENTS, HAND, CLUSTERS, DIMENSIONS, DAYS = 2_000, 40, 5, 8, 16, 10
LOOK, MATCH, DISTANCE, FRIENDS, HOME, QUORUM, CIRCLE, DRIFT = 0.3, 3.0, 1.0, 1.0, 3.5, 3, 5, 0.02


class Person(mesa.Agent):  # type: ignore[misc, unused-ignore]
    """Somebody who may look at five random events and go to one."""

    def __init__(self, model: Town) -> None:
        super().__init__(model)
        self.cluster = self.random.randrange(CLUSTERS)
        self.interest = model.direction(self.cluster)
        self.home = np.array([self.random.random(), self.random.random()])
        self.friends: set[Person] = set()

    def step(self) -> None:
        """Look, draw, choose by logit."""
        if self.random.random() >= LOOK:
            return
        best, chosen = self.gumbel(), -1
        for event in self.random.sample(range(EVENTS), HAND):
            u = MATCH * float(self.interest @ self.model.topics[event]) - HOME
            u -= DISTANCE * math.dist(self.home, self.model.places[event])
            u += FRIENDS * sum(friend in self.friends for friend in self.model.going[event])
            u += self.gumbel()
            if u > best:
                best, chosen = u, event
        if chosen >= 0:
            self.model.going[chosen].append(self)

    def gumbel(self) -> float:
        """The noise of logit choice."""
        return -math.log(-math.log(self.random.random() or 1e-12))


class Town(mesa.Model):  # type: ignore[misc, unused-ignore]
    """A region: 40 events a day, circles of five, ties after three meetings."""

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        self.meetings: dict[tuple[int, int], int] = {}
        self.mixing = np.zeros((CLUSTERS, CLUSTERS), int)
        self.wasted = 0
        Person.create_agents(self, PEOPLE)

    def direction(self, cluster: int) -> NDArray[np.float64]:
        """A unit vector near a cluster's axis."""
        vector: NDArray[np.float64] = self.rng.standard_normal(DIMENSIONS) * math.sqrt(
            0.3 / DIMENSIONS
        )
        vector[cluster] += math.sqrt(0.7)
        vector /= np.linalg.norm(vector)
        return vector

    def step(self) -> None:
        """A day."""
        self.topics = [self.direction(self.random.randrange(CLUSTERS)) for _ in range(EVENTS)]
        self.places = self.rng.random((EVENTS, 2))
        self.going: list[list[Person]] = [[] for _ in range(EVENTS)]
        self.agents.shuffle_do("step")
        for topic, people in zip(self.topics, self.going, strict=True):
            if len(people) < QUORUM:
                self.wasted += len(people)
                continue
            self.random.shuffle(people)
            parts = max(1, round(len(people) / CIRCLE))
            for part in range(parts):
                self.meet(people[part::parts])
            for person in people:
                person.interest = person.interest + DRIFT * (topic - person.interest)
                person.interest /= np.linalg.norm(person.interest)

    def meet(self, circle: list[Person]) -> None:
        """All in a circle meet."""
        for a, b in combinations(circle, 2):
            self.mixing[a.cluster, b.cluster] += 1
            self.mixing[b.cluster, a.cluster] += 1
            pair = (min(a.unique_id, b.unique_id), max(a.unique_id, b.unique_id))
            self.meetings[pair] = self.meetings.get(pair, 0) + 1
            if self.meetings[pair] == 3:
                a.friends.add(b)
                b.friends.add(a)


town = Town(1)
started = process_time()
for _ in range(DAYS):
    town.step()
print(PEOPLE * DAYS / (process_time() - started))
