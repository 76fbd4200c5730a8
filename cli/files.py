"""Commands that bring events in from files and addresses, and take them out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from . import show
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
    """Relay a calendar (iCalendar file or address), or take in a bundle of `export --deck`."""
    if not source.startswith(("http://", "https://")):
        source = str(Path(source).absolute())
    given = {name: value for name, value in options.items() if value not in (None, (), False)}
    with show.progress("Importing", not as_json) as progress:
        result = client.call("import_calendar", progress, source=source, form=given)
    show.result(result, as_json, show.imported)


@click.command("export")
@click.option(
    "--ics", type=click.Path(), metavar="FILE", help="As iCalendar, for any calendar program."
)
@click.option(
    "--json", "json_file", type=click.Path(), metavar="FILE", help="As JSON, - for the screen."
)
@click.option(
    "--deck", type=click.Path(), metavar="FILE", help="As a signed bundle, for a USB stick."
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
        if path == "-" and name == "json":
            show.result(client.list_events(past=True), True, show.events)
            continue
        done = client.call(f"export_{name}", path=str(Path(path).absolute()))
        click.echo(f"{show.count(done['events'], 'event')} written to {path}.")
