"""The page of a calibration: parameters, moments, distributions and mixing matrices side by
side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from potluck.simulations.mixing import model, plots
from potluck.simulations.mixing.manifest import code
from potluck.simulations.mixing.report import picture, render
from potluck.simulations.mixing.results import write_whole

from .attendance import FITTED, HELD_OUT, Attendance, Floats, mixing, of_run
from .fit import Fit, to_json


def write(path: Path, found: Fit, data: Attendance) -> Path:
    """Write calibration.html and calibration.json into a folder, and say where the page is."""
    path.mkdir(parents=True, exist_ok=True)
    run = of_run(model.play(found.scenario, 1_000))
    figures = [
        picture(
            moments_figure(found),
            "Each moment in the model as a multiple of the data; bars are 95 % intervals of both.",
        ),
        picture(
            distributions_figure(data, run),
            "Distributions in the data and in one run of the fitted model.",
        ),
        picture(
            matrices_figure(data, run),
            "People shared by interests, as a multiple of chance, largest interests first; grey:"
            " none.",
        ),
    ]
    page = path / "calibration.html"
    write_whole(
        page,
        render(
            "calibration.html",
            title="Calibration",
            found=found,
            figures=figures,
            fitted=FITTED,
            held_out=HELD_OUT,
            misfits=misfits(found),
            people=int(data.person.max()) + 1,
            code=code(),
        ).encode(),
    )
    write_whole(path / "calibration.json", to_json(found).encode())
    return page


def misfits(found: Fit, tolerance: float = 0.2) -> list[str]:
    """The moments that the model misses by more than a share of their value: what does not fit."""
    return [
        name
        for name in (*FITTED, *HELD_OUT)
        if abs(found.simulated[name].mean - found.data[name].mean)
        > tolerance * abs(found.data[name].mean)
    ]


def moments_figure(found: Fit) -> Figure:
    names = [*FITTED, *HELD_OUT]
    figure = plots.new_figure(7.5, 0.3 * len(names) + 1)
    axes = plots.panels_of(figure)[0]
    for index, name in enumerate(names):
        data, got = found.data[name], found.simulated[name]
        axes.errorbar(
            got.mean / data.mean,
            index,
            xerr=got.half_width / abs(data.mean),
            marker="o",
            capsize=2,
            color="#0072B2" if name in FITTED else "#D55E00",
        )
        axes.barh(
            index,
            2 * data.half_width / data.mean,
            left=1 - data.half_width / data.mean,
            color="0.85",
            height=0.8,
        )
    axes.axvline(1, color="0.3", linewidth=0.8)
    axes.set_yticks(
        range(len(names)),
        [f"{name} ({'fitted' if name in FITTED else 'held out'})" for name in names],
    )
    axes.invert_yaxis()
    axes.set_xlabel("model / data (grey: the data's own interval)")
    return figure


def distributions_figure(data: Attendance, run: Attendance) -> Figure:
    figure = plots.new_figure(9.5, 3.2)
    panels = plots.panels_of(figure, 1, 3)
    units = ("attendances of a person", "visits of a person to a group", "groups of a person")
    for axes, unit, index in zip(panels, units, range(3), strict=True):
        for name, source in (("data", data), ("model", run)):
            values = (
                np.bincount(source.person, weights=source.visits),
                source.visits,
                np.bincount(source.person),
            )[index]
            _tail(axes, name, np.asarray(values, dtype=float))
        axes.set(xlabel=unit, xscale="log", yscale="log")
    panels[0].set_ylabel("share with at least so many")
    panels[0].legend(frameon=False)
    return figure


def _tail(axes: Axes, name: str, values: Floats) -> None:
    sizes, counts = np.unique(values, return_counts=True)
    axes.step(sizes, counts[::-1].cumsum()[::-1] / len(values), where="post", label=name)


def matrices_figure(data: Attendance, run: Attendance) -> Figure:
    return plots.mixing_matrices({"data": _by_size(mixing(data)), "model": _by_size(mixing(run))})


def _by_size(matrix: Floats) -> Floats:
    order = np.argsort(-matrix.sum(axis=0))
    return matrix[np.ix_(order, order)]
