"""The world on its first day is drawn as the scenario says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from potluck.simulations.mixing.events import announce
from potluck.simulations.mixing.metrics.inequality import gini_of
from potluck.simulations.mixing.people import settle
from potluck.simulations.mixing.scenario import Events, Hosts, People, Scenario

TOWN = Scenario(people=People(count=20_000, region=20_000))


def town(**people: Any) -> Scenario:
    """A region of 20,000 with other people."""
    return replace(TOWN, people=replace(TOWN.people, **people))


def zipf(n: int, exponent: float) -> np.ndarray:
    """The shares of Zipf's law, largest first."""
    share = np.arange(1, n + 1) ** -exponent
    return np.asarray(share / share.sum())


def test_the_mean_chance_of_looking_stays_whatever_its_spread() -> None:
    """A log-normal number with mean 1 scales it; only those cut off at 1 take something away."""
    even, uneven = (
        settle(town(look=0.05), 1, 0).look,
        settle(town(look=0.05, activity=0.8), 1, 0).look,
    )

    assert even == pytest.approx(np.full(20_000, 0.05))
    assert uneven.mean() == pytest.approx(0.05, rel=0.03)
    assert np.log(uneven).std() == pytest.approx(0.8, rel=0.03)


def test_evenings_are_poisson_with_at_least_one() -> None:
    """A budget of 2 has mean 2 + e^-2, since those with none get one; 0 is no limit."""
    evenings = settle(town(evenings=2.0), 1, 0).evenings

    assert evenings.min() == 1
    assert evenings.max() <= 7
    assert evenings.mean() == pytest.approx(2 + np.exp(-2), abs=0.03)
    assert set(settle(town(evenings=0.0), 1, 0).evenings) == {7}


def test_sizes_of_clusters_follow_zipfs_law() -> None:
    """With exponent 0 all alike, with 1 the second has half of the first."""
    for skew in (0.0, 1.0):
        sizes = np.bincount(settle(town(skew=skew), 1, 0).cluster, minlength=8)
        assert sizes / 20_000 == pytest.approx(zipf(8, skew), abs=0.015)


@pytest.mark.parametrize("homophily", [0.0, 0.5, 1.0])
def test_first_friends_are_of_the_own_cluster_as_often_as_asked(homophily: float) -> None:
    """A share by homophily, and of the rest one in eight by chance."""
    people = settle(town(homophily=homophily, friends=6), 1, 0)
    person = np.repeat(np.arange(20_000), people.degree)
    friend = people.friends[people.friends >= 0]
    same = (people.cluster[person] == people.cluster[friend]).mean()

    assert same == pytest.approx(homophily + (1 - homophily) / 8, abs=0.02)
    assert people.degree.mean() == pytest.approx(6, rel=0.03)


def test_hosts_announce_by_zipfs_law_from_their_places_with_their_fame() -> None:
    """Each host's share of events, one place a host, and the part of quality that is the host's."""
    scenario = replace(
        TOWN, hosts=Hosts(count=10, skew=0.8, quality=0.9), events=Events(daily=200, quality=0.3)
    )
    _, events = announce(scenario, 1, 0, 20_000)
    share = np.bincount(events.host, minlength=10) / len(events.host)
    means = np.array([events.quality[events.host == host].mean() for host in range(10)])
    around = events.quality - means[events.host]

    assert share == pytest.approx(zipf(10, 0.8), abs=0.02)
    assert gini_of(share) == pytest.approx(gini_of(zipf(10, 0.8)), abs=0.03)
    assert all(len(np.unique(events.place[events.host == host], axis=0)) == 1 for host in range(10))
    assert around.std() == pytest.approx(0.3, rel=0.03)
    assert 0.4 < means.std(ddof=1) < 1.6


def test_dilution_takes_quality_from_hosts_that_announce_much() -> None:
    """In proportion to the logarithm of their activity, here Zipf's law; its mean is as before."""
    hosts = Hosts(count=50, skew=1.0, quality=0.0, dilution=0.5)
    world = Scenario(hosts=hosts, events=Events(daily=200, quality=0.0))
    _, events = announce(world, 1, 0, 100)
    fame = np.array([events.quality[events.host == host][0] for host in range(50)])

    assert np.diff(fame) == pytest.approx(0.5 * np.diff(np.log(np.arange(1, 51))), abs=1e-5)
    assert fame.mean() == pytest.approx(0, abs=1e-5)


def test_capacities_are_log_normal_and_hold_a_quorum() -> None:
    """The median and the spread of its logarithm; at least three people."""
    scenario = replace(TOWN, events=Events(daily=400, capacity=60.0, quorum=3))
    capacity = announce(scenario, 1, 0, 20_000)[1].capacity

    assert np.median(capacity) == pytest.approx(60, rel=0.03)
    assert np.log(capacity).std() == pytest.approx(0.6, rel=0.05)
    assert (
        announce(replace(scenario, events=Events(daily=400, capacity=1.0)), 1, 0, 9)[
            1
        ].capacity.min()
        == 3
    )
