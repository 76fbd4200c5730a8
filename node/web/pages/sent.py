"""Forms that were sent: each has a token of its own, and does its work once."""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from .event_form import digest
from .view import View

_NOTE = "page.sent"
REMEMBERED = 50
"""Forms, the latest: whoever goes back in a browser does not go back further."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Which announcement came of a form, and a digest of what was filled in."""

    token: str
    id: str
    digest: str


def _noted(view: View) -> list[Sent]:
    return [Sent(*each) for each in json.loads(view.noted(_NOTE) or "[]")]


def find(view: View) -> Sent | None:
    """What came of this form, if it was sent before."""
    token = view.field("token")
    return next((each for each in _noted(view) if token and each.token == token), None)


async def note(view: View, id: str, filled: Mapping[str, Any]) -> None:
    """Remember what came of this form."""
    latest = [*_noted(view), Sent(view.field("token"), id, digest(filled))][-REMEMBERED:]
    await view.note(_NOTE, json.dumps([astuple(each) for each in latest]))
