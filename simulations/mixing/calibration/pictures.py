"""The page of a calibration: parameters, moments, distributions and mixing matrices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from msgspec import json

from potluck.simulations.mixing import model, plots
from potluck.simulations.mixing.manifest import code
from potluck.simulations.mixing.report import picture, render
from potluck.simulations.mixing.results import write_whole

from .attendance import FITTED, HELD_OUT, Attendance, Floats, mixing, of_run
from .fit import Fit


def write(path: Path, found: Fit, data: Attendance) -> Path:
    """Write calibration.html and calibration.json into a folder, and say where the page is."""
    path.mkdir(parents=True, exist_ok=True)
    run = of_run(model.play(found.scenario, 1_000))
    matrices = plots.mixing_matrices({"data": _by_size(data), "model": _by_size(run)})
    captions = {
        "Each moment in the model as a multiple of the data; bars: 95 % intervals of both.":
        moments_figure(found),
        "Distributions in the data and in one run of the fitted model.":
        distributions_figure(data, run),
        "People shared by interests, as a multiple of chance, largest first; grey: none.":
        matrices,
    }  # fmt: skip
    page = path / "calibration.html"
    html = render(
        "calibration.html", title="Calibration", found=found, fitted=FITTED, held_out=HELD_OUT,
        figures=[picture(figure, caption) for caption, figure in captions.items()],
        misfits=misfits(found), people=int(data.person.max()) + 1, code=code(),
    )  # fmt: skip
    write_whole(page, html)
    write_whole(path / "calibration.json", json.format(json.encode(found, order="sorted")) + b"\n")
    return page


def misfits(found: Fit, tolerance: float = 0.2) -> list[str]:
    """The moments that the model misses by more than a share of their value: what does not fit."""

    def off(name: str) -> bool:
        data, got = found.data[name].mean, found.simulated[name].mean
        return abs(got - data) > tolerance * abs(data)

    return [name for name in (*FITTED, *HELD_OUT) if off(name)]


def moments_figure(found: Fit) -> Figure:
    names = [*FITTED, *HELD_OUT]
    figure = plots.new_figure(7.5, 0.3 * len(names) + 1)
    axes = plots.panels_of(figure)[0]
    for index, name in enumerate(names):
        data, got = found.data[name], found.simulated[name]
        color = "#0072B2" if name in FITTED else "#D55E00"
        bar, reach = got.half_width / abs(data.mean), data.half_width / abs(data.mean)
        axes.errorbar(got.mean / data.mean, index, xerr=bar, marker="o", capsize=2, color=color)
        axes.barh(index, 2 * reach, left=1 - reach, color="0.85", height=0.8)
    axes.axvline(1, color="0.3", linewidth=0.8)
    kinds = ("fitted" if name in FITTED else "held out" for name in names)
    labels = [f"{name} ({kind})" for name, kind in zip(names, kinds, strict=True)]
    axes.set_yticks(range(len(names)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("model / data (grey: the data's own interval)")
    return figure


def distributions_figure(data: Attendance, run: Attendance) -> Figure:
    figure = plots.new_figure(9.5, 3.2)
    panels = plots.panels_of(figure, 1, 3)
    kinds: dict[str, Callable[[Attendance], Any]] = {
        "attendances of a person": lambda one: np.bincount(one.person, weights=one.visits),
        "visits of a person to a group": lambda one: one.visits,
        "groups of a person": lambda one: np.bincount(one.person),
    }
    for axes, (unit, values) in zip(panels, kinds.items(), strict=True):
        for name, source in (("data", data), ("model", run)):
            _tail(axes, name, np.asarray(values(source), dtype=float))
        axes.set(xlabel=unit, xscale="log", yscale="log")
    panels[0].set_ylabel("share with at least so many")
    panels[0].legend(frameon=False)
    return figure


def _tail(axes: Axes, name: str, values: Floats) -> None:
    sizes, counts = np.unique(values, return_counts=True)
    axes.step(sizes, counts[::-1].cumsum()[::-1] / len(values), where="post", label=name)


def _by_size(data: Attendance) -> Floats:
    matrix = mixing(data)
    order = np.argsort(-matrix.sum(axis=0))
    return matrix[np.ix_(order, order)]
