"""The way back: to the list, hand or plan that one came from, else one step up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from potluck.protocol.message import marked

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
    "/settings": marked("Back to the settings"),
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
    "blocks": "/settings",
}
_FOR_A_CARD = frozenset({"/", "/plan", "/browse", "/mine", "/table/hand"})


def way_back(view: View) -> tuple[str, str] | None:
    """Where the link back leads and what it says; None on the pages that the rail leads to."""
    first, _, rest = view.request.url.path.strip("/").partition("/")
    if first == "node" and rest:
        return _way(view, "/node")
    path = _UP.get(first)
    if path is None:
        return None
    if first == "share":
        return f"/card/{rest}", view.gettext("Back to the card")
    if first == "table" and rest == "hand":
        return _way(view, f"/table?{view.request.url.query}")
    if first == "card":
        path = _came_from(view) or path
    return _way(view, path)


def _way(view: View, path: str) -> tuple[str, str] | None:
    """The link to a page; None if the phone may not go there."""
    known = urlsplit(path).path
    words = _WAYS[known]
    return None if view.phone and known in ("/announce", "/node") else (path, view.gettext(words))


def _came_from(view: View) -> str | None:
    """The page of ours that led to this card, as the card's own forms or the browser say."""
    for where in (view.query("from"), view.request.headers.get("referer", "")):
        address = urlsplit(where)
        if address.netloc not in ("", view.request.headers.get("host")):
            continue
        if address.path in _FOR_A_CARD:
            return address.path + (f"?{address.query}" if address.query else "")
    return None
