"""schema.org's Event (https://schema.org/Event) in the JSON-LD of a web page, as components."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from potluck.node.calendars.component import Component, Property, escaped
from potluck.node.calendars.draft import Item, Scope
from potluck.node.calendars.expand import expand
from potluck.node.calendars.feed import Feed
from potluck.node.calendars.properties import uid_of
from potluck.node.calendars.recurrence import Budget, TooOften, Unreadable, read_rule
from potluck.node.calendars.zones import UTC, known

MAX_DEPTH = 20
_STATUS = {
    "EventCancelled": "CANCELLED",
    "EventCanceled": "CANCELLED",
    "EventPostponed": "POSTPONED",
}
_LINKED = ("location", "organizer")  # what is told elsewhere, or of the whole event
_EVERY = re.compile(r"P(\d+)([DWMY])")
_FREQUENCIES = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_DAY = re.compile(r"[+-]?\d?[A-Z]{2}(?=[A-Z]*$)")
_PIECE = re.compile(  # a comment, or a script: each character is looked at once
    r"<!--.*?(?:-->|\Z)|<script\b([^<>]*)>(.*?)(?:</script|\Z)", re.IGNORECASE | re.DOTALL
)
_JSON_LD = re.compile(r"\btype\s*=\s*[\"']?\s*application/ld\+json\b", re.IGNORECASE)
_WRAPPED = re.compile(r"\s*(?://\s*)?(?:<!--|<!\[CDATA\[)?\s*")  # as for browsers of long ago
_JSON = json.JSONDecoder(strict=False)


def components(page: str) -> tuple[list[Component], bool]:
    """The events that a page tells search engines of; and whether all that it tells is JSON."""
    found: list[Any] = []
    whole = True
    scripts = [each[2] for each in _PIECE.finditer(page) if each[1] and _JSON_LD.search(each[1])]
    for script in scripts or [page]:  # it may be JSON alone
        begin = _WRAPPED.match(script)
        try:
            value, end = _JSON.raw_decode(script, begin.end() if begin else 0)
            found.append(value)
            whole = whole and "{" not in script[end:]
        except (ValueError, RecursionError):
            whole = False
    things = [*_things(found)]
    named = {_text(each["@id"]): each for each in things if "@id" in each and len(each) > 1}
    events = [each for each in things if any(map(_is_event, _texts(each.get("@type"))))]
    return [made for event in events for made in _made(event, named)], whole


def items(events: list[Component], scope: Scope) -> Iterator[Item]:
    """The drafts of all events, and the reasons for those left out."""
    zone = known(scope.spot.tz if scope.spot else scope.zone) or UTC
    feed, budget = Feed(scope, zone), Budget()
    groups: dict[str, list[Component]] = {}
    for event in events:
        groups.setdefault(uid_of(event), []).append(event)
    for uid, same in groups.items():
        yield from expand(same, feed, uid, budget)


def _things(
    value: Any, above: Mapping[str, Any] = MappingProxyType({}), depth: int = 0
) -> Iterator[dict[str, Any]]:
    """All that a document tells of. What is part of an event has what is `above` it, too."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _things(each, above, depth + 1)
    elif isinstance(value, dict):
        thing = {**above, **value}
        yield thing
        given = {name: thing[name] for name in _LINKED if name in thing}
        for key, each in value.items():
            if key != "superEvent":
                yield from _things(each, given if key == "subEvent" else {}, depth + 1)


def _is_event(kind: str) -> bool:
    return kind.endswith(("Event", "Festival", "Hackathon", "CourseInstance"))


def _made(event: dict[str, Any], things: Mapping[str, Any]) -> Iterator[Component]:
    """The event as VEVENTs would say it, one for each schedule; `things` are what it refers to."""
    linked = {
        name: [things.get(_text(each), each) for each in _list(event.get(name))] for name in _LINKED
    }
    uid = next(filter(None, (_text(event.get(each)) for each in ("@id", "identifier", "url"))), "")
    schedules = [each for each in _list(event.get("eventSchedule")) if isinstance(each, dict)]
    for number, schedule in enumerate(schedules):
        times = _scheduled(event, schedule) | {"UID": f"{uid}#{number}" if uid and number else uid}
        yield _component(event | linked, times, _text(schedule.get("scheduleTimezone")))
    if not schedules:
        start, end = (_text(event.get(each)) for each in ("startDate", "endDate"))
        times = {"UID": uid, "DTSTART": start, "DTEND": _after_last_day(end)}
        yield _component(event | linked, times, "")


def _component(event: dict[str, Any], times: dict[str, str], zone: str) -> Component:
    url = _text(event.get("url"))
    status = _STATUS.get(_word(event.get("eventStatus")), "")
    texts = times | {
        "DURATION": _text(event.get("duration")),
        "DESCRIPTION": _text(event.get("description")),
        "LOCATION": "\n".join(_place(event["location"])),
        "GEO": _geo(event["location"]),
        "URL": url,
        "STATUS": status,
        "X-POTLUCK-STATUS": status,
        "X-COST": _price(event),
        "X-POTLUCK-CAPACITY": _text(event.get("maximumAttendeeCapacity")),
    }
    found = [Property(name, {"TZID": zone}, escaped(text)) for name, text in texts.items() if text]
    language = {"LANGUAGE": _text(event.get("inLanguage"))}
    found.append(Property("SUMMARY", language, escaped(_text(event.get("name")))))
    organiser = _first(event["organizer"])
    if name := _text(organiser.get("name") if isinstance(organiser, dict) else organiser):
        found.append(Property("ORGANIZER", {"CN": name}, "invalid:nomail"))
    topics = [word for text in _texts(event.get("keywords")) for word in text.split(",")]
    found += [Property("CATEGORIES", {}, escaped(topic.strip())) for topic in topics]
    return Component(found)


def _scheduled(event: dict[str, Any], schedule: dict[str, Any]) -> dict[str, str]:
    """When it takes place by a schedule (https://schema.org/Schedule), as iCalendar says it."""
    (day, _, clock), (last, _, over) = (
        (_text(schedule.get(each)) or _text(event.get(each))).partition("T")
        for each in ("startDate", "endDate")
    )
    begins = _text(schedule.get("startTime")) or clock
    ends = _text(schedule.get("endTime")) or (over if last == day else "")
    often = _text(schedule.get("repeatFrequency")).upper()
    every = _EVERY.fullmatch(often)
    rule = {
        "FREQ": _FREQUENCIES[every[2]] if every else _word(often),
        "INTERVAL": every[1] if every else "",
        "BYDAY": ",".join(
            f"{_text(schedule.get('byMonthWeek'))}{found[0]}"
            for text in _texts(schedule.get("byDay"))
            if (found := _DAY.search(text.upper()))
        ),
        "BYMONTHDAY": ",".join(_texts(schedule.get("byMonthDay"))),
        "BYMONTH": ",".join(_texts(schedule.get("byMonth"))),
        "COUNT": _text(schedule.get("repeatCount")),
        "UNTIL": last if last != day else "",
    }
    start = f"{day}T{begins}" if begins else day
    said = ";".join(f"{name}={value}" for name, value in rule.items() if value)
    return {
        "DTSTART": start,
        "DTEND": f"{day}T{ends}" if begins and ends else "",
        "RRULE": said,
        "EXDATE": ",".join([*_texts(schedule.get("exceptDate")), *_unmet(said, start)]),
    }


def _unmet(rule: str, start: str) -> list[str]:
    """The day on which a schedule begins, unless something takes place then."""
    try:
        first = datetime.fromisoformat(start).replace(tzinfo=None)
        met = [*read_rule(rule).dates(first, first, first, Budget())]
    except (ValueError, Unreadable, TooOften):
        return []
    return [] if met else [start[:10]]


def _after_last_day(end: str) -> str:
    """A date as the end is the last day in schema.org, and the day after it in iCalendar."""
    try:
        return (date.fromisoformat(end) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return end


def _place(location: Any) -> Iterator[str]:
    """The name and the address of the first place that is one."""
    place = _offline(location)
    if isinstance(place, str):
        yield place.strip()
        return
    address = place.get("address", place if "PostalAddress" in _texts(place.get("@type")) else None)
    if isinstance(address, dict):
        parts = ("streetAddress", "postalCode", "addressLocality", "addressRegion")
        said = ", ".join(filter(None, (_text(address.get(part)) for part in parts)))
        address = said or address.get("name")
    yield from filter(None, (_text(place.get("name")), _text(address)))


def _geo(location: Any) -> str:
    place = _offline(location)
    geo = _first(place.get("geo", place)) if isinstance(place, dict) else None
    if not isinstance(geo, dict):
        return ""
    return f"{_text(geo.get('latitude'))};{_text(geo.get('longitude'))}"


def _offline(location: Any) -> dict[str, Any] | str:
    for each in _list(location):
        if isinstance(each, str):
            return each
        if isinstance(each, dict) and not any(map(_is_virtual, _texts(each.get("@type")))):
            return each
    return {}


def _is_virtual(kind: str) -> bool:
    return kind.endswith("VirtualLocation")


def _price(event: dict[str, Any]) -> str:
    """From the lowest to the highest of what is offered."""
    offers = [each for each in _list(event.get("offers")) if isinstance(each, dict)]
    names = ("price", "lowPrice", "highPrice")
    prices = [_text(offer.get(name)) for offer in offers for name in names if name in offer]
    with suppress(ValueError):
        prices = sorted(filter(None, prices), key=float)
    free = event.get("isAccessibleForFree")
    if free is True or _word(free).lower() == "true" or (prices and not prices[-1].strip("0.")):
        return "free"
    amount = "–".join(dict.fromkeys([*prices[:1], *prices[-1:]]))
    currencies = [_text(offer.get("priceCurrency")) for offer in offers]
    return " ".join(filter(None, [amount, *currencies[:1]])) if amount else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _text(value: Any) -> str:
    """A text, or the name of a thing."""
    value = _first(value)
    if isinstance(value, dict):
        value = value.get("name", value.get("@value", value.get("@id")))
    if isinstance(value, str):
        return value.strip().encode(errors="replace").decode()  # some cut an emoji in two
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in _list(value)]


def _word(value: Any) -> str:
    """The last word of an address: https://schema.org/EventCancelled."""
    words = re.findall(r"\w+", _text(value))
    return words[-1] if words else ""
