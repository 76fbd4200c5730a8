"""Announcing: a blank ticket to fill in; later edit, postpone, cancel, withdraw; a calendar to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations import Json
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import listing
from potluck.node.operations.forms import EventForm, ImportForm
from potluck.protocol.announcement import ACCESS_NEEDS
from potluck.protocol.errors import LocalError

from . import ticket as tickets
from .view import View

DRAFT = "page.draft"
PLAIN = (
    "title",
    "day",
    "at",
    "to",
    "place",
    "near",
    "address",
    "price",
    "capacity",
    "about",
    "lang",
    "url",
    "more",
)
SAMPLE_STOCK = 3


async def blank(view: View) -> Response:
    """A blank ticket, or the draft that was left."""
    filled = json.loads(view.noted(DRAFT) or "{}")
    filled.setdefault("near", view.filters.near or "")
    return _form(view, filled)


def _form(
    view: View,
    filled: Mapping[str, Any],
    problem: LocalError | None = None,
    event: Json | None = None,
) -> Response:
    """The form with what was filled in, and the ticket that it makes."""
    filled = dict.fromkeys(PLAIN, "") | {"topics": [], "access": {}} | dict(filled)
    return view.page(
        "announce.html",
        "announce",
        422 if problem else 200,
        filled=filled,
        problem=view.tell(problem) if problem else "",
        field=problem.field if isinstance(problem, Unfit) else "",
        event=event,
        ticket=_preview(view, filled),
        offered=[(topic, tickets.topic_word(topic, view.tongue)) for topic in tickets.OFFERED],
        shapes=sorted({*tickets.OFFERED, "plain"}),
        needs=words.NEEDS,
        draft=bool(view.noted(DRAFT)) and event is None,
    )


def _filled(view: View) -> dict[str, Any]:
    """What the form says, as it was filled in."""
    access = {need: view.field(f"access-{need}") for need in sorted(ACCESS_NEEDS)}
    return {name: view.field(name) for name in PLAIN} | {
        "topics": list(view.fields("topic")),
        "access": {need: answer for need, answer in access.items() if answer},
    }


def _event_form(filled: Mapping[str, Any]) -> EventForm:
    """The same as the operations take it: "" takes a value away. Raises Unfit."""
    capacity = filled["capacity"]
    if capacity and not capacity.isdecimal():
        raise Unfit("capacity", "how many people fit is a whole number")
    topics = [*filled["topics"], *(word.strip() for word in filled["more"].split(","))]
    return EventForm(
        title=filled["title"],
        place=filled["place"] or None,
        address=filled["address"] or None,
        near=filled["near"] or None,
        topics=tuple(filter(None, topics)),
        about=filled["about"],
        price=filled["price"],
        capacity=int(capacity) if capacity else None,
        lang=filled["lang"],
        access={need: answer == "yes" for need, answer in filled["access"].items()},
        url=filled["url"],
        **_times(filled),
    )


def _times(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Start and end: a day alone lasts all day, an end before the start is after midnight."""
    day, at, to = filled["day"], filled["at"], filled["to"]
    if not day:
        return {"start": None, "end": None}
    if not at:
        return {"start": day, "end": None}
    end = None
    if to:
        after = timedelta(days=1) if to <= at else timedelta()
        try:
            end = f"{date.fromisoformat(day) + after}T{to}"
        except ValueError:
            raise Unfit("start", "{day!r} is no date; write it as 2027-03-01", day=day) from None
    return {"start": f"{day}T{at}", "end": end}


def _preview(view: View, filled: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket as others will draw it, as far as it is filled in."""
    when = view.say("Day to be said")
    try:
        day = date.fromisoformat(filled["day"])
        when = ", ".join(filter(None, (words.long_date(day, view.tongue), filled["at"])))
    except ValueError:
        pass
    more = [word.strip() for word in filled["more"].split(",") if word.strip()]
    return {
        "stock": f"s{SAMPLE_STOCK + 1}",
        "title": filled["title"] or view.say("Untitled so far"),
        "marks": tickets.marks([*filled["topics"], *more], view.tongue),
        "when": when,
        "place": filled["place"] or view.say("Place to be said"),
        "price": words.sentence(filled["price"]) or view.say("Price not said."),
    }


async def announce(view: View) -> Response:
    """Sign and announce, or keep as a draft; a mistake is named, and nothing that was written is lost."""
    filled = _filled(view)
    if view.field("act") == "draft":
        await view.note(DRAFT, json.dumps(filled))
        return view.go("/announce")
    try:
        made = await events.announce(view.service, _event_form(filled))
    except LocalError as error:
        return _form(view, filled, error)
    await view.note(DRAFT, "")
    return view.go(f"/card/{made['id']}", said="announced")


async def change(view: View) -> Response:
    """An event of one's own: what can be done with it, and the form to edit it."""
    event = await listing.show(view.service, view.part("id"))
    if not event["mine"] or event["title"] is None:
        raise LocalError("only an event of your own that was not withdrawn can be changed")
    return _form(view, _as_filled(event), event=event)


def _as_filled(event: Json) -> dict[str, Any]:
    start = datetime.fromisoformat(event["start"]) if event["start"] else None
    end = datetime.fromisoformat(event["end"]) if event["end"] else None
    place, topics = event["place"] or {}, event["topics"]
    timed = start and not event["all_day"]
    return {
        "title": event["title"],
        "day": start.date().isoformat() if start else "",
        "at": f"{start:%H:%M}" if start and timed else "",
        "to": f"{end:%H:%M}" if end and timed and end != start else "",
        "place": place.get("name") or "",
        "address": place.get("address") or "",
        "topics": [topic for topic in topics if topic in tickets.OFFERED],
        "more": ", ".join(topic for topic in topics if topic not in tickets.OFFERED),
        "access": {need: "yes" if met else "no" for need, met in event["access"].items()},
        "capacity": str(event["capacity"] or ""),
        **{name: event[name] or "" for name in ("price", "about", "lang", "url")},
    }


async def edit(view: View) -> Response:
    """A new revision."""
    id, filled = view.part("id"), _filled(view)
    try:
        made = await events.edit(view.service, id, _event_form(filled))
    except LocalError as error:
        return _form(view, filled, error, await listing.show(view.service, id))
    return view.go(f"/card/{made['id']}", said="changed")


async def call_off(view: View) -> Response:
    """Postpone, cancel or withdraw."""
    id, act = view.part("id"), view.field("act")
    if act == "postpone":
        times = _times({name: view.field(name) for name in ("day", "at", "to")})
        made = await events.postpone(view.service, id, EventForm(**times))
    elif act == "cancel":
        made = await events.cancel(view.service, id, view.field("why") or None)
    else:
        await events.withdraw(view.service, id)
        return view.go("/mine")
    return view.go(f"/card/{made['id']}", said="changed")


async def mine(view: View) -> Response:
    """What one has announced."""
    found = await listing.list_events(view.service, mine=True)
    return view.page(
        "mine.html", "announce", tickets=[tickets.ticket(view, event) for event in found]
    )


async def importing(view: View) -> Response:
    """Where a calendar is handed over."""
    from potluck.node.operations.sharing import imports  # noqa: PLC0415 - the calendar libraries take 20 MB

    return view.page(
        "import.html",
        "announce",
        result=None,
        problem="",
        watched=await imports.watched(view.service),
    )


async def take_in(view: View) -> Response:
    """Relay the events of a calendar: a file, or an address."""
    from potluck.node.operations.sharing import imports  # noqa: PLC0415 - the calendar libraries take 20 MB

    form = ImportForm(near=view.field("near") or None)
    file, address = view.file("file"), view.field("address")
    result, problem = None, ""
    try:
        if file is not None:
            result = await imports.import_upload(
                view.service, file.filename or "calendar", await file.read(), form
            )
        elif address:
            result = await imports.import_calendar(view.service, _web(address), form)
        else:
            raise Unfit("file", "choose a file, or give an address")
    except LocalError as error:
        problem = view.tell(error)
    watched = await imports.watched(view.service)
    status = 422 if problem else 200
    return view.page(
        "import.html", "announce", status, result=result, problem=problem, watched=watched
    )


def _web(address: str) -> str:
    """The address, which must be one: a path of this machine is not for the page to read."""
    address = address.replace("webcal://", "https://", 1)
    if not address.startswith(("http://", "https://")):
        raise Unfit("address", "an address begins with https://")
    return address
