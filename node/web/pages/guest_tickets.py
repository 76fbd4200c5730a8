"""Tickets that guests filled in: they wait until the house announces or drops them."""

import json
import secrets
from typing import Any

from potluck.node.operations.sharing.guest_ticket import read_ticket

from . import event_form as forms
from .view import View

_NOTE = "page.tickets"
MOST = 50


def waiting(view: View) -> dict[str, dict[str, Any]]:
    """What they say, as the blank ticket has it, by a word for each; the latest last."""
    found: dict[str, dict[str, Any]] = json.loads(view.noted(_NOTE) or "{}")
    return found


async def take(view: View, ticket: bytes, near: str | None) -> str:
    """Keep a ticket until it is announced or dropped: the word for it. Raises LocalError."""
    event = await read_ticket(view.service, ticket, near)
    filled = forms.of_event(event) | {"near": near or "", "guest": event["guest"]}
    filled["ticket"] = secrets.token_urlsafe(9)
    await keep(view, filled)
    return str(filled["ticket"])


async def keep(view: View, filled: dict[str, Any]) -> None:
    """Remember what a ticket says now."""
    kept = [*(waiting(view) | {filled["ticket"]: filled}).items()]
    await view.note(_NOTE, json.dumps(dict(kept[-MOST:])))


async def drop(view: View, ticket: str) -> None:
    """Forget one."""
    left = {word: filled for word, filled in waiting(view).items() if word != ticket}
    await view.note(_NOTE, json.dumps(left))
