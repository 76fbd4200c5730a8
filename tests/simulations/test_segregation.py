"""Measures of segregation, against other implementations and by hand."""

from __future__ import annotations

from itertools import combinations

import igraph
import networkx as nx
import numpy as np
import pytest
from msgspec.structs import replace

from potluck.simulations.mixing.metrics.mixing import (
    assortativity_of,
    coleman_of,
    cross_share,
    expected_cross_share,
)
from potluck.simulations.mixing.metrics.segregation import (
    dissimilarity_of,
    entropy_of,
    isolation_of,
)
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.scenario import Choice

from .met import RECORD, graph_of
from .settings import by, measure


def test_assortativity_as_networkx_and_igraph() -> None:
    """On a network of single meetings both libraries agree with ours."""
    rng = np.random.default_rng(1)
    graph = nx.gnm_random_graph(60, 200, seed=1)
    group = rng.integers(4, size=60)
    nx.set_node_attributes(graph, dict(enumerate(group.tolist())), "group")
    matrix = np.zeros((4, 4))
    for a, b in graph.edges:
        matrix[group[a], group[b]] += 1
        matrix[group[b], group[a]] += 1

    ours = assortativity_of(matrix)
    assert ours == pytest.approx(nx.attribute_assortativity_coefficient(graph, "group"))
    assert ours == pytest.approx(
        igraph.Graph.from_networkx(graph).assortativity_nominal(group.tolist(), False)
    )


def test_modularity_as_networkx_on_a_run() -> None:
    """
    Weighted by meetings, with the groups as communities: networkx finds our Q in the pairs of a
    run.
    """
    graph = graph_of(RECORD)
    communities = [
        set(np.flatnonzero(RECORD.tables.cluster == g).tolist()) for g in range(RECORD.groups)
    ]

    assert measure(RECORD, "modularity") == pytest.approx(
        nx.community.modularity(graph, communities)
    )


def test_coleman_by_hand() -> None:
    """Two groups of 5: all within is 1, all between is -1, in proportion is 0."""
    sizes = np.array([5, 5])

    assert coleman_of(np.array([[10, 0], [0, 10]]), sizes).tolist() == [1, 1]
    assert coleman_of(np.array([[0, 10], [10, 0]]), sizes).tolist() == [-1, -1]
    assert coleman_of(np.array([[4, 5], [5, 4]]), sizes) == pytest.approx([0, 0])
    assert np.isnan(coleman_of(np.array([[4, 0], [0, 0]]), sizes)[1])


def test_expected_cross_share_is_the_mean_over_permutations() -> None:
    """
    The closed form of the E-I index's null value is the mean over relabellings of any network.
    """
    rng, graph = np.random.default_rng(2), nx.star_graph(11)
    group = np.array([0] * 3 + [1] * 4 + [2] * 5)
    edges = np.array(graph.edges)
    labels = (rng.permutation(group) for _ in range(4000))
    shares = [np.mean(label[edges[:, 0]] != label[edges[:, 1]]) for label in labels]

    assert expected_cross_share(np.bincount(group)) == pytest.approx(np.mean(shares), abs=0.01)


def test_e_i_and_freeman_from_the_same_shares() -> None:
    """E-I is 2p - 1; Freeman's S is what p lacks of pi."""
    matrix = RECORD.tables.mixing.sum(axis=0)
    p, pi = cross_share(matrix), expected_cross_share(np.bincount(RECORD.tables.cluster))

    assert measure(RECORD, "ei_index") == pytest.approx(2 * p - 1)
    assert measure(RECORD, "ei_excess") == pytest.approx(2 * (p - pi))
    assert measure(RECORD, "freeman") == pytest.approx(max(0, 1 - p / pi))


def test_segregation_by_hand() -> None:
    """
    Apart: 1 and 1; in proportion: 0 and 0; two groups: Duncan's formula; isolation leaves out
    oneself.
    """
    apart, even, some = (
        np.array([[6, 0], [0, 6]]),
        np.array([[3, 3], [3, 3]]),
        np.array([[4, 1], [2, 5]]),
    )
    duncan = 0.5 * np.abs(some[:, 0] / 6 - some[:, 1] / 6).sum()

    assert (dissimilarity_of(apart), entropy_of(apart), isolation_of(apart)) == (1, 1, 1)
    assert (dissimilarity_of(even), entropy_of(even)) == (0, 0)
    assert dissimilarity_of(some) == pytest.approx(duncan)
    assert isolation_of(even) == pytest.approx(2 / 5)
    assert isolation_of(np.array([[1, 0], [2, 1]])) == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)


def test_segregation_as_pysal() -> None:
    """
    Three groups at six events: MultiDissim and MultiInfoTheory of PySAL's `segregation` 2.5.4,
    which is too large to install for two numbers (geopandas, 790 MB).
    """
    counts = np.array([[4, 1, 0], [2, 5, 3], [0, 2, 6], [7, 1, 1], [1, 1, 1], [0, 0, 9]])

    assert dissimilarity_of(counts) == pytest.approx(0.6064516129032258)
    assert entropy_of(counts) == pytest.approx(0.4262461186753863)


def test_network_segregation_as_netseg() -> None:
    """
    Coleman, Freeman, E-I and assortativity of a network of 16 people and 26 ties, by `netseg`
    0.1.8.
    """
    group = np.repeat([0, 1, 2], [5, 7, 4])
    matrix = np.zeros((3, 3), np.int64)
    for a, b in combinations(range(16), 2):
        alike = group[a] == group[b] < 2 and (a + b) % 2 == 0
        if alike or (b * 7 + a * 5) % 6 == 0:
            matrix[group[a], group[b]] += 1
            matrix[group[b], group[a]] += 1
    sizes = np.bincount(group)

    assert matrix.sum() == 2 * 26
    assert coleman_of(matrix, sizes) == pytest.approx([0.27807486631016043, 4 / 9, -1])
    assert 1 - cross_share(matrix) / expected_cross_share(sizes) == pytest.approx(
        0.27710843373493976
    )
    assert 2 * cross_share(matrix) - 1 == pytest.approx(0)
    assert assortativity_of(matrix) == pytest.approx(0.1664611590628854)


def test_net_segregation_of_random_meeting_is_nothing() -> None:
    """
    Draws with no weight on match leave the plain index high (small events) and the corrected one at
    0.
    """
    scenario = by("organisers")
    blind = play(replace(scenario, choice=Choice(match=0, friends=0, habit=0, home=1.5)), 3)

    assert measure(blind, "dissimilarity") > 0.3
    assert measure(blind, "dissimilarity_net") == pytest.approx(0, abs=0.05)
    assert measure(blind, "theil_net") == pytest.approx(0, abs=0.05)
    assert measure(blind, "assortativity") == pytest.approx(0, abs=0.03)
    assert measure(blind, "coleman") == pytest.approx(0, abs=0.1)
