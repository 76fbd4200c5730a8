"""Leaving a source to its organiser's own host."""

import click

from .client import Client
from .language import count
from .printing import Answer, Json, answering, print_line


@click.command("hand-over")
@click.argument("source", metavar="ORGANISER")
@click.argument("host", metavar="HOSTKEY|LINK")
@answering
def hand_over(client: Client, /, source: str, host: str) -> Answer:
    """Leave an organiser's events to its own host: your copies end, and name it."""
    return client.call("hand_over", source=source, host=host), _handed_over


def _handed_over(found: Json) -> None:
    copies = count(found["cancelled"], "event")
    print_line("Of {source} you imported {copies}.", source=found["source"], copies=copies)
    print_line("They are called off, now announced by host {host}.", host=found["host"][:8])
    print_line("You import that source no more.")
