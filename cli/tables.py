"""Tables: people who are dealt the same hand."""

from pathlib import Path
from typing import Any

import click

from .client import Client
from .form_options import FormCommand, given
from .language import _, count
from .printing import Answer, Json, answering, bold, dim, does, print_line, qr, qr_svg
from .sharing import joined


@click.group("tables")
def tables_command() -> None:
    """Share each day's hand with others: a table has one secret and one hand a day."""


@tables_command.command("new", cls=FormCommand, form="forms.TableForm")
@click.argument("name")
@answering
def tables_new_command(client: Client, /, name: str, **options: Any) -> Answer:
    """Found a table and sit at it."""
    return client.call("table_new", name=name, form=given(options)), _table


@tables_command.command("show")
@click.argument("name")
@click.option(
    "--svg", type=click.Path(path_type=Path), metavar="FILE", help="Write the QR code for printing."
)
@click.option("--members", is_flag=True, help="Show the members' link, which holds the secret.")
@answering
def tables_show_command(client: Client, /, name: str, svg: Path | None, members: bool) -> Answer:
    """A table's QR code, and how many people it is good for.

    The code opens the site that shows its hand, if there is one, else it is the members' link.
    """
    found = client.call("table_show", name=name)
    for_guests = found["site"] is not None and not members
    if svg is not None:
        qr_svg(found["site"] if for_guests else found["link"], svg)
    return found, _for_guests if for_guests else _table


def _for_guests(found: Json) -> None:
    """A table as everybody may know it."""
    qr(found["site"])
    click.echo(found["site"])
    click.echo(f"{bold(found['name'])}: {_look(found)}")
    print_line("Whoever scans it sees today's hand, without a node or an account.")
    click.echo(dim(_("Who deals it themselves needs the secret: --members shows their link.")))


@tables_command.command("join")
@click.argument("link")
@answering
def tables_join_command(client: Client, /, link: str) -> Answer:
    """Sit at the table of a link."""
    return {"made": False, **client.call("join", text=link)}, joined


@tables_command.command("leave")
@click.argument("name")
@answering
def tables_leave_command(client: Client, /, name: str) -> Answer:
    """Get up from a table."""
    return client.call("table_leave", name=name), lambda table: _(
        "You left the table {table}.", **table
    )


def _table(found: Json) -> None:
    """A table with its QR code and advice."""
    qr(found["link"])
    click.echo(found["link"])
    click.echo(f"{bold(found['name'])}: {_look(found)}")
    print_line("Two are enough who agree where to go. For people to meet by chance alone:")
    for share, people in found["people"].items():
        print_line(
            "  if {share} of the people look each day, seat {people} or more",
            share=share,
            people=people,
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
    reach = _("within {within_km:g} km of {near}", **found)
    days = _(
        "{days} ahead; its day begins in {tz}", days=count(found["days"], "day"), tz=found["tz"]
    )
    return f"{cards}, {reach}, {days}"


def _tables(found: list[Json]) -> None:
    if not found:
        print_line("You sit at no table. Found one: potluck tables new NAME --near CITY")
    for each in found:
        default = _(" (came with the network)") if each["default"] else ""
        click.echo(f"{bold(each['name'])}{default}: {_look(each)}")


tables_command.add_command(does("list", "table_list", _tables, "The tables where you sit."))
