"""The shape of the network of those who met, in the first region (these cost more than the other
metrics).

Ties are pairs that met at least once; weights are meetings."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.sparse.linalg import eigsh

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import mean_of, metric

SOURCES = 64
"""People from whom paths are measured."""


def _graph(record: Record) -> csr_matrix:
    """Symmetric matrix of meetings between the people of the first region."""
    tables = record.tables
    n = int(np.sum(tables.region == tables.region[0]))
    here = tables.first < n
    ends = tables.first[here], tables.second[here]
    half = csr_matrix((tables.meetings[here].astype(float), ends), shape=(n, n))
    return half + half.T


def spectral_gap_of(graph: csr_matrix) -> float:
    """1 - lambda_2 of D^-1 A on the largest component: 1 mixes in a step. NaN below 3 nodes."""
    labels = connected_components(graph, directed=False)[1]
    inside = np.flatnonzero(labels == np.bincount(labels).argmax())
    if len(inside) < 3:
        return float("nan")
    part = graph[inside][:, inside]
    scale = diags_array(1 / np.sqrt(np.asarray(part.sum(axis=1)).ravel()))
    start = np.ones(len(inside))
    values = eigsh(
        scale @ part @ scale, k=2, which="LA", v0=start, return_eigenvectors=False,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    return float(1 - values.min())


def local_bridges_of(graph: csr_matrix) -> float:
    """Share of ties whose ends have no common neighbour; NaN without ties."""
    ties = (graph > 0).astype(np.int32)
    if ties.nnz == 0:
        return float("nan")
    common = (ties @ ties).multiply(ties)
    return float(1 - common.nnz / ties.nnz)


def constraint_of(graph: csr_matrix) -> Array:
    """Burt's constraint of each node with ties: c_i = sum_j (p_ij + sum_q p_iq p_qj)^2 over
    neighbours j, p_ij the share of i's weight that goes to j."""
    strength = np.asarray(graph.sum(axis=1)).ravel()
    share = (
        diags_array(np.divide(1, strength, out=np.zeros_like(strength), where=strength > 0)) @ graph
    )
    both = (share + share @ share).multiply(graph > 0)
    constraint: Array = np.asarray(both.multiply(both).sum(axis=1)).ravel()
    return constraint[strength > 0]


@metric("0 to 1", "Chung (1997), 'Spectral graph theory', chapter 1", usual=False)
def spectral_gap(record: Record) -> float:
    """1 - lambda_2 of D^-1 A on the largest component: how fast a rumour spreads."""
    return spectral_gap_of(_graph(record))


@metric("steps", "Watts and Strogatz (1998), path length; between groups only", usual=False)
def cross_path(record: Record) -> float:
    """Mean number of steps from 64 people at random to all of other groups whom a path reaches."""
    graph = _graph(record)
    cluster = record.tables.cluster[: graph.shape[0]]
    rng = Stream.of(0, Purpose.MEASURE).numpy()
    some = rng.choice(len(cluster), min(SOURCES, len(cluster)), replace=False)
    steps = shortest_path(graph, directed=False, unweighted=True, indices=some)
    reached = np.isfinite(steps) & (cluster[some][:, None] != cluster[None, :])
    return mean_of(steps[reached])


@metric("share of ties", "Granovetter (1973), 'The strength of weak ties'", usual=False)
def local_bridges(record: Record) -> float:
    """Ties whose two ends have no acquaintance in common, by all ties."""
    return local_bridges_of(_graph(record))


@metric("0 to 1.125", "Burt (1992), 'Structural holes', chapter 2", usual=False)
def constraint(record: Record) -> float:
    """Mean constraint_of over those who met anybody: low where people bridge circles."""
    return mean_of(constraint_of(_graph(record)))
