"""The deck on paper, to redo a draw with a pencil (docs/PENCIL.md)."""

from typing import Any

import click

from potluck.protocol.message import marked

from .client import Client
from .draw import form
from .form_options import FormCommand
from .language import _, count
from .options import saved_option
from .printing import Answer, Json, answering, print_line
from .wording import moment

_TO_DEAL = marked(
    "To deal {cards}: take the lines in the order of their turns, the smallest first (0-9 before "
    "a-f).\nEach deals, of its series with the smallest series ticket, the event with the smallest "
    "ticket.\nA line whose event is dealt already passes. When the lines run out, go round again: "
    "each line's\nnext series."
)


@click.group("deck")
def deck_command() -> None:
    """The deck on paper, to redo a draw with a pencil."""


@deck_command.command(
    "print", cls=FormCommand, form="draw.form.DrawForm", without="wild vouched no_strangers"
)
@saved_option
@click.option("--seed", metavar="HEX", help="With the tickets of this seed, instead of today's.")
@answering
def deck_print_command(
    client: Client, /, seed: str | None, as_name: str | None, **options: Any
) -> Answer:
    """The events you draw from as numbered text, with their tickets."""
    return client.call("deck_print", form=form(client, options, as_name), seed=seed), printed_deck


def printed_deck(found: Json) -> None:
    """The deck as text for a pencil."""
    numbers = {event["number"] for line in found["lines"] for event in line["events"]}
    deck = _(
        "{events} of {organisers}",
        events=count(len(numbers), "event"),
        organisers=count(found["organisers"], "organiser"),
    )
    print_line("Potluck deck of {day}: {deck}", day=found["day"], deck=deck)
    print_line("seed {seed}", seed=found["seed"])
    print_line(_TO_DEAL, cards=count(found["n"], "card"))
    for line in found["lines"]:
        turn = _("turn {ticket}", ticket=_short(line["turn"]))
        click.echo(f"\n{_who(line)}  {turn}")
        for event in line["events"]:
            series = _("  series {series_ticket}", series_ticket=_short(event["series_ticket"]))
            what = f"{event['title']}, {moment(event['start'])}"
            click.echo(f"{event['number']:>5}  {_short(event['ticket'])}{series}  {what}")


def _who(line: Json) -> str:
    """The organiser; an importer only where several bring other events of the same one."""
    host = _("host {host}", host=line["host"][:8])
    if line["name"] is None:
        return host
    alike = _("{hosts} alike", hosts=count(line["importers"], "host"))
    by = host if line["importers"] == 1 else alike
    return _("{organiser}, imported by {host}", organiser=line["name"], host=by)


def _short(ticket: str) -> str:
    """A ticket's first 12 digits: 48 bits, so that no two of a deck are alike."""
    return f"{ticket[:4]} {ticket[4:8]} {ticket[8:12]}"
