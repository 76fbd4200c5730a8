"""Segregation indices against numbers that were published with the data that give them.

H. Nilforoshan and others, "Human mobility networks reveal increased segregation in large cities",
Nature 2023: the authors' public test makes data of a random-intercept model with Python's and
numpy's own generators, so anybody can make it again. M. E. J. Newman, "Mixing patterns in
networks", 2003, Table I: couples in San Francisco. The rest is exact, or networkx's.
"""

import random
from typing import Any

import networkx as nx
import numpy as np

from potluck.simulations.mixing.metrics.inequality import gini_of
from potluck.simulations.mixing.metrics.mixing import assortativity_of
from potluck.simulations.mixing.metrics.segregation import (
    dissimilarity_of,
    experienced_of,
    exposure_segregation_of,
)
from potluck.simulations.mixing.scenario import Settings

from .page import Page, near

PAPER = "Nilforoshan et al. 2023 (their public test); Newman 2003, Table I"
FIRST = (10, 10, 5)
"""Points of a person at most, and the noise of intercepts and of points, of their first case."""
CASES = [(points, noise, 5 * k) for points in (20, 10, 5) for noise in (2, 5, 10) for k in (1, 2)]
ESTIMATES = (
    0.698979, 0.746511, 0.339182, 0.390239, 0.199175, 0.200117, 0.767172, 0.654876, 0.384164,
    0.390964, 0.187966, 0.129883, 0.669600, 0.676774, 0.344000, 0.490213, 0.208080, 0.198124,
)  # fmt: skip
"""What their mixed model estimates in the cases after the first."""
COUPLES = np.array(
    [[258, 16, 35, 13], [12, 157, 58, 19], [13, 23, 306, 35], [5, 7, 24, 16]], dtype=float
)
"""Thousandths of couples by the groups of the two: Newman's Table I, as networkx's own test of its
assortativity has it (algorithms/assortativity/tests/test_correlation.py)."""


class Segregation(Settings, frozen=True):
    """How far from a published estimate ours may be (their own test allows .001)."""

    tolerance: float = 0.001


def case(
    points: int, noise: float, noise_of_points: float, rng: np.random.RandomState,
    coin: random.Random,
) -> tuple[float, float]:  # fmt: skip
    """The true segregation of a simulated thousand people, and our estimate."""
    x = rng.randn(1000) * 2
    mean = x - 0.5 + rng.randn(1000) * noise
    seen = [m + rng.randn(coin.choice(range(1, points + 1))) * noise_of_points for m in mean]
    n, means, squares = np.array([(len(y), y.mean(), (y**2).mean()) for y in seen]).T
    return float(np.corrcoef(mean, x)[0, 1]), exposure_segregation_of(x, n, means, squares)


def run(settings: Segregation, seed: int) -> Page:
    """Nothing is left to chance here: the seed of the data is the authors'."""
    _ = seed
    rng, coin = np.random.RandomState(0), random.Random(0)
    true, first = case(*FIRST, rng, coin)
    cases = zip(CASES, ESTIMATES, strict=True)
    off = [abs(case(*each, rng, coin)[1] - wanted) for each, wanted in cases]
    karate: Any = nx.karate_club_graph()
    theirs = nx.attribute_assortativity_coefficient(karate, "club")
    ours = assortativity_of(nx.attribute_mixing_matrix(karate, "club", normalized=False))
    half = np.array([[0.5, 0.5, 0, 0]])
    couples = assortativity_of(COUPLES)
    lines = (
        near("exposure segregation: the data's own", 0.169967, true, 1e-6),
        near("exposure segregation: estimate", 0.177851, first, settings.tolerance),
        near("the same, largest error in 18 more cases", 0.0, max(off), settings.tolerance),
        near("assortativity of couples (the paper's, before rounding)", 0.621, couples, 0.0025),
        near("assortativity of couples (networkx's test, rounded)", 0.623, couples, 0.0005),
        near("assortativity of the karate club's split (networkx's)", theirs, ours, 1e-9),
        near("experienced segregation, two of four groups", 2 / 3, experienced_of(half)[0], 1e-9),
        near("dissimilarity, wholly apart", 1.0, dissimilarity_of(np.diag([3.0, 4, 5])), 1e-9),
        near("Gini of 1 to 100, (n - 1) / 3n", 0.33, gini_of(np.arange(1, 101)), 1e-9),
    )
    return Page("segregation", PAPER, lines)
