"""The units for systemd and the container start a command that exists, with options that it has.

(`systemd-analyze verify` says more, where there is a systemd: CONTRIBUTING.md.)
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from potluck.cli.__main__ import Commands, cli

ROOT = Path(__file__).parents[1]
INSTRUCTIONS = set(
    "FROM COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()
)
UNITS = [
    ROOT / "node" / "operations" / "lifecycle" / "potluck.service",
    ROOT / "docs" / "systemd" / "potluck@.service",
]


def settings(unit: Path) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text("utf-8"))
    return dict(parser["Service"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists(unit: Path) -> None:
    program, name, *options = settings(unit)["ExecStart"].split()
    context = cli.make_context("potluck", [name, *options])
    assert isinstance(cli, Commands)
    command = cli.get_command(context, name)

    assert program.endswith("/potluck")
    assert command is not None
    assert command.make_context(name, options, parent=context).params["log_format"] == "json"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_gives_the_node_no_more_than_it_needs(unit: Path) -> None:
    said = settings(unit)

    assert said["RestartPreventExitStatus"].split() == ["2", "4"], "bad settings, no home"
    assert said["NoNewPrivileges"] == "yes"
    assert said["UMask"] == "0077"
    assert said.get("User", "potluck") == "potluck", "a system unit is not root's"


def instructions() -> list[tuple[str, str]]:
    """Those of the Containerfile: name and argument, continued lines joined."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def of(name: str) -> list[str]:
    return [rest for each, rest in instructions() if each == name]


def test_a_linter_finds_nothing_in_the_containerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    run = subprocess.run(
        [hadolint, ROOT / "Containerfile"], check=False, capture_output=True, text=True
    )

    assert (run.returncode, run.stdout) == (0, "")


def test_the_container_runs_a_command_that_exists() -> None:
    (entry,), (command,) = of("ENTRYPOINT"), of("CMD")
    name, *options = json.loads(command)
    context = cli.make_context("potluck", [name, *options])
    assert isinstance(cli, Commands)
    found = cli.get_command(context, name)

    assert json.loads(entry) == ["potluck"]
    assert found is not None
    said = found.make_context(name, options, parent=context).params
    assert f"{said['listen'][0].rpartition('/')[2]}/tcp" in of("EXPOSE")
    (check,) = of("HEALTHCHECK")
    words = json.loads(check.partition("CMD ")[2])
    assert words == ["potluck", "peers", "list", "--json"], "which ends with 3 when no node runs"


def test_the_container_is_not_roots_and_keeps_its_home_in_a_volume() -> None:
    names = [name for name, _ in instructions()]
    (volume,) = of("VOLUME")
    home = re.search(r"POTLUCK_HOME=(\S+)", " ".join(of("ENV")))

    assert home
    assert home[1].startswith(f"{volume}/")
    assert of("USER")[-1] not in ("0", "root")
    assert "RUN" not in names[names.index("USER") :], "nothing is done as root after it"


def test_what_the_container_copies_is_there_or_made() -> None:
    copied = [word for rest in of("COPY") if "--from" not in rest for word in rest.split()[:-1]]

    assert copied
    assert all(word.startswith("build/") or (ROOT / word).exists() for word in copied)
    assert all(":" in image.split()[0] and ":latest" not in image for image in of("FROM"))
    assert {name for name, _ in instructions()} <= INSTRUCTIONS
