"""Manual pages of the commands, from what --help says: python docs/man.py FOLDER."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import click
from click_man.man import ManPage
from reference import every_command, options

from potluck.node.operations.health.version import version


def page(context: click.Context) -> str:
    """The manual page of a command."""
    command, made = context.command, ManPage(context.command_path)
    made.version = version()
    made.date = ""  # the same for the same version
    made.short_help = command.get_short_help_str(100)
    made.description = inspect.cleandoc(command.help or "")
    made.synopsis = " ".join(command.collect_usage_pieces(context))
    made.options = options(context)
    if isinstance(command, click.Group):
        verbs = (
            (name, command.get_command(context, name)) for name in command.list_commands(context)
        )
        made.commands = [(name, verb.get_short_help_str(100)) for name, verb in verbs if verb]
    return str(made)


def main(folder: Path) -> None:
    """Write them all into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for context in every_command():
        name = context.command_path.replace(" ", "-")
        (folder / f"{name}.1").write_text(page(context), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
