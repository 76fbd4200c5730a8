"""Commands about your page: open it here, or on your phone."""

from __future__ import annotations

import click

from . import show
from .client import Client
from .options import json_option


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the link, open no browser.")
@json_option
@click.pass_obj
def open_command(client: Client, /, only_print: bool, as_json: bool) -> None:
    """Open your page in a browser, by a link that works once."""
    found = client.call("page")
    show.result(found, as_json, lambda link: click.echo(link["link"]))
    if not (only_print or as_json):
        click.launch(found["link"])


@click.command("pair")
@click.option("--close", is_flag=True, help="Close the door again.")
@json_option
@click.pass_obj
def pair_command(client: Client, /, close: bool, as_json: bool) -> None:
    """Open a door to the local network, for your phone: scan the code."""
    if close:
        show.result(client.call("close_door"), as_json, lambda _: click.echo("The door is closed."))
    else:
        show.result(client.call("open_door"), as_json, _door)


def _door(found: dict[str, str]) -> None:
    show.qr(found["link"])
    click.echo(found["link"])
    click.echo(
        "The code lets one phone in, once, for an hour. It may draw, keep and skip; no more."
    )
    click.echo(
        "The door is open to everybody in this network, and nothing that passes through it is encrypted: "
        "do this at home, not in a café."
    )
    click.echo("Close it with: potluck pair --close")
