"""What guests are given: the site, and a poster that leads to it."""

from pathlib import Path
from typing import Any

import click

from potluck.node.home.files import writing

from .client import Client
from .form_options import FormCommand, given
from .language import _, count
from .printing import Answer, answering, print_line


@click.command("publish", cls=FormCommand, form="forms.SiteForm")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option(
    "--own-origin/--shared-origin",
    default=None,
    help="Whether the site alone has that address, so that browsers may keep plans for it. "
    "Default: if the address has no path.",
)
@answering
def publish_command(
    client: Client, /, folder: str, own_origin: bool | None, **options: Any
) -> Answer:
    """Make a folder of static files in which guests draw without a node."""
    from potluck.node.operations.lifecycle import settings
    from potluck.node.web.site.renewed import written

    edition = client.call("edition", form={**given(options), "own_origin": own_origin})
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


@click.command("poster", cls=FormCommand, form="forms.SiteForm")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
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
