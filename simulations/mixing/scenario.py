"""
A scenario: everything a run depends on besides its seed.

Every parameter is declared here once, with its type, default, unit, meaning and bounds; scenario
files, the printed schema and the model all come from these declarations (msgspec). A group of
parameters is a table of the scenario file. A `Scenario` in hand is always valid.
"""

from typing import Annotated, Literal

import msgspec

Parameter = int | float | str | bool


class InvalidScenario(ValueError):
    """A parameter has a value that the model cannot mean; the message says what it may be."""


def par(unit: str, doc: str, low: float | None = None, high: float | None = None) -> msgspec.Meta:
    """The unit, meaning and bounds of a parameter."""
    return msgspec.Meta(description=doc, ge=low, le=high, extra={"unit": unit})


def share(doc: str, high: float = 1) -> msgspec.Meta:
    """The meaning of a parameter that is a chance or a share."""
    return par("0 to 1", doc, 0, high)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of settings, checked on construction: InvalidScenario names what is wrong."""

    def __post_init__(self) -> None:
        for item in msgspec.structs.fields(self):
            try:
                value = msgspec.convert(getattr(self, item.name), item.type)
            except msgspec.ValidationError as error:
                raise InvalidScenario(f"{item.name}: {error}") from None
            msgspec.structs.force_setattr(self, item.name, value)


class Time(Settings, frozen=True):
    """How long a run is and how far ahead people see."""

    days: Annotated[int, par("days", "length of a run", 1, 3650)] = 60
    ahead: Annotated[int, par("days", "announced on the first, held on the last", 1, 28)] = 7
    sittings: Annotated[int, par("per day", "times to look; the later see who goes", 1, 24)] = 3


class People(Settings, frozen=True):
    """Who lives there, what they like and how often they look."""

    count: Annotated[int, par("people", "number of people in all regions", 10, 10_000_000)] = 10000
    region: Annotated[int, par("people", "in a region; nobody leaves it", 10, 10_000_000)] = 2000
    clusters: Annotated[int, par("clusters", "of interest; 0: interests without any", 0, 64)] = 8
    labels: Annotated[int, par("groups", "to measure by where there are no clusters", 2, 64)] = 8
    dimensions: Annotated[int, par("", "of interests; at least the clusters", 2, 128)] = 16
    skew: Annotated[float, par("", "Zipf's exponent of clusters' sizes; 0: alike", 0, 3)] = 0.0
    own: Annotated[float, par("cosine", "mean within a cluster", 0, 1)] = 0.7
    look: Annotated[float, par("per day", "mean chance of looking at a hand", 0, 1)] = 0.3
    activity: Annotated[float, par("log sd", "spread of that (log-normal, at most 1)", 0, 3)] = 0.0
    evenings: Annotated[float, par("per week", "mean (Poisson, 1 or more); 0: no limit", 0, 7)] = (
        2.0
    )
    friends: Annotated[int, par("people", "mean number of friends at the start", 0, 50)] = 6
    homophily: Annotated[float, share("first friends chosen within the own cluster")] = 0.5
    drift: Annotated[float, par("per event", "how far interest goes to its topic", 0, 1)] = 0.02
    leave: Annotated[float, share("what looking loses in a week without a good evening", 0.99)] = (
        0.0
    )


class Hosts(Settings, frozen=True):
    """Who announces events in a region."""

    count: Annotated[int, par("hosts", "hosts in a region", 1, 5000)] = 60
    skew: Annotated[float, par("", "Zipf's exponent of hosts' activity; 0: alike", 0, 3)] = 0.8
    spread: Annotated[float, par("log sd", "of activity beside that (log-normal)", 0, 4)] = 0.0
    series: Annotated[int, par("series", "of a host; each has its own topic", 1, 50)] = 3
    quality: Annotated[float, par("sd", "spread of quality between hosts", 0, 5)] = 0.7
    dilution: Annotated[float, par("sd", "quality lost per log of a host's activity", 0, 5)] = 0.0
    leave: Annotated[float, share("chance to give up after a week without a viable event")] = 0.0
    imported: Annotated[float, share("hosts whose events are brought by importers")] = 0.5
    importers: Annotated[int, par("importers", "importers in a region", 1, 1_000)] = 2
    copies: Annotated[int, par("importers", "who bring each imported host", 1, 100)] = 1
    vouches: Annotated[float, par("hosts", "mean with whom a host exchanges them", 0, 50)] = 4.0


class Events(Settings, frozen=True):
    """What takes place in a region."""

    daily: Annotated[int, par("per day", "events in a region on a day", 1, 5000)] = 40
    quorum: Annotated[int, par("people", "with fewer, an evening is wasted", 1, 100)] = 3
    own: Annotated[float, par("cosine", "mean of two topics of one cluster", 0, 1)] = 0.7
    jitter: Annotated[float, par("", "how far a topic strays from its series'", 0, 5)] = 0.2
    quality: Annotated[float, par("sd", "spread of quality between a host's events", 0, 5)] = 0.7
    capacity: Annotated[float, par("people", "median (log sd .6); 0: no limit", 0, 100000)] = 25.0
    tags: Annotated[int, par("tags", "that events may name, 1 or 2 each", 1, 1000)] = 24


class Choice(Settings, frozen=True):
    """Weights of the logit choice between the cards of a hand and staying home (McFadden 1974):

    u = match * cos(interest, topic) - distance * d + friends * n + quality * q + habit * ln(1 +
    visits) - home + Gumbel noise."""

    match: Annotated[float, par("utils", "weight of the cosine of interest and topic", 0, 50)] = 3.0
    distance: Annotated[float, par("utils per side", "weight of the distance", 0, 50)] = 1.0
    friends: Annotated[float, par("utils per friend", "weight of a friend who goes", 0, 50)] = 1.0
    quality: Annotated[float, par("utils per sd", "weight of an event's quality", 0, 50)] = 0.5
    habit: Annotated[float, par("utils", "of ln(1 + earlier visits to the host)", 0, 50)] = 0.5
    home: Annotated[float, par("utils", "utility of staying at home", -50, 50)] = 3.5


class Meeting(Settings, frozen=True):
    """What happens at an event. Friending bias: Ingram and Morris 2007, Chetty et al. 2022."""

    circle: Annotated[int, par("people", "about so many meet; 0: all", 0, 100000)] = 12
    bias: Annotated[float, share("friending bias: how much people keep to their own group")] = 0.0
    ties: Annotated[int, par("meetings", "that make two people friends; 0: never", 0, 100)] = 3
    most: Annotated[int, par("friends", "a person keeps at most so many friends", 1, 100)] = 20


class Deal(Settings, frozen=True):
    """What a person is shown."""

    hand: Annotated[int, par("cards", "cards in a hand", 1, 50)] = 5
    redraws: Annotated[int, par("per day", "further hands if one chose nothing", 0, 10)] = 1
    again: Annotated[float, share("chance to use a redraw if one chose nothing")] = 0.5
    bag: Annotated[bool, par("", "shuffle bag: nothing twice until all was shown")] = True


class PolicyChoice(Settings, frozen=True):
    """Which policy deals; `potluck simulate policies` lists them with their parameters."""

    name: Annotated[str, par("", "name of the policy")] = "organisers"
    parameters: Annotated[dict[str, Parameter], par("", "parameters of the policy")] = {}
    file: Annotated[str, par("path", "a Python file that adds policies")] = ""
    code: Annotated[str, par("", "the text of that file, put in when it is loaded")] = ""


AdversaryName = Literal["none", "flood", "sybil", "topics", "grind", "sources", "falsify", "dilute"]


class Adversary(Settings, frozen=True):
    """Who abuses the network. An adversary's events are worth nothing to those who go.

    factor: events of a mean host (flood, topics), stamps to spend, or names tried (grind)."""

    name: Annotated[AdversaryName, par("", "what it does (ODD.md, Adversaries)")] = "none"
    factor: Annotated[float, par("", "events of a mean host, stamps, or names", 1, 1e9)] = 100.0
    lure: Annotated[float, share("chance that its card looks like any other")] = 0.0
    fooled: Annotated[int, par("people", "who vouch for its hosts", 0, 10_000_000)] = 0
    tables: Annotated[float, share("share of tables whose secret is known, to grind")] = 1.0


class Measure(Settings, frozen=True):
    """What is kept of a run: of one in `sample` people the hands of a day a week, too."""

    metrics: Annotated[tuple[str, ...], par("", "names of metrics; empty: the usual ones")] = ()
    sample: Annotated[int, par("people", "of whom one has hands kept", 1, 1000000)] = 16


class Scenario(Settings, frozen=True):
    """One experiment's setting; by default 10,000 people in 5 regions, 60 days."""

    name: Annotated[str, par("", "of the scenario")] = "default"
    time: Time = Time()
    people: People = People()
    hosts: Hosts = Hosts()
    events: Events = Events()
    choice: Choice = Choice()
    meeting: Meeting = Meeting()
    deal: Deal = Deal()
    policy: PolicyChoice = PolicyChoice()
    adversary: Adversary = Adversary()
    measure: Measure = Measure()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.people.dimensions < self.groups:
            raise InvalidScenario("people.dimensions: must be at least the clusters (or labels)")
        if self.meeting.most < self.people.friends:
            raise InvalidScenario("meeting.most: must be at least people.friends")
        if self.hosts.copies > self.hosts.importers:
            raise InvalidScenario("hosts.copies: must be at most hosts.importers")

    @property
    def groups(self) -> int:
        """Number of groups between which mixing is measured."""
        return self.people.clusters or self.people.labels
