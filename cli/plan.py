"""What you did with cards, all of it on this machine only: keep, skip, later; plan and bag."""

from __future__ import annotations

import click

from .client import Client
from .language import _, count
from .options import json_option
from .printing import Json, dim, result
from .wording import events, when


@click.command("keep")
@click.argument("id")
@json_option
@click.pass_obj
def keep_command(client: Client, /, id: str, as_json: bool) -> None:
    """Put a card into your plan, by its number or id; only this machine knows."""
    kept = client.call("keep", id=client.id_of(id))
    result(
        kept,
        as_json,
        lambda event: click.echo(
            _("Kept: {title}, {event}", title=event["title"], event=when(event))
        ),
    )


@click.command("skip")
@click.argument("id")
@json_option
@click.pass_obj
def skip_command(client: Client, /, id: str, as_json: bool) -> None:
    """Say no to a card; only this machine knows."""
    skipped = client.call("skip", id=client.id_of(id))
    result(skipped, as_json, lambda event: click.echo(_("Skipped: {title}", title=event["title"])))


@click.command("later")
@click.argument("id")
@json_option
@click.pass_obj
def later_command(client: Client, /, id: str, as_json: bool) -> None:
    """Not tonight: put a card back into the hat, for another day."""
    back = client.call("not_tonight", id=client.id_of(id))
    result(
        back,
        as_json,
        lambda event: click.echo(_("Back in the hat: {title}", title=event["title"])),
    )


@click.command("forget")
@click.argument("id")
@json_option
@click.pass_obj
def forget_command(client: Client, /, id: str, as_json: bool) -> None:
    """Take a keep, a skip or a later back."""
    gone = client.call("forget", id=client.id_of(id))
    result(gone, as_json, lambda event: click.echo(_("Forgotten: {title}", title=event["title"])))


@click.group("plan")
def plan_command() -> None:
    """The cards that you kept."""


@plan_command.command("list")
@json_option
@click.pass_obj
def plan_list_command(client: Client, /, as_json: bool) -> None:
    """What you kept, by time."""
    result(client.call("kept"), as_json, _kept)


def _kept(found: list[Json]) -> None:
    if found:
        events(found)
    else:
        click.echo(_("You kept nothing yet: potluck keep ID"))


@click.group("bag")
def bag_command() -> None:
    """What was dealt before, and does not come back until the deck is spent."""


@bag_command.command("show")
@json_option
@click.pass_obj
def bag_show_command(client: Client, /, as_json: bool) -> None:
    """How much is in the bag."""
    result(client.call("bag"), as_json, _bag)


@bag_command.command("empty")
@json_option
@click.pass_obj
def bag_empty_command(client: Client, /, as_json: bool) -> None:
    """Let everything come back."""
    result(client.call("empty_bag"), as_json, _bag)


def _bag(found: Json) -> None:
    if not found["shown"]:
        click.echo(_("The bag is empty: anything may be dealt."))
        return
    dealt = count(found["shown"], "event")
    click.echo(
        _("{dealt} of earlier days will not come back until the deck is spent.", dealt=dealt)
    )
    click.echo(
        dim(_("potluck draw --again includes them; potluck bag empty lets them all come back."))
    )
