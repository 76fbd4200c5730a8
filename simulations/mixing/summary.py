"""What a report says of the numbers: intervals, paired differences, Pareto front, sensitivity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .experiment import Cell, Experiment
from .intervals import Interval, mean_interval, paired_difference
from .metrics import HEADLINE
from .results import Runs


@dataclass(frozen=True)
class Row:
    """A cell's line in a table: its name, and per metric an interval (None where it was not measured)."""

    cell: Cell
    name: str
    values: dict[str, Interval | None]


def name_of(cell: Cell) -> str:
    """A cell's name: its policy and where it stands in the plan."""
    point = ", ".join(f"{_word(path)} {_short(value)}" for path, value in cell.point.items())
    return f"{cell.policy}, {point}" if point else cell.policy


def _word(path: str) -> str:
    """The last word of a parameter's path; of `adversary.name`, the adversary."""
    group, _, name = path.rpartition(".")
    return group if name == "name" else name


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def measured(runs: Runs) -> list[str]:
    """The metrics with a number for the whole run, in the order in which they were measured."""
    return list(dict.fromkeys(metric for _, metric in runs))


def headline(cells: Sequence[Cell], metrics: Sequence[str]) -> list[str]:
    """What a report shows first: with an adversary, also what it gains."""
    attacked = any(cell.scenario.adversary.name != "none" for cell in cells)
    gains = ("adversary_cards", "adversary_visits") if attacked else ()
    return [name for name in (*HEADLINE, *gains) if name in metrics]


def table(cells: Sequence[Cell], runs: Runs, metrics: Sequence[str]) -> list[Row]:
    """Every cell's means over seeds with 95 % intervals."""

    def value(cell: Cell, metric: str) -> Interval | None:
        seeds = runs.get((cell.id, metric))
        return mean_interval(list(seeds.values())) if seeds else None

    return [
        Row(cell, name_of(cell), {metric: value(cell, metric) for metric in metrics})
        for cell in cells
    ]


def pooled(cells: Sequence[Cell], runs: Runs, metric: str) -> Interval:
    """The mean over some cells, with its interval over seeds: each seed's mean over the cells counts once."""
    by_seed: dict[int, list[float]] = {}
    for cell in cells:
        for seed, value in runs.get((cell.id, metric), {}).items():
            by_seed.setdefault(seed, []).append(value)
    return mean_interval([float(np.mean(values)) for values in by_seed.values()])


def compare(a: Cell, b: Cell, runs: Runs, metric: str, level: float = 0.95) -> Interval | None:
    """The paired difference a - b over the seeds that both have; None if a metric is missing."""
    first, second = runs.get((a.id, metric)), runs.get((b.id, metric))
    if not first or not second:
        return None
    seeds = [seed for seed in first if seed in second]
    return paired_difference(
        [first[seed] for seed in seeds], [second[seed] for seed in seeds], level
    )


def differences(experiment: Experiment, runs: Runs, metrics: Sequence[str]) -> list[Row]:
    """
    Every other policy minus the first one, at the same point and seeds. The intervals of a metric hold all
    together at 95 % (Bonferroni, for comparisons with a standard: Law, Simulation Modeling and Analysis, 5th
    ed., section 10.3.1).
    """
    cells = experiment.design()
    points = len(experiment.plan.points())
    baseline, others = cells[:points], cells[points:]
    level = 1 - 0.05 / max(1, len(others))
    return [
        Row(
            cell,
            name_of(cell),
            {
                metric: compare(cell, baseline[index % points], runs, metric, level)
                for metric in metrics
            },
        )
        for index, cell in enumerate(others)
    ]


def pareto(points: Mapping[str, tuple[float, float]]) -> list[str]:
    """The names of the points that no other beats in one good without losing in the other; more is better."""
    front: list[str] = []
    best = -np.inf
    for name, (_, y) in sorted(points.items(), key=lambda item: (-item[1][0], -item[1][1])):
        if y > best:
            front.append(name)
            best = y
    return front


@dataclass(frozen=True)
class Effect:
    """How strongly a parameter moves a metric: by itself and, for Sobol indices, with its interactions."""

    parameter: str
    first: Interval
    total: Interval | None


def sensitivity(experiment: Experiment, runs: Runs, metric: str, policy: str) -> list[Effect]:
    """
    Sobol indices (Saltelli 2010, by SALib) or, for a Latin hypercube, Spearman's rank correlations; nothing
    if the metric never varies, or is not defined at every point.
    """
    cells = [cell for cell in experiment.design() if cell.policy == policy]
    if any((cell.id, metric) not in runs for cell in cells):
        return []
    means = np.array([np.mean(list(runs[cell.id, metric].values())) for cell in cells])
    if not np.isfinite(means).all() or means.std() == 0:
        return []
    if experiment.plan.method == "sobol":
        return _sobol(experiment, means)
    return [
        _rank_effect(path, [cell.point[path] for cell in cells], means)
        for path in experiment.plan.vary
    ]


def _sobol(experiment: Experiment, means: Any) -> list[Effect]:
    from SALib.analyze import sobol  # noqa: PLC0415  it takes seconds to import; other reports do without

    standard = (means - means.mean()) / means.std()
    found = sobol.analyze(experiment.plan.problem, standard, calc_second_order=False, seed=1)
    n = len(means)
    return [
        Effect(
            path,
            Interval(found["S1"][i], found["S1_conf"][i], n),
            Interval(found["ST"][i], found["ST_conf"][i], n),
        )
        for i, path in enumerate(experiment.plan.vary)
    ]


def _rank_effect(path: str, values: Sequence[float], means: Any) -> Effect:
    """Spearman's rho, ties sharing their mean rank, with the standard error of Bonett and Wright (2000)."""
    from scipy.stats import rankdata  # noqa: PLC0415  it takes seconds to import; other reports do without

    rho = float(np.corrcoef(rankdata(values), rankdata(means))[0, 1])
    error = (1 - rho**2) * np.sqrt((1 + rho**2 / 2) / max(len(values) - 3, 1))
    return Effect(path, Interval(rho, 1.96 * float(error), len(values)), None)
