"""What guests are given: the site, and a poster that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from potluck.protocol.errors import LocalError

from .client import Client
from .language import _, count
from .options import Distance, at_option, json_option, near_option, together
from .printing import result

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
@json_option
@click.pass_obj
def publish_command(client: Client, /, folder: str, as_json: bool, **options: Any) -> None:
    """Make a folder of static files in which guests draw without a node."""
    from potluck.node.web.site.renewed import written

    said = client.call("edition", form=_given(options))
    result(written(Path(folder), said), as_json, told)


@click.command("poster")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@site_options
@json_option
@click.pass_obj
def poster_command(client: Client, /, file: Path, as_json: bool, **options: Any) -> None:
    """Write today's hand of a table as a page to print: A5, with a code that opens the site."""
    from potluck.node.web.site.poster import poster

    said = client.call("edition", form=_given(options))
    try:
        file.write_bytes(poster(said))
    except OSError as error:
        raise LocalError(
            "cannot write {path}: {strerror}", path=file, strerror=error.strerror
        ) from None
    done = {"file": str(file), "date": said["table"]["date"]}
    result(done, as_json, lambda _found: click.echo(_("Written to {file}.", file=file)))


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def told(done: dict[str, Any]) -> None:
    """What was written."""
    events, files = count(done["events"], "event"), count(done["files"], "file")
    click.echo(
        _(
            "{events} published in {folder}: {files}, {written:,} written.",
            events=events,
            folder=done["folder"],
            files=files,
            written=done["written"],
        )
    )
