"""What a run leaves behind for measuring: plain tables, joined over the regions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .scenario import Scenario

Array = NDArray[Any]


@dataclass(frozen=True)
class Tables:
    """The tables of one region or, joined, of a run. Rows of one table belong together."""

    # people
    cluster: Array
    """Group of each person."""
    interest: Array
    """(people, dimensions) interests after the last day."""
    region: Array
    met: Array
    """(people, groups) encounters of each person with each group over the run."""
    # hosts
    honest: Array
    """Whether a host is not the adversary's."""
    active: Array
    """Whether a host had not given up on the last day."""
    # events, without those that take place after the last day
    event_day: Array
    event_host: Array
    event_cluster: Array
    event_topic: Array
    going: Array
    """People who went."""
    dealt: Array
    """Times it was shown on a card."""
    useless: Array
    """Whether it is the adversary's."""
    offered: Array
    """Whether it is not, and its host had not given up."""
    # attendances
    who: Array
    what: Array
    """Index of the event."""
    match: Array
    """Cosine of the person's interest and the topic, on that evening."""
    # pairs that met
    first: Array
    second: Array
    meetings: Array
    # kept hands, one row each: those of a sample of people
    hand_who: Array
    hand_day: Array
    hand_event: Array
    """(hands, cards) which event of its region's run a card is; -1 where there is none."""
    hand_group: Array
    """(hands, cards) the group of its topic; -1 where there is none."""
    hand_match: Array
    """(hands, cards) cosine of interest and topic; NaN where there is no card."""
    hand_expected: Array
    """(hands, cards) whether the card is among the person's best by similarity."""
    hand_surprise: Array
    """Mean over cards of the least 1 - cosine to the person's best by similarity, or NaN."""
    hand_diversity: Array
    """Mean of 1 - cosine over the pairs of cards; NaN with fewer than two."""
    # days, summed over regions
    looks: Array
    """(days,) people who looked."""
    hands: Array
    """(days,) hands dealt."""
    mixing: Array
    """(days, groups, groups) encounters, each counted both ways."""
    apart: Array
    """(days,) sum of 1 - cosine over encounters."""
    strangers: Array
    """(days,) cards dealt among strangers, where the policy tells them apart."""
    in_circles: Array
    """(days, 2) pairs in circles: of different groups, and all."""


PEOPLE = {"who", "first", "second", "hand_who"}
SUMS = {"looks", "hands", "mixing", "apart", "strangers", "in_circles"}


def join(regions: Sequence[Tables]) -> Tables:
    """The tables of a run: sums over regions where a table is by day, else rows, renumbered."""
    people = np.cumsum([0] + [len(region.cluster) for region in regions])
    events = np.cumsum([0] + [len(region.going) for region in regions])
    hosts = np.cumsum([0] + [len(region.honest) for region in regions])
    shifts = dict.fromkeys(PEOPLE, people) | {"what": events, "event_host": hosts}

    def column(name: str) -> Array:
        parts = [getattr(region, name) for region in regions]
        if name in SUMS:
            return np.asarray(np.sum(parts, axis=0))
        if name in shifts:
            numbered = zip(parts, shifts[name], strict=False)
            parts = [part.astype(np.int64) + shift for part, shift in numbered]
        return np.concatenate(parts)

    return Tables(**{field.name: column(field.name) for field in fields(Tables)})


@dataclass(frozen=True)
class Record:
    """A finished run, as metrics see it."""

    scenario: Scenario
    tables: Tables

    @property
    def days(self) -> int:
        return self.scenario.time.days

    @property
    def groups(self) -> int:
        return self.scenario.groups

    @property
    def people(self) -> int:
        return len(self.tables.cluster)

    @property
    def viable(self) -> Array:
        """Whether each event took place: the quorum came, and it is not the adversary's."""
        return (self.tables.going >= self.scenario.events.quorum) & ~self.tables.useless
