"""What guests are given: the site, and a poster that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from potluck.node.home.files import writing

from .client import Client
from .language import _, count
from .options import Distance, at_option, given, near_option, together
from .printing import Answer, answering, print_line

site_options = together(
    near_option,
    at_option,
    click.option("--within", type=Distance(), metavar="KM", help="How far around. Default: 25km."),
    click.option(
        "--days", type=click.IntRange(1, 400), metavar="N", help="Days ahead. Default: 14."
    ),
    click.option("--table", metavar="NAME", help="Show this table's hand, around its place."),
    click.option("--title", metavar="WORDS", help="Whose site it is, such as your house's name."),
    click.option("--place", metavar="WORDS", help="From where distances are: 'the house'."),
    click.option("--keeper", metavar="NAME", help="Who runs it; stands on the page about it."),
    click.option("--mail", metavar="ADDRESS", help="Where guests may send a ticket."),
    click.option("--base", metavar="URL", help="The address at which it will be seen."),
    click.option("--language", metavar="CODE", help="Of the pages without scripts: en or de."),
)
"""What a site says; what is left out is as the settings `publish.…` have it."""


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@site_options
@click.option(
    "--own-origin/--shared-origin",
    default=None,
    help="Whether the site alone has that address, so that browsers may keep plans for it. "
    "Default: if the address has no path.",
)
@answering
def publish_command(client: Client, /, folder: str, **options: Any) -> Answer:
    """Make a folder of static files in which guests draw without a node."""
    from potluck.node.operations.lifecycle import settings
    from potluck.node.web.site.renewed import written

    edition = client.call("edition", form=given(options))
    done = written(Path(folder), edition)

    def show(done: dict[str, Any]) -> None:
        show_written(done)
        table = settings.get(client.path, "publish.table")["value"]
        if table and "table" not in edition:
            print_line(
                "Without the hand of the table {table}, which has a place of its own: to show it, "
                "leave out --near and --at.",
                table=table,
            )

    return done, show


@click.command("poster")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@site_options
@answering
def poster_command(client: Client, /, file: Path, **options: Any) -> Answer:
    """Write today's hand of a table as a page to print: A5, with a code that opens the site."""
    from potluck.node.web.site.poster import poster

    edition = client.call("edition", form=given(options))
    with writing(file):
        file.write_bytes(poster(edition))
    return {"file": str(file), "date": edition["table"]["date"]}, lambda _found: _(
        "Written to {file}.", file=file
    )


def show_written(done: dict[str, Any]) -> None:
    """What was written."""
    events, files = count(done["events"], "event"), count(done["files"], "file")
    print_line(
        "{events} published in {folder}: {files}, {written:,} written.",
        events=events,
        folder=done["folder"],
        files=files,
        written=done["written"],
    )
