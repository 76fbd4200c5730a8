"""
Segregation of groups between events, as of districts in a city: a unit is an event, counts[j, g]
those of group g at it.

Events are small, so even people who choose by lot look segregated. The `_net` metrics subtract
that: (D - D0) / (1 - D0) with D0 the mean over random permutations of people's groups (Carrington
and Troske 1997). Exposure leaves out oneself instead.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar

from potluck.simulations.mixing.record import Array, Record
from potluck.simulations.mixing.rng import Purpose, Stream

from .metric import mean_of, metric, ratio

PERMUTATIONS = 4
ENOUGH = 8
"""Encounters a person must have had for the make-up of their company to mean something."""


def dissimilarity_of(counts: Array) -> float:
    """D = sum_j sum_g t_j |p_jg - P_g| / (2 T I), I = sum_g P_g (1 - P_g); t_j sizes, p_jg and P_g
    shares."""
    size, share = counts.sum(axis=1), counts.sum(axis=0) / counts.sum()
    spread = float((share * (1 - share)).sum())
    away = np.abs(counts / size[:, None] - share) * size[:, None]
    return float(away.sum() / (2 * counts.sum() * spread)) if spread > 0 else float("nan")


def entropy_of(counts: Array) -> float:
    """Theil's H = sum_j t_j (E - E_j) / (T E), E = -sum_g P_g ln P_g, E_j of unit j."""
    size = counts.sum(axis=1)
    total, units = _entropy(counts.sum(axis=0)[None])[0], _entropy(counts)
    return ratio((size * (total - units)).sum(), size.sum() * total)


def _entropy(counts: Array) -> Array:
    share = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=1))


def isolation_of(counts: Array) -> float:
    """Mean over people of (x_jg - 1) / (t_j - 1), their group's share of the others there."""
    size = counts.sum(axis=1)
    shared = size > 1
    alike = counts * (counts - 1) / np.maximum(size - 1, 1)[:, None]
    return float(alike[shared].sum() / size[shared].sum())


def _attendances(record: Record) -> tuple[Array, Array]:
    """Event (numbered from 0 without gaps) and group of each attendance at a viable event."""
    went = record.viable[record.tables.what]
    event = np.unique(record.tables.what[went], return_inverse=True)[1]
    return event, record.tables.cluster[record.tables.who[went]]


def _count(event: Array, group: Array, groups: int) -> Array:
    cells = np.bincount(event * groups + group, minlength=(event.max() + 1) * groups)
    return cells.reshape(-1, groups)


def _net(record: Record, index: Callable[[Array], float]) -> float:
    event, group = _attendances(record)
    if len(event) < 2:
        return math.nan
    rng = Stream.of(0, Purpose.MEASURE).numpy()
    observed = index(_count(event, group, record.groups))
    shuffled = [_count(event, rng.permutation(group), record.groups) for _ in range(PERMUTATIONS)]
    chance = np.mean([index(counts) for counts in shuffled])
    return float((observed - chance) / (1 - chance)) if chance < 1 else math.nan


def _plain(record: Record, index: Callable[[Array], float]) -> float:
    event, group = _attendances(record)
    return index(_count(event, group, record.groups)) if len(event) else math.nan


@metric("0 to 1", "Duncan and Duncan (1955); for many groups Morgan (1975) and Sakoda (1981)")
def dissimilarity(record: Record) -> float:
    """D = sum_j sum_g t_j |p_jg - P_g| / (2 T sum_g P_g (1 - P_g)) over viable events; biased
    upwards by small events."""
    return _plain(record, dissimilarity_of)


@metric("up to 1", "Morgan (1975); correction by Carrington and Troske (1997)")
def dissimilarity_net(record: Record) -> float:
    """(D - D0) / (1 - D0), D0 the mean of D over permutations of groups. 0: at random."""
    return _net(record, dissimilarity_of)


@metric("0 to 1", "Theil and Finizza (1971), 'A note on the measurement of racial integration'")
def theil(record: Record) -> float:
    """H = sum_j t_j (E - E_j) / (T E) over viable events, E entropies of group shares; biased
    upwards by small events."""
    return _plain(record, entropy_of)


@metric("up to 1", "Theil and Finizza (1971); correction by Carrington and Troske (1997)")
def theil_net(record: Record) -> float:
    """(H - H0) / (1 - H0), H0 the mean of H over permutations of groups. 0: at random."""
    return _net(record, entropy_of)


@metric("share", "Bell (1954); Lieberson (1981), xPx*")
def isolation(record: Record) -> float:
    """Mean over those at viable events of the share of their own group among the others there."""
    return _plain(record, isolation_of)


@metric("share", "Bell (1954); Lieberson (1981), xPy* summed over all other groups y")
def exposure(record: Record) -> float:
    """Mean over those at viable events of other groups' share of the others: 1 - isolation."""
    return 1 - _plain(record, isolation_of)


def companion_entropy_of(met: Array) -> Array:
    """`companion_entropy` of each row of counts that has enough."""
    met = met[met.sum(axis=1) >= ENOUGH]
    corrected = _entropy(met) + ((met > 0).sum(axis=1) - 1) / (2 * met.sum(axis=1))
    return np.asarray(np.minimum(corrected / np.log(met.shape[1]), 1))


@metric("0 to 1", "Shannon (1948); bias correction by Miller (1955)")
def companion_entropy(record: Record) -> float:
    """Mean over people with n_i >= 8 encounters of (-sum_g p_ig ln p_ig + (k_i - 1) / (2 n_i)) / ln
    G, at most 1: the entropy of their company by group, with Miller and Madow's correction for its
    downward bias (k_i groups met). companion_entropy_of_whom says whom it leaves out."""
    return mean_of(companion_entropy_of(record.tables.met))


@metric("share of people")
def companion_entropy_of_whom(record: Record) -> float:
    """People with 8 encounters or more over the run, by all people."""
    return mean_of(record.tables.met.sum(axis=1) >= ENOUGH)


def experienced_of(met: Array) -> Array:
    """S_i of `experienced_segregation` for each row of counts."""
    groups = met.shape[1]
    share = met / met.sum(axis=1, keepdims=True)
    return np.asarray(groups / (2 * groups - 2) * np.abs(share - 1 / groups).sum(axis=1))


@metric("0 to 1", "Moro et al. (2021), 'Mobility patterns ... experienced income segregation'")
def experienced_segregation(record: Record) -> float:
    """Mean of S_i = G / (2 G - 2) sum_g |tau_ig - 1 / G|, tau_ig the share of group g among those
    whom i meets (0 all groups alike, 1 only one), over people with 8 encounters or more, since few
    look segregated. At random with n encounters it is about sqrt(G / n) / 2.5, not 0."""
    met = record.tables.met
    return mean_of(experienced_of(met[met.sum(axis=1) >= ENOUGH]))


def exposure_segregation_of(x: Array, n: Array, mean: Array, square: Array) -> float:
    """Correlation of x_i and mu_i, the mean that i's encounters have in the long run, in y_ij =
    mu_i + e_ij, mu_i = a z_i + b + u_i with z = x standardised, u and e normal: a / sqrt(a^2 + var
    u), by restricted maximum likelihood. Given for each person x, the number of encounters, and
    mean and mean square of their y.

    A plain correlation with the mean of a person's few encounters is biased towards 0; this is not.
    """
    z = (x - x.mean()) / x.std()
    total, within = n.sum(), float((n * (square - mean**2)).sum())

    def fit(log_ratio: float) -> tuple[float, float, float]:
        """The REML deviance at var u / var e, profiled over the rest; a and var e."""
        spread = np.exp(log_ratio)
        weight = n / (1 + n * spread)
        design = np.column_stack((np.ones_like(z), z))
        normal = design.T @ (weight[:, None] * design)
        beta = np.linalg.solve(normal, design.T @ (weight * mean))
        rest = within + float((weight * (mean - design @ beta) ** 2).sum())
        noise = max(rest / (total - 2), 1e-300)
        deviance = np.log1p(n * spread).sum() + np.linalg.slogdet(normal)[1]
        return float(deviance + (total - 2) * np.log(noise)), float(beta[1]), noise

    found = minimize_scalar(lambda at: fit(at)[0], bounds=(-20.0, 10.0), method="bounded")
    _, slope, noise = fit(found.x)
    spread = float(np.sqrt(slope**2 + np.exp(found.x) * noise))
    return slope / spread if spread > 0 else float("nan")


@metric("-1 to 1", "Nilforoshan et al. (2023), 'Human mobility networks', Nature")
def exposure_segregation(record: Record) -> float:
    """Correlation of whether a person is of a group with the share of it among those met in the
    long run, by a random-intercept model (REML), averaged over groups by their people. 0: at
    random, also with few encounters each."""
    met = record.tables.met[record.tables.met.sum(axis=1) > 0].astype(float)
    group = record.tables.cluster[record.tables.met.sum(axis=1) > 0]
    sizes = np.bincount(group, minlength=record.groups)
    n = met.sum(axis=1)
    mixed = (sizes > 0) & (sizes < len(n)) & (met.sum(axis=0) > 0) & (met.sum(axis=0) < n.sum())
    defined = np.flatnonzero(mixed)
    if not len(defined) or not (n > 1).any():
        return math.nan
    share = met / n[:, None]
    parts = [((group == g) * 1.0, n, share[:, g], share[:, g]) for g in defined]
    values = [exposure_segregation_of(*part) for part in parts]
    return float(np.average(values, weights=sizes[defined]))
