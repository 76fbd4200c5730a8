"""`potluck service`: the node as something that the system starts and keeps running."""

import sys
from pathlib import Path

import click

from .client import Client
from .language import _
from .printing import Answer, Json, answering, bold, dim, print_line


@click.group("service")
def service_command() -> None:
    """Let the system run your node: systemd, or launchd on a Mac."""


@service_command.command("install")
@answering
def service_install_command(client: Client, /) -> Answer:
    """Write the file with which the system runs this program and home; start nothing yet."""
    from potluck.node.home.home import Home
    from potluck.node.operations.lifecycle import service_file

    Home.open(client.path)  # a service without a home would fail at each start
    return service_file.install(client.path, program()), _installed


def program() -> list[str]:
    """The words that run this program again: what is installed, the program file, or the module."""
    me = Path(sys.argv[0]).absolute()
    if me.name == "__main__.py":
        return [sys.executable, "-m", "potluck.cli"]
    return [sys.executable, str(me)] if me.suffix == ".pyz" else [str(me)]


def _installed(found: Json) -> None:
    print_line("Written: {file}", file=bold(found["file"]))
    print_line("To start the node, now and whenever the machine starts:")
    for line in found["start"]:
        click.echo(f"  {line}")
    click.echo(dim(_("To end that: {remove}", remove="; ".join(found["remove"]))))
