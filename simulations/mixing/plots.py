"""The pictures of a report: each function takes plain numbers and gives a figure of its own."""

import io
import itertools
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .intervals import Interval, mean_interval
from .summary import Effect

Floats = NDArray[np.float64]
COLOURS = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31",
    "#7F7F7F", "#6A3D9A",
]  # fmt: skip
"""Okabe and Ito's colours, told apart by the colour-blind, and more."""
STYLE: Any = {
    "svg.hashsalt": "potluck",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(linestyle=["-", "--", ":"]) * cycler(color=COLOURS),
}

CROWD = 6
"""With more lines than this their bands would hide one another."""


def svg(figure: Figure) -> str:
    """The figure as SVG, the same bytes for the same numbers."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def new_figure(width: float = 7.5, height: float = 4.0) -> Figure:
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def panels_of(figure: Figure, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
    """A figure's panels, row by row."""
    with mpl.rc_context(STYLE):
        return list(np.atleast_1d(figure.subplots(rows, columns, **options)).ravel())


def _grid(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels, each so wide and high, in rows of `columns` at most."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = new_figure(width * columns + 0.8, height * rows + 0.6)
    panels = panels_of(figure, rows, columns)
    for axes in panels[count:]:
        axes.set_axis_off()
    return figure, panels[:count]


def trade_off(
    points: Mapping[str, tuple[Interval, Interval]],
    front: Sequence[str],
    labels: Sequence[str],
    bound: float | None = None,
) -> Figure:
    """Two goods against each other: full points are on the Pareto front (the line: what it beats
    lies below), hollow ones are beaten. A bound is drawn above a cut in the axis."""
    figure = new_figure(height=max(4.6, 0.2 * len(points)))
    axes = panels_of(figure)[0] if bound is None else _below_bound(figure, bound)
    edge = sorted((points[name][0].mean, points[name][1].mean) for name in front)
    axes.step(*zip(*edge, strict=True), color="0.6", linestyle="--", linewidth=1, zorder=1)
    for name, (x, y) in points.items():
        axes.errorbar(
            x.mean, y.mean, xerr=_bar(x), yerr=_bar(y), marker="o", capsize=2, elinewidth=0.8,
            color="#0072B2" if name in front else "0.45",
            markerfacecolor=None if name in front else "white",
        )  # fmt: skip
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.margins(0.12)
    _name_points(axes, points, figure.get_figheight() - 1)
    return figure


def _below_bound(figure: Figure, bound: float) -> Axes:
    """The panel below a strip in which a bound is drawn, however far above all points it is."""
    above, axes = panels_of(figure, 2, 1, height_ratios=(1, 20), sharex=True)
    above.axhline(bound, color="#D55E00", linewidth=1.2)
    above.set_axis_off()
    text = f"upper bound {bound:.3g} (the axis is cut)"
    above.set_title(text, loc="left", fontsize=8, color="#D55E00")
    return axes


def _name_points(
    axes: Axes, points: Mapping[str, tuple[Interval, Interval]], height: float
) -> None:
    """Names beside the points, with lines to them; `height` of the panel in inches."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wide, high = (right - left) / 6.5, (top - bottom) / height
    inches = {
        name: ((x.mean - left) / wide, y.mean / high, _bar(x) / wide)
        for name, (x, y) in points.items()
    }
    found = place_names(inches)
    for name, (x, y) in found.items():
        axes.annotate(
            name, (points[name][0].mean, points[name][1].mean), xytext=(left + x * wide, y * high),
            va="center", fontsize=8,
            arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.6, "shrinkB": 4},
        )  # fmt: skip


def place_names(
    points: Mapping[str, tuple[float, float, float]],
) -> dict[str, tuple[float, float]]:
    """Where names begin, in inches, by x, y and bar of their points: right of the bar or, unless
    that is left of 0, left of it, at the nearest height where they cover no point and no name."""
    taken = [(x - 0.06, x + 0.06, y) for x, y, _ in points.values()]
    found = {}
    for name, (x, y, bar) in sorted(points.items(), key=lambda item: item[1][1]):
        long = 0.066 * len(name)
        steps = (step * sign for step in itertools.count() for sign in (1, -1))
        sides = bar + 0.1, -bar - 0.1 - long
        tried = ((x + aside, y + 0.07 * step) for step in steps for aside in sides)
        free = (
            (begin, height)
            for begin, height in tried
            if begin >= 0
            and not any(
                begin < end and start < begin + long and abs(height - other) < 0.14
                for start, end, other in taken
            )
        )
        found[name] = next(free)
        taken.append((found[name][0], found[name][0] + long, found[name][1]))
    return found


def _legend(figure: Figure, axes: Axes) -> None:
    """The names of a panel's lines below the figure, in as many columns as have room."""
    handles, names = axes.get_legend_handles_labels()
    room = figure.get_figwidth() / (0.7 + 0.065 * max(map(len, names), default=0))
    columns = max(1, min(4, int(room)))
    figure.legend(
        handles, names, loc="outside lower center", ncols=columns, frameon=False, fontsize=8
    )


def _bar(interval: Interval) -> float:
    return interval.half_width if np.isfinite(interval.half_width) else 0.0


def time_series(panels: Mapping[str, Mapping[str, Floats]], units: Mapping[str, str]) -> Figure:
    """One panel a metric: its mean over seeds by day, per name, with the 95 % interval as a band
    unless they are too many."""
    figure, grid = _grid(len(panels), 2, 3.9, 2.6)
    for axes, (metric, series) in zip(grid, panels.items(), strict=True):
        _days(axes, series)
        axes.set(title=metric.replace("_", " "), xlabel="day", ylabel=units.get(metric, ""))
    _legend(figure, grid[0])
    return figure


def _days(axes: Axes, series: Mapping[str, Floats]) -> None:
    """Means over seeds by day, and bands, cut off where they are very wide."""
    days = {name: [mean_interval(day) for day in values.T] for name, values in series.items()}
    for name, intervals in days.items():
        axes.plot([interval.mean for interval in intervals], linewidth=1.2, label=name)
    low, high = axes.get_ylim()
    room = 0.2 * (high - low)
    for line, intervals in zip(axes.get_lines(), days.values(), strict=True):
        if len(series) <= CROWD:
            middle = np.array([interval.mean for interval in intervals])
            half = np.array([_bar(interval) for interval in intervals])
            axes.fill_between(
                np.arange(len(half)), middle - half, middle + half, alpha=0.2, linewidth=0,
                color=line.get_color(),
            )  # fmt: skip
    axes.set_ylim(low - room, high + room)


def mixing_matrices(matrices: Mapping[str, Floats]) -> Figure:
    """Who met whom, as a multiple of what chance would give: dark on the diagonal is sorting.
    Groups of which nobody met anybody are grey."""
    figure, grid = _grid(len(matrices), 4, 2.1, 2.1)
    norm = TwoSlopeNorm(0.0, -3.0, 3.0)
    for axes, (name, matrix) in zip(grid, matrices.items(), strict=True):
        image = axes.imshow(np.clip(_log_ratio(matrix), -3, 3), cmap="RdBu_r", norm=norm)
        axes.set_title(textwrap.fill(name, 24), fontsize=8)
        axes.set_facecolor("0.75")
        axes.set(xticks=[], yticks=[], xlabel="group", ylabel="group")
    bar = figure.colorbar(image, ax=grid, shrink=0.7, ticks=[-3, -1, 0, 1, 3])
    bar.ax.set_yticklabels(["1/8 or less", "1/2", "1", "2", "8 or more"])
    bar.set_label("times chance")
    return figure


def _log_ratio(matrix: Floats) -> Floats:
    share = np.asarray(matrix, dtype=float)
    share = share / max(share.sum(), 1e-300)
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    ratio: Floats = np.log2(np.maximum(share, 1e-12) / np.maximum(chance, 1e-12))
    ratio[chance == 0] = np.nan
    return ratio


def distributions(arrays: Mapping[str, Mapping[str, Floats]]) -> Figure:
    """Sizes of events, attendance by host (Lorenz 1905), and encounters per person."""
    figure = new_figure(9.5, 3.4)
    sizes, lorenz, people = panels_of(figure, 1, 3)
    for name, stored in arrays.items():
        _sizes(sizes, name, np.asarray(stored["event_sizes"], dtype=float))
        _lorenz(lorenz, np.asarray(stored["host_visits"], dtype=float))
        _cumulative(people, np.asarray(stored["encounters"], dtype=float))
    lorenz.plot([0, 1], [0, 1], color="0.7", linewidth=0.8)
    sizes.set(yscale="log")
    for axes, title, across, up in (
        (sizes, "size of events", "people at an event", "share of events with at least so many"),
        (lorenz, "attendance by host", "hosts, fewest guests first", "share of attendances"),
        (people, "encounters per person", "encounters", "share of people with at most so many"),
    ):
        axes.set(title=title, xlabel=across, ylabel=up)
    _legend(figure, sizes)
    return figure


def _sizes(axes: Axes, name: str, events: Floats) -> None:
    tail = events[::-1].cumsum()[::-1] / max(events.sum(), 1)
    axes.plot(np.arange(len(tail)), np.where(tail > 0, tail, np.nan), linewidth=1.2, label=name)


def _lorenz(axes: Axes, attendance: Floats) -> None:
    ordered = np.concatenate(([0.0], np.sort(attendance).cumsum()))
    axes.plot(np.linspace(0, 1, len(ordered)), ordered / max(ordered[-1], 1), linewidth=1.2)


def _cumulative(axes: Axes, encounters: Floats) -> None:
    quantiles = np.linspace(0, 1, 201)
    axes.plot(np.quantile(encounters, quantiles), quantiles, linewidth=1.2)


def response(
    panels: Mapping[str, Mapping[str, Sequence[tuple[float, Interval]]]],
    axis: str,
    units: Mapping[str, str],
    words: Sequence[str],
) -> Figure:
    """How metrics answer one parameter of a grid, per policy; `words` name values 0, 1, ..."""
    figure, grid = _grid(len(panels), 3, 3.1, 2.6)
    for axes, (metric, lines) in zip(grid, panels.items(), strict=True):
        for name, points in lines.items():
            values = [interval.mean for _, interval in points]
            axes.errorbar(
                [x for x, _ in points], values, yerr=[_bar(i) for _, i in points], marker="o",
                markersize=3, linewidth=0 if words else 1.2, elinewidth=1.2, capsize=2, label=name,
            )  # fmt: skip
        axes.set(title=metric.replace("_", " "), xlabel=axis, ylabel=units.get(metric, ""))
        if words:
            axes.set_xticks(range(len(words)), words)
    _legend(figure, grid[0])
    return figure


def effects(panels: Mapping[str, Sequence[Effect]], measure: str) -> Figure:
    """Sensitivity to each parameter, a panel a metric, by a measure such as share of variance."""
    most = max(len(found) for found in panels.values())
    figure, grid = _grid(len(panels), 3, 3.2, 0.35 * most + 1)
    for axes, (metric, found) in zip(grid, panels.items(), strict=True):
        _bars(axes, 0.2, "alone", [effect.first for effect in found])
        totals = [effect.total for effect in found if effect.total is not None]
        if totals:
            _bars(axes, -0.2, "with interactions", totals)
            axes.legend(frameon=False, fontsize=7)
        axes.set_yticks(np.arange(len(found)), [effect.parameter for effect in found])
        axes.axvline(0, color="0.3", linewidth=0.8)
        axes.set(title=metric.replace("_", " "), xlabel=measure)
    return figure


def _bars(axes: Axes, shift: float, name: str, values: Sequence[Interval]) -> None:
    at, widths = np.arange(len(values)) + shift, [value.mean for value in values]
    axes.barh(at, widths, 0.4, xerr=[_bar(value) for value in values], label=name)
