"""Whom one has met: vouching for hosts, and one's own card."""

from pathlib import Path
from typing import Any

import click

from .client import Client
from .language import _
from .printing import Answer, Json, answering, bold, dim, does, print_line, qr, qr_svg
from .wording import moment


@click.group("vouch")
def vouch_command() -> None:
    """The hosts whose keepers you have met; draw --vouched walks along them."""


@vouch_command.command("add")
@click.argument("host", metavar="HOST|LINK")
@click.option("--name", default="", metavar="NAME", help="What you call them; it stays here.")
@click.option("--public", is_flag=True, help="Sign it, for the whole network to see.")
@click.option("--until", metavar="DATE", help="Until then; at most, and by default, 400 days.")
@click.option("--yes", is_flag=True, help="Do not ask: the words were compared.")
@answering
def vouch_add_command(client: Client, /, host: str, *, yes: bool, **options: Any) -> Answer:
    """Say that you have met the keeper of a host's key."""
    if not yes:
        words = client.call("words_of", host=host)["words"]
        click.echo(
            _("Let them read aloud the six words of their own card. They should be:"), err=True
        )
        click.echo(f"\n  {bold(words)}\n", err=True)
        click.confirm(_("Did you hear these words from them?"), abort=True, err=True)
    if options["public"]:
        click.echo(_("The whole network will see who met whom: your key and theirs."), err=True)
        if not yes:
            click.confirm(_("Sign it, for all to see?"), abort=True, err=True)
    return client.call("vouch", host=host, **options), _added


@vouch_command.command("remove")
@click.argument("host", metavar="HOST|LINK")
@answering
def vouch_remove_command(client: Client, /, host: str) -> Answer:
    """Take a vouch back: your walks go there no more."""
    return client.call("unvouch", host=host), _removed


@vouch_command.command("card")
@click.option(
    "--svg",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The code as a picture, to print.",
)
@answering
def vouch_card_command(client: Client, /, svg: Path | None) -> Answer:
    """Your card: the six words that you read aloud, and a code that carries your key."""
    found = client.call("card")
    if svg is not None:
        qr_svg(found["link"], svg)
    return found, _card


def _added(found: Json) -> None:
    seen = _("all can see it") if found["public"] else _("only you know")
    until = moment(found["until"])
    text = _(
        "You vouch for {name} until {until}; {seen}.", name=_name(found), until=until, seen=seen
    )
    click.echo(text)
    if found["public"] and not found["returned"]:
        print_line("Walks go on beyond them once they vouch for you publicly, too.")


def _vouches(found: list[Json]) -> None:
    if not found:
        print_line("You vouch for nobody yet. When you meet somebody: potluck vouch add HOST")
    for one in found:
        public = _("public, and returned") if one["returned"] else _("public, not returned")
        kind = public if one["public"] else _("only for yourself")
        until = _("until {until}", until=moment(one["until"]))
        click.echo(f"{bold(_name(one))}  {kind}, {until}")
        click.echo(dim(f"  {one['words']}  {one['host']}"))


def _removed(found: Json) -> None:
    print_line("You no longer vouch for host {host}.", host=found["host"][:8])
    if found["was_public"]:
        print_line("That, too, is signed, and goes to every node. What was seen stays seen.")


def _card(found: Json) -> None:
    print_line("Your card: {name}", name=bold(found["name"] or found["host"][:8]))
    click.echo(f"\n  {bold(found['words'])}\n")
    print_line("Read these six words aloud, from here, to whom you meet.")
    qr(found["link"])
    click.echo(dim(found["link"]))


def _name(found: Json) -> str:
    return found["name"] or _("host {host}", host=found["host"][:8])


vouch_command.add_command(
    does("list", "vouches", _vouches, "For whom you vouch; who vouches back.")
)
