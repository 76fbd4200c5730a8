"""The units for systemd start a command that exists, with options that it has.

(`systemd-analyze verify` says more, where there is a systemd: CONTRIBUTING.md.)
"""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

from potluck.cli.__main__ import Commands, cli

UNITS = sorted((Path(__file__).parents[1] / "docs" / "systemd").glob("*.service"))


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


def test_there_are_both_kinds() -> None:
    assert [unit.name for unit in UNITS] == ["potluck.service", "potluck@.service"]
