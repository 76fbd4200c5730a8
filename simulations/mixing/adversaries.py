"""
Adversaries: each adds hosts and events to a region, which are worth nothing to anyone.

They are added to what the honest announce, so that a run with an adversary and one without meet the
same people and honest events. What the adversary gains is in the metrics `adversary_cards`,
`cards_per_stamp` and `adversary_visits`; what the others lose is in every other metric.

Those with a budget pay in birth stamps (one key costs one, about 2^22 hashes; a source that an
importer names costs a sixteenth: PROTOCOL.md, Stamps). Hosts who repeat the same copies under
several keys are kept as one.
"""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .events import TAGS, Events, Hosts
from .people import unit
from .rng import Purpose, Stream
from .scenario import Scenario

ENDLESS = 2_000_000_000
"""Capacity of events that have room for all."""
SOURCES_A_STAMP = 16
"""Sources that an importer can name for the work of one key: their stamps have four bits less."""


class Attack(NamedTuple):
    """What an adversary adds to a region."""

    hosts: int
    daily: int
    """Events a day."""
    stamps: float
    """Work spent, in birth stamps."""
    keys: int = 1
    """Keys under which its hosts announce; each host has its own if there are as many as hosts."""


def _none(_: Scenario) -> Attack:
    """Nobody abuses the network."""
    return Attack(0, 0, 0)


def _flood(scenario: Scenario) -> Attack:
    """One host announces `factor` times as many events as the mean host."""
    usual = scenario.events.daily / scenario.hosts.count
    return Attack(1, max(1, round(scenario.adversary.factor * usual)), 1)


def _sybil(scenario: Scenario) -> Attack:
    """`factor` keys, each with one event in every outlook (Douceur 2002, "The Sybil attack")."""
    keys = max(1, round(scenario.adversary.factor))
    return Attack(keys, -(-keys // scenario.time.ahead), keys, keys)


def _sources(scenario: Scenario) -> Attack:
    """One importer invents sources, 16 for the work of a key, each with an event in every
    outlook."""
    hosts = max(1, round(SOURCES_A_STAMP * (scenario.adversary.factor - 1)))
    return Attack(hosts, -(-hosts // scenario.time.ahead), 1 + hosts / SOURCES_A_STAMP)


def _falsify(scenario: Scenario) -> Attack:
    """`factor` keys copy every imported event with a wrong hour: who goes by one finds nobody."""
    keys = max(1, round(scenario.adversary.factor))
    return Attack(scenario.hosts.count, scenario.events.daily, keys, keys)


def _grind(_: Scenario) -> Attack:
    """A host with an event a day whose keeper knows the tables' secrets and tried, for each table
    and day, `factor` names for the smallest ticket. A try costs one hash: only what is announced
    pays."""
    return Attack(1, 1, 1)


ADVERSARIES: dict[str, Callable[[Scenario], Attack]] = {
    "none": _none,
    "flood": _flood,
    "sybil": _sybil,
    "topics": _flood,  # and each event declares five topics that nobody else uses
    "grind": _grind,
    "sources": _sources,
    "falsify": _falsify,
    "dilute": _sources,  # under the names of honest hosts, whose events are to drown among its own
}


def attack(scenario: Scenario) -> Attack:
    """What the scenario's adversary adds to a region."""
    return ADVERSARIES[scenario.adversary.name](scenario)


def join(
    scenario: Scenario, seed: int, region: int, hosts: Hosts, events: Events
) -> tuple[Hosts, Events]:
    """The hosts and events of a region with the adversary's among them."""
    plan = attack(scenario)
    if not plan.hosts:
        return hosts, events
    days = scenario.time.days + scenario.time.ahead
    false = scenario.adversary.name == "falsify"
    rng, first = Stream.of(seed, Purpose.ADVERSARY, region).numpy(), len(hosts.keeper)
    forged = _copies(events, first) if false else _invented(scenario, rng, first, plan)

    def by_day(honest: NDArray[Any], theirs: NDArray[Any]) -> NDArray[Any]:
        shape = honest.shape[1:]
        joined = [column.reshape(days, -1, *shape) for column in (honest, theirs)]
        return np.concatenate(joined, axis=1).reshape(-1, *shape)

    both = Events._make(itertools.starmap(by_day, zip(events, forged, strict=True)))
    both.number[:] = np.arange(len(both.number))
    if false:
        _pair(both, hosts, scenario.events.daily)
    return _crowd(scenario, hosts, plan), both


def _crowd(scenario: Scenario, hosts: Hosts, plan: Attack) -> Hosts:
    """The honest hosts and the adversary's, whose keys are numbered after all others."""
    count, first = len(hosts.keeper), int(hosts.keys.max()) + scenario.hosts.importers + 1
    keys = np.full((count + plan.hosts, max(hosts.keys.shape[1], plan.keys)), -1, np.int32)
    keys[:count, : hosts.keys.shape[1]] = hosts.keys
    name = np.arange(count, count + plan.hosts)
    kind = scenario.adversary.name
    if kind == "falsify":
        keys[count:, : plan.keys] = first + np.arange(plan.keys)
        name = np.arange(count)
    else:
        keys[count:, 0] = first + np.arange(plan.hosts) % plan.keys
    if kind == "dilute":
        name = np.arange(plan.hosts) % count
    theirs = Hosts(
        keeper=np.full(plan.hosts, -1, np.int32), cluster=np.zeros(plan.hosts, np.int32),
        name=name.astype(np.int32), keys=keys[count:],
        imported=np.full(plan.hosts, kind in ("sources", "dilute", "falsify")),
        active=hosts.imported if kind == "falsify" else np.ones(plan.hosts, np.bool_),
        tries=np.full(plan.hosts, scenario.adversary.factor if kind == "grind" else 1, np.int64),
    )  # fmt: skip
    pairs: Any = zip(hosts._replace(keys=keys[:count]), theirs, strict=True)
    return Hosts._make(np.concatenate(pair) for pair in pairs)


def _pair(events: Events, hosts: Hosts, daily: int) -> None:
    """Make each imported event and its falsified copy, which stand a day's events apart, twins."""
    honest = np.flatnonzero(~events.useless)
    honest = honest[hosts.imported[events.host[honest]]]
    events.twin[honest] = honest + daily
    events.twin[honest + daily] = honest


def _copies(events: Events, first: int) -> Events:
    """A falsified copy of every event (of hosts with own keys they are never dealt); its host is
    numbered from `first`."""
    m = len(events.host)
    copies = Events._make(column.copy() for column in events)
    return copies._replace(
        host=events.host + np.int32(first), capacity=np.full(m, ENDLESS, np.int32),
        useless=np.ones(m, np.bool_),
    )  # fmt: skip


def _invented(scenario: Scenario, rng: np.random.Generator, first: int, plan: Attack) -> Events:
    """Events of the adversary's own: topics at random, places anywhere, hosts in turn."""
    days = scenario.time.days + scenario.time.ahead
    m = days * plan.daily
    number = np.arange(m)
    host = (first + number % plan.hosts).astype(np.int32)
    topic = unit(rng.standard_normal((m, scenario.people.dimensions)).astype(np.float32))
    nearest = np.argmax(topic[:, : scenario.groups], axis=1).astype(np.int32)
    tags = np.full((m, TAGS), -1, np.int32)
    if scenario.adversary.name == "topics":
        unused = number[:, None] % (plan.daily * scenario.time.ahead) * TAGS + np.arange(TAGS)
        tags[:] = scenario.events.tags + unused
    else:
        tags[:, 0] = nearest % scenario.events.tags
    return Events(
        number=number.astype(np.int32), topic=topic, host=host,
        series=(host * np.int32(scenario.hosts.series)).astype(np.int32),
        place=rng.random((m, 2), np.float32), quality=np.zeros(m, np.float32),
        capacity=np.full(m, ENDLESS, np.int32), cluster=nearest, tags=tags,
        day=np.repeat(np.arange(days, dtype=np.int32), plan.daily), hour=rng.random(m, np.float32),
        twin=np.full(m, -1, np.int32), useless=np.ones(m, np.bool_),
    )  # fmt: skip
