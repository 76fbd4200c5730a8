"""The receipts of draws: list, show, write for others."""

from pathlib import Path
from typing import Any

import click

from potluck.protocol.message import marked

from .client import Client
from .language import _, count, translate
from .printing import Answer, Json, answering, dim, does, print_line
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


@receipts_command.command("show")
@click.argument("id")
@answering
def receipts_show_command(client: Client, /, id: str) -> Answer:
    """What a receipt says, checked, and what it does not prove."""
    return client.call("receipt_show", id=id), _receipt


@receipts_command.command("export")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-filters", is_flag=True, help="Also what you asked for, and where you looked.")
@click.option("--with-my-vouches", is_flag=True, help="Also all for whom you vouch.")
@answering
def receipts_export_command(client: Client, /, id: str, file: Path, **options: Any) -> Answer:
    """Write a receipt to a file that anybody can verify."""
    path = str(file.absolute())
    return client.call("receipt_export", id=id, path=path, **options), lambda made: _(
        "Written to {file}. {reveals}", file=file, reveals=made["reveals"]
    )


def _receipts(found: list[Json]) -> None:
    if not found:
        print_line("No draws yet: potluck draw")
    for each in found:
        origin = _("from {seeds}", seeds=translate(SEEDS[each["seed_kind"]]))
        earlier = _("  of an earlier rule, not checked any more") if each["earlier_rule"] else ""
        click.echo(f"{each['id'][:12]}  {moment(each['drawn_at'])}  {origin}{earlier}")


def _receipt(found: Json) -> None:
    print_line("Receipt {id}, drawn {drawn_at}", id=found["id"], drawn_at=moment(found["drawn_at"]))
    show_draw(found)
    for name, value in (found["filters"] or {}).items():
        print_line("Filter {name}: {value}", name=name, value=value)
    for difference in found["differences"]:
        click.echo(click.style(_("DIFFERS {difference}", difference=difference), fg="red"))
    if not found["differences"]:
        print_line("The hand follows from this deck and this seed.")
    for open_question in found["unproven"]:
        click.echo(open_question)


def show_draw(found: Json) -> None:
    """What was drawn from, and the seed."""
    deck = _(
        "{events} of {organisers}",
        events=count(found["events"], "event"),
        organisers=count(found["organisers"], "organiser"),
    )
    print_line(
        "{cards} from {deck}; the seed is from {seeds}",
        cards=count(found["cards"], "card"),
        deck=deck,
        seeds=translate(SEEDS[found["seed_kind"]]),
    )
    click.echo(dim(_("seed {seed}", seed=found["seed"])))


receipts_command.add_command(does("list", "receipts", _receipts, "Your receipts, newest first."))
