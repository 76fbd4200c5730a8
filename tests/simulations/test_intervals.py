"""Confidence intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from potluck.simulations.mixing.intervals import Interval, mean_interval, paired_difference


def test_the_interval_of_a_known_sample() -> None:
    """By hand: mean 3, sd sqrt(2.5), t(4, .975) = 2.776445."""
    interval = mean_interval([1, 2, 3, 4, 5])

    assert interval.mean == 3
    assert interval.half_width == pytest.approx(2.776445 * math.sqrt(2.5 / 5), rel=1e-6)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """
    Over 2,000 samples of 12 normal numbers, 95 % hold the mean, give or take four standard errors.
    """
    samples = np.random.default_rng(1).normal(7, 3, (2_000, 12))
    covered = np.mean(
        [interval.low <= 7 <= interval.high for interval in map(mean_interval, samples)]
    )

    assert abs(covered - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 2_000)


def test_pairing_takes_out_what_both_share() -> None:
    """The reason for common random numbers: the difference of two noisy numbers can be sharp."""
    rng = np.random.default_rng(2)
    world = rng.normal(0, 10, 12)
    a, b = world + 1 + rng.normal(0, 0.1, 12), world + rng.normal(0, 0.1, 12)

    assert mean_interval(a).half_width > 2
    assert paired_difference(a.tolist(), b.tolist()).half_width < 0.2
    assert paired_difference(a.tolist(), b.tolist()).excludes_zero


def test_one_run_says_nothing_of_its_spread() -> None:
    """Neither does none."""
    assert mean_interval([4.0]) == Interval(4.0, math.inf, 1)
    assert mean_interval([]).n == 0
    assert mean_interval([1.0, math.nan, 3.0]).n == 2


def test_unequal_samples_are_not_paired() -> None:
    """Seeds that differ are no pairs."""
    with pytest.raises(ValueError, match="same seeds"):
        paired_difference([1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(1.23456, 0.0321, 5), "1.235 ± 0.032"),
        (Interval(123.4, 21.0, 5), "123 ± 21"),
        (Interval(89.0, 0.0, 1), "89"),
        (Interval(0.5, math.inf, 1), "0.5"),
        (Interval(1 - 1e-16, 1e-16, 6), "1"),
    ],
)
def test_numbers_show_as_many_digits_as_they_have(interval: Interval, text: str) -> None:
    """Two digits of the half width."""
    assert str(interval) == text


def test_skewed_numbers_have_wider_intervals_which_cover() -> None:
    """Means of six log-normal numbers: Student's 95 % cover less often than the bootstrap's."""
    rng = np.random.default_rng(2)
    samples, mean = np.exp(1.2 * rng.standard_normal((300, 6))), float(np.exp(0.72))

    def covered(*, skewed: bool) -> float:
        found = [mean_interval(sample, skewed=skewed) for sample in samples]
        return float(np.mean([interval.low < mean < interval.high for interval in found]))

    assert covered(skewed=False) < 0.88
    assert covered(skewed=True) > covered(skewed=False) + 0.04
    assert mean_interval([1.0, 1.0, 1.0, 1.0, 9.0], skewed=True).half_width < 1e3


def test_replicates_without_a_number_are_counted() -> None:
    """And said."""
    interval = mean_interval([1.0, 2.0, np.nan, 3.0])

    assert (interval.n, interval.missing) == (3, 1)
    assert str(interval).endswith("(undefined in 1)")
