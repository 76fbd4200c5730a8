"""The hosts of a region and the events they announce over a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .people import Floats, Ints, directions, draw_clusters, unit
from .rng import Purpose, Stream
from .scenario import Scenario

TAGS = 5
"""Most topics an announcement may name (the protocol's limit)."""


class Events(NamedTuple):
    """Events of one region, day by day, equally many on each. A deck is a slice (see `window`)."""

    number: Ints
    """(m,) which event of the run it is."""
    topic: Floats
    """(m, dimensions), unit vectors."""
    host: Ints
    """(m,) who organises it."""
    series: Ints
    """(m,) series, numbered through all hosts in the order of hosts."""
    place: Floats
    """(m, 2) in the unit square."""
    quality: Floats
    """(m,) in standard deviations."""
    capacity: Ints
    """(m,) people."""
    cluster: Ints
    """(m,) the group its topic is nearest to."""
    tags: Ints
    """(m, 5) declared topics, -1 for none."""
    day: Ints
    """(m,) when it takes place."""
    hour: Floats
    """(m,) at which part of that day, 0 to 1."""
    twin: Ints
    """(m,) of a falsified copy its event; of an event its falsified copy; -1: none."""
    useless: NDArray[np.bool_]
    """(m,) the adversary's: worth nothing to anyone."""

    def window(self, day: int, ahead: int, daily: int) -> Events:
        """The deck on `day`: the events of that day and of the following ahead - 1 days."""
        return Events._make(column[day * daily : (day + ahead) * daily] for column in self)

    def of_hosts(self, active: NDArray[np.bool_]) -> Events:
        """Those whose hosts have not given up."""
        stays = active[self.host]
        return self if stays.all() else Events._make(column[stays] for column in self)


class Hosts(NamedTuple):
    """The hosts of one region."""

    keeper: Ints
    """(hosts,) the person who keeps it; -1 for an adversary's."""
    cluster: Ints
    """(hosts,) the group of its first series."""
    name: Ints
    """(hosts,) whose name its events bear: its own, unless an adversary takes another's."""
    keys: Ints
    """(hosts, most) the keys under which its events are announced, -1 for none more: its own
    (numbered like the host) or those of importers."""
    imported: NDArray[np.bool_]
    """(hosts,) whether importers bring it."""
    active: NDArray[np.bool_]
    """(hosts,) whether it announces anything."""
    tries: NDArray[np.int64]
    """(hosts,) names tried for the smallest ticket at a table whose secret is known; 1: honest."""


def announce(scenario: Scenario, seed: int, region: int, people: int) -> tuple[Hosts, Events]:
    """The honest hosts of a region and all their events, the last days' outlook included."""
    pars, what = scenario.hosts, scenario.events
    rng = Stream.of(seed, Purpose.HOSTS, region).numpy()
    cluster = np.repeat(draw_clusters(scenario, rng, pars.count), pars.series)
    own, dimensions = what.own if scenario.people.clusters else 0.0, scenario.people.dimensions
    topic = directions(rng, cluster, dimensions, own)
    place = rng.random((pars.count, 2), np.float32)
    fame = pars.quality * rng.standard_normal(pars.count)
    weight = np.arange(1, pars.count + 1) ** -pars.skew
    if pars.spread:
        weight = weight * np.exp(pars.spread * rng.standard_normal(pars.count))
    if pars.dilution:
        fame -= pars.dilution * (np.log(weight) - np.log(weight).mean())
    keeper = rng.integers(people, size=pars.count).astype(np.int32)
    imported, keys = _keys(scenario, rng)
    hosts = Hosts(
        keeper=keeper, cluster=cluster[:: pars.series], name=np.arange(pars.count, dtype=np.int32),
        keys=keys, imported=imported, active=np.ones(pars.count, np.bool_),
        tries=np.ones(pars.count, np.int64),
    )  # fmt: skip

    rng = Stream.of(seed, Purpose.EVENTS, region).numpy()
    days = scenario.time.days + scenario.time.ahead
    m = days * what.daily
    host = rng.choice(pars.count, size=m, p=weight / weight.sum()).astype(np.int32)
    series = host * np.int32(pars.series) + rng.integers(pars.series, size=m).astype(np.int32)
    stray = rng.standard_normal((m, dimensions), np.float32)
    topics = unit(topic[series] + np.float32(what.jitter / np.sqrt(dimensions)) * stray)
    nearest = np.argmax(topics[:, : scenario.groups], axis=1).astype(np.int32)
    events = Events(
        number=np.arange(m, dtype=np.int32), topic=topics, host=host, series=series,
        place=place[host],
        quality=(fame[host] + what.quality * rng.standard_normal(m)).astype(np.float32),
        capacity=_capacity(scenario, rng, m),
        cluster=nearest if not scenario.people.clusters else cluster[series],
        tags=_tags(scenario, rng, nearest),
        day=np.repeat(np.arange(days, dtype=np.int32), what.daily), hour=rng.random(m, np.float32),
        twin=np.full(m, -1, np.int32), useless=np.zeros(m, np.bool_),
    )  # fmt: skip
    return hosts, events


def _keys(scenario: Scenario, rng: np.random.Generator) -> tuple[NDArray[np.bool_], Ints]:
    """Which hosts are imported, and the keys of all: importers are numbered after the hosts."""
    pars = scenario.hosts
    imported = rng.random(pars.count) < pars.imported
    keys = np.full((pars.count, pars.copies), -1, np.int32)
    keys[:, 0] = np.arange(pars.count)
    chosen = np.argsort(rng.random((pars.count, pars.importers)), axis=1)[:, : pars.copies]
    keys[imported] = pars.count + chosen[imported]
    return imported, keys


def _capacity(scenario: Scenario, rng: np.random.Generator, m: int) -> Ints:
    size = scenario.events.capacity * np.exp(0.6 * rng.standard_normal(m))
    limit = np.maximum(size, scenario.events.quorum) if scenario.events.capacity else size + 2e9
    return limit.astype(np.int32)


def _tags(scenario: Scenario, rng: np.random.Generator, nearest: Ints) -> Ints:
    """One or two declared topics: those of an event's cluster, which are every `groups`-th."""
    m, tags, groups = len(nearest), scenario.events.tags, scenario.groups
    named = np.full((m, TAGS), -1, np.int32)
    own = rng.integers(max(1, tags // groups), size=(2, m))
    named[:, 0], second = (nearest + groups * own) % tags
    named[:, 1] = np.where((rng.random(m) < 0.5) & (second != named[:, 0]), second, -1)
    return named
