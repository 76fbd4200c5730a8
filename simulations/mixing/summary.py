"""What a report says of the numbers: intervals, paired differences, Pareto front, sensitivity."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .experiment import Cell, Experiment
from .intervals import Interval, mean_interval, paired_difference
from .metrics import CHAIN, HEADLINE, METRICS
from .results import Runs

FACTORS = ("cross_encounters", *CHAIN)
"""Encounters, and what they are the product of."""
SHOWN = 24
"""A page shows so many cells at most: more cannot be told apart."""


@dataclass(frozen=True)
class Row:
    """A cell's line in a table: its name, and per metric an interval (None: not measured)."""

    cell: Cell
    name: str
    values: dict[str, Interval | None]


def name_of(cell: Cell) -> str:
    """A cell's name: its policy and where it stands in the plan."""
    words = [_word(path) for path in cell.point]
    names = [path if words.count(_word(path)) > 1 else _word(path) for path in cell.point]
    values = (f"{x:.3g}" if isinstance(x, float) else str(x) for x in cell.point.values())
    point = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    return f"{cell.policy}, {point}" if point else cell.policy


def _word(path: str) -> str:
    """The last word of a parameter's path; of `adversary.name`, the adversary."""
    group, _, name = path.rpartition(".")
    return group if name == "name" else name


def measured(runs: Runs) -> list[str]:
    """The metrics with a number for the whole run, in the order in which they were measured."""
    return list(dict.fromkeys(metric for _, metric in runs))


def headline(cells: Sequence[Cell], metrics: Sequence[str]) -> list[str]:
    """What a report shows first: with an adversary, also what it gains."""
    attacked = any(cell.scenario.adversary.name != "none" for cell in cells)
    gains = ("adversary_cards", "cards_per_stamp", "adversary_visits") if attacked else ()
    return [name for name in (*HEADLINE, *gains) if name in metrics]


def table(cells: Sequence[Cell], runs: Runs, metrics: Sequence[str]) -> list[Row]:
    """Every cell's means over seeds with 95 % intervals."""

    def value(cell: Cell, metric: str) -> Interval | None:
        known = runs.get((cell.id, metric))
        return mean_interval(list(known.values()), skewed=_skewed(metric)) if known else None

    return [
        Row(cell, name_of(cell), {name: value(cell, name) for name in metrics}) for cell in cells
    ]


def _skewed(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].skewed


def shown(experiment: Experiment, runs: Runs, metrics: Sequence[str]) -> list[Row]:
    """What fits on a page: every cell or, of a plan with many, each policy over all points."""
    cells = experiment.cells
    grid = experiment.plan.method == "grid"
    if (grid and len(cells) <= SHOWN) or not experiment.plan.vary:
        return table(cells, runs, metrics)
    of_policy: dict[str, list[Cell]] = {}
    for cell in cells:
        of_policy.setdefault(cell.policy, []).append(cell)

    def value(those: Sequence[Cell], metric: str) -> Interval | None:
        known = any((cell.id, metric) in runs for cell in those)
        return (pooled if grid else over_points)(those, runs, metric) if known else None

    return [
        Row(those[0], policy, {metric: value(those, metric) for metric in metrics})
        for policy, those in of_policy.items()
    ]


def pooled(cells: Sequence[Cell], runs: Runs, metric: str) -> Interval:
    """The mean over some cells with its interval over seeds, each seed's mean counting once."""
    by_seed: dict[int, list[float]] = {}
    for cell in cells:
        for seed, value in runs.get((cell.id, metric), {}).items():
            by_seed.setdefault(seed, []).append(value)
    return mean_interval([_mean(values) for values in by_seed.values()], skewed=_skewed(metric))


def over_points(cells: Sequence[Cell], runs: Runs, metric: str) -> Interval:
    """The mean over cells, a cell's mean over seeds counting once: what is uncertain about the
    parameters is in the interval."""
    return mean_interval(_means(cells, runs, metric), skewed=_skewed(metric))


def _means(cells: Sequence[Cell], runs: Runs, metric: str) -> list[float]:
    return [_mean(runs.get((cell.id, metric), {}).values()) for cell in cells]


def _mean(values: Iterable[float]) -> float:
    """The mean of what is defined."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else math.nan


def compare(a: Cell, b: Cell, runs: Runs, metric: str, level: float = 0.95) -> Interval | None:
    """The paired difference a - b over the seeds that both have; None if a metric is missing."""
    if (a.id, metric) not in runs or (b.id, metric) not in runs:
        return None
    first, second = runs[a.id, metric], runs[b.id, metric]
    both = [seed for seed in first if seed in second]
    one, other = ([numbers[seed] for seed in both] for numbers in (first, second))
    return paired_difference(one, other, level, skewed=_skewed(metric))


def factors(experiment: Experiment, runs: Runs) -> list[Row]:
    """Why every other policy has more or fewer encounters than the first, at the same point and
    seeds: natural logarithms of the ratios of FACTORS."""
    logs = {
        (cell, metric): {seed: math.log(x) if x > 0 else math.nan for seed, x in numbers.items()}
        for (cell, metric), numbers in runs.items()
        if metric in FACTORS
    }
    return _gaps(experiment, logs, FACTORS, 0.95)


def differences(experiment: Experiment, runs: Runs, metrics: Sequence[str]) -> list[Row]:
    """Every other policy minus the first one, at the same point and seeds. The intervals of a
    metric hold all together at 95 % (Bonferroni, for comparisons with a standard: Law, Simulation
    Modeling and Analysis, 5th ed., section 10.3.1)."""
    return _gaps(experiment, runs, metrics, 1 - 0.05 / max(1, len(_against_first(experiment))))


def _gaps(experiment: Experiment, runs: Runs, metrics: Sequence[str], level: float) -> list[Row]:
    return [
        Row(
            cell, name_of(cell), {name: compare(cell, first, runs, name, level) for name in metrics}
        )
        for cell, first in _against_first(experiment)
    ]


def _against_first(experiment: Experiment) -> list[tuple[Cell, Cell]]:
    """Every cell of another policy than the first, with the first policy's at the same point."""
    cells = experiment.design
    points = len(experiment.plan.points())
    return [(cell, cells[index % points]) for index, cell in enumerate(cells[points:])]


def gains_over_points(experiment: Experiment, runs: Runs, metric: str) -> dict[str, list[float]]:
    """Of each other policy, its gain over the first at every point of a plan (means over seeds)."""
    found: dict[str, list[float]] = {}
    for cell, first in _against_first(experiment):
        gap = compare(cell, first, runs, metric)
        if gap and math.isfinite(gap.mean):
            found.setdefault(cell.policy, []).append(gap.mean)
    return found


def pareto(points: Mapping[str, tuple[float, ...]]) -> list[str]:
    """The points that no other beats in one good without losing in another; more is better."""

    def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return one != other and all(a >= b for a, b in zip(one, other, strict=True))

    best = {
        point: name
        for name, point in reversed(list(points.items()))
        if not any(beats(other, point) for other in points.values())
    }
    return [best[point] for point in sorted(best, reverse=True)]


def ceiling(experiment: Experiment, runs: Runs) -> float | None:
    """No policy has more cross_encounters than this: the evenings out under `favourites`, times the
    other groups' people in the largest circle with groups as even as can be. None without
    `favourites`, or with unbounded circles."""
    oracle = [cell for cell in experiment.cells if cell.scenario.policy.name == "favourites"]
    scenario = experiment.scenario
    size = (3 * scenario.meeting.circle + 1) // 2 - 1
    if not oracle or size < 2 or (oracle[0].id, "evenings_out") not in runs:
        return None
    each = [size // scenario.groups + (g < size % scenario.groups) for g in range(scenario.groups)]
    across = (size**2 - sum(n * n for n in each)) / size
    return _means(oracle[:1], runs, "evenings_out")[0] * across


@dataclass(frozen=True)
class Effect:
    """How strongly a parameter moves a metric: by itself and (Sobol) with its interactions."""

    parameter: str
    first: Interval
    total: Interval | None


def sensitivity(experiment: Experiment, runs: Runs, metric: str, policy: str) -> list[Effect]:
    """What decides a metric under the first policy or, under another, its difference from the
    first: Sobol indices (Saltelli 2010, by SALib) or, for a Latin hypercube, Spearman's rank
    correlations. Nothing if it never varies, or is not defined at every point."""
    design = experiment.design
    first = design[: len(experiment.plan.points())]
    cells = [cell for cell in design if cell.policy == policy]
    if any(set(cell.point) != set(experiment.plan.vary) for cell in (*cells, *first)):
        return []  # a policy that lacks what varies
    if any((cell.id, metric) not in runs for cell in (*cells, *first)):
        return []
    values = np.array(_means(cells, runs, metric))
    if policy != first[0].policy:
        values = values - _means(first, runs, metric)
    if not np.isfinite(values).all() or values.std() == 0:
        return []
    if experiment.plan.method == "sobol":
        return _sobol(experiment, values)
    return [
        _rank_effect(path, [cell.point[path] for cell in cells], values)
        for path in experiment.plan.vary
    ]


def _sobol(experiment: Experiment, values: NDArray[np.float64]) -> list[Effect]:
    # It takes seconds to import; other reports do without
    from SALib.analyze import sobol  # noqa: PLC0415

    standard = (values - values.mean()) / values.std()
    found = sobol.analyze(experiment.plan.problem, standard, calc_second_order=False, seed=1)

    def index(kind: str, i: int) -> Interval:
        return Interval(found[kind][i], found[f"{kind}_conf"][i], len(values))

    paths = enumerate(experiment.plan.vary)
    return [Effect(path, index("S1", i), index("ST", i)) for i, path in paths]


def _rank_effect(path: str, values: Sequence[float], means: Any) -> Effect:
    """Spearman's rho, ties sharing their rank, with Bonett and Wright's standard error (2000)."""
    # It takes seconds to import; other reports do without
    from scipy.stats import rankdata  # noqa: PLC0415

    rho = float(np.corrcoef(rankdata(values), rankdata(means))[0, 1])
    error = (1 - rho**2) * np.sqrt((1 + rho**2 / 2) / max(len(values) - 3, 1))
    return Effect(path, Interval(rho, 1.96 * float(error), len(values)), None)
