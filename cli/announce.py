"""What a host does: announce, change and take back events; and a look at single ones."""

from typing import Any

import click

from .client import Client
from .form_options import FormCommand, given
from .language import _
from .options import json_option
from .printing import Answer, Json, answering, dim, result
from .wording import event_in_full, events, in_words, when

past_option = click.option("--past", is_flag=True, help="Although it is over already.")


@click.command("announce", cls=FormCommand, form="forms.EventForm")
@past_option
@answering
def announce_command(client: Client, /, **options: Any) -> Answer:
    """Announce an event, signed with your key; prints its id."""
    return _written(client, "announce", options)


@click.command("edit", cls=FormCommand, form="forms.EventForm")
@click.argument("id")
@past_option
@answering
def edit_command(client: Client, /, id: str, **options: Any) -> Answer:
    """Change an event of yours; what you do not name stays."""
    return _written(client, "edit", options, id=id)


@click.command("postpone", cls=FormCommand, form="forms.EventForm")
@click.argument("id")
@past_option
@answering
def postpone_command(client: Client, /, id: str, **options: Any) -> Answer:
    """Move an event of yours to a later time, or to one not yet known."""
    return _written(client, "postpone", options, id=id)


@click.command("cancel")
@click.argument("id")
@click.option("--why", metavar="TEXT", help="A word for those who wanted to come.")
@answering
def cancel_command(client: Client, /, id: str, why: str | None) -> Answer:
    """Say that an event of yours does not happen."""
    return client.call("cancel", id=id, why=why) | {"cautions": []}, _announced


@click.command("withdraw")
@click.argument("id")
@answering
def withdraw_command(client: Client, /, id: str) -> Answer:
    """Take back all that you said of an event."""
    return client.call("withdraw", id=id) | {"cautions": []}, _announced


@click.command("list")
@click.option("--mine", is_flag=True, help="Only what you announced.")
@click.option("--past", is_flag=True, help="Also what is over.")
@answering
def list_command(client: Client, /, mine: bool, past: bool) -> Answer:
    """All events that your node holds, by time."""
    return client.list_events(mine=mine, past=past), events


@click.command("show")
@click.argument("id")
@click.option("--revisions", is_flag=True, help="What it said before, as far as your node saw it.")
@json_option
@click.pass_obj
def show_command(client: Client, /, id: str, revisions: bool, as_json: bool) -> None:
    """All that is known of one event."""
    if revisions:
        from .revisions import revision_list

        result(client.call("revisions", id=id), as_json, revision_list)
    else:
        result(client.call("show", id=client.id_of(id)), as_json, event_in_full)


def _written(client: Client, operation: str, options: dict[str, Any], **of: Any) -> Answer:
    """What was said of an event, with what its host may want to look at again; nothing is said of
    what is over already, unless that is meant."""
    past, form = options.pop("past"), given(options)
    day = None if past else client.call("over", form=form, **of)["day"]
    if day is not None:
        was = _("it was over on {day}; if you mean that, say --past, too", day=in_words(day))
        raise click.BadParameter(was, param_hint="--start")
    event = client.call(operation, form=form, **of)
    return {**event, "cautions": client.call("cautions", id=event["id"])}, _announced


def _announced(event: Json) -> None:
    """The id of what was just said, alone on stdout, so that scripts can take it."""
    click.echo(event["id"])
    what = _("withdrawn") if event["title"] is None else f"{event['title']}, {when(event)}"
    if event["status"] == "cancelled":
        what = _("cancelled: {event}", event=what)
    click.echo(
        dim(_("{what}; kept here, and sent to others when a node runs", what=what)), err=True
    )
    for caution in event["cautions"]:
        click.echo(_("Note: {caution}.", caution=in_words(caution)), err=True)
