"""
Segregation in the network of encounters, from the mixing matrix M between groups (M_gh encounters
of g with h, both ways).

Bias: these are ratios of sums over many encounters and nearly unbiased at the sizes simulated; the
null value under random meeting is 0 except where the formula says otherwise.
"""

from __future__ import annotations

import math

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, metric, ratio


def assortativity_of(matrix: Array) -> float:
    """r = (tr e - sum a_g b_g) / (1 - sum a_g b_g), e = M / sum M with the sums a, b; or NaN."""
    e = matrix / matrix.sum()
    expected = float(e.sum(axis=1) @ e.sum(axis=0))
    return float((np.trace(e) - expected) / (1 - expected)) if expected < 1 else float("nan")


def coleman_of(matrix: Array, sizes: Array) -> Array:
    """S_g for each group: with d_g the encounters of group g, m_gg those within, w_g = d_g (n_g -
    1) / (n - 1) expected, (m_gg - w_g) / (d_g - w_g) if m_gg >= w_g, else (m_gg - w_g) / w_g. In
    [-1, 1]; NaN for a group nobody of which met."""
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
    """Coleman's homophily index of each group (see coleman_of), averaged over groups by their
    people. 0: at random, but a little below when a group has few encounters, since what falls short
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
