"""Completion of commands and options by the shell."""

import click

from .options import json_option
from .printing import result

_FILES = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/config.fish"}


@click.command("completion")
@click.argument("shell", type=click.Choice(sorted(_FILES)))
@json_option
def completion_command(shell: str, as_json: bool) -> None:
    """Print what makes your shell complete commands with the Tab key."""
    from click.shell_completion import get_completion_class

    from .__main__ import cli

    kind = get_completion_class(shell)
    script = kind(cli, {}, "potluck", "_POTLUCK_COMPLETE").source() if kind else ""
    how = f"potluck completion {shell} >> {_FILES[shell]}"
    result({"how": how, "script": script}, as_json, lambda _: click.echo(f"# {how}\n{script}"))
