"""The way back: to the list, hand or plan that one came from, else one step up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from potluck.node.language.format import marked

if TYPE_CHECKING:
    from .view import View

_WAYS = {
    "/": marked("Back to the hand"),
    "/plan": marked("Back to your plan"),
    "/browse": marked("Back to the list"),
    "/mine": marked("Back to what you have announced"),
    "/table/hand": marked("Back to the table’s hand"),
    "/table": marked("Back to the table"),
    "/tables": marked("Back to the tables"),
    "/announce": marked("Back to the blank ticket"),
    "/receipts": marked("Back to the receipts"),
    "/node": marked("Back to your node"),
}
_UP = {
    "card": "/",
    "share": "/",
    "browse": "/",
    "dice": "/",
    "witness": "/",
    "receipts": "/",
    "receipt": "/receipts",
    "mine": "/announce",
    "import": "/announce",
    "change": "/mine",
    "table": "/tables",
    "settings": "/node",
    "pair": "/node",
    "home": "/node",
}
_FOR_A_CARD = frozenset({"/", "/plan", "/browse", "/mine", "/table/hand"})


def way_back(view: View) -> tuple[str, str] | None:
    """Where the link back leads and what it says; None on the pages that the rail leads to."""
    first, _, rest = view.request.url.path.strip("/").partition("/")
    if first == "node" and rest:
        return "/node", view.say(_WAYS["/node"])
    path = _UP.get(first)
    if path is None:
        return None
    if first == "share":
        return f"/card/{rest}", view.say("Back to the card")
    if first == "table" and rest == "hand":
        return f"/table?{view.request.url.query}", view.say(_WAYS["/table"])
    if first == "card":
        path = _came_from(view) or path
    known = urlsplit(path).path
    if view.phone and known in ("/announce", "/node"):
        return None
    return path, view.say(_WAYS[known])


def _came_from(view: View) -> str | None:
    """The page of ours that led to this card, as the card's own forms or the browser say."""
    for said in (view.query("from"), view.request.headers.get("referer", "")):
        address = urlsplit(said)
        if address.netloc not in ("", view.request.headers.get("host")):
            continue
        if address.path in _FOR_A_CARD:
            return address.path + (f"?{address.query}" if address.query else "")
    return None
