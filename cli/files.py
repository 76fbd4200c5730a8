"""Commands that bring events in from files and addresses, and take them out again."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from potluck.protocol.errors import LocalError

from . import show
from .calendars import import_from
from .client import Client
from .options import at_option, json_option, near_option


@click.command("import")
@click.argument("source", metavar="FILE|URL")
@near_option
@at_option
@click.option("--topic", "topics", multiple=True, metavar="WORD", help="Added to each event.")
@click.option("--from", "since", metavar="DATE", help="First day to bring in. Default: today.")
@click.option("--watch", metavar="TIME", help="Let the running node look again every 6h, 1d, ….")
@click.option("--prune", is_flag=True, help="Cancel what has vanished from the calendar.")
@click.option(
    "--public-url",
    is_flag=True,
    help="Publish the calendar's address; it may be a secret of yours.",
)
@json_option
@click.pass_obj
def import_command(client: Client, /, source: str, as_json: bool, **options: Any) -> None:
    """Import a calendar (iCalendar, or a page with events), or a bundle of `export --deck`."""
    import_from(client, source, options, as_json)


@click.command("export")
@click.option(
    "--ics", metavar="FILE", help="As iCalendar, for any calendar program; - is the screen."
)
@click.option("--json", "json_file", metavar="FILE", help="As JSON, for programs; - is the screen.")
@click.option(
    "--deck", metavar="FILE", help="As a signed bundle, for a USB stick; - is the screen."
)
@click.pass_obj
def export_command(
    client: Client, /, ics: str | None, json_file: str | None, deck: str | None
) -> None:
    """Take the events out, for another program or another node."""
    chosen = [
        (name, path)
        for name, path in (("calendar", ics), ("json", json_file), ("deck", deck))
        if path
    ]
    if not chosen:
        raise click.UsageError("say which: --ics FILE, --json FILE or --deck FILE")
    for name, path in chosen:
        if path == "-":
            _to_stdout(client, name)
        else:
            done = client.call(f"export_{name}", path=str(Path(path).absolute()))
            click.echo(f"{show.count(done['events'], 'event')} written to {path}.")


def _to_stdout(client: Client, name: str) -> None:
    """The node writes into a file, and this into standard output."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        client.call(f"export_{name}", path=str(file))
        try:
            sys.stdout.buffer.write(file.read_bytes())
            sys.stdout.buffer.flush()
        except OSError as error:
            raise LocalError(f"cannot write: {error.strerror}") from None
