"""Leaving a source to its organiser's own host."""

from __future__ import annotations

import click

from .client import Client
from .language import _, count
from .options import json_option
from .printing import Json, result


@click.command("hand-over")
@click.argument("source", metavar="ORGANISER")
@click.argument("host", metavar="HOSTKEY|LINK")
@json_option
@click.pass_obj
def hand_over(client: Client, /, source: str, host: str, as_json: bool) -> None:
    """Leave an organiser's events to its own host: your copies end, and name it."""
    result(client.call("hand_over", source=source, host=host), as_json, _handed_over)


def _handed_over(found: Json) -> None:
    copies = count(found["cancelled"], "event")
    click.echo(_("Of {source} you imported {copies}.", source=found["source"], copies=copies))
    click.echo(_("They are called off, now announced by host {host}.", host=found["host"][:8]))
    click.echo(_("You import that source no more."))
