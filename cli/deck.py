"""The deck on paper, to redo a draw with a pencil (docs/PENCIL.md)."""

from __future__ import annotations

from typing import Any

import click

from .client import Client
from .draw import form
from .options import filters, hand_option, json_option, saved_option, where_and_when
from .printing import Json, result
from .wording import count, moment

_TO_DEAL = {
    "hosts": """\
To deal {cards}: take the hosts in the order of their tickets, the smallest first (0-9 before a-f).
Each deals, of its series with the smallest series ticket, the event with the smallest ticket.
When the hosts run out, go round again: each host's next series.""",
    "events": "To deal {cards}: take the events with the smallest tickets (0-9 before a-f).",
}


@click.group("deck")
def deck_command() -> None:
    """The deck on paper, to redo a draw with a pencil."""


@deck_command.command("print")
@hand_option
@where_and_when
@filters
@saved_option
@click.option("--seed", metavar="HEX", help="With the tickets of this seed, instead of today's.")
@json_option
@click.pass_obj
def deck_print_command(
    client: Client, /, seed: str | None, as_name: str | None, as_json: bool, **options: Any
) -> None:
    """The events you draw from as numbered text, with their tickets."""
    printed = client.call("deck_print", form=form(client, options, as_name), seed=seed)
    result(printed, as_json, printed_deck)


def printed_deck(found: Json) -> None:
    """The deck as text for a pencil."""
    events = count(sum(len(host["events"]) for host in found["hosts"]), "event")
    click.echo(f"Potluck deck of {found['day']}: {events} of {count(len(found['hosts']), 'host')}")
    click.echo(f"seed {found['seed']}")
    click.echo(_TO_DEAL[found["mode"]].format(cards=count(found["n"], "card")))
    for host in found["hosts"]:
        click.echo(f"\n{host['name']} {host['host'][:8]}  ticket {_short(host['ticket'])}")
        for event in host["events"]:
            series = f"  series {_short(event['series_ticket'])}"
            what = f"{event['title']}, {moment(event['start'])}"
            click.echo(f"{event['number']:>5}  {_short(event['ticket'])}{series}  {what}")


def _short(ticket: str) -> str:
    """A ticket's first 12 digits: 48 bits, so that no two of a deck are alike."""
    return f"{ticket[:4]} {ticket[4:8]} {ticket[8:12]}"
