"""What you did with cards, all of it on this machine only: keep, skip, later; plan and bag."""

import click

from .client import Client
from .language import _, count
from .printing import Answer, Json, answering, dim, does, print_line
from .wording import events, when


@click.command("keep")
@click.argument("id")
@answering
def keep_command(client: Client, /, id: str) -> Answer:
    """Put a card into your plan, by its number or id; only this machine knows."""
    return client.call("keep", id=client.id_of(id)), lambda event: _(
        "Kept: {title}, {event}", title=event["title"], event=when(event)
    )


@click.command("skip")
@click.argument("id")
@answering
def skip_command(client: Client, /, id: str) -> Answer:
    """Say no to a card; only this machine knows."""
    return client.call("skip", id=client.id_of(id)), lambda event: _("Skipped: {title}", **event)


@click.command("later")
@click.argument("id")
@answering
def later_command(client: Client, /, id: str) -> Answer:
    """Not tonight: put a card back into the hat, for another day."""
    return client.call("not_tonight", id=client.id_of(id)), lambda event: _(
        "Back in the hat: {title}", **event
    )


@click.command("forget")
@click.argument("id")
@answering
def forget_command(client: Client, /, id: str) -> Answer:
    """Take a keep, a skip or a later back."""
    return client.call("forget", id=client.id_of(id)), lambda event: _(
        "Forgotten: {title}", **event
    )


@click.group("plan")
def plan_command() -> None:
    """The cards that you kept."""


def _kept(found: list[Json]) -> None:
    if found:
        events(found)
    else:
        print_line("You kept nothing yet: potluck keep ID")


@click.group("bag")
def bag_command() -> None:
    """What was dealt before, and does not come back until the deck is spent."""


def _bag(found: Json) -> None:
    if not found["shown"]:
        print_line("The bag is empty: anything may be dealt.")
        return
    dealt = count(found["shown"], "event")
    print_line("{dealt} of earlier days will not come back until the deck is spent.", dealt=dealt)
    click.echo(
        dim(_("potluck draw --again includes them; potluck bag empty lets them all come back."))
    )


plan_command.add_command(does("list", "kept", _kept, "What you kept, by time."))
bag_command.add_command(does("show", "bag", _bag, "How much is in the bag."))
bag_command.add_command(does("empty", "empty_bag", _bag, "Let everything come back."))
