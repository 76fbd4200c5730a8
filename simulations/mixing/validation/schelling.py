"""Schelling's tipping model: mild preferences, strong segregation.

T. C. Schelling, "Dynamic Models of Segregation", Journal of Mathematical Sociology 1(2), 1971, on
the torus and with the parameters of the classroom version: two equal groups, 5 % of the places
empty, the unhappy move to a random empty place until nobody is unhappy.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve

from potluck.simulations.mixing.intervals import mean_interval
from potluck.simulations.mixing.scenario import Settings

from .page import Line, Page

PAPER = "Schelling 1971, Dynamic Models of Segregation, Journal of Mathematical Sociology 1(2)"
NEIGHBOURS = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])


class Schelling(Settings, frozen=True):
    """Side of the torus in places, share of places empty, sweeps at most, replicates."""

    side: int = 51
    empty: float = 0.05
    sweeps: int = 200
    replicates: int = 5


def similar_share(grid: NDArray[np.int8]) -> NDArray[np.float64]:
    """Per place, the share of like among its occupied neighbours; NaN where it has none."""
    like = np.zeros(grid.shape)
    occupied = convolve((grid != 0).astype(int), NEIGHBOURS, mode="wrap")
    for group in (1, 2):
        near = convolve((grid == group).astype(int), NEIGHBOURS, mode="wrap")
        like = np.where(grid == group, near, like)
    asked = (occupied > 0) & (grid != 0)
    share: NDArray[np.float64] = np.divide(
        like, occupied, out=np.full(grid.shape, np.nan), where=asked
    )
    return share


def settle(settings: Schelling, wanted: float, rng: np.random.Generator) -> float:
    """The mean share of like neighbours once nobody wants to move, or after the last sweep."""
    places = settings.side**2
    people = int(places * (1 - settings.empty))
    cells = np.zeros(places, dtype=np.int8)
    cells[:people] = 1 + np.arange(people) % 2
    grid = rng.permutation(cells).reshape(settings.side, settings.side)
    for _ in range(settings.sweeps):
        unhappy = np.flatnonzero(similar_share(grid) < wanted)
        if unhappy.size == 0:
            break
        _move(grid, rng.permutation(unhappy), rng)
    return float(np.nanmean(similar_share(grid)))


def _move(grid: NDArray[np.int8], movers: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Each mover takes a random empty place; the place left is free for the next."""
    flat = grid.reshape(-1)
    free = np.flatnonzero(flat == 0)
    for mover in movers:
        pick = rng.integers(free.size)
        flat[free[pick]], flat[mover] = flat[mover], 0
        free[pick] = mover


def run(settings: Schelling, seed: int) -> Page:
    """Segregation at 0, 20 and 30 % of like neighbours wanted."""

    def shares(wanted: float) -> list[float]:
        return [
            settle(settings, wanted, np.random.default_rng([seed, replicate]))
            for replicate in range(settings.replicates)
        ]

    none, mild, usual = (mean_interval(shares(wanted)) for wanted in (0.0, 0.2, 0.3))
    lines = (
        Line("like neighbours, nobody minds", "50 % (no segregation)", none, 0.48, 0.52),
        Line("like neighbours, 20 % wanted", "above 50 %", mild, 0.52, 0.70),
        Line("like neighbours, 30 % wanted", "about 75 %", usual, 0.68, 0.80),
    )
    remark = "The 75 % is from tutorials of the classroom version, not from the paper."
    return Page("schelling", PAPER, lines, (remark,))
