"""The HTML report of an experiment: one file that opens anywhere, pictures inside."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

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
"""Pictures by cell show at most so many cells: more cannot be defined apart."""


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
    figures: Sequence[Picture] = ()
    rows: Sequence[summary.Row] = ()
    columns: Sequence[str] = ()
    """Metrics of the table; the headline if there are none."""


def picture(figure: Figure, caption: str) -> Picture:
    """A figure inside the page."""
    data = base64.b64encode(plots.svg(figure).encode()).decode()
    return Picture(f"data:image/svg+xml;base64,{data}", caption)


def render(template: str, **values: Any) -> bytes:
    """A page from one of our templates."""
    loader = PackageLoader("potluck.simulations.mixing")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(template).render(**values).encode()


def write(folder: Folder, experiment: Experiment) -> Path:
    """Write report.html into the folder of a finished experiment and say where it is."""
    found = _Found(folder, experiment)
    manifest = Manifest(folder).read()
    page = render(
        "report.html", title=f"Mixing: {experiment.scenario.name}", experiment=experiment,
        scenario=experiment.scenario, cells=len(found.cells), headline=found.headline,
        table=summary.table(found.cells, found.runs, found.metrics), metrics=found.metrics,
        units=_units(found.metrics), sections=list(found.sections()),
        described=[METRICS[name] for name in found.metrics if name in METRICS],
        policies=_policies(found.cells), manifest=manifest,
        manifest_text=json.dumps(manifest, indent=1, sort_keys=True),
    )  # fmt: skip
    path = folder.path / "report.html"
    write_whole(path, page)
    return path


def _units(metrics: Sequence[str]) -> dict[str, str]:
    return {name: METRICS[name].unit if name in METRICS else "" for name in metrics}


def _policies(cells: Sequence[Cell]) -> list[Policy]:
    """The policies of some cells, each once; a researcher's own are read from the cell."""
    choices = {cell.scenario.policy.name: cell.scenario.policy for cell in cells}
    for choice in choices.values():
        parameters_of(choice)
    return [POLICIES[name] for name in choices if name in POLICIES]


class _Found:
    """A finished experiment's numbers, and the sections that they make."""

    def __init__(self, folder: Folder, experiment: Experiment) -> None:
        self.folder, self.experiment = folder, experiment
        self.runs: Runs = whole_run(folder)
        self.cells = experiment.cells()
        self.first = self.cells[0].policy
        self.policies = list(dict.fromkeys(cell.policy for cell in self.cells))
        self.metrics = summary.measured(self.runs)
        self.headline = summary.headline(self.cells, self.metrics)

    def _has(self, names: Sequence[str]) -> bool:
        return all((cell.id, name) in self.runs for cell in self.cells for name in names)

    def sections(self) -> Iterator[Section]:
        plan = self.experiment.plan
        if self._has(GOODS):
            yield self._trade_off()
        if plan.vary and plan.method != "grid":
            yield self._over_points()
        rows = summary.differences(self.experiment, self.runs, self.headline)
        if rows:
            yield self._differences(rows)
        if rows and self._has(CHAIN):
            yield self._why()
        if plan.vary and plan.method in ("grid", "list"):
            yield self._responses()
        elif plan.vary:
            yield self._effects()
        if len(self.cells) <= SHOWN:
            yield self._time()
            yield self._matrices()
            yield self._distributions()

    def _trade_off(self) -> Section:
        rows = {row.name: row.values for row in summary.table(self.cells, self.runs, GOODS)}
        goods = {name: [_known(values[good]) for good in GOODS] for name, values in rows.items()}
        means = {name: tuple(good.mean for good in each) for name, each in goods.items()}
        front = summary.pareto({name: each[:2] for name, each in means.items()})
        fair = summary.pareto({name: (x, y, -gini) for name, (x, y, gini) in means.items()})
        bound = summary.ceiling(self.experiment, self.runs)
        labels = [f"{name.replace('_', ' ')} ({METRICS[name].unit})" for name in GOODS[:2]]
        kinds = {summary.name_of(cell): cell.policy for cell in self.cells}
        points = {name: (each[0], each[1]) for name, each in goods.items()}
        figure = plots.trade_off(points, kinds, front, labels, bound)
        named = [", ".join(s) if len(s) <= 12 else f"{len(s)} cells" for s in (front, fair)]
        return Section(
            "trade-off", "Match against mixing",
            f"By its means, nothing here is better in both than these: {named[0]}. With evenness"
            f" among hosts (the Gini of visitors an event) as a third good: {named[1]}."
            + (f" No policy has more than {bound:.3g} cross encounters here." if bound else ""),
            [picture(figure, "Match against cross encounters (with people of other groups), with"
                     " 95 % intervals (none for one seed) and the Pareto front.")],
        )  # fmt: skip

    def _over_points(self) -> Section:
        gains = summary.gains_over_points(self.experiment, self.runs, GOODS[1])
        gain_texts = "; ".join(
            f"{policy} has more cross encounters at {np.mean(np.array(gaps) > 0):.0%} of"
            f" {len(gaps)} points ({np.mean(gaps):+.3g} in the mean, from {min(gaps):+.3g} to"
            f" {max(gaps):+.3g})"
            for policy, gaps in gains.items()
        )
        return Section(
            "points", "Over all points",
            "Means over the points, each counting once, so the intervals hold what is uncertain"
            f" about the parameters. Against {self.first}: {gain_texts or 'nothing to compare'}.",
            rows=summary.over_points(self.experiment, self.runs, self.headline),
        )  # fmt: skip

    def _differences(self, rows: Sequence[summary.Row]) -> Section:
        return Section(
            "differences", f"Against {self.first}",
            f"Each policy minus {self.first}, seed by seed; grey where zero is inside. The"
            " intervals of a column hold all together at 95 % (Bonferroni), so they are wider than"
            f" each by itself. {len(self.metrics)} metrics were measured; of so many that do not"
            f" differ at all, about {0.05 * len(self.metrics):.0f} would have zero outside an"
            " interval of their own by chance.",
            rows=rows,
        )  # fmt: skip

    def _why(self) -> Section:
        return Section(
            "why", "Why: the factors of encounters",
            "Cross encounters are evenings out x the share of them that are viable x people met on"
            " a viable evening (company) x the share of pairs in circles that are of different"
            " groups x 1 less the friending bias. Natural logarithms of the ratios to"
            f" {self.first}; the factors add up to the first column.",
            rows=summary.factors(self.experiment, self.runs),
            columns=("cross_encounters", *CHAIN),
        )  # fmt: skip

    def _effects(self) -> Section:
        """How strongly each sampled parameter moves the first policy's numbers, and by how much
        the others differ from it."""
        plan, figures = self.experiment.plan, []
        sobol = plan.method == "sobol"
        kind = "Sobol indices" if sobol else "Spearman's rank correlations"
        for policy in self.policies:
            panels = {
                metric: found
                for metric in self.headline
                if (found := summary.sensitivity(self.experiment, self.runs, metric, policy))
            }
            what = f"under {policy}" if policy == self.first else f"of {policy} less {self.first}"
            if panels:
                figure = plots.effects(panels, "share of variance" if sobol else "rank correlation")
                caption = f"{kind} of the parameters for the metrics {what}, with 95 % intervals."
                figures.append(picture(figure, caption))
        ranges = "; ".join(
            f"{path} from {axis.low:g} to {axis.high:g}"
            for path, axis in plan.vary.items()
            if isinstance(axis, Range)
        )
        return Section("sensitivity", "Sensitivity", f"{kind}, over {ranges}.", figures)

    def _responses(self) -> Section:
        paths = self.experiment.plan.vary
        figures = [picture(self._response(path), f"Headline metrics by {path}.") for path in paths]
        return Section("sensitivity", "Sensitivity", "Means over the rest of the grid.", figures)

    def _response(self, path: str) -> Figure:
        cells = self.experiment.design()
        values = list(dict.fromkeys(cell.point[path] for cell in cells if path in cell.point))
        numeric = all(type(value) in (int, float) for value in values)

        def line(policy: str, metric: str) -> list[tuple[float, Interval]]:
            points = []
            for place, value in enumerate(values):
                here = [c for c in cells if (c.policy, c.point.get(path, value)) == (policy, value)]
                at = float(value) if numeric else place
                points.append((at, summary.pooled(here, self.runs, metric)))
            return points

        panels = {
            metric: {policy: line(policy, metric) for policy in self.policies}
            for metric in self.headline
        }
        words = () if numeric else [str(value) for value in values]
        return plots.response(panels, path, _units(self.headline), words)

    def _time(self) -> Section:
        panels = {}
        for metric in self.headline:
            if series := daily(self.folder, metric):
                cells = (cell for cell in self.cells if cell.id in series)
                panels[metric] = {summary.name_of(cell): series[cell.id] for cell in cells}
        bands = "bands are 95 % intervals" if len(self.cells) <= plots.CROWD else "means over seeds"
        figure = plots.time_series(panels, _units(self.headline))
        return Section(
            "time", "Over time",
            "At first nobody has plans: the first week is a start, and counts in all numbers.",
            [picture(figure, f"Headline metrics by day; {bands}.")] if panels else [],
        )  # fmt: skip

    def _matrices(self) -> Section:
        seeds = self.experiment.seeds

        def mean(cell: Cell) -> plots.Floats:
            """Over seeds, one run in memory at a time."""
            total = sum(self.folder.arrays(cell.id, seed)["mixing"] for seed in seeds)
            return np.asarray(total) / len(seeds)

        figure = plots.mixing_matrices({summary.name_of(cell): mean(cell) for cell in self.cells})
        return Section("who", "Who meets whom", figures=[
            picture(figure, "Encounters between groups of interest, as a multiple of chance; white"
                    " is perfect mixing, grey that nobody met anybody.")
        ])  # fmt: skip

    def _distributions(self) -> Section:
        seed = self.experiment.seeds[0]
        arrays = {summary.name_of(cell): self.folder.arrays(cell.id, seed) for cell in self.cells}
        return Section("distributions", "Distributions", figures=[
            picture(plots.distributions(arrays), "Sizes of events, Lorenz curves of hosts'"
                    f" attendance, and encounters per person, of seed {seed}.")
        ])  # fmt: skip


def _known(interval: Interval | None) -> Interval:
    return interval or Interval(float("nan"), float("inf"), 0)


def write_validation(path: Path, pages: Sequence[Page]) -> None:
    """Write the pages of validation studies as one HTML file."""
    figures = {page.study: picture(page.figure, page.caption) for page in pages if page.figure}
    html = render("validation.html", title="Validation", pages=pages, figures=figures, code=code())
    write_whole(path, html)
