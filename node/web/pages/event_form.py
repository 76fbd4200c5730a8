"""The blank ticket as a form: what was filled in, the event that it means, and what may be a
slip."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json
from potluck.protocol.announcement import ACCESS_NEEDS
from potluck.protocol.message import marked

from . import paper_ticket as tickets
from .view import Question, View

PLAIN = (
    *("title", "day", "at", "until", "to", "place", "near", "address", "price", "capacity"),
    *("about", "lang", "url", "more", "every", "times", "guest", "ticket"),
)
EMPTY: dict[str, Any] = dict.fromkeys(PLAIN, "") | {"topics": [], "access": {}}

FAR_DAYS = 180
"""An event later than this may be a slip in the year: it is asked about."""


def filled(view: View) -> dict[str, Any]:
    """What the form says, as it was filled in."""
    access = {need: view.field(f"access-{need}") for need in sorted(ACCESS_NEEDS)}
    return {name: view.field(name) for name in PLAIN} | {
        "near": view.town,
        "topics": list(view.fields("topic")),
        "access": {need: answer for need, answer in access.items() if answer},
    }


EVERY = {
    "": marked("No, once"),
    "DAILY": marked("Every day"),
    "WEEKLY": marked("Every week"),
    "WEEKLY;INTERVAL=2": marked("Every other week"),
    "MONTHLY": marked("Every month, on the same weekday"),
}
"""How often the form lets an event repeat, as RFC 5545 writes it."""

MOST_TIMES = 100


def _repetition(filled: Mapping[str, Any]) -> str | None:
    """The rule (RFC 5545) that the form asks for; None for an event that takes place once."""
    every, times_ = filled["every"], filled["times"]
    if every not in EVERY or not every:
        return None
    if not times_.isdecimal():
        raise Unfit("times", "say how many times it takes place")
    if not 2 <= int(times_) <= MOST_TIMES:
        raise Unfit("times", "it takes place 2 to 100 times")
    day = _date("start", filled["day"])
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    by_day = f";BYDAY={1 + (day.day - 1) // 7}{names[day.weekday()]}" if every == "MONTHLY" else ""
    return f"FREQ={every}{by_day};COUNT={int(times_)}"


def digest(filled: Mapping[str, Any]) -> str:
    """What tells whether the same was sent twice."""
    return blake2b(json.dumps(filled, sort_keys=True).encode(), digest_size=16).hexdigest()


def event_form(filled: Mapping[str, Any], no_capacity: int | None = None) -> EventForm:
    """The same as the operations take it: "" takes a value away. Raises Unfit."""
    capacity = filled["capacity"]
    if capacity and not capacity.isdecimal():
        raise Unfit("capacity", "how many people fit is a whole number")
    topics = [*filled["topics"], *(word.strip() for word in filled["more"].split(","))]
    return EventForm(
        place=filled["place"] or None,
        near=filled["near"] or None,
        topics=tuple(filter(None, topics)),
        capacity=int(capacity) if capacity else no_capacity,
        access={need: answer == "yes" for need, answer in filled["access"].items()},
        **{name: filled[name] for name in ("title", "address", "about", "price", "lang", "url")},
        **times(filled),
        repeat=_repetition(filled),
    )


def times(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Start and end: a day alone lasts all day, an end before the start is after midnight.

    "" takes an end away. Raises Unfit.
    """
    day, at, until, to = (filled[name] for name in ("day", "at", "until", "to"))
    if not day:
        return {"start": None, "end": None}
    first, last = _date("start", day), _date("until", until or day)
    if last < first:
        raise Unfit("until", "the last day is before the first")
    if not at:
        return {"start": day, "end": until}
    if not to:
        if until and last > first:
            raise Unfit("end", "say at what time it ends on its last day")
        return {"start": f"{day}T{at}", "end": ""}
    if last == first and to <= at:
        last += timedelta(days=1)
    return {"start": f"{day}T{at}", "end": f"{last}T{to}"}


def _date(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit(field, "{text!r} is no date; write it as 2027-03-01", text=text) from None


def of_event(event: Json) -> dict[str, Any]:
    """An event as the form would be filled in."""
    start = datetime.fromisoformat(event["start"]) if event["start"] else None
    end = datetime.fromisoformat(event["end"]) if event["end"] else None
    place, topics = event["place"] or {}, event["topics"]
    return EMPTY | {
        "title": event["title"],
        **_filled_times(start, end, all_day=bool(event["all_day"])),
        "place": place.get("name") or "",
        "address": place.get("address") or "",
        "topics": [topic for topic in topics if topic in tickets.OFFERED],
        "more": ", ".join(topic for topic in topics if topic not in tickets.OFFERED),
        "access": {need: "yes" if met else "no" for need, met in event["access"].items()},
        "capacity": str(event["capacity"] or ""),
        **{name: event[name] or "" for name in ("price", "about", "lang", "url")},
    }


def _filled_times(start: datetime | None, end: datetime | None, *, all_day: bool) -> Json:
    """What `times` reads as this start and this end."""
    if start is None:
        return {}
    first = start.date()
    if all_day:
        last = (end - timedelta(seconds=1)).date() if end and end > start else first
        return {"day": first.isoformat(), "until": last.isoformat() if last > first else ""}
    if end is None or end == start:
        return {"day": first.isoformat(), "at": f"{start:%H:%M}"}
    at, to = f"{start:%H:%M}", f"{end:%H:%M}"
    plain = first + timedelta(days=to <= at)
    until = "" if end.date() == plain else end.date().isoformat()
    return {"day": first.isoformat(), "at": at, "until": until, "to": to}


def unlikely(view: View, filled: Mapping[str, Any], field: str = "day") -> Question | None:
    """A question about a day that may be a slip: it is over, or far ahead; None once it is
    meant."""
    try:
        last = date.fromisoformat(filled["until"] or filled["day"])
        first = date.fromisoformat(filled["day"])
    except ValueError:
        return None
    if view.field("sure") == filled["day"]:
        return None
    day = words.full_date(first, view.locale)
    if last < view.today:
        text = view.gettext("%(day)s is over. Do you mean that day?", day=day)
    elif (first - view.today).days > FAR_DAYS:
        text = view.gettext(
            "%(day)s is more than half a year ahead. Do you mean that day?", day=day
        )
    else:
        return None
    return Question(field, text)


def spoken(view: View, filled: Mapping[str, Any]) -> str:
    """When it is, as far as it is filled in."""
    try:
        day = words.written(date.fromisoformat(filled["day"]), view.locale, view.today)
    except ValueError:
        return view.gettext("Day to be said")
    return ", ".join(filter(None, (day, filled["at"])))
