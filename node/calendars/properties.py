"""Single properties of an event as the values of an announcement. Bad ones count as absent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from potluck.node.geography.places import Spot, spot_at
from potluck.protocol.announcement import (
    ACCESS_NEEDS,
    MAX_ABOUT_BYTES,
    MAX_ADDRESS,
    MAX_CAPACITY,
    MAX_NAME,
    MAX_PRICE,
    MAX_TITLE,
    MAX_TOPIC,
    MAX_TOPICS,
    Body,
    Place,
    Status,
)
from potluck.protocol.errors import Invalid
from potluck.protocol.message import Message
from potluck.protocol.text import (
    check_language,
    check_time_zone,
    check_url,
    clean_line,
    clean_lines,
)

from .component import Component
from .draft import UNKNOWN_ZONE, Draft, Origin, Scope, Unusable, fitted
from .event_identity import slot_of, source_id
from .plain_text import plain, web_address, without_entities
from .times import Moment
from .zones import Zone, Zones, known

LONGEST_LOCATION = 1000  # more than what is kept
Point = tuple[float, float]
_POINT = re.compile(
    r"(geo:)?\s*([+-]?\d{1,2}(?:\.\d+)?(?:e-\d+)?)\s*[,;]"
    r"\s*([+-]?\d{1,3}(?:\.\d+)?(?:e-\d+)?)\s*(?(1)(?:[,;?].*)?)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(  # alone, or in brackets behind a name, with decimals
    r"(?:(.*\S)\s*(?=\([^.]*\.\d{3}))?\(?\s*([+-]?\d+\.\d+\s*[,;]\s*[+-]?\d+\.\d+)\s*\)?",
    re.DOTALL,
)
_NUMBER = re.compile(r"[\d\s./-]+[a-z]?", re.IGNORECASE)
_METRES = re.compile("[0-9]{1,7}")
_LINK = re.compile(r"[a-z]+://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar says of all its events; `zone` is that of times without one.

    `ours` is a calendar that Potluck wrote: its texts are as they were announced.
    """

    scope: Scope
    zone: Zone
    name: str | None = None
    zones: Zones = field(default_factory=Zones)
    cancelled: bool = False
    ours: bool = False

    @property
    def tz(self) -> str:
        """The zone's name, as an announcement holds it."""
        return self.zone.name or "UTC"

    def of(self, event: Component) -> Feed:
        """The same for one event: Potluck's calendars name the zone of each."""
        own = known(event.text("X-POTLUCK-TIMEZONE")) if self.ours else None
        return replace(self, zone=own) if own is not None else self

    def address(self, words: str) -> str | None:
        """A web address, as it is where Potluck wrote it."""
        try:
            check_url("url", words if self.ours else "")
        except Invalid:
            return web_address(words)
        return words

    def line(self, words: str, limit: int) -> str:
        """A text as one line; other programs leave entities of HTML in it."""
        if not self.ours and "&" in words:
            words = without_entities(without_entities(words))  # some escape what was escaped
        if not self.ours and "<" in words:
            words = plain(words, 4 * limit)
        return clean_line(words, limit)

    def meant(self, name: str) -> str:
        """A name; other programs leave it escaped for addresses and HTML."""
        return name if self.ours else without_entities(unquote(name))

    def lines(self, words: str, limit_bytes: int) -> str:
        return clean_lines(words, limit_bytes) if self.ours else plain(words, limit_bytes)


@dataclass(frozen=True, slots=True)
class Date:
    """One date of an event: which it is (empty for a single event), its start and its end."""

    occurrence: str
    start: Moment
    end: int | None
    doubtful: Message | None = None


def uid_of(event: Component) -> str:
    """The UID, else what is most of its own: start and title."""
    start = event.first("DTSTART")
    return event.text("UID").strip() or f"{start.value if start else ''}{event.text('SUMMARY')}"


def draft(event: Component, feed: Feed, date: Date, uid: str, series: str | None) -> Draft:
    """The draft of one date; a `series` of None is all its organiser's. Raises Unusable."""
    title = feed.line(event.text("SUMMARY"), MAX_TITLE)
    if not title:
        raise Unusable("no title")
    source = source_id(event, uid, feed.name, feed.meant)
    origin = Origin(source, feed.name, feed.scope.public_url)
    own_series = feed.ours and clean_line(event.text("X-POTLUCK-SERIES"), MAX_NAME)
    try:
        body = Body(
            title=title,
            tz=_tz(event, feed, date.start),
            start=date.start.seconds,
            end=date.end,
            all_day=date.start.all_day,
            place=place(event, feed),
            about=feed.lines(event.text("DESCRIPTION"), MAX_ABOUT_BYTES) or None,
            topics=topics(event, feed),
            lang=language(event),
            price=feed.line(event.text("X-COST"), MAX_PRICE) or None,
            capacity=capacity(event),
            access=access(event, feed),
            url=feed.address(event.text("URL")),
            series=own_series or series or source,
        )
    except Invalid as error:
        raise Unusable(error.message) from None
    doubtful = UNKNOWN_ZONE if date.start.doubtful else date.doubtful
    slot = slot_of(source, feed.name, uid, date.occurrence)
    status = status_of(event, feed)
    return Draft(uid, date.occurrence, slot, status, origin, fitted(body, origin), doubtful)


def status_of(event: Component, feed: Feed) -> Status:
    if feed.cancelled or event.word("STATUS") == "CANCELLED":
        return Status.CANCELLED
    postponed = event.word("X-POTLUCK-STATUS") == "POSTPONED"
    return Status.POSTPONED if postponed else Status.SCHEDULED


def is_private(event: Component) -> bool:
    """Whether it is for few: RFC 5545 has unknown classes taken as PRIVATE."""
    return any(each.text.strip().upper() not in ("", "PUBLIC") for each in event.all("CLASS"))


def series_of(event: Component, feed: Feed, uid: str) -> str:
    """The series of a repeated event's dates: its title, and a mark that only this event has."""
    source = source_id(event, uid, feed.name, feed.meant)
    mark = f" ({slot_of(source, feed.name, uid, '') >> 32:08x})"
    title = feed.line(event.text("SUMMARY"), MAX_NAME - len(mark))
    return title + mark if title else mark.strip()


def _tz(event: Component, feed: Feed, start: Moment) -> str:
    """The name of its zone: not UTC, in which few live, if another is known."""
    written = event.text("X-POTLUCK-TIMEZONE") if feed.ours else ""
    try:
        check_time_zone("tz", written)
    except Invalid:
        name = start.zone.name
        return feed.tz if name is None or (name == "UTC" and not start.all_day) else name
    return written


def place(event: Component, feed: Feed) -> Place | None:
    """Where it is: as it says itself, else around the spot that the importer named."""
    spot = feed.scope.spot
    written = event.text("LOCATION").strip()[:LONGEST_LOCATION]
    location, point = _parted("" if _LINK.fullmatch(written) else written)
    point = coordinates(event, feed) or point
    name, address = split_location(feed, event, location)
    if not name:
        structured = event.first("X-APPLE-STRUCTURED-LOCATION")
        title = structured.params.get("X-TITLE", "") if structured else ""
        name = feed.line(title, MAX_NAME)
    if not name:
        near = spot or (spot_at(point) if point else None)
        name = near.name if near else ""
    if not name:
        return None
    if point is None and spot is not None:
        return around(spot, name, address)
    if point is None:
        return Place(name, address)
    return Place(name, address, *point, _uncertainty(event, feed))


def _uncertainty(event: Component, feed: Feed) -> int | None:
    """Metres around its coordinates, in a calendar that Potluck wrote."""
    written = event.text("X-POTLUCK-UNCERTAINTY") if feed.ours else ""
    return int(written) if _METRES.fullmatch(written) else None


def around(spot: Spot, name: str, address: str | None) -> Place:
    """A place of which no more is known than that it is around here."""
    return Place(name, address, spot.lat, spot.lon, spot.uncertainty)


def split_location(feed: Feed, event: Component, location: str) -> tuple[str, str | None]:
    """Name and address: a first line, or all before the first comma, is what people call it."""
    if feed.ours and "X-POTLUCK-PLACE" in event:
        own = clean_line(event.text("X-POTLUCK-PLACE"), MAX_NAME)
        return own, clean_line(event.text("X-POTLUCK-ADDRESS"), MAX_ADDRESS) or None
    name, _, address = location.partition("\n" if "\n" in location else ",")
    if _NUMBER.fullmatch(name.strip()):  # a house's number is no name
        name, address = location, ""
    return feed.line(name, MAX_NAME), feed.line(address, MAX_ADDRESS) or None


def coordinates(event: Component, feed: Feed) -> Point | None:
    """Where it is, in degrees: by GEO, or Apple's structured location."""
    for name in ("GEO", "X-APPLE-STRUCTURED-LOCATION"):
        point = _point(event.text(name).strip())
        if point is not None and (any(point) or feed.ours):
            return point  # 0;0 is how other programs say nothing
    return None


def _parted(location: str) -> tuple[str, Point | None]:
    """The words of a LOCATION, and the coordinates in it: a geo: URI, or a pair with decimals."""
    if location[:4].lower() == "geo:":
        point = _point(location)
        return "", point if point and any(point) else None
    found = _IN_WORDS.fullmatch(location)
    point = _point(found[2]) if found else None
    if found is None or point is None:
        return location, None
    return found[1] or "", point if any(point) else None


def _point(text: str) -> Point | None:
    found = _POINT.fullmatch(text)
    lat, lon = (float(found[2]), float(found[3])) if found else (91.0, 181.0)
    on_the_globe = abs(lat) <= 90 and abs(lon) <= 180
    return (lat, lon) if on_the_globe else None


def topics(event: Component, feed: Feed) -> tuple[str, ...]:
    """The importer's topics, then the event's categories, without repeats."""
    named = [item for each in event.all("CATEGORIES") for item in each.items]
    found: dict[str, str] = {}
    for topic in (feed.line(each, MAX_TOPIC) for each in [*feed.scope.topics, *named]):
        if topic:
            found.setdefault(topic.casefold(), topic)
    return tuple(found.values())[:MAX_TOPICS]


def language(event: Component) -> str | None:
    summary = event.first("SUMMARY")
    tag = summary.params.get("LANGUAGE", "") if summary is not None else ""
    try:
        check_language("lang", tag)
    except Invalid:
        return None
    return tag


def capacity(event: Component) -> int | None:
    digits = event.text("X-POTLUCK-CAPACITY")
    number = digits.isascii() and digits.isdigit() and len(digits) < 8
    return int(digits) if number and 1 <= int(digits) <= MAX_CAPACITY else None


def access(event: Component, feed: Feed) -> dict[str, bool]:
    """X-POTLUCK-ACCESS, such as "wheelchair=yes,quiet=no"."""
    pairs = (pair.partition("=") for pair in event.text("X-POTLUCK-ACCESS").split(",") if pair)
    return {name: value == "yes" for name, _, value in pairs if feed.ours or name in ACCESS_NEEDS}
