"""
The network of encounters: its segregation, from the mixing matrix M between groups (M_gh encounters
of g with h, both ways), and its shape.

Bias: the former are ratios of sums over many encounters and nearly unbiased at the sizes simulated;
the null value under random meeting is 0 except where the formula says otherwise. The latter cost
more than other metrics and look at the first region only; ties are pairs that met at least once,
weights are meetings.
"""

import math

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.sparse.linalg import eigsh

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import WHOLE_RUN, Measurement, mean_of, metric, ratio

SOURCES = 64
"""People from whom paths are measured."""


def assortativity_of(matrix: Array) -> float:
    e = matrix / matrix.sum()
    expected = float(e.sum(axis=1) @ e.sum(axis=0))
    return float((np.trace(e) - expected) / (1 - expected)) if expected < 1 else float("nan")


def coleman_of(matrix: Array, sizes: Array) -> Array:
    """S_g of `coleman` for each group; NaN for a group nobody of which met."""
    own, all_ = np.diag(matrix).astype(float), matrix.sum(axis=1)
    expected = all_ * (sizes - 1) / (sizes.sum() - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = (own - expected) / np.where(own >= expected, all_ - expected, expected)
    return result


def cross_share(matrix: Array) -> float:
    """Share of encounters between groups; not a number if nobody met."""
    return float(1 - np.trace(matrix) / matrix.sum()) if matrix.sum() else math.nan


def expected_cross_share(sizes: Array) -> float:
    """The same with labels at random, exactly: 1 - sum n_g (n_g - 1) / (n (n - 1))."""
    n = sizes.sum()
    return float(1 - (sizes * (sizes - 1)).sum() / (n * (n - 1)))


def _run(record: Record) -> tuple[Array, Array]:
    return record.tables.mixing.sum(axis=0), np.bincount(
        record.tables.cluster, minlength=record.groups
    )


@metric("-1 to 1", "Newman (2003), 'Mixing patterns in networks', eq. 2")
def assortativity(record: Record) -> Measurement:
    """r = (tr e - sum_g a_g b_g) / (1 - sum_g a_g b_g), e = M / sum M, sums a, b. 0: at random."""
    days = enumerate(record.tables.mixing)
    for day, matrix in [*days, (WHOLE_RUN, _run(record)[0])]:
        if matrix.sum() and np.isfinite(r := assortativity_of(matrix)):
            yield day, r


@metric("-1 to 1", "Coleman (1958), 'Relational analysis'")
def coleman(record: Record) -> float:
    """S_g = (m_gg - w_g) / (d_g - w_g) if m_gg >= w_g, else (m_gg - w_g) / w_g, averaged over
    groups by their people; d_g encounters of group g, m_gg within, w_g = d_g (n_g - 1) / (n - 1)
    expected. 0: at random, a little below when a group has few encounters, since what falls short
    is divided by the smaller expected number."""
    matrix, sizes = _run(record)
    index = coleman_of(matrix, sizes)
    met = np.isfinite(index)
    return float(np.average(index[met], weights=sizes[met])) if met.any() else math.nan


@metric("-1 to 1", "Krackhardt and Stern (1988), 'Informal networks and organizational crises'")
def ei_index(record: Record) -> float:
    """(E - I) / (E + I), E encounters between, I within groups. At random not 0: see ei_excess."""
    return 2 * cross_share(_run(record)[0]) - 1


@metric("-2 to 2", "Krackhardt and Stern (1988); the mean of their permutation test in closed form")
def ei_excess(record: Record) -> float:
    """The E-I index less its mean over all permutations of labels, 2 pi - 1 with pi = 1 - sum n_g
    (n_g - 1) / (n (n - 1)): corrected for groups' sizes. Negative: people meet their own."""
    matrix, sizes = _run(record)
    return 2 * (cross_share(matrix) - expected_cross_share(sizes))


@metric("0 to 1", "Freeman (1978), 'Segregation in social networks'")
def freeman(record: Record) -> float:
    """S = max(0, 1 - p / pi), p the share of encounters between groups, pi the expected one."""
    matrix, sizes = _run(record)
    return float(np.maximum(0.0, 1 - ratio(cross_share(matrix), expected_cross_share(sizes))))


@metric("-0.5 to 1", "Newman and Girvan (2004), 'Finding community structure', eq. 5")
def modularity(record: Record) -> float:
    """Q = tr e - sum_g a_g^2: modularity of the network of encounters with the groups as
    communities. 0: at random."""
    matrix, _ = _run(record)
    e = matrix / (matrix.sum() or math.nan)
    return float(np.trace(e) - (e.sum(axis=1) ** 2).sum())


def _graph(record: Record) -> csr_matrix:
    """Symmetric matrix of meetings between the people of the first region."""
    tables = record.tables
    n = int(np.sum(tables.region == tables.region[0]))
    here = tables.first < n
    ends = tables.first[here], tables.second[here]
    half = csr_matrix((tables.meetings[here].astype(float), ends), shape=(n, n))
    return half + half.T


def spectral_gap_of(graph: csr_matrix) -> float:
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
    ties = (graph > 0).astype(np.int32)
    if ties.nnz == 0:
        return float("nan")
    common = (ties @ ties).multiply(ties)
    return float(1 - common.nnz / ties.nnz)


def constraint_of(graph: csr_matrix) -> Array:
    strength = np.asarray(graph.sum(axis=1)).ravel()
    share = (
        diags_array(np.divide(1, strength, out=np.zeros_like(strength), where=strength > 0)) @ graph
    )
    both = (share + share @ share).multiply(graph > 0)
    constraint: Array = np.asarray(both.multiply(both).sum(axis=1)).ravel()
    return constraint[strength > 0]


@metric("0 to 1", "Chung (1997), 'Spectral graph theory', chapter 1", usual=False)
def spectral_gap(record: Record) -> float:
    """1 - lambda_2 of D^-1 A on the largest component, if of 3 people or more: how fast a rumour
    spreads; 1 in a step."""
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
    """Mean over those who met anybody of c_i = sum_j (p_ij + sum_q p_iq p_qj)^2 over neighbours j,
    p_ij the share of i's weight that goes to j: low where people bridge circles."""
    return mean_of(constraint_of(_graph(record)))
