"""Single properties of a VEVENT as the values that an announcement holds. Bad ones count as absent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Component
from icalendar.prop import vBroken

from potluck.node.geography.places import Spot, spot_at
from potluck.protocol.announcement import (
    ACCESS_NEEDS,
    MAX_ADDRESS,
    MAX_CAPACITY,
    MAX_NAME,
    MAX_TOPIC,
    MAX_TOPICS,
    Place,
)
from potluck.protocol.errors import Invalid
from potluck.protocol.text import check_language, clean_line


class Unusable(Exception):
    """An event cannot be announced; the text says why."""


def first(event: Component, name: str) -> Any:
    """A property's value, the first if it is given several times; None if it cannot be read."""
    value = event.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return None if isinstance(value, vBroken) else value


def text(event: Component, name: str) -> str:
    """A property as text, empty if it is absent."""
    value = first(event, name)
    return "" if value is None else str(value)


def times(event: Component, zone: str) -> tuple[int, int | None, bool, str]:
    """Start and end in UTC seconds, whether all day, and the time zone's name. Raises Unusable."""
    start = start_of(event)
    all_day = not isinstance(start, datetime)
    key = getattr(getattr(start, "tzinfo", None), "key", "UTC")
    tz = zone if key in ("UTC", "Etc/UTC") else key
    end = moment(event, "DTEND")
    length = first(event, "DURATION")
    begins = seconds(start, tz)
    if end is not None and isinstance(end, datetime) != all_day:
        ends = seconds(end, tz)
    elif length is not None and hasattr(length, "td"):
        ends = begins + int(length.td.total_seconds())
    else:
        return begins, None, all_day, tz
    return begins, ends if begins < ends < 1 << 32 else None, all_day, tz


def moment(event: Component, name: str) -> date | datetime | None:
    value = getattr(first(event, name), "dt", None)
    return value if isinstance(value, date) else None


def start_of(event: Component) -> date | datetime:
    """DTSTART. Raises Unusable."""
    start = moment(event, "DTSTART")
    if start is None:
        raise Unusable("no date")
    return start


def seconds(when: date | datetime, tz: str) -> int:
    """UTC seconds of a date's midnight or a time; what has no zone is taken in `tz`."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.min)
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone_info(tz))
    try:
        result = int(when.timestamp())
    except (OverflowError, ValueError):
        raise Unusable("no date") from None
    if not 0 <= result < 1 << 32:
        raise Unusable("no date")
    return result


def occurrence_id(when: date | datetime, tz: str) -> str:
    """An occurrence's original start as it goes into the slot."""
    if not isinstance(when, datetime):
        return f"{when:%Y%m%d}"
    return f"{datetime.fromtimestamp(seconds(when, tz), UTC):%Y%m%dT%H%M%SZ}"


@lru_cache(maxsize=64)
def zone_info(name: str) -> ZoneInfo | None:
    """The time zone of this name, if there is one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def place(event: Component, spot: Spot | None) -> Place | None:
    """Where it is: a first line (or all before the first comma) is the name, the rest the address."""
    lines = text(event, "LOCATION").strip()
    name, _, address = lines.partition("\n") if "\n" in lines else lines.partition(",")
    point = coordinates(event) or (spot.point if spot else None)
    shown = clean_line(name, MAX_NAME)
    if not shown:
        nearest = spot or (spot_at(point) if point else None)
        shown = nearest.name if nearest else ""
    if not shown:
        return None
    return Place(shown, clean_line(address, MAX_ADDRESS) or None, *(point or (None, None)))


def coordinates(event: Component) -> tuple[float, float] | None:
    geo = first(event, "GEO")
    lat, lon = getattr(geo, "latitude", 91.0), getattr(geo, "longitude", 181.0)
    return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None


def topics(event: Component, given: Iterable[str]) -> tuple[str, ...]:
    """The importer's topics, then the event's categories, without repeats."""
    value = event.get("CATEGORIES")
    lists = value if isinstance(value, list) else [value] if value is not None else []
    named = [str(each) for categories in lists for each in getattr(categories, "cats", [])]
    found: dict[str, str] = {}
    for topic in (clean_line(each, MAX_TOPIC) for each in [*given, *named]):
        if topic:
            found.setdefault(topic.casefold(), topic)
    return tuple(found.values())[:MAX_TOPICS]


def language(event: Component) -> str | None:
    summary = first(event, "SUMMARY")
    tag = str(summary.params.get("LANGUAGE", "")) if summary is not None else ""
    try:
        check_language("lang", tag)
    except Invalid:
        return None
    return tag


def capacity(event: Component) -> int | None:
    digits = text(event, "X-POTLUCK-CAPACITY")
    known = (
        digits.isascii()
        and digits.isdigit()
        and len(digits) < 8
        and 1 <= int(digits) <= MAX_CAPACITY
    )
    return int(digits) if known else None


def access(event: Component) -> dict[str, bool]:
    """X-POTLUCK-ACCESS, such as "wheelchair=yes,quiet=no"."""
    pairs = (pair.partition("=") for pair in text(event, "X-POTLUCK-ACCESS").split(",") if pair)
    return {name: value == "yes" for name, _, value in pairs if name in ACCESS_NEEDS}
