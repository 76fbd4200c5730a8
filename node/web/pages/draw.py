"""Today's hand: dealt at the first look, then the same until midnight."""

from __future__ import annotations

from datetime import date
from typing import Literal

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations import Json
from potluck.node.operations.draw import browse as browsing
from potluck.node.operations.draw import choices, today
from potluck.node.operations.draw.table_hand import draw_table
from potluck.protocol.errors import LocalError, Refused

from . import filters, live
from .ticket import point_of, ticket, used_marks
from .view import View
from .walks import reach


async def hand(view: View) -> Response:
    """Today's hand, with its filters."""
    if not view.welcomed and not view.phone:
        return view.go("/welcome")
    if live.first_deal_waits(view) and not view.query("now"):
        held = (await view.service.store.deck.counts()).held
        return view.page("waiting.html", "draw", receiving=live.receiving(view, held))
    return await shown(view, await today.draw(view.service, view.filters))


async def redraw(view: View) -> Response:
    """Deal again in place of what was not kept."""
    await today.draw(view.service, view.filters, redraw=True)
    return view.go("/")


async def set_filters(view: View) -> Response:
    """Look with other filters from now on; the hand says why if they do not fit."""
    before = view.filters
    try:
        asked = filters.read(view)
        await today.draw(view.service, asked)
    except LocalError as error:
        dealt = await today.draw(view.service, before)
        return await shown(
            view, dealt, view.tell(error), 409 if isinstance(error, Refused) else 422
        )
    await view.set_filters(asked)
    return view.go("/")


async def table_hand(view: View) -> Response:
    """A table's hand of its day."""
    return await shown(view, await draw_table(view.service, view.query("name")))


async def table_redraw(view: View) -> Response:
    """The table's second hand."""
    await draw_table(view.service, view.field("name"), redraw=True)
    return view.go("/table/hand", name=view.field("name"))


_ANSWERS = {"keep": choices.keep, "skip": choices.skip, "not tonight": choices.not_tonight}


async def choose(view: View) -> Response:
    """Keep, skip, put off or put back a card, then return to where it lies."""
    id = view.part("id")
    act = _ANSWERS.get(view.field("answer"), choices.forget)
    await act(view.service, id)
    return view.go_back("/", f"t-{id[:8]}")


async def shown(view: View, dealt: Json, problem: str = "", status: int = 200) -> Response:
    """A hand as a page: its tickets, or the sum that led to none."""
    dealt = {**dealt, "table": dealt.get("table")}
    here = point_of(dealt)
    tickets = [ticket(view, card, at, here) for at, card in enumerate(dealt["hand"])]
    fresh = view.site.shown_hand != dealt["receipt"]
    view.site.shown_hand = dealt["receipt"]
    return view.page(
        "draw.html" if tickets else "empty.html",
        "tables" if dealt["table"] else "draw",
        status,
        dealt=dealt,
        tickets=tickets,
        marks=used_marks(tickets),
        fresh=fresh,
        day=words.long_date(date.fromisoformat(dealt["day"]), view.tongue),
        scope=filters.scope(view, dealt),
        hidden=sum(dealt["hidden"].values()),
        sheet=filters.sheet(view, problem),
        rules=filters.RULES,
        problem=problem,
        answered=all(
            each["event"]["kept"] or each["skipped"] or each["put_back"] for each in tickets
        ),
        reach=reach(dealt, view.tongue),
        beyond=None if tickets else await filters.beyond(view, dealt),
    )


async def browse(view: View) -> Response:
    """Manual mode: the plain list by time or A to Z, a hundred at a time."""
    order: Literal["time", "title"] = "title" if view.query("order") == "title" else "time"
    found = await browsing.browse(view.service, view.filters, order)
    at = max(0, int(view.query("at")) if view.query("at").isdecimal() else 0)
    here = point_of(found)
    listed = [ticket(view, event, 0, here) for event in found["events"][at : at + PART]]
    return view.page(
        "browse.html",
        "draw",
        tickets=listed,
        order=order,
        at=at,
        part=PART,
        all=len(found["events"]),
        scope=filters.scope(view, {**found, "table": None}),
    )


PART = 100
