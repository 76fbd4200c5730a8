"""What an event said before, revision by revision, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from .printing import Json, bold, dim
from .wording import moment, when, where

_STATES = {
    "scheduled": "takes place after all",
    "postponed": "postponed",
    "cancelled": "cancelled",
    "withdrawn": "withdrawn by its host",
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
    click.echo(bold(found[0]["title"] or "A withdrawn event"))
    for event in found:
        number = event["revision"] + 1
        click.echo(f"{number:>3}  {dim(moment(event['issued_at']))}")
        for line in list(_changes(event)) or [_unchanged(event, found[-1])]:
            click.echo(f"     {line}")
    click.echo(dim("This is what your node saw; others may have seen more of it, or less."))


def _unchanged(event: Json, oldest: Json) -> str:
    if event["revision"] == 0:
        return "first announced"
    return "the first that your node saw" if event is oldest else "signed anew, with the same words"


def _changes(event: Json) -> Iterator[str]:
    """What a revision changed, one line each."""
    was = event["was"]
    before = event | was
    if "status" in was:
        yield _STATES[event["status"]]
    if event["status"] == "withdrawn":
        return
    if {"start", "end", "all_day"} & was.keys():
        yield f"time: {when(event)}; was {when(before)}"
    if "place" in was:
        yield f"place: {where(event) or 'not said'}; was {where(before) or 'not said'}"
    for name in _PLAIN:
        if name in was:
            yield f"{name}: {_said(event[name])}; was {_said(was[name])}"
    if "about" in was:
        yield "the description was rewritten"


def _said(value: Any) -> str:
    if isinstance(value, dict):  # access needs, or the source of a relayed event
        said = [
            f"{name.replace('_', ' ')} {_ANSWERS.get(each, each)}" for name, each in value.items()
        ]
        return ", ".join(said) or "not said"
    return (", ".join(value) if isinstance(value, list) else str(value or "")) or "not said"


_ANSWERS = {None: "not said", True: "yes", False: "no"}
