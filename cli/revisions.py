"""What an event said before, revision by revision, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from potluck.protocol.message import marked

from .language import _, translate
from .printing import Json, bold, dim
from .wording import moment, when, where

_STATES = {
    "scheduled": marked("takes place after all"),
    "postponed": marked("postponed"),
    "cancelled": marked("cancelled"),
    "withdrawn": marked("withdrawn by its host"),
}
_PLAIN = (
    "title",
    "price",
    "capacity",
    "topics",
    "access",
    "lang",
    "url",
    "series",
    "source",
)


def revision_list(found: list[Json]) -> None:
    """The revisions of an event, the latest first."""
    click.echo(bold(found[0]["title"] or _("A withdrawn event")))
    for event in found:
        number = event["revision"] + 1
        click.echo(f"{number:>3}  {dim(moment(event['issued_at']))}")
        for line in list(_changes(event)) or [_unchanged(event, found[-1])]:
            click.echo(f"     {line}")
    click.echo(dim(_("This is what your node saw; others may have seen more of it, or less.")))


def _unchanged(event: Json, oldest: Json) -> str:
    if event["revision"] == 0:
        return _("first announced")
    return (
        _("the first that your node saw")
        if event is oldest
        else _("signed anew, with the same words")
    )


def _changes(event: Json) -> Iterator[str]:
    """What a revision changed, one line each."""
    was = event["was"]
    before = event | was
    if "status" in was:
        yield translate(_STATES[event["status"]])
    if event["status"] == "withdrawn":
        return
    if {"start", "end", "all_day"} & was.keys():
        yield _("time: {event}; was {before}", event=when(event), before=when(before))
    if "place" in was:
        yield _(
            "place: {event}; was {before}",
            event=where(event) or _("not said"),
            before=where(before) or _("not said"),
        )
    for name in _PLAIN:
        if name in was:
            yield _(
                "{name}: {event}; was {was}",
                name=translate(name),
                event=_value(event[name]),
                was=_value(was[name]),
            )
    if "about" in was:
        yield _("the description was rewritten")


def _value(value: Any) -> str:
    if isinstance(value, dict):  # access needs, or the source of a relayed event
        answers = [
            f"{name.replace('_', ' ')} {translate(_ANSWERS[each]) if each in _ANSWERS else each}"
            for name, each in value.items()
        ]
        return ", ".join(answers) or _("not said")
    return (", ".join(value) if isinstance(value, list) else str(value or "")) or _("not said")


_ANSWERS = {None: marked("not said"), True: marked("yes"), False: marked("no")}
