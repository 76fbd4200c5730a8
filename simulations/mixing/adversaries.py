"""
Adversaries: each adds hosts and events to a region, which are worth nothing to anyone.

They are added to what the honest announce, so that a run with an adversary and one without meet the same
people and honest events. What the adversary gains is in the metrics `adversary_cards` and `adversary_visits`;
what the others lose is in every other metric.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .events import TAGS, Events, Hosts
from .people import unit
from .rng import Purpose, Stream
from .scenario import InvalidScenario, Scenario

Plan = Callable[[Scenario], tuple[int, int]]
"""How many hosts and how many events a day an adversary adds to a region."""


def _none(_: Scenario) -> tuple[int, int]:
    """Nobody abuses the network."""
    return 0, 0


def _flood(scenario: Scenario) -> tuple[int, int]:
    """One host announces `factor` times as many events as the mean host."""
    return 1, max(
        1, round(scenario.adversary.factor * scenario.events.daily / scenario.hosts.count)
    )


def _sybil(scenario: Scenario) -> tuple[int, int]:
    """
    `factor` hosts of one keeper, each with one event in every outlook (Douceur 2002, "The Sybil attack").
    """
    hosts = max(1, round(scenario.adversary.factor))
    return hosts, -(-hosts // scenario.time.ahead)


def _topics(scenario: Scenario) -> tuple[int, int]:
    """Like flood, and each event declares five topics that nobody else uses."""
    return _flood(scenario)


def _grind(scenario: Scenario) -> tuple[int, int]:
    """
    A host with one event a day whose keeper knows the secrets of tables and has, for each table and day,
    tried `factor` keys offline for the smallest ticket. (Each key costs a birth stamp. All of them are kept
    as one host here, since at most one is dealt.)
    """
    _ = scenario
    return 1, 1


ADVERSARIES: dict[str, Plan] = {
    "none": _none,
    "flood": _flood,
    "sybil": _sybil,
    "topics": _topics,
    "grind": _grind,
}


def join(
    scenario: Scenario, seed: int, region: int, hosts: Hosts, events: Events
) -> tuple[Hosts, Events]:
    """The hosts and events of a region with the adversary's among them."""
    more_hosts, more = added(scenario)
    if not more_hosts:
        return hosts, events
    tries = int(scenario.adversary.factor) if scenario.adversary.name == "grind" else 1
    crowd = Hosts(
        np.concatenate([hosts.keeper, np.full(more_hosts, -1, np.int32)]),
        np.concatenate([hosts.tries, np.full(more_hosts, tries, np.int64)]),
    )
    forged = _forge(scenario, seed, region, len(hosts.keeper), more_hosts, more)
    days = scenario.time.days + scenario.time.ahead

    def by_day(honest: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        shape = honest.shape[1:]
        joined = [column.reshape(days, -1, *shape) for column in (honest, theirs)]
        return np.concatenate(joined, axis=1).reshape(-1, *shape)

    return crowd, Events(
        *(by_day(ours, theirs) for ours, theirs in zip(events, forged, strict=True))
    )


def added(scenario: Scenario) -> tuple[int, int]:
    """Hosts and daily events that the scenario's adversary adds to a region."""
    name = scenario.adversary.name
    if name not in ADVERSARIES:
        raise InvalidScenario(
            f"there is no adversary {name!r}; there are: {', '.join(ADVERSARIES)}"
        )
    return ADVERSARIES[name](scenario)


def _forge(scenario: Scenario, seed: int, region: int, first: int, hosts: int, more: int) -> Events:
    """The adversary's events: topics at random, places anywhere, hosts in turn."""
    rng = Stream.of(seed, Purpose.ADVERSARY, region).numpy()
    days = scenario.time.days + scenario.time.ahead
    m = days * more
    number = np.arange(m)
    host = (first + number % hosts).astype(np.int32)
    topic = unit(rng.standard_normal((m, scenario.people.dimensions)).astype(np.float32))
    nearest = np.argmax(topic[:, : scenario.groups], axis=1).astype(np.int32)
    tags = np.full((m, TAGS), -1, np.int32)
    if scenario.adversary.name == "topics":
        tags[:] = (
            scenario.events.tags
            + number[:, None] % (more * scenario.time.ahead) * TAGS
            + np.arange(TAGS)
        )
    else:
        tags[:, 0] = nearest % scenario.events.tags
    return Events(
        topic=topic,
        host=host,
        series=(host * np.int32(scenario.hosts.series)).astype(np.int32),
        place=rng.random((m, 2), np.float32),
        quality=np.zeros(m, np.float32),
        capacity=np.full(m, 2_000_000_000, np.int32),
        cluster=nearest,
        tags=tags,
        day=np.repeat(np.arange(days, dtype=np.int32), more),
        hour=rng.random(m, np.float32),
        useless=np.ones(m, np.bool_),
    )
