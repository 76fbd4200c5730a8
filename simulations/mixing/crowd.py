"""Who stays: people and hosts who leave when they find nothing, if a scenario says so."""

import numpy as np
from numpy.typing import NDArray

from .events import Events
from .kernels import Diary
from .people import Floats
from .rng import Purpose, Stream
from .scenario import Scenario


class Crowd:
    """A region's retention: each week people look less or more often, and hosts may give up."""

    def __init__(
        self, scenario: Scenario, seed: int, region: int, look: Floats, hosts: NDArray[np.bool_]
    ) -> None:
        self.scenario = scenario
        self.luck = Stream.of(seed, Purpose.LEAVE, region)
        self.usual, self.level = look.copy(), np.ones(len(look), np.float32)
        self.active = hosts.copy()
        self.last_day = np.full(len(hosts), np.iinfo(np.int32).max, np.int32)
        """The last day on which each host's events take place."""

    def review(
        self, day: int, look: Floats, diary: Diary, week: Events, honest: NDArray[np.bool_]
    ) -> None:
        """At the end of a week: write people's chances of looking, and note which hosts give up."""
        if leave := self.scenario.people.leave:
            keep = np.float32(1 - leave)
            self.level[diary.looked & ~diary.good] *= keep
            self.level[diary.good] = np.minimum(1, self.level[diary.good] / keep)
            look[:] = self.usual * self.level
        if leave := self.scenario.hosts.leave:
            viable = diary.going[week.number] >= self.scenario.events.quorum
            tried, lucky = (
                np.bincount(week.host[rows], minlength=len(honest)) for rows in (..., viable)
            )
            alone = honest & self.active & (tried > 0) & (lucky == 0)
            gives_up = alone & (self.luck.child(day).uniform(len(honest)) < leave)
            self.active &= ~gives_up
            self.last_day[gives_up] = day
        diary.looked[:], diary.good[:] = False, False

    def held(self, events: Events, past: int) -> NDArray[np.bool_]:
        """Which of the run's first `past` events were still offered on their day."""
        return events.day[:past] <= self.last_day[events.host[:past]]
