"""Means over seeds with intervals, and paired differences under common random numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

FEW = 5
"""Replicates below which resamples are too often all alike to be bootstrapped."""


@dataclass(frozen=True)
class Interval:
    """A mean and the half width of its confidence interval, over `n` replicates.

    The half width is infinite for one replicate: one run says nothing about its own spread.
    `missing` counts replicates in which the number is not defined."""

    mean: float
    half_width: float
    n: int
    missing: int = 0

    @property
    def low(self) -> float:
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        return self.mean + self.half_width

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return self._number() + (f" (undefined in {self.missing})" if self.missing else "")

    def _number(self) -> str:
        if not np.isfinite(self.half_width) or self.half_width <= 1e-9 * abs(self.mean):
            return f"{self.mean:.6g}"
        digits = max(0, min(6, 1 - int(np.floor(np.log10(self.half_width)))))
        return f"{self.mean:.{digits}f} ± {self.half_width:.{digits}f}"


def mean_interval(values: ArrayLike, level: float = 0.95, *, skewed: bool = False) -> Interval:
    """The interval of the mean of independent replicates; what is not a number is left out and
    counted. By Student's t or, for skewed numbers, by the bootstrap."""
    sample = np.asarray(values, dtype=float)
    missing = int((~np.isfinite(sample)).sum())
    sample = sample[np.isfinite(sample)]
    n = int(sample.size)
    if n == 0:
        return Interval(float("nan"), float("inf"), 0, missing)
    if n == 1:
        return Interval(float(sample[0]), float("inf"), 1, missing)
    error = float(sample.std(ddof=1)) / np.sqrt(n)
    reach = float(stdtrit(n - 1, (1 + level) / 2))
    if skewed and error > 0 and n >= FEW:
        reach = max(reach, _bootstrapped(sample, level))
    return Interval(float(sample.mean()), float(reach * error), n, missing)


def _bootstrapped(sample: NDArray[np.float64], level: float) -> float:
    """Standard errors on each side by the symmetric bootstrap-t (Hall 1988, "On symmetric bootstrap
    confidence intervals"), with 2,000 resamples of a fixed seed."""
    n = len(sample)
    drawn = np.random.default_rng(1).choice(sample, size=(2_000, n))
    error = drawn.std(axis=1, ddof=1) / np.sqrt(n)
    precise = error > 1e-9 * np.abs(sample).max()
    t = np.abs(drawn.mean(axis=1) - sample.mean())[precise] / error[precise]
    return float(np.quantile(t, level))


def exact(value: float) -> Interval:
    """A number that does not vary between replicates (a count in a data set)."""
    return Interval(float(value), 0.0, 1)


def paired_difference(
    a: Sequence[float], b: Sequence[float], level: float = 0.95, *, skewed: bool = False
) -> Interval:
    """The interval of a - b where `a[i]` and `b[i]` ran on the same seed.

    With common random numbers the two share their world, so the interval is narrower than that of
    two independent samples (Law, Simulation Modeling and Analysis, 5th ed., section 11.2)."""
    if len(a) != len(b):
        raise ValueError("paired samples must come from the same seeds")
    gaps = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    return mean_interval(gaps, level, skewed=skewed)
