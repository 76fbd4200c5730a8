"""Calibration: moments, reading, and finding parameters that are known."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from potluck.protocol.errors import LocalError, NotFound
from potluck.simulations.mixing import Range, Scenario, calibration, model, scenario_file
from potluck.simulations.mixing.calibration.attendance import mixing

ATTENDANCE = "person,group,events_attended\n7,10,1\n8,10,4\n8,20,1\n9,30,6\n9,10,1\n9,20,2\n"
GROUPS = "group,category,members,events_held\n10,Music,5,4\n20,Games,5,3\n30,Music,5,6\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Three people, three groups, two interests."""
    attendance, groups = tmp_path / "attendance.csv", tmp_path / "groups.csv"
    attendance.write_text(ATTENDANCE, encoding="utf-8")
    groups.write_text(GROUPS, encoding="utf-8")
    return attendance, groups


def test_the_moments_of_a_table_counted_by_hand(files: tuple[Path, Path]) -> None:
    """Attendances 1, 5, 9; groups 1, 2, 3."""
    data = calibration.read(*files)
    found = calibration.moments(data)

    assert found["attendances per person"] == 5
    assert found["people seen once"] == pytest.approx(1 / 3)
    assert found["visits per person and group"] == pytest.approx(15 / 6)
    assert found["repeat visitors"] == pytest.approx(3 / 6)
    assert found["groups per person"] == 2
    assert found["people seen 5 times or more"] == pytest.approx(2 / 3)
    assert found["interests per person"] == pytest.approx(5 / 3)
    assert found["visits to the first interest"] == pytest.approx((4 / 5 + 7 / 9) / 2)
    assert found["people at a meeting, median"] == pytest.approx(np.median([6 / 4, 3 / 3, 6 / 6]))
    assert found["people at a meeting, by attendance"] == pytest.approx((6 * 1.5 + 3 + 6) / 15)
    assert found["attendances at meetings below three, of other groups"] == 1
    other = calibration.moments(data, split=True)["people at a meeting, median of other groups"]
    assert other == pytest.approx(1.0)  # of the second group alone
    assert set(found) == {*calibration.FITTED, *calibration.HELD_OUT}
    # both ways: 8 joins Games and Music; 9 joins Music twice, and Games with each
    assert mixing(data).tolist() == [[0, 3], [3, 2]]


def test_a_bootstrap_sample_of_everybody_is_the_data(files: tuple[Path, Path]) -> None:
    """In any order; and one person drawn three times is three people."""
    data = calibration.read(*files)

    assert calibration.moments(data.of_people(np.array([2, 0, 1]))) == calibration.moments(data)
    thrice = calibration.moments(data.of_people(np.array([1, 1, 1])))
    assert thrice["attendances per person"] == 5
    assert thrice["groups per person"] == 2


def test_wrong_files_are_said_so(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Missing file, missing column, unknown group."""
    attendance, groups = files
    with pytest.raises(NotFound, match=r"none\.csv"):
        calibration.read(tmp_path / "none.csv", groups)
    with pytest.raises(LocalError, match="lacks the column 'person'"):
        calibration.read(groups, groups)
    attendance.write_text(ATTENDANCE + "9,40,1\n", encoding="utf-8")
    with pytest.raises(LocalError, match="does not have"):
        calibration.read(attendance, groups)


def city() -> Scenario:
    """A small city that is quick to run."""
    return scenario_file.build(Scenario, {
        "time": {"days": 40, "ahead": 1, "sittings": 1},
        "people": {"count": 2000, "region": 2000, "evenings": 0.0, "look": 0.1, "activity": 1.0},
        "hosts": {"count": 30, "series": 1},
        "events": {"daily": 12, "capacity": 0.0},
        "choice": {"habit": 1.0},
        "deal": {"hand": 12, "redraws": 0, "bag": False},
        "policy": {"name": "chronological"},
    })  # fmt: skip


def test_known_parameters_are_found_again(tmp_path: Path) -> None:
    """
    A run stands in for the data; the fit's intervals hold the parameters that made it, and are of
    use.
    """
    data = calibration.of_run(model.play(city(), 97))
    ranges = {"people.look": Range(0.02, 0.4), "choice.habit": Range(0.0, 3.0)}
    steps: list[tuple[int, int]] = []
    search = calibration.Search(points=24, steps=40, seeds=(1, 2), bootstrap=20)
    found = calibration.fit(city(), data, search, lambda *step: steps.append(step), ranges)

    look, habit = found.parameters["people.look"], found.parameters["choice.habit"]
    assert look.low < 0.1 < look.high < 0.2
    assert habit.low < 1.0 < habit.high < 2.0
    assert found.distance < 0.2
    assert steps[-1] == (64, 64)
    page = calibration.write(tmp_path / "fit", found, data).read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml") == 3
    assert re.search(r"What does not fit|No moment is off", page)


def test_the_moments_of_nashville(shared: Path) -> None:
    """The file beside the project: 24,631 people, 602 groups, 31 interests."""
    data = calibration.read(
        shared / "data" / "nashville_attendance.csv", shared / "data" / "nashville_groups.csv"
    )
    found = calibration.moments(data)

    assert (int(data.person.max()) + 1, len(data.interest), len(data.names)) == (24_631, 602, 31)
    assert found["attendances per person"] == pytest.approx(5.1485, abs=1e-4)
    assert found["people seen once"] == pytest.approx(0.4399, abs=1e-4)


def test_a_city_where_nobody_goes_out_has_moments_too() -> None:
    """A search passes such places; they must be far from the data, not an error."""
    nobody = calibration.of_run(model.play(scenario_file.build(Scenario, {
        "time": {"days": 3}, "people": {"count": 20, "region": 20}, "choice": {"home": 50.0}
    }), 1))  # fmt: skip

    assert set(calibration.moments(nobody).values()) == {0.0}
