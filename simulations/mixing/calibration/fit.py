"""Calibration by the method of simulated moments.

D. McFadden, "A Method of Simulated Moments for Estimation of Discrete Response Models Without
Numerical Integration", Econometrica 57(5), 1989. The distance is the mean squared relative error of
the fitted moments; all evaluations share their seeds, so it is a (rough) function of the
parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats.qmc import LatinHypercube

from potluck.simulations.mixing import model, scenario_file
from potluck.simulations.mixing.experiment import Range
from potluck.simulations.mixing.intervals import Interval
from potluck.simulations.mixing.scenario import Scenario

from .attendance import FITTED, Attendance, Floats, moments, of_run

Progress = Callable[[int, int], None]

PARAMETERS: dict[str, Range] = {
    "people.look": Range(0.002, 0.05),
    "people.activity": Range(0.5, 3.0),
    "choice.match": Range(4.0, 20.0),
    "choice.habit": Range(0.0, 6.0),
    "hosts.quality": Range(0.0, 4.0),
    "hosts.dilution": Range(0.0, 1.5),
}
"""What is fitted, and where it is looked for.

Fewer than the moments: choice.home moves them as people.look does, and people.own as choice.match
does, so that no data of this form could tell them apart."""


@dataclass(frozen=True)
class Search:
    """Points of a first sweep, steps of the search after it, seeds of each, bootstrap samples,
    draws."""

    points: int = 40
    steps: int = 90
    seeds: tuple[int, ...] = (1, 2, 3)
    bootstrap: int = 60
    draws: int = 12


@dataclass(frozen=True)
class Fit:
    """A calibrated scenario: parameters with 95 % intervals, and each moment in data and model."""

    scenario: Scenario
    parameters: dict[str, Interval]
    data: dict[str, Interval]
    simulated: dict[str, Interval]
    distance: float
    """Root mean squared relative error of the fitted moments."""
    draws: dict[str, list[float]]
    """Parameters drawn from what the fit leaves uncertain (normal, within where they were looked
    for): lists of one length, as an experiment by the method `list` varies them. """


def place(base: Scenario, values: Mapping[str, float]) -> Scenario:
    """A scenario with parameters, by dotted name, set to values."""
    tables = scenario_file.plain(base)
    for path, value in values.items():
        scenario_file.set_path(tables, path, value)
    return scenario_file.build(Scenario, tables)


def simulate(scenario: Scenario, seed: int) -> dict[str, float]:
    """The moments of one run."""
    return moments(of_run(model.play(scenario, seed)))


class Target:
    """The distance between data and model over the unit cube of the parameters."""

    def __init__(
        self, base: Scenario, data: Mapping[str, float], search: Search, ranges: Mapping[str, Range]
    ) -> None:
        self.base, self.search, self.ranges = base, search, ranges
        self.wanted = np.array([data[name] for name in FITTED])
        self.scale = np.maximum(np.abs(self.wanted), 0.1)  # near zero there is no relative error
        self.low = np.array([axis.low for axis in ranges.values()])
        self.span = np.array([axis.high - axis.low for axis in ranges.values()])

    def values(self, unit: Floats) -> dict[str, float]:
        values = self.low + np.clip(unit, 0, 1) * self.span
        return dict(zip(self.ranges, values.tolist(), strict=True))

    def moments(self, unit: Floats) -> Floats:
        """The fitted moments, meaned over the seeds."""
        scenario = place(self.base, self.values(unit))
        runs = [simulate(scenario, seed) for seed in self.search.seeds]
        return np.array([np.mean([run[name] for run in runs]) for name in FITTED])

    def errors(self, unit: Floats) -> Floats:
        return np.asarray((self.moments(unit) - self.wanted) / self.scale)

    def distance(self, unit: Floats) -> float:
        outside = float(np.abs(unit - np.clip(unit, 0, 1)).sum())
        return float(np.sqrt(np.mean(self.errors(unit) ** 2))) + outside


def fit(
    base: Scenario, data: Attendance, search: Search, progress: Progress,
    ranges: Mapping[str, Range] = PARAMETERS,
) -> Fit:  # fmt: skip
    """Fit the parameters of `ranges` in a base scenario to data."""
    observed = _bootstrap(data, search.bootstrap)
    wanted = {name: interval.mean for name, interval in observed.items()}
    target = Target(base, wanted, search, ranges)
    best = _minimum(target, progress)
    parameters = target.values(best)
    scenario = place(base, parameters)
    seeds = range(1_000, 1_008)  # the search has not seen them
    runs = [simulate(scenario, seed) for seed in seeds]
    values = {name: [run[name] for run in runs] for name in runs[0]}
    simulated = {name: _around(float(np.mean(each)), each) for name, each in values.items()}
    spread = _covariance(target, best, observed, simulated)
    half = 1.96 * np.sqrt(np.diag(spread))
    fitted = {
        name: Interval(value, float(width), len(FITTED))
        for (name, value), width in zip(parameters.items(), half, strict=True)
    }
    draws = _draws(parameters, spread, ranges, search.draws)
    return Fit(scenario, fitted, observed, simulated, target.distance(best), draws)


def _bootstrap(data: Attendance, samples: int) -> dict[str, Interval]:
    """Each moment of the data with its interval over people drawn again."""
    rng = np.random.default_rng(1)
    people = int(data.person.max()) + 1
    picks = (rng.integers(people, size=people) for _ in range(samples))
    drawn = [moments(data.of_people(pick), split=True) for pick in picks]
    found = moments(data, split=True)
    return {name: _around(found[name], [sample[name] for sample in drawn]) for name in found}


def _around(middle: float, values: list[float]) -> Interval:
    """A number and the range in which 95 % of such values fall."""
    return Interval(middle, 1.96 * float(np.std(values, ddof=1)), len(values))


def _minimum(target: Target, progress: Progress) -> Floats:
    """A Latin hypercube to find the valley, then Nelder and Mead's simplex, which minds no
    roughness."""
    search = target.search
    total = search.points + search.steps
    done = 0

    def distance(unit: Floats) -> float:
        nonlocal done
        done += 1
        progress(min(done, total), total)
        return target.distance(unit)

    sweep = LatinHypercube(len(target.ranges), rng=1).random(search.points)
    start = sweep[int(np.argmin([distance(point) for point in sweep]))]
    corners = np.vstack(
        (start, start + 0.15 * np.where(start[:, None] > 0.5, -1, 1) * np.eye(len(start)))
    )
    found = minimize(
        distance,
        start,
        method="Nelder-Mead",
        options={"maxfev": search.steps, "initial_simplex": corners, "xatol": 1e-3, "fatol": 1e-4},
    )
    progress(total, total)
    return np.asarray(np.clip(np.asarray(found.x, dtype=float), 0, 1))


def _covariance(
    target: Target, best: Floats, observed: Mapping[str, Interval],
    simulated: Mapping[str, Interval],
) -> Floats:  # fmt: skip
    """The sandwich formula of simulated moments (Gourieroux and Monfort 1996, section 2.3)."""
    step = 0.1  # wide, because simulated moments are rough
    columns = []
    for axis in np.eye(len(best)):
        up, down = np.clip(best + step * axis, 0, 1), np.clip(best - step * axis, 0, 1)
        columns.append((target.errors(up) - target.errors(down)) / float((up - down).sum()))
    slope = np.column_stack(columns)
    seen, got = (
        np.array([intervals[name].half_width / 1.96 for name in FITTED])
        for intervals in (observed, simulated)
    )
    noise = seen**2 + got**2 / len(target.search.seeds)
    bread = np.linalg.pinv(slope)
    spread = bread @ np.diag(noise / target.scale**2) @ bread.T
    return spread * np.outer(target.span, target.span)


def _draws(
    parameters: Mapping[str, float], covariance: Floats, ranges: Mapping[str, Range], count: int
) -> dict[str, list[float]]:
    """Parameters drawn from a normal distribution around the fitted ones, until all are in
    range."""
    rng, kept = np.random.default_rng(1), []
    low = np.array([axis.low for axis in ranges.values()])
    high = np.array([axis.high for axis in ranges.values()])
    for _ in range(10_000):
        point = rng.multivariate_normal(list(parameters.values()), covariance)
        if ((low <= point) & (point <= high)).all():
            kept.append(point)
        if len(kept) == count:
            break
    columns = np.round(np.array(kept).reshape(-1, len(parameters)).T, 4)
    return dict(zip(parameters, columns.tolist(), strict=True))
