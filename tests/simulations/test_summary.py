"""What a report says of the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from potluck.simulations.mixing import summary
from potluck.simulations.mixing.intervals import mean_interval
from potluck.simulations.mixing.results import Runs

from .worlds import tiny

NUMBERS = st.floats(-100, 100).map(lambda value: round(value, 1))


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_the_front_is_what_nothing_beats(points: dict[str, tuple[float, float]]) -> None:
    """
    Every point on the front is unbeaten, and every other point is beaten by, or equals, one on it.
    """
    front = summary.pareto(points)

    def beats(a: tuple[float, float], b: tuple[float, float]) -> bool:
        return a != b and a[0] >= b[0] and a[1] >= b[1]

    for name, point in points.items():
        beaten = any(beats(other, point) for other in points.values())
        assert name not in front or not beaten
        assert beaten or any(points[each] == point for each in front)


def test_differences_are_paired_by_seed_and_point() -> None:
    """Popularity minus hosts at the same hand, whatever the noise that the seeds share."""
    asked = tiny(vary={"deal.hand": [3, 5]}, seeds=4)
    noise = {1: 10.0, 2: -20.0, 3: 5.0, 4: 0.0}
    runs: Runs = {
        (cell.id, "match"): {
            seed: shared + cell.scenario.deal.hand + (0.5 if cell.policy == "popularity" else 0.0)
            for seed, shared in noise.items()
        }
        for cell in asked.cells
    }
    rows = summary.differences(asked, runs, ["match", "unmeasured"])

    assert [row.name for row in rows] == ["popularity, hand 3", "popularity, hand 5"]
    for row in rows:
        interval = row.values["match"]
        assert interval is not None
        assert interval.mean == pytest.approx(0.5)
        assert interval.half_width == pytest.approx(0.0, abs=1e-9)
        assert row.values["unmeasured"] is None


def test_differences_hold_all_together() -> None:
    """
    Two comparisons: each interval at 97.5 %, t(3, .9875) = 4.1765 instead of 3.1824 (Bonferroni).
    """
    asked = tiny(vary={"deal.hand": [3, 5]}, seeds=4)
    gaps = {1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}
    runs: Runs = {
        (cell.id, "match"): gaps if cell.policy == "popularity" else dict.fromkeys(gaps, 0.0)
        for cell in asked.cells
    }
    error = np.std([1, 2, 3, 4], ddof=1) / 2

    for row in summary.differences(asked, runs, ["match"]):
        interval = row.values["match"]
        assert interval is not None
        assert interval.half_width == pytest.approx(4.1765 * error, rel=1e-4)
    alone = summary.compare(asked.cells[2], asked.cells[0], runs, "match")
    assert alone is not None
    assert alone.half_width == pytest.approx(3.1824 * error, rel=1e-4)


def test_sobol_indices_of_a_known_function() -> None:
    """
    For y = 3a + 4b with a and b uniform on equal ranges, the shares of variance are 9/25 and 16/25.
    """
    vary = {
        name: {"low": 0.0, "high": 1.0} for name in ("people.look", "people.own", "people.drift")
    }
    asked = tiny(policies=["organisers"], method="sobol", samples=256, vary=vary)
    runs: Runs = {
        (cell.id, "match"): {1: 3 * cell.point["people.look"] + 4 * cell.point["people.own"]}
        for cell in asked.cells
    }
    drift, look, own = summary.sensitivity(asked, runs, "match", "organisers")  # by name

    assert look.first.mean == pytest.approx(9 / 25, abs=0.03)
    assert own.first.mean == pytest.approx(16 / 25, abs=0.03)
    assert drift.total is not None
    assert drift.total.mean == pytest.approx(0, abs=1e-6)


def test_the_effects_of_another_policy_are_of_its_gain() -> None:
    """What moves both alike decides nothing of the difference."""
    vary = {name: {"low": 0.0, "high": 1.0} for name in ("people.look", "people.own")}
    asked = tiny(method="latin-hypercube", samples=32, vary=vary)
    gain = {"organisers": 0.0, "popularity": 1.0}
    runs: Runs = {
        (cell.id, "match"): {
            1: 9 * cell.point["people.look"] + gain[cell.policy] * cell.point["people.own"]
        }
        for cell in asked.cells
    }
    (look, _), (_, own) = (summary.sensitivity(asked, runs, "match", policy) for policy in gain)

    assert look.first.mean == pytest.approx(1)
    assert own.first.mean == pytest.approx(1)


def test_rank_correlations_of_a_known_function() -> None:
    """Any rising function has 1; noise has about 0."""
    vary = {name: {"low": 0.0, "high": 1.0} for name in ("people.look", "people.own")}
    asked = tiny(policies=["organisers"], method="latin-hypercube", samples=200, vary=vary)
    runs: Runs = {
        (cell.id, "match"): {1: float(np.exp(cell.point["people.look"]))} for cell in asked.cells
    }
    look, own = summary.sensitivity(asked, runs, "match", "organisers")

    assert look.first.mean == pytest.approx(1)
    assert abs(own.first.mean) < 0.25


def test_equals_share_a_rank_and_the_interval_covers() -> None:
    """Values in steps: rho is scipy's, and 95 % of the intervals of unrelated numbers hold 0."""
    vary = {"people.look": {"low": 0.0, "high": 1.0}}
    asked = tiny(policies=["organisers"], method="latin-hypercube", samples=40, vary=vary)
    points = [cell.point["people.look"] for cell in asked.design]
    rng, covered = np.random.default_rng(1), 0
    for _ in range(200):
        values = rng.integers(4, size=40)
        runs: Runs = {
            (cell.id, "match"): {1: float(value)}
            for cell, value in zip(asked.design, values, strict=True)
        }
        (effect,) = summary.sensitivity(asked, runs, "match", "organisers")
        assert effect.first.mean == pytest.approx(spearmanr(points, values).statistic)
        covered += not effect.first.excludes_zero

    assert covered / 200 == pytest.approx(0.95, abs=0.06)


def test_a_strong_correlation_has_a_narrow_interval() -> None:
    """Of 40 points at rho .99 nobody doubts by a third: the error shrinks by 1 - rho^2."""
    effect = summary._rank_effect("x", range(40), np.arange(40) + 3.0 * (np.arange(40) % 2))

    assert effect.first.mean > 0.97
    assert effect.first.high < 1.02
    assert effect.first.half_width < 0.05


def test_a_number_that_is_not_defined_everywhere_has_no_sensitivity() -> None:
    """
    Where nobody goes out there is no match: the report says nothing of it, and does not break.
    """
    vary = {"people.look": {"low": 0.0, "high": 1.0}}
    asked = tiny(policies=["organisers"], method="latin-hypercube", samples=8, vary=vary)
    runs: Runs = {(cell.id, "match"): {1: cell.point["people.look"]} for cell in asked.cells[1:]}

    assert summary.sensitivity(asked, runs, "match", "organisers") == []


def test_a_number_that_never_varies_has_no_sensitivity() -> None:
    """Nothing to explain."""
    vary = {"people.look": {"low": 0.0, "high": 1.0}}
    asked = tiny(policies=["organisers"], method="latin-hypercube", samples=8, vary=vary)
    runs: Runs = {(cell.id, "match"): {1: 0.5} for cell in asked.cells}

    assert summary.sensitivity(asked, runs, "match", "organisers") == []


def test_parameters_of_one_name_are_told_apart() -> None:
    """By their whole path, only where the last word would do for two."""
    asked = tiny(
        vary={"people.leave": [0.1], "hosts.leave": [0.2], "deal.hand": [3]},
        policies=["organisers"],
    )

    assert (
        summary.name_of(asked.cells[0]) == "organisers, hand 3, hosts.leave 0.2, people.leave 0.1"
    )


def test_why_one_policy_has_more_encounters_adds_up() -> None:
    """The logarithms of the five factors' ratios are that of encounters; zero has none."""
    asked = tiny(seeds=2)
    first, second = asked.cells
    factors = {
        "evenings_out": 2.0,
        "viable_share": 0.5,
        "company": 4.0,
        "circle_exposure": 1.0,
        "friending": 1.0,
    }
    runs: Runs = {
        (first.id, "cross_encounters"): {1: 1.0, 2: 1.0},
        (second.id, "cross_encounters"): {1: 4.0, 2: 0.0},
    }
    for name, ratio in factors.items():
        runs[first.id, name], runs[second.id, name] = {1: 1.0, 2: 1.0}, {1: ratio, 2: ratio}
    (row,) = summary.factors(asked, runs)

    total = sum(
        interval.mean for name, interval in row.values.items() if interval and name in factors
    )
    assert row.values["cross_encounters"] is not None
    assert row.values["cross_encounters"].mean == pytest.approx(np.log(4)) == pytest.approx(total)
    assert row.values["cross_encounters"].missing == 1


def test_points_count_once_in_what_is_uncertain() -> None:
    """Means over seeds first, then over points; gains at each point."""
    asked = tiny(vary={"deal.hand": [3, 5, 7]}, method="list", seeds=2)
    runs: Runs = {}
    for cell in asked.cells:
        hand, more = cell.scenario.deal.hand, float(cell.policy == "popularity")
        runs[cell.id, "match"] = {1: hand - 1.0, 2: hand + 1.0 + more}
    plain, popular = summary.shown(asked, runs, ["match"])

    assert (plain.values["match"], popular.name) == (mean_interval([3.0, 5.0, 7.0]), "popularity")
    assert summary.gains_over_points(asked, runs, "match") == {"popularity": [0.5, 0.5, 0.5]}


def test_a_page_shows_many_cells_by_policy() -> None:
    """Of a grid each seed's mean counts once; few cells, or policies alone, are all shown."""
    asked = tiny(vary={"deal.hand": list(range(1, 14))}, seeds=2)
    runs: Runs = {(cell.id, "match"): {1: 1.0, 2: 3.0} for cell in asked.cells}
    few = tiny(vary={"deal.hand": [1, 2]}, seeds=2)

    assert [row.name for row in summary.shown(asked, runs, ["match"])] == [
        "organisers",
        "popularity",
    ]
    assert summary.shown(asked, runs, ["match"])[0].values["match"] == mean_interval([1.0, 3.0])
    assert len(summary.shown(few, runs, ["match"])) == 4
