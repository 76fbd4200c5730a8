"""Metrics against networkx, igraph and cases worked out by hand."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy.sparse import csr_matrix

from potluck.simulations.mixing.hand_log import _appraise
from potluck.simulations.mixing.metrics import HEADLINE, METRICS
from potluck.simulations.mixing.metrics.inequality import gini_of
from potluck.simulations.mixing.metrics.mixing import (
    constraint_of,
    local_bridges_of,
    spectral_gap_of,
)
from potluck.simulations.mixing.metrics.segregation import companion_entropy_of
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.people import unit
from potluck.simulations.mixing.scenario import Measure, People

from .met import RECORD, graph_of
from .settings import SMALL, against, by, measure

LONG = replace(SMALL, time=replace(SMALL.time, days=45))
SPECIAL = {
    "stranger_cards": lambda: play(by("vouched"), 4),
    "cards_per_stamp": lambda: play(against("sybil"), 4),
    "came_again": lambda: play(LONG, 4),
    "serendipities": lambda: play(LONG, 4),
}
"""Metrics that an ordinary fortnight does not have, and a run that has them."""


def karate() -> tuple[nx.Graph[int], csr_matrix]:
    """Zachary's karate club, weighted, as a graph and as a matrix."""
    graph = nx.karate_club_graph()
    return graph, csr_matrix(nx.to_scipy_sparse_array(graph).astype(float))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any))
def test_gini_is_the_mean_difference(values: list[int]) -> None:
    """G = sum_ij |x_i - x_j| / (2 n^2 mean)."""
    x = np.array(values)
    expected = np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean())

    assert gini_of(x) == pytest.approx(expected, abs=1e-12)


def test_companion_entropy_is_corrected() -> None:
    """
    From 8 encounters up; with Miller and Madow's term small samples of even company come near 1.
    """
    rng = np.random.default_rng(3)
    met = rng.multinomial(40, [1 / 8] * 8, size=4000)
    plain = -(met / 40 * np.log(np.where(met, met / 40, 1))).sum(axis=1).mean() / np.log(8)

    assert len(companion_entropy_of(np.array([[4, 3], [4, 4]]))) == 1
    assert plain < 0.96
    assert companion_entropy_of(met).mean() > 0.98


def test_spectral_gap_as_networkx() -> None:
    """1 - lambda_2 of D^-1 A is the second eigenvalue of networkx's normalised Laplacian."""
    graph, matrix = karate()
    expected = np.sort(np.linalg.eigvalsh(nx.normalized_laplacian_matrix(graph).toarray()))[1]

    assert spectral_gap_of(matrix) == pytest.approx(expected)


def test_a_spectral_gap_is_the_same_whenever_it_is_computed() -> None:
    """To the last bit, also where the solver has to begin anew from a vector at random."""
    circle = csr_matrix(nx.to_numpy_array(nx.cycle_graph(12)))

    assert len({spectral_gap_of(circle) for _ in range(10)}) == 1


def test_local_bridges_as_networkx() -> None:
    """The share of ties that networkx lists as local bridges."""
    graph, matrix = karate()
    bridges = sum(1 for _ in nx.local_bridges(graph, with_span=False))

    assert local_bridges_of(matrix) == pytest.approx(bridges / graph.number_of_edges())


def test_constraint_as_networkx_and_igraph() -> None:
    """Burt's constraint, weighted."""
    graph, matrix = karate()

    assert constraint_of(matrix) == pytest.approx(
        list(nx.constraint(graph, weight="weight").values())
    )
    assert constraint_of(matrix) == pytest.approx(
        igraph.Graph.from_networkx(graph).constraint(weights="weight")
    )


def test_cross_path_as_networkx() -> None:
    """Mean path length between groups, from everybody when the sample holds all."""
    record = play(replace(by("tables"), people=People(count=60, region=60, look=0.9)), 4)
    graph, group = graph_of(record), record.tables.cluster
    steps = [
        length
        for i, reached in nx.all_pairs_shortest_path_length(graph)
        for j, length in reached.items()
        if group[i] != group[j]
    ]

    assert measure(record, "cross_path") == pytest.approx(np.mean(steps))


def jaccard(one: set[int], other: set[int]) -> float:
    """|A and B| / |A or B| of sets that are not both empty."""
    return len(one & other) / len(one | other)


def test_distance_of_those_who_meet_by_hand() -> None:
    """Interests that do not drift: 1 - cosine of every pair, as often as it met."""
    record = play(replace(SMALL, people=replace(SMALL.people, drift=0.0)), 4)
    tables = record.tables
    apart = 1 - (tables.interest[tables.first] * tables.interest[tables.second]).sum(axis=1)
    expected = np.average(apart, weights=tables.meetings)

    assert measure(record, "encounter_distance") == pytest.approx(expected, rel=1e-4)


def test_inequality_of_events_is_that_of_each_day() -> None:
    """The mean over days of the Gini among the day's events."""
    tables = RECORD.tables
    days = [gini_of(tables.going[tables.event_day == day]) for day in range(RECORD.days)]

    assert measure(RECORD, "event_gini") == pytest.approx(np.nanmean(days))


def test_what_a_hand_is_worth_by_hand() -> None:
    """Match, the expected set, surprise and diversity of some hands, with loops."""
    rng = np.random.default_rng(6)
    interest, topic = (unit(rng.standard_normal((n, 4)).astype(np.float32)) for n in (3, 9))
    hand = np.array([[0, 1, 2], [3, -1, -1], [8, 4, 5]], np.int32)
    match, expected, surprise, diversity = _appraise(
        np.arange(3, dtype=np.int32), hand, interest, topic
    )
    score, alike = interest @ topic.T, topic @ topic.T

    for row in range(3):
        cards = hand[row][hand[row] >= 0]
        best = np.argsort(-score[row])[:3]
        assert match[row, : len(cards)] == pytest.approx(score[row, cards], abs=1e-5)
        assert expected[row, : len(cards)].tolist() == np.isin(cards, best).tolist()
        assert surprise[row] == pytest.approx(
            np.mean(1 - alike[np.ix_(cards, best)].max(axis=1)), abs=1e-5
        )
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert diversity[0] == pytest.approx(np.mean([1 - alike[a, b] for a, b in pairs]), abs=1e-5)
    assert np.isnan(diversity[1])


def test_novelty_is_the_distance_to_what_one_knows() -> None:
    """Over everybody's second and later evenings, the least 1 - cosine to an earlier topic."""
    record = play(replace(by("organisers"), measure=Measure(sample=1)), 4)
    tables, distances = record.tables, []
    for person in np.unique(tables.who):
        events = tables.what[tables.who == person]
        topics = tables.event_topic[events[np.argsort(tables.event_day[events])]]
        distances += [
            1 - max(float(t @ topics[k]) for t in topics[:k]) for k in range(1, len(topics))
        ]

    assert measure(record, "novelty") == pytest.approx(np.mean(distances), rel=1e-4)


def test_overlap_with_the_nearest_is_that_of_every_persons_nearest() -> None:
    """2,000 draws from 600 people come near the mean over all of them; and so for random pairs."""
    record = play(by("similarity"), 4)
    tables = record.tables
    attended = {i: set(tables.what[tables.who == i].tolist()) for i in range(record.people)}
    near, anyone = [], []
    for i in np.unique(tables.who).tolist():
        here = np.flatnonzero(tables.region == tables.region[i])
        here = here[here != i]
        nearest = int(here[np.argmax(tables.interest[here] @ tables.interest[i])])
        near += [jaccard(attended[i], attended[nearest])] if attended[nearest] else []
        anyone += [jaccard(attended[i], attended[j]) for j in here.tolist() if attended[j]]

    assert np.mean(near) > 1.5 * np.mean(anyone)
    assert measure(record, "jaccard_nearest") == pytest.approx(np.mean(near), abs=0.02)
    assert measure(record, "jaccard_random") == pytest.approx(np.mean(anyone), abs=0.01)


def test_headline_counts_by_hand() -> None:
    """The headline recomputed from the tables, pair by pair and evening by evening."""
    tables = RECORD.tables
    weeks = RECORD.people * RECORD.days / 7
    across = tables.cluster[tables.first] != tables.cluster[tables.second]
    wasted = tables.going[tables.what] < SMALL.events.quorum
    visits = np.zeros(len(tables.honest))
    np.add.at(visits, tables.event_host[tables.what], 1)

    assert measure(RECORD, "cross_encounters") == pytest.approx(
        2 * tables.meetings[across].sum() / weeks
    )
    assert measure(RECORD, "wasted_evenings") == pytest.approx(wasted.mean())
    assert measure(RECORD, "match") == pytest.approx(tables.match.mean(), rel=1e-5)
    assert measure(RECORD, "host_gini") == pytest.approx(gini_of(visits))
    assert measure(RECORD, "cross_ties") == pytest.approx(
        1000 * (across & (tables.meetings >= 3)).sum() / RECORD.people
    )


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is(name: str) -> None:
    """A docstring, a unit, a source; a finite value on an ordinary run, or a special one."""
    metric = METRICS[name]
    record = SPECIAL[name]() if name in SPECIAL else RECORD

    assert metric.doc
    assert metric.unit
    assert metric.source
    assert np.isfinite(measure(record, name))


def test_the_headline_is_measured() -> None:
    """All of it, by default."""
    assert all(METRICS[name].usual for name in HEADLINE)
