"""Commands about what you did with cards, and the receipts of draws."""

from __future__ import annotations

from pathlib import Path

import click

from . import hands, show
from .client import Client
from .options import json_option


@click.command("keep")
@click.argument("id")
@json_option
@click.pass_obj
def keep_command(client: Client, /, id: str, as_json: bool) -> None:
    """Keep a card; only this machine knows."""
    result = client.call("keep", id=id)
    show.result(
        result, as_json, lambda event: click.echo(f"Kept: {event['title']}, {show.when(event)}")
    )


@click.command("skip")
@click.argument("id")
@json_option
@click.pass_obj
def skip_command(client: Client, /, id: str, as_json: bool) -> None:
    """Say no to a card; only this machine knows."""
    result = client.call("skip", id=id)
    show.result(result, as_json, lambda event: click.echo(f"Skipped: {event['title']}"))


@click.command("later")
@click.argument("id")
@json_option
@click.pass_obj
def later_command(client: Client, /, id: str, as_json: bool) -> None:
    """Not tonight: put a card back into the hat, for another day."""
    result = client.call("not_tonight", id=id)
    show.result(result, as_json, lambda event: click.echo(f"Back in the hat: {event['title']}"))


@click.command("kept")
@json_option
@click.pass_obj
def kept_command(client: Client, /, as_json: bool) -> None:
    """The cards that you kept, by time."""
    show.result(client.call("kept"), as_json, hands.kept)


@click.command("forget")
@click.argument("id")
@json_option
@click.pass_obj
def forget_command(client: Client, /, id: str, as_json: bool) -> None:
    """Take a keep, a skip or a later back."""
    result = client.call("forget", id=id)
    show.result(result, as_json, lambda event: click.echo(f"Forgotten: {event['title']}"))


@click.command("bag")
@click.option("--empty", is_flag=True, help="Let everything come back.")
@json_option
@click.pass_obj
def bag_command(client: Client, /, empty: bool, as_json: bool) -> None:
    """What was dealt before, and does not come back until the deck is spent."""
    show.result(client.call("empty_bag" if empty else "bag"), as_json, hands.bag)


@click.command("receipts")
@json_option
@click.pass_obj
def receipts_command(client: Client, /, as_json: bool) -> None:
    """The receipts of your draws, newest first."""
    show.result(client.call("receipts"), as_json, hands.receipts)


@click.group("receipt")
def receipt_command() -> None:
    """A receipt: show it, or write it for others."""


@receipt_command.command("show")
@click.argument("id")
@json_option
@click.pass_obj
def receipt_show_command(client: Client, /, id: str, as_json: bool) -> None:
    """What a receipt says, checked, and what it does not prove."""
    show.result(client.call("receipt_show", id=id), as_json, hands.receipt)


@receipt_command.command("export")
@click.argument("id")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-filters", is_flag=True, help="Also what you asked for, and where you looked.")
@json_option
@click.pass_obj
def receipt_export_command(
    client: Client, /, id: str, file: Path, with_filters: bool, as_json: bool
) -> None:
    """Write a receipt to a file that anybody can verify."""
    path = str(file.absolute())
    result = client.call("receipt_export", id=id, path=path, with_filters=with_filters)
    show.result(result, as_json, lambda made: click.echo(f"Written to {file}. {made['reveals']}"))


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def verify_command(file: Path, as_json: bool) -> None:
    """Deal a receipt's hand again, from its file alone."""
    import trio

    from potluck.node.operations.draw.receipts import verify_file

    show.result(trio.run(verify_file, file), as_json, hands.verified)
