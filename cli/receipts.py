"""The receipts of draws: list, show, write for others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .client import Client
from .language import _, count, marked, translate
from .options import json_option
from .printing import Json, dim, result
from .wording import moment

SEEDS = {
    "solo": marked("a day and the owner's secret"),
    "table": marked("a table's secret"),
    "dice": marked("dice"),
    "witness": marked("a friend's word"),
    "given": marked("a seed that was named"),
    "fresh": marked("a random seed"),
}


@click.group("receipts")
def receipts_command() -> None:
    """The receipts of your draws, with which anybody can check them."""


@receipts_command.command("list")
@json_option
@click.pass_obj
def receipts_list_command(client: Client, /, as_json: bool) -> None:
    """Your receipts, newest first."""
    result(client.call("receipts"), as_json, _receipts)


@receipts_command.command("show")
@click.argument("id")
@json_option
@click.pass_obj
def receipts_show_command(client: Client, /, id: str, as_json: bool) -> None:
    """What a receipt says, checked, and what it does not prove."""
    result(client.call("receipt_show", id=id), as_json, _receipt)


@receipts_command.command("export")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-filters", is_flag=True, help="Also what you asked for, and where you looked.")
@click.option("--with-my-vouches", is_flag=True, help="Also all for whom you vouch.")
@json_option
@click.pass_obj
def receipts_export_command(
    client: Client, /, id: str, file: Path, as_json: bool, **options: Any
) -> None:
    """Write a receipt to a file that anybody can verify."""
    path = str(file.absolute())
    written = client.call("receipt_export", id=id, path=path, **options)
    result(
        written,
        as_json,
        lambda made: click.echo(
            _("Written to {file}. {reveals}", file=file, reveals=made["reveals"])
        ),
    )


def _receipts(found: list[Json]) -> None:
    if not found:
        click.echo(_("No draws yet: potluck draw"))
    for each in found:
        origin = _("from {seeds}", seeds=translate(SEEDS[each["seed_kind"]]))
        earlier = _("  of an earlier rule, not checked any more") if each["earlier_rule"] else ""
        click.echo(f"{each['id'][:12]}  {moment(each['drawn_at'])}  {origin}{earlier}")


def _receipt(found: Json) -> None:
    click.echo(
        _("Receipt {id}, drawn {drawn_at}", id=found["id"], drawn_at=moment(found["drawn_at"]))
    )
    draw_told(found)
    for name, value in (found["filters"] or {}).items():
        click.echo(_("Filter {name}: {value}", name=name, value=value))
    for difference in found["differences"]:
        click.echo(click.style(_("DIFFERS {difference}", difference=difference), fg="red"))
    if not found["differences"]:
        click.echo(_("The hand follows from this deck and this seed."))
    for open_question in found["unproven"]:
        click.echo(open_question)


def draw_told(found: Json) -> None:
    """What was drawn from, and the seed."""
    deck = _(
        "{events} of {organisers}",
        events=count(found["events"], "event"),
        organisers=count(found["organisers"], "organiser"),
    )
    click.echo(
        _(
            "{cards} from {deck}; the seed is from {seeds}",
            cards=count(found["cards"], "card"),
            deck=deck,
            seeds=translate(SEEDS[found["seed_kind"]]),
        )
    )
    click.echo(dim(_("seed {seed}", seed=found["seed"])))
