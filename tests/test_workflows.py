"""The continuous checks call what a person calls, on the Pythons that we name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PYTHONS = ["3.11", "3.12", "3.13"]
CHECKS = [path for path in WORKFLOWS if path.stem != "site"]
"""Those that run the project's checks; `site` puts one page on a static host."""


def jobs(workflow: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values())


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(workflow) for step in job["steps"]]


@pytest.mark.parametrize("workflow", CHECKS, ids=lambda path: path.stem)
def test_a_workflow_runs_on_the_pythons_that_we_name(workflow: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert [job["strategy"]["matrix"]["python"] for job in jobs(workflow)] == [PYTHONS]
    assert project["requires-python"] == f">={PYTHONS[0]}"
    assert "(3, 11) <= sys.version_info < (3, 14)" in makefile


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_targets_that_there_are(workflow: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    called = re.findall(r"\bmake (\w+)", " ".join(step.get("run", "") for step in steps(workflow)))

    assert called
    assert set(called) <= set(targets)


def test_the_checks_are_the_two_commands() -> None:
    runs = [step.get("run", "") for step in steps(ROOT / ".github" / "workflows" / "checks.yml")]

    assert [run for run in runs if "make" in run] == ["make demo ARGS=--once", "make test"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_change_nothing_and_pins_what_it_uses(workflow: Path) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]

    allowed = yaml.safe_load(workflow.read_text("utf-8"))["permissions"]
    pages = {"pages": "write", "id-token": "write"} if workflow.stem == "site" else {}
    assert allowed == {"contents": "read"} | pages
    assert used
    assert all(re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", each) for each in used)
