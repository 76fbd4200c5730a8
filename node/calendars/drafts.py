"""One VEVENT of a stranger's calendar to the draft of an announcement.

Slots, source ids and series are as PROTOCOL.md, "Imported events" says, so that whoever imports
the event, from whatever copy of the calendar, speaks of the same one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from icalendar import Event

from potluck.node.geography.places import Spot
from potluck.protocol import canonical, wire
from potluck.protocol.announcement import (
    DAY,
    MAX_ABOUT_BYTES,
    MAX_NAME,
    MAX_PRICE,
    MAX_TITLE,
    Body,
    Status,
)
from potluck.protocol.errors import Invalid
from potluck.protocol.imported import imported_slot, slot_space
from potluck.protocol.text import clean_line, clean_source_id

from .fields import Unusable, access, capacity, first, language, place, text, times, topics
from .text import plain, web_address

WINDOW = 180 * DAY
# What the encoding of an announcement holds beside its body: keys, times, signature, the source's
# keys and stamp (260 bytes or less).
MOST_BODY_BYTES = wire.MAX_ENCODED - 260
_PLACEHOLDERS = (
    "noreply@",
    "no-reply@",
    "donotreply@",
    "do-not-reply@",
    "@example.",
    "@localhost",
    ".invalid",
)


@dataclass(frozen=True, slots=True)
class Relay:
    """How to relay a calendar.

    since: UTC seconds at which the window of 180 days begins; zone: the IANA name for times
    without one; spot: where events are that do not say it themselves; topics: given to every
    event; public_url: the calendar's own address, if it may be published.
    """

    since: int
    zone: str = "UTC"
    spot: Spot | None = None
    topics: tuple[str, ...] = ()
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What to announce of one event or occurrence; `body` is without its source."""

    slot: int
    status: Status
    origin: Origin
    body: Body


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that was left out, and why, in words for counting."""

    why: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar that is being relayed: what its head says of all its events."""

    relay: Relay
    name: str | None
    tz: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose an event is: the source that an announcement names, with its stamp; and its names."""

    source: str
    name: str | None
    url: str | None
    uid: str
    series: str
    space: str


def origin_of(event: Event, feed: Feed, *, recurs: bool) -> Origin:
    """Where an event comes from; a recurring one is a series of its own, all others their organiser's."""
    uid = text(event, "UID") or f"{event.get('DTSTART')}{text(event, 'SUMMARY')}"
    source = source_id(event, uid, feed.name)
    space = slot_space(uid, feed.name or "", source)
    origin = Origin(source, feed.name, feed.relay.public_url, uid, source, space)
    if not recurs:
        return origin
    mark = f" ({imported_slot(space, uid, '') >> 32:08x})"
    title = clean_line(text(event, "SUMMARY"), MAX_NAME - len(mark))
    return replace(origin, series=title + mark if title else mark.strip())


def source_id(event: Event, uid: str, calendar: str | None = None) -> str:
    """The organiser's name or address, else the calendar's name, else the host of page or UID."""
    cleaned = (clean_source_id(name, MAX_NAME) for name in _source_names(event, uid, calendar))
    return next(name for name in cleaned if name)


def _source_names(event: Event, uid: str, calendar: str | None) -> Iterator[str]:
    organiser = first(event, "ORGANIZER")
    if organiser is not None:
        yield str(organiser.params.get("CN", "")).strip('"')
        address = re.sub("^mailto:", "", str(organiser), flags=re.IGNORECASE)
        if "@" in address and not is_placeholder(address):
            yield address
    yield calendar or ""
    page = web_address(text(event, "URL"))
    if page:
        yield urlsplit(page).hostname or ""
    if "@" in uid:
        yield uid.rpartition("@")[2]
    yield "calendar"


def is_placeholder(address: str) -> bool:
    """Whether an e-mail address is nobody's."""
    lower = address.lower()
    return any(
        lower.startswith(mark) if mark[-1] == "@" else mark in lower for mark in _PLACEHOLDERS
    )


def draft(event: Event, feed: Feed, origin: Origin, occurrence: str = "") -> Draft:
    """The draft of an event, or of one occurrence. Raises Unusable."""
    title = clean_line(text(event, "SUMMARY"), MAX_TITLE)
    if not title:
        raise Unusable("no title")
    start, end, all_day, tz = times(event, feed.tz)
    check_window(start, end or (start + DAY if all_day else start), feed.relay.since)
    cancelled = feed.cancelled or text(event, "STATUS").upper() == "CANCELLED"
    try:
        body = Body(
            title=title,
            tz=tz,
            start=start,
            end=end,
            all_day=all_day,
            place=place(event, feed.relay.spot),
            about=plain(text(event, "DESCRIPTION"), MAX_ABOUT_BYTES) or None,
            topics=topics(event, feed.relay.topics),
            lang=language(event),
            price=clean_line(text(event, "X-COST"), MAX_PRICE) or None,
            capacity=capacity(event),
            access=access(event),
            url=web_address(text(event, "URL")),
            series=origin.series,
        )
    except Invalid as error:
        raise Unusable(str(error)) from None
    slot = imported_slot(origin.space, origin.uid, occurrence)
    status = Status.CANCELLED if cancelled else Status.SCHEDULED
    return Draft(slot, status, origin, fitted(body, origin))


def check_window(start: int, ends: int, since: int) -> None:
    """Raise Unusable for what is over before the window or begins after it."""
    if ends <= since:
        raise Unusable("over")
    if start > since + WINDOW:
        raise Unusable("later than 180 days from now")


def fitted(body: Body, origin: Origin) -> Body:
    """The body, with less of its description where it would be too long to sign. Raises Unusable."""
    named = "".join(filter(None, (origin.source, origin.name, origin.url)))
    room = MOST_BODY_BYTES - len(named.encode())
    excess = len(canonical.pack(wire.body_to_map(body))) - room
    if excess <= 0:
        return body
    about = plain(body.about or "", max(0, len((body.about or "").encode()) - excess - 8))
    shorter = replace(body, about=about or None)
    if len(canonical.pack(wire.body_to_map(shorter))) > room:
        raise Unusable("too long")
    return shorter
