"""`potluck service`: the node as something that the system starts and keeps running."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .client import Client
from .language import _
from .options import json_option
from .printing import Json, bold, dim, result


@click.group("service")
def service_command() -> None:
    """Let the system run your node: systemd, or launchd on a Mac."""


@service_command.command("install")
@json_option
@click.pass_obj
def service_install_command(client: Client, /, as_json: bool) -> None:
    """Write the file with which the system runs this program and home; start nothing yet."""
    from potluck.node.home.home import Home
    from potluck.node.operations.lifecycle import service_file

    Home.open(client.path)  # a service without a home would fail at each start
    result(service_file.install(client.path, program()), as_json, _installed)


def program() -> list[str]:
    """The words that run this program again: what is installed, the program file, or the module."""
    me = Path(sys.argv[0]).absolute()
    if me.name == "__main__.py":
        return [sys.executable, "-m", "potluck.cli"]
    return [sys.executable, str(me)] if me.suffix == ".pyz" else [str(me)]


def _installed(found: Json) -> None:
    click.echo(_("Written: {file}", file=bold(found["file"])))
    click.echo(_("To start the node, now and whenever the machine starts:"))
    for line in found["start"]:
        click.echo(f"  {line}")
    click.echo(dim(_("To end that: {remove}", remove="; ".join(found["remove"]))))
