"""Means over seeds with Student's t intervals, and paired differences under common random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit


@dataclass(frozen=True)
class Interval:
    """A mean and the half width of its confidence interval, over `n` replicates.

    The half width is infinite for one replicate: one run says nothing about its own spread.
    """

    mean: float
    half_width: float
    n: int

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
        if not np.isfinite(self.half_width) or self.half_width <= 1e-9 * abs(self.mean):
            return f"{self.mean:.6g}"
        digits = max(0, min(6, 1 - int(np.floor(np.log10(self.half_width)))))
        return f"{self.mean:.{digits}f} ± {self.half_width:.{digits}f}"


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Student's t interval of the mean of independent replicates; what is not a number is left out."""
    sample = np.asarray(values, dtype=float)
    sample = sample[np.isfinite(sample)]
    n = int(sample.size)
    if n == 0:
        return Interval(float("nan"), float("inf"), 0)
    if n == 1:
        return Interval(float(sample[0]), float("inf"), 1)
    error = float(sample.std(ddof=1)) / np.sqrt(n)
    return Interval(float(sample.mean()), float(stdtrit(n - 1, (1 + level) / 2) * error), n)


def exact(value: float) -> Interval:
    """A number that does not vary between replicates (a count in a data set)."""
    return Interval(float(value), 0.0, 1)


def paired_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Interval:
    """The interval of a - b where `a[i]` and `b[i]` ran on the same seed.

    With common random numbers the two share their world, so the interval is narrower than that of
    two independent samples (Law, Simulation Modeling and Analysis, 5th ed., section 11.2).
    """
    if len(a) != len(b):
        raise ValueError("paired samples must come from the same seeds")
    return mean_interval(np.asarray(a, dtype=float) - np.asarray(b, dtype=float), level)
