"""The report: one file with everything in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from potluck.simulations import mixing
from potluck.simulations.mixing import Experiment, plots
from potluck.simulations.mixing.intervals import Interval, exact
from potluck.simulations.mixing.report import write_validation
from potluck.simulations.mixing.validation import Line, Page

from .worlds import tiny

RANGES = {"people.look": {"low": 0.3, "high": 0.9}, "choice.match": {"low": 1.0, "high": 5.0}}
EXPERIMENTS = {
    "policies": tiny(
        policies=["organisers", "popularity", {"name": "tables", "parameters": {"size": 40}}],
        seeds=2,
    ),
    "grid": tiny(vary={"deal.hand": [2, 4], "adversary.name": ["none", "flood"]}, seeds=1),
    "sobol": tiny(method="sobol", samples=4, vary=RANGES, seeds=1),
    "hypercube": tiny(method="latin-hypercube", samples=6, vary=RANGES, seeds=1),
}
SECTIONS = {
    "policies": {
        "headline",
        "trade-off",
        "differences",
        "time",
        "who",
        "distributions",
        "all",
        "meaning",
        "again",
    },
    "grid": {"sensitivity", "time", "who"},
    "sobol": {"sensitivity", "trade-off"},
    "hypercube": {"sensitivity", "who"},
}


@pytest.mark.parametrize(("name", "asked"), EXPERIMENTS.items(), ids=EXPERIMENTS)
def test_a_report_has_its_sections_and_needs_nothing_else(
    name: str, asked: Experiment, tmp_path: Path
) -> None:
    """Pictures are inside, and no address is fetched."""
    page = mixing.write_report(mixing.execute(asked, tmp_path), asked).read_text(encoding="utf-8")

    assert set(re.findall(r'<h2 id="([a-z-]+)"', page)) >= SECTIONS[name]
    pictures = re.findall(r'<img src="([^"]{30})[^"]*" alt="([^"]+)"', page)
    assert len(pictures) >= 2
    assert all(source.startswith("data:image/svg+xml;base64,") for source, _ in pictures)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    for cell in asked.cells:
        assert cell.policy in page


def test_a_report_written_twice_is_the_same(tmp_path: Path) -> None:
    """No date, no random id: a report can be compared with another."""
    asked = EXPERIMENTS["policies"]
    folder = mixing.execute(asked, tmp_path)

    first = mixing.write_report(folder, asked).read_bytes()
    assert mixing.write_report(folder, asked).read_bytes() == first


def test_every_line_of_a_crowd_looks_different() -> None:
    """Thirteen policies have ten colours and three dashes between them."""
    series = {f"policy {i}": np.full((3, 5), float(i)) for i in range(13)}
    axes = plots.time_series({"match": series}, {}).axes[0]
    styles = {(line.get_color(), line.get_linestyle()) for line in axes.get_lines()}

    assert len(styles) == 13
    assert len(axes.collections) == 0
    assert (
        len(plots.time_series({"match": dict(list(series.items())[:3])}, {}).axes[0].collections)
        == 3
    )


def test_values_that_are_words_are_named_and_not_joined() -> None:
    """There is nothing between a flood and a Sybil."""
    points = [(0.0, exact(1.0)), (1.0, exact(2.0))]
    axes = plots.response(
        {"match": {"organisers": points}}, "adversary.name", {}, ["none", "flood"]
    ).axes[0]

    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["none", "flood"]
    assert axes.get_lines()[0].get_linewidth() == 0


def test_names_of_points_do_not_cover_each_other() -> None:
    """Nor any point, however many lie together; alone they stand at their point's height."""
    rng = np.random.default_rng(1)
    points = {f"policy number {k}": (*rng.uniform(0, 2, 2), 0.1) for k in range(29)}
    found = plots.place_names(points)
    place = np.array([found[name] for name in points])
    long = np.array([0.066 * len(name) for name in points])

    def covers(x: float, y: float, reach: float) -> Any:
        beside = (place[:, 0] < x + reach) & (x < place[:, 0] + long)
        return beside & (np.abs(place[:, 1] - y) < 0.139)

    assert all(covers(x, y, reach).sum() == 1 for (x, y), reach in zip(place, long, strict=True))
    assert not any(covers(x, y, 0).any() for x, y, _ in points.values())
    assert place[:, 0].min() >= 0
    assert plots.place_names({"alone": (1.0, 2.0, 0.5)}) == {"alone": (1.6, 2.0)}


def test_what_is_beaten_is_hollow_and_a_bound_is_a_line() -> None:
    """The bound stands above a cut in the axis, so that it does not press the rest together."""
    points = {"a": (exact(1), exact(2)), "b": (exact(2), exact(1)), "c": (exact(1), exact(1))}
    above, axes = plots.trade_off(points, ["a", "b"], ["match", "encounters"], 15.4).axes
    marked = [line for line in axes.get_lines() if line.get_marker() == "o"]

    assert [line.get_markerfacecolor() == "white" for line in marked] == [False, False, True]
    assert above.get_lines()[0].get_ydata() == [15.4, 15.4]
    assert axes.get_ylim()[1] < 3
    assert len(plots.trade_off(points, ["a", "b"], ["match", "encounters"]).axes) == 1


def test_groups_that_nobody_met_are_not_shown_as_mixed() -> None:
    """White is perfect mixing; no encounters at all are nothing, not white."""
    image = (
        plots.mixing_matrices({"one": np.array([[2.0, 2, 0], [2, 2, 0], [0, 0, 0]])})
        .axes[0]
        .images[0]
    )

    assert np.ma.getmaskarray(np.ma.asarray(image.get_array())).tolist() == [
        [False, False, True],
        [False, False, True],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    ("got", "verdict"),
    [
        (Interval(0.5, 0.1, 4), "holds"),
        (Interval(0.02, 0.03, 4), "agrees, not shown"),
        (Interval(-0.2, 0.1, 4), "does not hold"),
    ],
)
def test_a_number_is_shown_only_by_its_whole_interval(got: Interval, verdict: str) -> None:
    """Expected: above 0. Reaching above 0 is not the same as being above 0."""
    assert Line("gap", "above 0", got, 0.0, 1.0).verdict == verdict


def test_a_point_is_met_by_an_interval_around_it() -> None:
    """Nothing can lie inside a range that is no wider than chance."""
    assert Line("p", "0.5", Interval(0.505, 0.01, 4000), 0.49, 0.51).verdict == "holds"


def test_a_study_that_does_not_hold_is_marked(tmp_path: Path) -> None:
    """With what was expected and what was got."""
    page = Page(
        "urn",
        "A paper",
        (Line("share", "0.5", exact(0.9), 0.4, 0.6), Line("more", "1", exact(1), 1, 1)),
    )
    write_validation(tmp_path / "page.html", [page])
    text = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert not page.holds
    assert text.count("does not hold") == 2
    assert "Commit" in text
    assert "numpy" in text
    assert "A paper" in text
    assert "0.9" in text
