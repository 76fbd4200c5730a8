"""The commands as a whole: their help, their nouns, their JSON."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from potluck.cli.__main__ import COMMANDS, cli

from .conftest import Person


def every_command(
    group: click.Group, context: click.Context, *path: str
) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, context, *path, name)
        else:
            yield " ".join((*path, name)), command


def test_every_command_speaks_json() -> None:
    assert isinstance(cli, click.Group)
    silent = [
        name
        for name, command in every_command(cli, click.Context(cli))
        if not any("--json" in each.opts for each in command.params)
    ]
    assert [name for name in silent if not name.startswith("simulate ")] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("drw",), "potluck draw"),
        (("ban",), "potluck peers ban"),
        (("recipts",), "potluck receipts"),
        (("restore",), "potluck home restore"),
        (("peers", "bann"), "ban"),
        (("xyzzy",), "potluck --help"),
    ],
)
def test_a_mistyped_command_is_answered_with_what_was_meant(
    ada: Person, typed: tuple[str, ...], meant: str
) -> None:
    assert meant in ada.fails(2, *typed)


def test_the_help_names_every_command(ada: Person) -> None:
    said = ada.says("--help")
    assert [name for name in COMMANDS if f"  {name} " not in said] == []
