"""
A scenario: everything a run depends on besides its seed.

Every parameter stands here once, with its default, unit, meaning and bounds; the printed schema, the loader
of scenario files and the model all read these dataclasses. A group of parameters is a table of the scenario
file. Values are checked on construction, so a `Scenario` in hand is always valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Parameter = int | float | str | bool


class InvalidScenario(ValueError):
    """A parameter has a value that the model cannot mean. The message names it and says what it may be."""


def _par(
    default: Any, unit: str, doc: str, low: float | None = None, high: float | None = None
) -> Any:
    return field(default=default, metadata={"unit": unit, "doc": doc, "low": low, "high": high})


class _Group:
    """Checks that each number lies within the bounds of its parameter."""

    def __post_init__(self) -> None:
        for par in fields(self):  # type: ignore[arg-type]
            value = getattr(self, par.name)
            expected = type(par.default)
            if expected is float and type(value) is int:
                object.__setattr__(self, par.name, value := float(value))
            if expected in (int, float, str, bool) and type(value) is not expected:
                raise InvalidScenario(
                    f"{par.name} = {value!r}: must be of type {expected.__name__}"
                )
            low, high = par.metadata.get("low"), par.metadata.get("high")
            if low is not None and not low <= value:
                raise InvalidScenario(f"{par.name} = {value}: must be at least {low:g}")
            if high is not None and not value <= high:
                raise InvalidScenario(f"{par.name} = {value}: must be at most {high:g}")


@dataclass(frozen=True)
class Time(_Group):
    """How long a run is and how far ahead people see."""

    days: int = _par(60, "days", "length of a run", 1, 3650)
    ahead: int = _par(
        7,
        "days",
        "an event is announced on the first of this many days, of which it takes place on the last",
        1,
        28,
    )
    sittings: int = _par(
        3,
        "per day",
        "times of day at which people look; those who look later see more of who goes",
        1,
        24,
    )


@dataclass(frozen=True)
class People(_Group):
    """Who lives there, what they like and how often they look."""

    count: int = _par(10_000, "people", "number of people in all regions", 10, 10_000_000)
    region: int = _par(
        2_000,
        "people",
        "people in a region (the last may have fewer); nobody goes to another",
        10,
        60_000,
    )
    clusters: int = _par(
        8, "clusters", "clusters of interest; 0 draws interests without any clusters", 0, 64
    )
    labels: int = _par(
        8,
        "groups",
        "without clusters, groups into which measuring (and only it) sorts people",
        2,
        64,
    )
    dimensions: int = _par(
        16, "", "dimensions of the space of interests; at least the number of clusters", 2, 128
    )
    skew: float = _par(
        0.0, "", "exponent of the Zipf law of the clusters' sizes; 0: all alike", 0, 3
    )
    own: float = _par(
        0.7, "cosine", "mean cosine of the interests of two people of one cluster", 0, 1
    )
    look: float = _par(0.3, "per day", "mean chance that a person looks at a hand on a day", 0, 1)
    activity: float = _par(
        0.0, "log sd", "spread of that chance between people (log-normal, at most 1)", 0, 3
    )
    evenings: float = _par(
        2.0,
        "per week",
        "mean of a person's weekly evenings for events (Poisson, at least 1); 0: no limit",
        0,
        7,
    )
    friends: int = _par(6, "people", "mean number of friends at the start", 0, 50)
    homophily: float = _par(
        0.5, "0 to 1", "share of first friends chosen within the own cluster", 0, 1
    )
    drift: float = _par(
        0.02,
        "per event",
        "how far an attended event draws a person's interest towards its topic",
        0,
        1,
    )


@dataclass(frozen=True)
class Hosts(_Group):
    """Who announces events in a region."""

    count: int = _par(60, "hosts", "hosts in a region", 1, 5_000)
    skew: float = _par(0.8, "", "exponent of the Zipf law of hosts' activity; 0: all alike", 0, 3)
    series: int = _par(3, "series", "recurring series of a host; each has its own topic", 1, 50)
    quality: float = _par(
        0.7, "sd", "spread of quality between hosts, in the unit of choice.quality", 0, 5
    )


@dataclass(frozen=True)
class Events(_Group):
    """What takes place in a region."""

    daily: int = _par(40, "per day", "events in a region on a day", 1, 5_000)
    quorum: int = _par(
        3, "people", "an event with fewer people is a wasted evening for them", 1, 100
    )
    own: float = _par(0.7, "cosine", "mean cosine of the topics of two series of one cluster", 0, 1)
    jitter: float = _par(0.2, "", "how far an event's topic strays from that of its series", 0, 5)
    quality: float = _par(0.7, "sd", "spread of quality between a host's events", 0, 5)
    capacity: float = _par(
        25.0,
        "people",
        "median capacity (log-normal, log sd 0.6, at least the quorum); 0: no limit",
        0,
        100_000,
    )
    tags: int = _par(
        24,
        "tags",
        "topics in use that an event may name (1 or 2 each), for draws by topic",
        1,
        1_000,
    )


@dataclass(frozen=True)
class Choice(_Group):
    """
    Weights of the logit choice between the cards of a hand and staying home (McFadden 1974):

    u = match * cos(interest, topic) - distance * d + friends * n + quality * q + habit * ln(1 + visits) -
    home + Gumbel noise.
    """

    match: float = _par(3.0, "utils", "weight of the cosine of interest and topic", 0, 50)
    distance: float = _par(
        1.0, "utils per side", "weight of the distance, in sides of the square region", 0, 50
    )
    friends: float = _par(1.0, "utils per friend", "weight of a friend who goes", 0, 50)
    quality: float = _par(0.5, "utils per sd", "weight of an event's quality", 0, 50)
    habit: float = _par(0.5, "utils", "weight of ln(1 + earlier visits to the same host)", 0, 50)
    home: float = _par(3.5, "utils", "utility of staying at home", -50, 50)


@dataclass(frozen=True)
class Meeting(_Group):
    """What happens at an event."""

    circle: int = _par(
        12,
        "people",
        "a large event falls into random circles of about this size, within which all meet; 0: all meet",
        0,
        100_000,
    )
    ties: int = _par(3, "meetings", "meetings after which two people are friends; 0: never", 0, 100)
    most: int = _par(20, "friends", "a person keeps at most so many friends", 1, 100)


@dataclass(frozen=True)
class Deal(_Group):
    """What a person is shown."""

    hand: int = _par(5, "cards", "cards in a hand", 1, 50)
    redraws: int = _par(1, "per day", "further hands for a person who chose nothing", 0, 10)
    again: float = _par(0.5, "0 to 1", "chance that somebody who chose nothing uses a redraw", 0, 1)
    bag: bool = _par(
        True, "", "shuffle bag: nothing is dealt twice to a person until all was shown"
    )


@dataclass(frozen=True)
class PolicyChoice(_Group):
    """Which policy deals; `potluck simulate policies` lists them with their parameters."""

    name: str = _par("hosts", "", "name of the policy")
    parameters: Mapping[str, Parameter] = field(
        default_factory=dict,
        metadata={"unit": "", "doc": "parameters of the policy", "low": None, "high": None},
    )
    file: str = _par("", "path", "a Python file to load first, which may add policies of its own")


@dataclass(frozen=True)
class Adversary(_Group):
    """Who abuses the network. An adversary's events are worth nothing to those who go."""

    name: str = _par("none", "", "none, flood, sybil, topics or grind (see mixing/adversaries.py)")
    factor: float = _par(
        100.0,
        "",
        "flood, topics: events in units of a mean host's; sybil: hosts; grind: keys tried per table",
        1,
        100_000,
    )
    lure: float = _par(
        0.0,
        "0 to 1",
        "chance that a card of the adversary looks like any other; else nobody chooses it",
        0,
        1,
    )
    fooled: int = _par(
        0, "people", "people in a region who vouch for a host of the adversary", 0, 60_000
    )
    tables: float = _par(
        1.0, "0 to 1", "grind: share of tables whose secret the adversary knows", 0, 1
    )


@dataclass(frozen=True)
class Measure(_Group):
    """What is kept of a run."""

    metrics: tuple[str, ...] = field(
        default=(),
        metadata={
            "unit": "",
            "doc": "names of metrics; empty: the usual ones",
            "low": None,
            "high": None,
        },
    )
    sample: int = _par(
        16,
        "people",
        "of each so many people one has the hands of a day a week kept, for metrics on hands",
        1,
        1_000_000,
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", tuple(self.metrics))
        super().__post_init__()


@dataclass(frozen=True)
class Scenario:
    """One experiment's setting. `Scenario()` is the default: 10,000 people in 5 regions over 60 days."""

    name: str = "default"
    time: Time = field(default_factory=Time)
    people: People = field(default_factory=People)
    hosts: Hosts = field(default_factory=Hosts)
    events: Events = field(default_factory=Events)
    choice: Choice = field(default_factory=Choice)
    meeting: Meeting = field(default_factory=Meeting)
    deal: Deal = field(default_factory=Deal)
    policy: PolicyChoice = field(default_factory=PolicyChoice)
    adversary: Adversary = field(default_factory=Adversary)
    measure: Measure = field(default_factory=Measure)

    def __post_init__(self) -> None:
        if self.people.dimensions < self.groups:
            raise InvalidScenario(
                "people.dimensions: must be at least the number of clusters (or, without, of labels)"
            )
        if self.meeting.most < self.people.friends:
            raise InvalidScenario("meeting.most: must be at least people.friends")

    @property
    def groups(self) -> int:
        """Number of groups between which mixing is measured."""
        return self.people.clusters or self.people.labels


PILOT = Scenario(
    name="pilot",
    time=Time(ahead=1),
    people=People(evenings=0.0, homophily=0.0),
    hosts=Hosts(skew=0.0, series=1, quality=0.0),
    events=Events(quality=0.0, capacity=0.0),
    choice=Choice(quality=0.0, habit=0.0),
    meeting=Meeting(circle=5),
    deal=Deal(redraws=0, bag=False),
)
"""The first model's features: no budgets, capacity, quality, redraws or bags; all events are tonight's."""
