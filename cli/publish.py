"""The command that makes a site of what is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .client import Client
from .language import count, say
from .options import at_option, json_option, near_option
from .printing import result


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@near_option
@at_option
@click.option("--within", type=float, metavar="KM", help="How far around. Default: 25.")
@click.option("--days", type=int, metavar="N", help="How many days ahead. Default: 14.")
@click.option("--table", metavar="NAME", help="Show this table's hand, and look around its place.")
@click.option("--title", metavar="WORDS", help="Whose site it is, such as your house's name.")
@click.option("--place", metavar="WORDS", help="From where distances are, such as 'the house'.")
@click.option("--keeper", metavar="NAME", help="Who runs it; stands on the page about the site.")
@click.option("--mail", metavar="ADDRESS", help="Where guests may send a ticket.")
@click.option("--base", metavar="URL", help="The address at which it will be seen.")
@click.option(
    "--own-origin/--shared-origin",
    default=None,
    help="Whether the site alone has that address, so that browsers may keep plans for it. "
    "Default: if the address has no path.",
)
@click.option("--language", metavar="CODE", help="Of the pages without scripts: en or de.")
@json_option
@click.pass_obj
def publish_command(client: Client, /, folder: str, as_json: bool, **options: Any) -> None:
    """Make a folder of static files in which guests draw without a node."""
    given = {name: value for name, value in options.items() if value is not None}
    said = client.call("edition", form=given)
    done = _written(Path(folder), said)
    result(done | {"events": len(said["announcements"])}, as_json, _told)


def _written(folder: Path, said: dict[str, Any]) -> dict[str, Any]:
    from potluck.node.web.site import edition
    from potluck.node.web.site import folder as folders

    files = edition.files(said)
    return {"folder": str(folder), **folders.write(folder, files, said["published"])}


def _told(done: dict[str, Any]) -> None:
    events, files = count(done["events"], "event"), count(done["files"], "file")
    click.echo(
        say(
            "{events} published in {folder}: {files}, {written:,} written.",
            events=events,
            folder=done["folder"],
            files=files,
            written=done["written"],
        )
    )
