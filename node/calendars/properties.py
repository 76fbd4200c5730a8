"""Single properties of an event as the values of an announcement. Bad ones count as absent."""

from __future__ import annotations

from dataclasses import dataclass

from potluck.protocol.announcement import (
    ACCESS_NEEDS,
    MAX_ABOUT_BYTES,
    MAX_CAPACITY,
    MAX_NAME,
    MAX_PRICE,
    MAX_TITLE,
    MAX_TOPIC,
    MAX_TOPICS,
    Body,
    Status,
)
from potluck.protocol.errors import Invalid
from potluck.protocol.message import Message
from potluck.protocol.text import (
    check_language,
    check_time_zone,
    clean_line,
)

from .component import Component
from .draft import PRIVATE, UNKNOWN_ZONE, Draft, Origin, Skipped, Unusable, fitted
from .event_identity import UNNAMED, slot_of, source_id
from .feed import Feed
from .locations import place
from .times import Moment


@dataclass(frozen=True, slots=True)
class Date:
    """One date of an event: which it is (empty for a single event), its start and its end."""

    occurrence: str
    start: Moment
    end: int | None
    doubtful: Message | None = None


def uid_of(event: Component) -> str:
    """The UID, else what is most of its own: start, title and place."""
    said = (event.text(name)[:MAX_TITLE] for name in ("DTSTART", "SUMMARY", "LOCATION"))
    return event.text("UID").strip() or UNNAMED + "".join(said)


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
            about=feed.lines(_description(event), MAX_ABOUT_BYTES) or None,
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
    classes = event.all("CLASS") + event.all("X-CALENDARSERVER-ACCESS")
    return any(each.text.strip().upper() not in ("", "PUBLIC") for each in classes)


def hidden(event: Component, feed: Feed, uid: str, occurrence: str | None = None) -> Skipped:
    """One that is for few."""
    return Skipped(PRIVATE, uid, occurrence, title=feed.line(event.text("SUMMARY"), MAX_TITLE))


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


def _description(event: Component) -> str:
    """Some programs say it in HTML only."""
    return event.text("DESCRIPTION").strip() or event.text("X-ALT-DESC")


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
