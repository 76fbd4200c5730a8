"""Plans: what people do and what breaks, when, in a world of nodes. Also made up from a seed."""

from random import Random
from typing import Annotated, Literal

from potluck.simulations.mixing.scenario import Settings, par

Number = Annotated[int, par("", "the number of a node, from 0", 0, 99_999)]


class _Step(Settings, frozen=True, tag_field="what", tag=str.lower):
    """What somebody does, or what breaks."""

    at: Annotated[float, par("s", "after the beginning", 0, 604_800)]


class Fault(_Step, frozen=True):
    """What breaks for a while."""

    seconds: Annotated[float, par("s", "until it is over", 0, 604_800)]


class Announce(_Step, frozen=True):
    """A node announces an event."""

    node: Number
    lasts: Annotated[float, par("s", "until it expires", 60, 31_536_000)] = 31 * 86_400


class Withdraw(_Step, frozen=True):
    """A node withdraws the last event that it announced and has not withdrawn."""

    node: Number


class Cut(Fault, frozen=True):
    """Nothing passes between these nodes and all others."""

    nodes: tuple[Number, ...]


class Crash(Fault, frozen=True):
    """A node is killed, and started again with its store."""

    node: Number


class Sleep(Fault, frozen=True):
    """A node's machine sleeps: it is cut off, and knows it when it wakes."""

    node: Number


class Skew(Fault, frozen=True):
    """A node's clock is wrong."""

    node: Number
    ahead: Annotated[float, par("s", "by which it is ahead", -86_400, 86_400)]


Step = Announce | Withdraw | Cut | Crash | Sleep | Skew

Kind = Literal[
    "aimer", "censor", "drain", "drip", "eclipse", "flood", "forger", "importer", "inventor",
    "liar", "names", "replayer", "sybils", "telling",
]  # fmt: skip
"""Of attackers; see attackers/."""


class Plan(Settings, frozen=True):
    """Nodes, links, and what happens."""

    nodes: Annotated[int, par("nodes", "how many", 2, 10_000)] = 12
    named: Annotated[int, par("nodes", "that each knows at first", 1, 16)] = 2
    shortest: Annotated[float, par("s", "the shortest link, one way", 0, 10)] = 0.010
    longest: Annotated[float, par("s", "the longest link, one way", 0, 10)] = 0.150
    jitter: Annotated[float, par("share", "by which a delay differs from its link's", 0, 1)] = 0.1
    loss: Annotated[float, par("share", "of pieces that are sent again, a second later", 0, 1)] = 0
    behind: Annotated[int, par("nodes", "behind a router: the last ones; nobody dials them")] = 0
    room: Annotated[int, par("events", "in a deck; its log has four times", 8, 1_000_000)] = 50_000
    bandwidth: Annotated[float, par("bytes/s", "that a node sends; 0: any", 0)] = 0
    regions: Annotated[int, par("regions", "among which nodes are dealt in turn", 1, 100)] = 1
    abroad: Annotated[float, par("s", "that each piece to another region takes more", 0, 10)] = 0
    begin: Annotated[float, par("s", "in which the nodes start", 0, 3600)] = 5
    length: Annotated[float, par("s", "at least to the end of the last fault", 1, 604_800)] = 600
    settle: Annotated[float, par("s", "within which all hold the same after that", 1)] = 4500
    ping: Annotated[float, par("s", "from ping to ping: 10 in the node that ships", 1, 3600)] = 10
    real_signatures: Annotated[bool, par("", "check each signature, not once for all")] = False
    attackers: Annotated[dict[Kind, int], par("", "how many of each kind")] = {}  # noqa: RUF012 - msgspec copies it
    announcements: Annotated[
        int, par("", "by nodes at random, spread evenly from the last start to the length", 0)
    ] = 0
    steps: Annotated[tuple[Step, ...], par("", "what happens")] = ()

    def all_steps(self, rng: Random) -> list[Step]:
        """The steps, and the announcements of nodes at random."""
        pause = (self.length - self.begin) / (self.announcements + 1)
        spread = [
            Announce(at=self.begin + pause * (number + 1), node=rng.randrange(self.nodes))
            for number in range(self.announcements)
        ]
        return [*self.steps, *spread]

    @property
    def faults_end(self) -> float:
        """When the last fault is over and the last thing done, in seconds."""
        ends = [step.at + (step.seconds if isinstance(step, Fault) else 0) for step in self.steps]
        return max([self.length, *ends])


def made_up(seed: int, nodes: int = 10, steps: int = 16) -> Plan:
    """A plan of ten minutes that somebody might have thought of."""
    rng = Random(f"plan {seed}")
    chosen = [_step(rng, nodes) for _ in range(steps)]
    return Plan(
        nodes=nodes,
        named=rng.randint(1, 3),
        loss=rng.choice([0, 0.02]),
        behind=rng.randint(0, nodes // 3),
        steps=tuple(sorted(chosen, key=lambda step: step.at)),
    )


def _step(rng: Random, nodes: int) -> Step:
    at, node = round(rng.uniform(0, 600), 1), rng.randrange(nodes)
    seconds = round(rng.choice([1, 20, 60, 600]) * rng.uniform(0.2, 1.5), 1)
    kind = rng.choices([Announce, Withdraw, Cut, Crash, Sleep, Skew], [5, 3, 2, 2, 2, 1])[0]
    if kind is Cut:
        some = rng.sample(range(nodes), rng.randint(1, nodes // 2))
        return Cut(at=at, seconds=seconds, nodes=tuple(sorted(some)))
    if kind is Skew:
        ahead = rng.choice([-7200.0, -200.0, 200.0])
        return Skew(at=at, seconds=seconds, node=node, ahead=ahead)
    lasting = {} if kind in (Announce, Withdraw) else {"seconds": seconds}
    step: Step = kind(at=at, node=node, **lasting)
    return step
