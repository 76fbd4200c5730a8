"""The HTML report of an experiment: one file that opens anywhere, pictures inside."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure
from numpy.typing import NDArray

from . import plots, summary
from .experiment import Cell, Experiment, Range
from .intervals import Interval
from .manifest import Manifest, code
from .metrics import CHAIN, METRICS
from .policies import POLICIES, Policy, parameters_of
from .results import Folder, Runs, daily, whole_run, write_whole

if TYPE_CHECKING:
    from .validation import Page

GOODS = ("match", "cross_encounters", "host_gini_per_event")
"""What is traded off: how well people like what they go to, whom they meet there, and (less is
better) how unevenly hosts are visited."""
SHOWN = 24
"""Pictures by cell show at most so many cells: more cannot be told apart."""


@dataclass(frozen=True)
class Picture:
    """An image as a data URL, and its caption."""

    source: str
    caption: str


@dataclass(frozen=True)
class Section:
    """A part of the report: text, perhaps a table of differences, pictures."""

    id: str
    title: str
    text: str = ""
    figures: list[Picture] = field(default_factory=list)
    rows: list[summary.Row] = field(default_factory=list)
    columns: Sequence[str] = ()
    """Metrics of the table; the headline if there are none."""


def picture(figure: Figure, caption: str) -> Picture:
    """A figure inside the page."""
    data = base64.b64encode(plots.svg(figure).encode()).decode()
    return Picture(f"data:image/svg+xml;base64,{data}", caption)


def render(template: str, **values: Any) -> str:
    """A page from one of our templates."""
    environment = Environment(
        loader=PackageLoader("potluck.simulations.mixing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template(template).render(**values)


def write(folder: Folder, experiment: Experiment) -> Path:
    """Write report.html into the folder of a finished experiment and say where it is."""
    runs = whole_run(folder)
    cells = experiment.cells()
    metrics = summary.measured(runs)
    headline = summary.headline(cells, metrics)
    manifest = Manifest(folder).read()
    page = render(
        "report.html", title=f"Mixing: {experiment.scenario.name}", experiment=experiment,
        scenario=experiment.scenario, cells=len(cells), table=summary.table(cells, runs, metrics),
        headline=headline, metrics=metrics,
        units={name: METRICS[name].unit if name in METRICS else "" for name in metrics},
        sections=list(_sections(folder, experiment, runs, headline)),
        described=[METRICS[name] for name in metrics if name in METRICS], policies=_policies(cells),
        manifest=manifest, manifest_text=json.dumps(manifest, indent=1, sort_keys=True),
    )  # fmt: skip
    path = folder.path / "report.html"
    write_whole(path, page.encode())
    return path


def _policies(cells: Sequence[Cell]) -> list[Policy]:
    """The policies of some cells, each once; a researcher's own are read from the cell."""
    choices = {cell.scenario.policy.name: cell.scenario.policy for cell in cells}
    for choice in choices.values():
        parameters_of(choice)
    return [POLICIES[name] for name in choices if name in POLICIES]


def _sections(
    folder: Folder, experiment: Experiment, runs: Runs, headline: Sequence[str]
) -> list[Section]:
    cells = experiment.cells()
    found = (
        [_trade_off(experiment, runs)]
        if all((cell.id, good) in runs for cell in cells for good in GOODS)
        else []
    )
    if experiment.plan.vary and experiment.plan.method != "grid":
        found.append(_over_points(experiment, runs, headline))
    rows = summary.differences(experiment, runs, headline)
    if rows:
        first = cells[0].policy
        found.append(
            Section(
                "differences",
                f"Against {first}",
                f"Each policy minus {first}, seed by seed; grey where zero is inside. The intervals"
                " of a column hold all together at 95 % (Bonferroni), so they are wider than each"
                " by itself.",
                rows=rows,
            )
        )
    if rows and all((cell.id, name) in runs for cell in cells for name in CHAIN):
        found.append(
            Section(
                "why",
                "Why: the factors of encounters",
                "Cross encounters are evenings out x the share of them that are viable x people"
                " met on a viable evening (company) x the share of pairs in circles that are of"
                " different groups x 1 less the friending bias. Natural logarithms of the ratios"
                f" to {cells[0].policy}; the factors add up to the first column.",
                rows=summary.factors(experiment, runs),
                columns=("cross_encounters", *CHAIN),
            )
        )
    if experiment.plan.vary:
        found.append(_sensitivity(experiment, runs, headline))
    if len(cells) <= SHOWN:
        found += [
            _time(folder, cells, headline),
            _matrices(folder, experiment, cells),
            _distributions(folder, experiment, cells),
        ]
    return found


def _over_points(experiment: Experiment, runs: Runs, headline: Sequence[str]) -> Section:
    gains = summary.gains_over_points(experiment, runs, GOODS[1])
    differences = "; ".join(
        f"{policy} has more cross encounters at {np.mean(np.array(gaps) > 0):.0%} of {len(gaps)}"
        f" points ({np.mean(gaps):+.3g} in the mean, from {min(gaps):+.3g} to {max(gaps):+.3g})"
        for policy, gaps in gains.items()
    )
    return Section(
        "points",
        "Over all points",
        "Means over the points, each counting once, so the intervals hold what is uncertain about"
        f" the parameters. Against {experiment.cells()[0].policy}:"
        f" {differences or 'nothing to compare'}.",
        rows=summary.over_points(experiment, runs, headline),
    )


def _trade_off(experiment: Experiment, runs: Runs) -> Section:
    cells = experiment.cells()
    rows = {row.name: row.values for row in summary.table(cells, runs, GOODS)}
    means = {name: tuple(_mean(values[good]) for good in GOODS) for name, values in rows.items()}
    known = {
        name: (x, y)
        for name, values in rows.items()
        if (x := values[GOODS[0]]) is not None and (y := values[GOODS[1]]) is not None
    }
    front = summary.pareto({name: (x.mean, y.mean) for name, (x, y) in known.items()})
    fair = summary.pareto({name: (x, y, -gini) for name, (x, y, gini) in means.items()})
    bound = summary.ceiling(experiment, runs)
    labels = (
        f"match ({METRICS['match'].unit})",
        f"cross-interest encounters ({METRICS['cross_encounters'].unit})",
    )
    kinds = {summary.name_of(cell): cell.policy for cell in cells}
    figure = plots.trade_off(known, kinds, front, labels, bound)
    shown, shown_fair = (
        ", ".join(each) if len(each) <= 12 else f"{len(each)} cells" for each in (front, fair)
    )
    return Section(
        "trade-off",
        "Match against mixing",
        f"By its means, nothing here is better in both than these: {shown}. With evenness among"
        f" hosts (the Gini of visitors an event) as a third good: {shown_fair}."
        + (f" No policy can have more than {bound:.3g} cross encounters here." if bound else ""),
        [
            picture(
                figure,
                "Match against cross-interest encounters, with 95 % intervals (none for one seed)"
                " and the Pareto front.",
            )
        ],
    )


def _mean(interval: Interval | None) -> float:
    return interval.mean if interval else float("nan")


def _sensitivity(experiment: Experiment, runs: Runs, headline: Sequence[str]) -> Section:
    if experiment.plan.method in ("grid", "list"):
        figures = [
            picture(_response(experiment, runs, headline, path), f"Headline metrics by {path}.")
            for path in experiment.plan.vary
        ]
        return Section("sensitivity", "Sensitivity", "Means over the rest of the grid.", figures)
    kind, measure = (
        ("Sobol indices", "share of variance")
        if experiment.plan.method == "sobol"
        else ("Spearman's rank correlations", "rank correlation")
    )
    figures = []
    for policy in dict.fromkeys(cell.policy for cell in experiment.cells()):
        panels = {
            metric: summary.sensitivity(experiment, runs, metric, policy) for metric in headline
        }
        panels = {metric: found for metric, found in panels.items() if found}
        if panels:
            figures.append(
                picture(
                    plots.effects(panels, measure),
                    f"{kind} of the parameters under {policy}, with 95 % intervals.",
                )
            )
    ranges = "; ".join(
        f"{path} from {axis.low:g} to {axis.high:g}"
        for path, axis in experiment.plan.vary.items()
        if isinstance(axis, Range)
    )
    return Section("sensitivity", "Sensitivity", f"{kind}, over {ranges}.", figures)


def _response(experiment: Experiment, runs: Runs, headline: Sequence[str], path: str) -> Figure:
    cells = experiment.design()
    values = list(dict.fromkeys(cell.point[path] for cell in cells if path in cell.point))
    numeric = all(type(value) in (int, float) for value in values)
    at = dict(zip(values, map(float, values if numeric else range(len(values))), strict=True))

    def line(policy: str, metric: str) -> list[tuple[float, Interval]]:
        chosen = [cell for cell in cells if cell.policy == policy]
        return [
            (
                at[value],
                summary.pooled(
                    [c for c in chosen if c.point.get(path, value) == value], runs, metric
                ),
            )
            for value in values
        ]

    policies = list(dict.fromkeys(cell.policy for cell in cells))
    return plots.response(
        {metric: {policy: line(policy, metric) for policy in policies} for metric in headline},
        path,
        {name: METRICS[name].unit for name in headline if name in METRICS},
        () if numeric else [str(value) for value in values],
    )


def _time(folder: Folder, cells: Sequence[Cell], headline: Sequence[str]) -> Section:
    names = {cell.id: summary.name_of(cell) for cell in cells}
    panels = {}
    for metric in headline:
        series = daily(folder, metric)
        if series:
            panels[metric] = {
                names[cell.id]: series[cell.id] for cell in cells if cell.id in series
            }
    units = {name: METRICS[name].unit for name in panels if name in METRICS}
    bands = "bands are 95 % intervals" if len(cells) <= plots.CROWD else "means over seeds"
    figures = [picture(plots.time_series(panels, units), f"Headline metrics by day; {bands}.")]
    return Section(
        "time",
        "Over time",
        "At first nobody has plans: the first week is a start, and counts in all numbers above.",
        figures if panels else [],
    )


def _mean_arrays(
    folder: Folder, experiment: Experiment, cell: Cell, name: str
) -> NDArray[np.float64]:
    """An array's mean over seeds, one run in memory at a time."""
    first, *others = experiment.seeds
    total = folder.arrays(cell.id, first)[name].astype(float)
    for seed in others:
        total += folder.arrays(cell.id, seed)[name]
    return total / len(experiment.seeds)


def _matrices(folder: Folder, experiment: Experiment, cells: Sequence[Cell]) -> Section:
    matrices = {
        summary.name_of(cell): _mean_arrays(folder, experiment, cell, "mixing") for cell in cells
    }
    return Section(
        "who",
        "Who meets whom",
        "",
        [
            picture(
                plots.mixing_matrices(matrices),
                "Encounters between groups of interest, as a multiple of chance; white is perfect"
                " mixing, grey that nobody met anybody.",
            )
        ],
    )


def _distributions(folder: Folder, experiment: Experiment, cells: Sequence[Cell]) -> Section:
    seed = experiment.seeds[0]
    arrays = {summary.name_of(cell): folder.arrays(cell.id, seed) for cell in cells}
    caption = (
        "Sizes of events, Lorenz curves of hosts' attendance, and encounters per person, of seed"
        f" {seed}."
    )
    return Section(
        "distributions", "Distributions", "", [picture(plots.distributions(arrays), caption)]
    )


def write_validation(path: Path, pages: Sequence[Page]) -> None:
    """Write the pages of validation studies as one HTML file."""
    figures: Mapping[str, Picture | None] = {
        page.study: picture(page.figure, page.caption) if page.figure else None for page in pages
    }
    text = render("validation.html", title="Validation", pages=pages, figures=figures, code=code())
    write_whole(path, text.encode())
