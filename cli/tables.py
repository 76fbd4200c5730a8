"""Tables: people who are dealt the same hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .client import Client
from .language import _, count
from .options import Distance, at_option, hand_option, json_option, near_option
from .printing import Json, bold, dim, qr, qr_svg, result
from .sharing import joined


@click.group("tables")
def tables_command() -> None:
    """Share each day's hand with others: a table has one secret and one hand a day."""


@tables_command.command("new")
@click.argument("name")
@near_option
@at_option
@click.option(
    "--within", type=Distance(), metavar="DISTANCE", help="How far it looks. Default: 25km."
)
@click.option(
    "--days", type=click.IntRange(1, 366), metavar="N", help="How many days ahead. Default: 14."
)
@click.option("--tz", metavar="ZONE", help="Whose midnight begins its day. Default: the place's.")
@hand_option
@json_option
@click.pass_obj
def tables_new_command(client: Client, /, name: str, as_json: bool, **options: Any) -> None:
    """Found a table and sit at it."""
    said = {key: value for key, value in options.items() if value is not None}
    made = client.call("table_new", name=name, form=said)
    result(made, as_json, _table)


@tables_command.command("show")
@click.argument("name")
@click.option(
    "--svg", type=click.Path(path_type=Path), metavar="FILE", help="Write the QR code for printing."
)
@click.option("--members", is_flag=True, help="Show the members' link, which holds the secret.")
@json_option
@click.pass_obj
def tables_show_command(
    client: Client, /, name: str, svg: Path | None, members: bool, as_json: bool
) -> None:
    """A table's QR code, and how many people it is good for.

    The code opens the site that shows its hand, if there is one, else it is the members' link.
    """
    found = client.call("table_show", name=name)
    for_guests = found["site"] is not None and not members
    if svg is not None:
        qr_svg(found["site"] if for_guests else found["link"], svg)
    result(found, as_json, _for_guests if for_guests else _table)


def _for_guests(found: Json) -> None:
    """A table as everybody may know it."""
    qr(found["site"])
    click.echo(found["site"])
    click.echo(f"{bold(found['name'])}: {_look(found)}")
    click.echo(_("Whoever scans it sees today's hand, without a node or an account."))
    click.echo(dim(_("Who deals it themselves needs the secret: --members shows their link.")))


@tables_command.command("list")
@json_option
@click.pass_obj
def tables_list_command(client: Client, /, as_json: bool) -> None:
    """The tables where you sit."""
    result(client.call("table_list"), as_json, _tables)


@tables_command.command("join")
@click.argument("link")
@json_option
@click.pass_obj
def tables_join_command(client: Client, /, link: str, as_json: bool) -> None:
    """Sit at the table of a link."""
    result({"made": False, **client.call("join", text=link)}, as_json, joined)


@tables_command.command("leave")
@click.argument("name")
@json_option
@click.pass_obj
def tables_leave_command(client: Client, /, name: str, as_json: bool) -> None:
    """Get up from a table."""
    left = client.call("table_leave", name=name)
    result(
        left,
        as_json,
        lambda table: click.echo(_("You left the table {table}.", table=table["table"])),
    )


def _table(found: Json) -> None:
    """A table with its QR code and advice."""
    qr(found["link"])
    click.echo(found["link"])
    click.echo(f"{bold(found['name'])}: {_look(found)}")
    for share, people in found["people"].items():
        click.echo(
            _(
                "  if {share} of the people look each day, seat {people} or more",
                share=share,
                people=people,
            )
        )
    click.echo(dim(_("With fewer, a hand spreads them too thin to meet.")))
    click.echo(dim(_("Whoever has the link sits at the table.")))
    click.echo(
        dim(
            _(
                "potluck draw --table {name!r}; a friend: potluck tables join 'LINK'",
                name=found["name"],
            )
        )
    )


def _look(found: Json) -> str:
    cards = _("{cards} a day", cards=count(found["hand"], "card"))
    reach = _("within {within_km:g} km of {near}", within_km=found["within_km"], near=found["near"])
    days = _(
        "{days} ahead; its day begins in {tz}", days=count(found["days"], "day"), tz=found["tz"]
    )
    return f"{cards}, {reach}, {days}"


def _tables(found: list[Json]) -> None:
    if not found:
        click.echo(_("You sit at no table. Found one: potluck tables new NAME --near CITY"))
    for each in found:
        default = _(" (came with the network)") if each["default"] else ""
        click.echo(f"{bold(each['name'])}{default}: {_look(each)}")
