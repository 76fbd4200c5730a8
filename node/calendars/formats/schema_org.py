"""schema.org's Event (https://schema.org/Event) in the JSON-LD of a web page, as components."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from potluck.node.calendars.component import Component, Property, escaped
from potluck.node.calendars.draft import Item, Scope
from potluck.node.calendars.expand import expand
from potluck.node.calendars.properties import Feed, uid_of
from potluck.node.calendars.recurrence import Budget
from potluck.node.calendars.zones import UTC, known

MAX_DEPTH = 20
_STATUS = {
    "EventCancelled": "CANCELLED",
    "EventCanceled": "CANCELLED",
    "EventPostponed": "POSTPONED",
}
_KINDS = ("Event", "Festival", "Hackathon", "CourseInstance")
_WRAPPED = re.compile(r"\s*(?://\s*)?(?:<!--|<!\[CDATA\[)?\s*")  # as for browsers of long ago
_JSON = json.JSONDecoder(strict=False)


def components(page: str) -> tuple[list[Component], bool]:
    """The events that a page tells search engines of; and whether all that it tells is JSON."""
    reader = _Scripts()
    reader.feed(page)
    reader.close()
    found: list[Component] = []
    whole = True
    for script in reader.scripts or [page]:  # it may be JSON alone
        begin = _WRAPPED.match(script)
        try:
            value, end = _JSON.raw_decode(script, begin.end() if begin else 0)
            found += [_component(event) for event in _events(value)]
            whole = whole and "{" not in script[end:]
        except (ValueError, RecursionError):
            whole = False
    return found, whole


def items(events: list[Component], scope: Scope) -> Iterator[Item]:
    """The drafts of all events, and the reasons for those left out."""
    zone = known(scope.spot.tz if scope.spot else scope.zone) or UTC
    feed, budget = Feed(scope, zone), Budget()
    groups: dict[str, list[Component]] = {}
    for event in events:
        groups.setdefault(uid_of(event), []).append(event)
    for uid, same in groups.items():
        yield from expand(same, feed, uid, budget)


class _Scripts(HTMLParser):
    """Collects the JSON-LD of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        self._inside = tag == "script" and kind == "application/ld+json"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def _events(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every Event in a document, also in graphs and lists."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _events(each, depth + 1)
    elif isinstance(value, dict):
        if any(kind.endswith(_KINDS) for kind in _texts(value.get("@type"))):
            yield value
        for key, each in value.items():
            if key != "superEvent" and isinstance(each, dict | list):
                yield from _events(each, depth + 1)


def _component(event: dict[str, Any]) -> Component:
    """The event as a VEVENT would say it."""
    start, end = _text(event.get("startDate")), _text(event.get("endDate"))
    url = _text(event.get("url"))
    status = _STATUS.get(_text(event.get("eventStatus")).rpartition("/")[2], "")
    texts = {
        "UID": _text(event.get("@id")) or _text(event.get("identifier")) or url,
        "SUMMARY": _text(event.get("name")),
        "DTSTART": start,
        "DTEND": _after_last_day(end),
        "DURATION": _text(event.get("duration")),
        "DESCRIPTION": _text(event.get("description")),
        "LOCATION": "\n".join(_place(event.get("location"))),
        "GEO": _geo(event.get("location")),
        "URL": url,
        "STATUS": status,
        "X-POTLUCK-STATUS": status,
        "X-COST": _price(event),
        "X-POTLUCK-CAPACITY": _text(event.get("maximumAttendeeCapacity")),
    }
    found = [Property(name, {}, escaped(text)) for name, text in texts.items() if text]
    organiser = _text(_first(event.get("organizer")))
    if organiser:
        found.append(Property("ORGANIZER", {"CN": organiser}, "invalid:nomail"))
    topics = [word for text in _texts(event.get("keywords")) for word in text.split(",")]
    found += [Property("CATEGORIES", {}, escaped(topic.strip())) for topic in topics]
    return Component(found)


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
        address = ", ".join(filter(None, (_text(address.get(part)) for part in parts)))
    yield from filter(None, (_text(place.get("name")), _text(address)))


def _geo(location: Any) -> str:
    place = _offline(location)
    geo = _first(place.get("geo")) if isinstance(place, dict) else None
    if not isinstance(geo, dict):
        return ""
    return f"{_text(geo.get('latitude'))};{_text(geo.get('longitude'))}"


def _offline(location: Any) -> dict[str, Any] | str:
    for each in location if isinstance(location, list) else [location]:
        if isinstance(each, str):
            return each
        if isinstance(each, dict) and "VirtualLocation" not in _texts(each.get("@type")):
            return each
    return {}


def _price(event: dict[str, Any]) -> str:
    if event.get("isAccessibleForFree") is True:
        return "free"
    offer = _first(event.get("offers"))
    if not isinstance(offer, dict):
        return ""
    prices = [_text(offer.get(name)) for name in ("price", "lowPrice", "highPrice")]
    amount = "–".join(dict.fromkeys(filter(None, prices)))
    return f"{amount} {_text(offer.get('priceCurrency'))}".strip() if amount else ""


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _text(value: Any) -> str:
    """A text, or the name of a thing."""
    value = _first(value)
    if isinstance(value, dict):
        value = value.get("name", value.get("@value", value.get("@id")))
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in value] if isinstance(value, list) else [_text(value)]
