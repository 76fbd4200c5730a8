"""From what a person filled in to the parts of an announcement, with errors that name the field."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.geography import places
from potluck.node.geography.places import Spot
from potluck.node.operations.forms import EventForm, fields_of
from potluck.protocol.announcement import DAY, Body, Place
from potluck.protocol.errors import Invalid, LocalError
from potluck.protocol.message import Message

_CALLED = {
    "the place's name": "place",
    "the place's address": "address",
    "latitude": "at",
    "longitude": "at",
    "a topic": "topic",
}
"""What protocol.announcement names otherwise than a person knows it."""
_FIELDS = {*fields_of(EventForm), "topic"}


@contextmanager
def explained() -> Iterator[None]:
    """Turn Invalid from a value that a person filled in into an Unfit that names the field."""
    try:
        yield
    except Invalid as error:
        message, values = error.message, error.message.values
        about = str(values.get("field", values.get("name")))
        field = _CALLED.get(about, about)
        if field not in _FIELDS:
            raise LocalError(message) from None
        this = dict.fromkeys({"name", "field"} & values.keys(), Message("this field"))
        raise Unfit(field, message.template, **{**values, **this}) from None


def spot_of(near: str | None, at: str | None) -> Spot | None:
    """Where a person said it is; None if they did not."""
    if near and at:
        raise Unfit("at", "say either near or at, not both")
    if at and places.coordinates(at) is None:
        raise Unfit("at", "{at!r} is no pair of coordinates; write it as 52.52,13.40", at=at)
    text = at or near
    try:
        return places.resolve(text) if text else None
    except LocalError as error:
        error.field = "at" if at else "near"
        raise


@dataclass(frozen=True)
class _Times:
    start: int
    end: int | None
    all_day: bool


def new_body(form: EventForm) -> Body:
    """The body of a new event. Raises Unfit for a field that is missing or wrong."""
    if form.title is None:
        raise Unfit("title", "say in one line what it is")
    if form.start is None:
        raise Unfit("start", "say when it starts, such as 2027-03-01T19:00")
    spot = spot_of(form.near, form.at)
    zone = form.tz or (spot.tz if spot else clock.machine_zone())
    times = _times(form, zone, None)
    with explained():
        return Body(
            title=_clean(form.title),
            tz=clock.zone(zone).key,
            start=times.start,
            end=times.end,
            all_day=times.all_day,
            place=_place(form, spot, None),
            **_plain(form),
        )


def changed_body(body: Body, form: EventForm) -> Body:
    """The body with what the form says changed: a new start alone keeps the duration, and a
    capacity of 0 takes it away."""
    spot = spot_of(form.near, form.at)
    zone = form.tz or (spot.tz if spot else body.tz)
    changes: dict[str, Any] = _plain(form)
    if form.capacity == 0:
        changes["capacity"] = None
    if form.title is not None:
        changes["title"] = _clean(form.title)
    if form.start or form.end or form.duration:
        times = _times(form, zone, body)
        changes |= {"start": times.start, "end": times.end, "all_day": times.all_day}
    if form.tz or spot:
        changes["tz"] = clock.zone(zone).key
    with explained():
        return replace(body, place=_place(form, spot, body.place), **changes)


def _plain(form: EventForm) -> dict[str, Any]:
    """The fields that mean themselves, as far as they were said; empty text takes one away."""
    times: dict[str, Any] = {}
    for name in ("about", "price", "lang", "url", "series"):
        value = getattr(form, name)
        if value is not None:
            times[name] = _clean(value) or None
    if form.capacity is not None:
        times["capacity"] = form.capacity
    if form.access is not None:
        times["access"] = dict(form.access)
    if form.topics is not None:
        times["topics"] = tuple(dict.fromkeys(topic for topic in map(_clean, form.topics) if topic))
    return times


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _place(form: EventForm, spot: Spot | None, before: Place | None) -> Place | None:
    """The place as the form says, else as before; an address of "" takes it away."""
    if form.place is None and form.address is None and spot is None:
        return before
    name = _clean(form.place or "")
    if not name and (known := before or spot):
        name = known.name
    address = before.address if form.address is None and before else _clean(form.address or "")
    if not name and not address:
        return None
    if not name:
        raise Unfit("place", "say what people call the place")
    if spot is not None:
        return Place(name, address or None, spot.lat, spot.lon, spot.uncertainty)
    if before is None:
        return Place(name, address or None)
    return Place(name, address or None, before.lat, before.lon, before.uncertainty)


def _times(form: EventForm, zone: str, body: Body | None) -> _Times:
    """Start and end as the form says, else as before; an end of "" takes it away."""
    if form.end and form.duration:
        raise Unfit("duration", "say either end or duration, not both")
    if form.start is not None:
        all_day = clock.is_date(form.start)
        start = _start(form.start, zone)
    elif body is not None and body.start is not None:
        all_day, start = body.all_day, body.start
    else:
        raise Unfit("start", "say when it starts, such as 2027-03-01T19:00")
    end = _end(form, zone, start, all_day=all_day)
    untold = end is None and form.end is None
    if untold and body is not None and body.end is not None and body.start is not None:
        end = _as_long(body, start, zone) if all_day == body.all_day else None
    if end is not None and end < start:
        raise Unfit("end" if form.end else "duration", "it would end before it starts")
    return _Times(start, end if end != start else None, all_day)


def _as_long(body: Body, start: int, zone: str) -> int:
    """When it ends if it lasts as long as before; days are days of the calendar."""
    if not body.all_day:
        return start + (body.end or 0) - (body.start or 0)
    first, last = (clock.local_date(each or 0, body.tz) for each in (body.start, body.end))
    return _days_later(start, (last - first).days, zone)


def _days_later(start: int, days: int, zone: str) -> int:
    """The midnight so many days of the calendar later: one of them may have 23 or 25 hours."""
    return clock.midnight(clock.local_date(start, zone) + timedelta(days=days), zone)


def _start(text: str, zone: str) -> int:
    if clock.is_date(text):
        return clock.midnight(clock.read_date("start", text), zone)
    return clock.read_moment("start", text, zone)


def _end(form: EventForm, zone: str, start: int, *, all_day: bool) -> int | None:
    if form.duration:
        seconds = clock.read_duration("duration", form.duration)
        if all_day and (seconds % DAY or not seconds):
            raise Unfit("duration", "an all-day event lasts whole days, such as 3d")
        return _days_later(start, seconds // DAY, zone) if all_day else start + seconds
    if not form.end:
        return None
    if clock.is_date(form.end) != all_day:
        raise Unfit("end", "start and end are both dates (all day), or both times")
    if all_day:
        return clock.midnight(clock.read_date("end", form.end) + timedelta(days=1), zone)
    return clock.read_moment("end", form.end, zone)
