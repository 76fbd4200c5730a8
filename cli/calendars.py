"""Calendars that the running node looks at again by itself."""

from pathlib import Path
from typing import Any

import click

from potluck.node.calendars.addresses import is_address
from potluck.protocol.message import marked

from .client import Client
from .form_options import FormCommand, given
from .language import _, count, translate
from .options import json_option
from .printing import Answer, Json, answering, print_line, progress, result
from .wording import moment

IMPORTED = {
    "imported": marked("imported"),
    "updated": marked("updated"),
    "unchanged": marked("unchanged"),
    "cancelled": marked("cancelled"),
    "withdrawn": marked("withdrawn"),
}


@click.group("calendars")
def calendars_command() -> None:
    """Calendars that your node keeps up with: list, add, remove, look now."""


@calendars_command.command("list")
@answering
def calendars_list_command(client: Client, /) -> Answer:
    """Which are watched, when each was read last, and since when one fails."""
    return client.call("watched"), _list


@calendars_command.command("add", cls=FormCommand, form="forms.ImportForm", without="since watch")
@click.argument("source", metavar="FILE|URL")
@click.option("--every", default="6h", metavar="TIME", help="How often: 1h, 1d, … Default: 6h.")
@json_option
@click.pass_obj
def calendars_add_command(
    client: Client, /, source: str, every: str, as_json: bool, **options: Any
) -> None:
    """Import a calendar now, and again whenever the time has come."""
    import_from(client, source, {"watch": every, **options}, as_json)


@calendars_command.command("remove")
@click.argument("source", metavar="FILE|URL")
@answering
def calendars_remove_command(client: Client, /, source: str) -> Answer:
    """Look at a calendar no more; its events stay."""
    return client.call("unwatch", source=located(source)), _list


@calendars_command.command("now")
@click.argument("source", metavar="[FILE|URL]", required=False)
@answering
def calendars_now_command(client: Client, /, source: str | None) -> Answer:
    """Look at one calendar, or at all that are watched, without waiting for their time."""
    return client.call("look_now", source=located(source) if source else None), _looked


def import_from(client: Client, source: str, options: dict[str, Any], as_json: bool) -> None:
    """Import a calendar and say what came of it."""
    with progress(_("Importing"), not as_json) as step:
        counts = client.call("import_calendar", step, source=located(source), form=given(options))
    result(counts, as_json, imported)


def imported(counts: Json) -> None:
    """What an import did."""
    if "fresh" in counts:
        taken = count(counts["fresh"], "announcement")
        known = _("{taken} taken in, {seen:,} known before.", taken=taken, seen=counts["seen"])
        click.echo(known)
    else:
        parts = [
            _("{number:,} {what}", number=counts[key], what=translate(what))
            for key, what in IMPORTED.items()
            if counts[key]
        ]
        click.echo((", ".join(parts) or _("nothing imported")) + ".")
    for why, number in (counts.get("skipped") or counts.get("refused") or {}).items():
        print_line("  {number:,} left out: {why}", number=number, why=translate(why))
    for why, number in (counts.get("doubtful") or {}).items():
        print_line("  {number:,} in doubt: {why}", number=number, why=translate(why))


def located(source: str) -> str:
    """The address, or the whole path."""
    return source if is_address(source) else str(Path(source).absolute())


def _list(calendars: list[Json]) -> None:
    from potluck.node.operations.health.finding import span

    if not calendars:
        print_line("No calendar is watched. Add one: potluck calendars add URL")
    for each in calendars:
        every = _("every {span}", span=span(each["every"]))
        click.echo(f"{each['address']}\n  {every}; {_seen(each)}")


def _seen(calendar: Json) -> str:
    read = _("never read yet")
    if calendar["read_at"]:
        read = _("read on {time}", time=moment(calendar["read_at"]))
    if calendar["failure"] is None:
        return read
    return _(
        "{read}; failing since {time}: {failure}",
        read=read,
        time=moment(calendar["failing_since"]),
        failure=translate(calendar["failure"]),
    )


def _looked(looked: list[Json]) -> None:
    if not looked:
        _list([])
    for each in looked:
        click.echo(each["address"])
        if "failure" in each:
            click.echo(f"  {translate(each['failure'])}")
        else:
            imported(each["result"])


@calendars_command.command("hand-over")
@click.argument("source", metavar="ORGANISER")
@click.argument("host", metavar="HOSTKEY|LINK")
@answering
def calendars_hand_over_command(client: Client, /, source: str, host: str) -> Answer:
    """Leave an organiser's events to its own host: your copies end, and name it."""
    return client.call("hand_over", source=source, host=host), _handed_over


def _handed_over(found: Json) -> None:
    copies = count(found["cancelled"], "event")
    print_line("Of {source} you imported {copies}.", source=found["source"], copies=copies)
    print_line("They are called off, now announced by host {host}.", host=found["host"][:8])
    print_line("You import that source no more.")
