"""Commands about tables: people who are dealt the same hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from . import hands, nodes, show
from .client import Client
from .options import Distance, at_option, json_option, near_option


@click.group("table")
def table_command() -> None:
    """Share each day's hand with others: a table has one secret and one hand a day."""


@table_command.command("new")
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
@click.option(
    "--by", type=click.Choice(["hosts", "events"]), help="What each ticket is for. Default: hosts."
)
@click.option("--hand", type=click.IntRange(1, 50), metavar="N", help="How many cards. Default: 5.")
@json_option
@click.pass_obj
def table_new_command(client: Client, /, name: str, as_json: bool, **options: Any) -> None:
    """Found a table and sit at it."""
    said = {key: value for key, value in options.items() if value is not None}
    show.result(client.call("table_new", name=name, form=said), as_json, hands.table)


@table_command.command("show")
@click.argument("name")
@click.option(
    "--svg", type=click.Path(path_type=Path), metavar="FILE", help="Write the QR code for printing."
)
@json_option
@click.pass_obj
def table_show_command(client: Client, /, name: str, svg: Path | None, as_json: bool) -> None:
    """A table's link and QR code, and how many people it is good for."""
    found = client.call("table_show", name=name)
    if svg is not None:
        show.qr_svg(found["link"], svg)
    show.result(found, as_json, hands.table)


@table_command.command("list")
@json_option
@click.pass_obj
def table_list_command(client: Client, /, as_json: bool) -> None:
    """The tables where you sit."""
    show.result(client.call("table_list"), as_json, hands.tables)


@table_command.command("join")
@click.argument("link")
@json_option
@click.pass_obj
def table_join_command(client: Client, /, link: str, as_json: bool) -> None:
    """Sit at the table of a link."""
    result = {"made": False, **client.call("join", text=link)}
    show.result(result, as_json, nodes.joined)


@table_command.command("leave")
@click.argument("name")
@json_option
@click.pass_obj
def table_leave_command(client: Client, /, name: str, as_json: bool) -> None:
    """Get up from a table."""
    result = client.call("table_leave", name=name)
    show.result(result, as_json, lambda left: click.echo(f"You left the table {left['table']}."))
