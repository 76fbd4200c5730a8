"""The HTML report of an experiment: one file that opens anywhere, pictures inside."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

from . import plots, summary
from .experiment import Cell, Experiment
from .intervals import Interval
from .manifest import Manifest, code
from .metrics import METRICS
from .policies import POLICIES, Policy, parameters_of
from .results import Folder, Runs, daily, whole_run, write_whole

if TYPE_CHECKING:
    from .validation import Page

GOODS = ("match", "cross_encounters", "host_gini_per_event")
"""What is traded off: how well people like what they go to, whom they meet there, and (less is
better) how unevenly hosts are visited."""


@dataclass(frozen=True)
class Picture:
    """An image as a data URL, and its caption."""

    source: str
    caption: str


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
    runs, manifest, cells = whole_run(folder), Manifest(folder).read(), experiment.cells
    metrics = summary.measured(runs)
    headline = summary.headline(cells, metrics)
    found = _Found(folder, experiment, runs, headline)
    page = render(
        "report.html", title=f"Mixing: {experiment.scenario.name}", experiment=experiment,
        scenario=experiment.scenario, plan=experiment.plan, cells=cells, headline=headline,
        first=cells[0].policy, metrics=metrics, most=summary.SHOWN, factors=summary.FACTORS,
        points=len(experiment.plan.points()), units=_units(metrics),
        rows=summary.shown(experiment, runs, headline),
        levels=summary.shown(experiment, runs, summary.FACTORS),
        logs=summary.factors(experiment, runs),
        differences=summary.differences(experiment, runs, headline),
        gains=summary.gains_over_points(experiment, runs, GOODS[1]),
        table=summary.table(cells, runs, metrics), trade_off=found.trade_off(),
        effects=found.effects(), pictures=found.pictures(),
        described=[METRICS[name] for name in metrics if name in METRICS],
        policies=_policies(cells), manifest=manifest,
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


@dataclass(frozen=True)
class _Found:
    """A finished experiment's numbers, and the pictures that they make."""

    folder: Folder
    experiment: Experiment
    runs: Runs
    headline: Sequence[str]

    def trade_off(self) -> dict[str, Any] | None:
        """Match against mixing, who is on the front, and the bound; None if only one is known."""
        goods = {}
        for row in summary.shown(self.experiment, self.runs, GOODS):
            known = [interval for good in GOODS if (interval := row.values[good])]
            if len(known) == len(GOODS):
                goods[row.name] = known
        if len(goods) < 2:
            return None
        means = {name: tuple(good.mean for good in each) for name, each in goods.items()}
        front = summary.pareto({name: each[:2] for name, each in means.items()})
        fair = summary.pareto({name: (x, y, -gini) for name, (x, y, gini) in means.items()})
        bound = summary.ceiling(self.experiment, self.runs)
        labels = [f"{name.replace('_', ' ')} ({METRICS[name].unit})" for name in GOODS[:2]]
        points = {name: (each[0], each[1]) for name, each in goods.items()}
        figure = plots.trade_off(points, front, labels, bound)
        caption = (
            "Match against cross encounters (with people of other groups), with 95 % intervals."
            " Full points are on the Pareto front (the line); hollow ones are beaten by one on it."
        )
        more = [name for name in fair if name not in front]
        return {"front": front, "fair": more, "bound": bound, "figure": picture(figure, caption)}

    def effects(self) -> list[Picture]:
        """How what varies moves the headline: the first policy's numbers, and what the others
        differ by."""
        plan = self.experiment.plan
        if plan.method == "grid":
            named = {path: f"Headline metrics by {path}." for path in plan.vary}
            return [picture(self._response(path), caption) for path, caption in named.items()]
        if plan.method == "list":
            return []
        sobol, found = plan.method == "sobol", []
        kind = "Sobol indices" if sobol else "Spearman's rank correlations"
        policies = list(dict.fromkeys(cell.policy for cell in self.experiment.cells))
        for policy in policies:
            panels = {
                metric: effects
                for metric in self.headline
                if (effects := summary.sensitivity(self.experiment, self.runs, metric, policy))
            }
            what = f"under {policy}" if policy == policies[0] else f"of {policy} less {policies[0]}"
            if panels:
                figure = plots.effects(panels, "share of variance" if sobol else "rank correlation")
                caption = f"{kind} of the parameters for the metrics {what}, with 95 % intervals."
                found.append(picture(figure, caption))
        return found

    def _response(self, path: str) -> Figure:
        cells = self.experiment.design
        values = list(dict.fromkeys(cell.point[path] for cell in cells if path in cell.point))
        numeric = all(type(value) in (int, float) for value in values)

        def line(policy: str, metric: str) -> list[tuple[float, Interval]]:
            points = []
            for place, value in enumerate(values):
                here = [c for c in cells if (c.policy, c.point.get(path, value)) == (policy, value)]
                at = float(value) if numeric else place
                points.append((at, summary.pooled(here, self.runs, metric)))
            return points

        policies = dict.fromkeys(cell.policy for cell in cells)
        panels = {
            metric: {policy: line(policy, metric) for policy in policies}
            for metric in self.headline
        }
        words = () if numeric else [str(value) for value in values]
        return plots.response(panels, path, _units(self.headline), words)

    def pictures(self) -> dict[str, Picture]:
        """Of few cells: the headline by day, who meets whom, distributions."""
        named = {summary.name_of(cell): cell for cell in self.experiment.cells}
        if len(named) > summary.SHOWN:
            return {}
        found, seeds = {}, self.experiment.seeds
        panels = {
            metric: {name: days[cell.id] for name, cell in named.items() if cell.id in days}
            for metric in self.headline
            if (days := daily(self.folder, metric))
        }
        if panels:
            bands = "bands are 95 % intervals" if len(named) <= plots.CROWD else "means over seeds"
            figure = plots.time_series(panels, _units(self.headline))
            found["time"] = picture(figure, f"Headline metrics by day; {bands}.")
        mixing = {
            name: sum(self.folder.arrays(cell.id, seed)["mixing"] / len(seeds) for seed in seeds)
            for name, cell in named.items()
        }
        found["who"] = picture(
            plots.mixing_matrices({name: np.asarray(mean) for name, mean in mixing.items()}),
            "Encounters between groups of interest, as a multiple of chance; white is perfect"
            " mixing, grey that nobody met anybody.",
        )
        arrays = {name: self.folder.arrays(cell.id, seeds[0]) for name, cell in named.items()}
        found["distributions"] = picture(
            plots.distributions(arrays),
            "Sizes of events, Lorenz curves of hosts' attendance, and encounters per person, of"
            f" seed {seeds[0]}.",
        )
        return found


def write_validation(path: Path, pages: Sequence[Page]) -> None:
    """Write the pages of validation studies as one HTML file."""
    figures = {page.study: picture(page.figure, page.caption) for page in pages if page.figure}
    html = render("validation.html", title="Validation", pages=pages, figures=figures, code=code())
    write_whole(path, html)
