"""`potluck simulate` as a researcher types it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from potluck.cli.simulate import simulate
from potluck.protocol.errors import LocalError, NotFound
from potluck.simulations.mixing import METRICS, POLICIES

from .worlds import TINY


def run(*words: str) -> Result:
    """A command's outcome; errors of ours come out as they are."""
    return CliRunner().invoke(simulate, words, catch_exceptions=False)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """The tiny world as a file."""
    lines = []
    for group, table in TINY.items():
        lines += [f"[{group}]\n", *(f"{key} = {value}\n" for key, value in table.items())]
    asked = '[experiment]\nquestion = "Why?"\nseeds = 2\npolicies = ["organisers", "popularity"]\n'
    path = tmp_path / "tiny.toml"
    path.write_text(asked + "".join(lines), encoding="utf-8")
    return path


def test_run_compare_and_report(scenario: Path, tmp_path: Path) -> None:
    """The afternoon of a researcher, in four commands."""
    out = tmp_path / "out"
    ran = run("run", str(scenario), "--workers", "1", "--out", str(out), "--json")
    value = json.loads(ran.stdout)
    assert [cell["name"] for cell in value["cells"]] == ["organisers", "popularity"]
    assert value["cells"][0]["cross_encounters"]["n"] == 2

    words = run("run", str(scenario), "--workers", "1", "--out", str(out)).stdout
    assert re.search(r"^organisers +\d", words, re.MULTILINE)
    assert "report.html" in words

    found = json.loads(run("compare", str(out), "popularity", "organisers", "--json").stdout)
    gap = value["cells"][1]["match"]["mean"] - value["cells"][0]["match"]["mean"]
    assert found["match"]["mean"] == pytest.approx(gap)
    assert "popularity minus organisers" in run("compare", str(out), "popul", "organisers").stdout
    with pytest.raises(NotFound, match="names 2 cells; choose one of: organisers; popularity"):
        run("compare", str(out), "o", "organisers")

    (out / "report.html").unlink()
    assert json.loads(run("report", str(out), "--json").stdout) == value
    assert str(out / "report.html") in run("report", str(out)).stdout
    assert (out / "report.html").exists()


def test_sweep(scenario: Path, tmp_path: Path) -> None:
    """Axes from the command line; without any there is nothing to sweep."""
    common = ("--workers", "1", "--seeds", "1", "--json")
    grid = run(
        "sweep", str(scenario), "--vary", "deal.hand=2,4", "--out", str(tmp_path / "grid"), *common
    )
    names = [cell["name"] for cell in json.loads(grid.stdout)["cells"]]
    assert names[:2] == ["organisers, hand 2", "organisers, hand 4"]
    hands = ",".join(map(str, range(1, 14)))
    many = ("sweep", str(scenario), "--vary", f"deal.hand={hands}", "--seeds", "1")
    told = run(*many, "--workers", "1", "--out", str(tmp_path / "many")).stdout
    assert re.findall(r"^(?:organisers|popularity)\S*", told, re.MULTILINE) == [
        "organisers",
        "popularity",
    ]
    assert "Means over the 13 points of the plan." in told

    axes = ("--vary", "choice.match=1..5", "--method", "latin-hypercube", "--samples", "3")
    cube = run("sweep", str(scenario), *axes, "--out", str(tmp_path / "cube"), *common)
    assert len(json.loads(cube.stdout)["cells"]) == 6

    for words in ((), ("--vary", "deal.hand"), ("--vary", "deal.hand=a..b")):
        with pytest.raises(LocalError, match=r"nothing varies|write it as|no range"):
            run("sweep", str(scenario), *words)


def test_a_scenario_of_nodes_is_swept_and_drawn(tmp_path: Path) -> None:
    swept = ("network", "eclipse", "--vary", "crowd.ranges=1,300", "--vary", "crowd.victims=5")
    common = ("--workers", "1", "--out", str(tmp_path))
    rows = json.loads(run(*swept, "--seeds", "2", *common, "--json").stdout)
    assert [(row["seed"], row["settings"]["crowd.ranges"]) for row in rows] == [
        (1, 1), (2, 1), (1, 300), (2, 300),
    ]  # fmt: skip

    words = run(*swept, "--show", "mean", *common).stdout
    assert "seed 1, crowd.ranges 300, crowd.victims 5: " in words
    assert f"Picture: {tmp_path / 'picture.svg'}" in words
    assert "<svg" in (tmp_path / "picture.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--show", "mean"), "--show draws against a setting: name one with --vary"),
        (("--vary", "crowd.ranges=1..9"), "write it as crowd.ranges=1,2,3"),
        (("--vary", "crowd.rows=1"), "unknown field `rows`"),
        (("--vary", "crowd.ranges=many"), "Expected `int`"),
    ],
)
def test_a_sweep_of_nodes_that_means_nothing_runs_nothing(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(LocalError, match=re.escape(said)):
        run("network", "eclipse", "--workers", "1", "--out", str(tmp_path), *words)
    assert list(tmp_path.glob("*.jsonl")) == []


def test_an_unknown_scenario_is_said_so_with_those_there_are() -> None:
    """By name or by path."""
    with pytest.raises(NotFound, match=r"there is no scenario file none.*default"):
        run("run", "none")


def test_validate(tmp_path: Path) -> None:
    """A page and words; the exit code says whether all holds."""
    page = tmp_path / "page.html"
    ran = run("validate", "davis", "schelling", "--out", str(page), "--json")

    assert [study["study"] for study in json.loads(ran.stdout)] == ["davis", "schelling"]
    assert all(study["holds"] for study in json.loads(ran.stdout))
    assert "Deep South" in page.read_text(encoding="utf-8")


def test_the_schema_is_a_scenario_file() -> None:
    """Save it, change a line, run it."""
    tables = tomllib.loads(run("schema").stdout)

    assert tables["people"]["count"] == 10_000
    assert tables["experiment"]["seeds"] == 3


@pytest.mark.parametrize(("command", "registry"), [("policies", POLICIES), ("metrics", METRICS)])
def test_lists_name_everything_with_its_source(command: str, registry: dict[str, Any]) -> None:
    """In words and in JSON."""
    value = json.loads(run(command, "--json").stdout)
    words = run(command).stdout

    assert set(value) == set(registry)
    assert all(each["source"] and each["doc"] for each in value.values())
    assert all(name in words for name in registry)


def test_in_german_the_lists_say_that_they_are_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are formulas and sources; see ARCHITECTURE.md."""
    assert "English" not in run("policies").stdout.splitlines()[0]
    monkeypatch.setenv("LANGUAGE", "de")

    for command in ("policies", "metrics"):
        assert run(command).stdout.splitlines()[0].endswith("nur auf Englisch.")


def test_help_lists_the_commands_without_importing_the_laboratory() -> None:
    """Every command of the list is there, under its name."""
    words = run("--help").stdout
    context = click.Context(simulate)

    for name in simulate.list_commands(context):
        assert re.search(rf"^  {name} ", words, re.MULTILINE)
        command = simulate.get_command(context, name)
        assert command is not None
        assert command.name == name
