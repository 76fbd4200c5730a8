"""The plain lists, a page at a time: what is coming, and what one has announced."""

from datetime import datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.draw import pagination
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json

from . import filters
from .paper_ticket import ticket
from .view import View


async def browse(view: View) -> Response:
    """Manual mode: what is coming, by time or A to Z; no filter counts but the place."""
    order = "title" if view.query("order") == "title" else "time"
    everywhere = bool(view.query("everywhere"))
    form = DrawForm() if everywhere else _around(view.filters)
    asked = {"words": view.query("q"), "after": view.query("after")}
    found = await pagination.page(view.service, form, order=order, **asked)
    here = (found["lat"], found["lon"]) if found["near"] else None
    rows = [_row(view, event, here) for event in found["events"]]
    return view.page(
        "browse.html",
        "draw",
        groups=_by_day(view, rows) if order == "time" else [("", rows)],
        order=order,
        everywhere=everywhere,
        near=bool(view.filters.near or view.filters.at),
        place=words.capital(filters.place(view, found)),
        next=found["next"],
        asked=asked,
    )


def _around(form: DrawForm) -> DrawForm:
    return DrawForm(near=form.near, at=form.at, within=form.within)


async def mine(view: View) -> Response:
    """What one has announced: one's own events first, then what one imported."""
    asked = {"words": view.query("q"), "after": view.query("after")}
    found = await pagination.own_page(view.service, **asked)
    rows = [_row(view, event, None) for event in found["events"]]
    own = [row for row in rows if not row["event"]["source"]]
    return view.page(
        "mine.html",
        "announce",
        own=_by_day(view, own),
        imported=_by_day(view, rows[len(own) :]),
        next=found["next"],
        asked=asked,
    )


def _row(view: View, event: Json, here: Any) -> dict[str, Any]:
    """A line of a list: a ticket with its hour in figures, since the day stands above it."""
    start = datetime.fromisoformat(event["start"]) if event["start"] else None
    timed = start is not None and not event["all_day"]
    return ticket(view, event, 0, here) | {
        "start": start,
        "hour": words.time(start, view.locale) if start and timed else view.gettext("All day"),
    }


def _by_day(view: View, rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows under headings: the days on which they begin, as their clocks have them."""

    def day(row: dict[str, Any]) -> str:
        if row["start"] is None:
            return view.gettext("A new date is not known yet")
        return words.written(row["start"].date(), view.locale, view.today)

    return [(heading, list(group)) for heading, group in groupby(rows, day)]
