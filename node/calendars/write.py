"""Announcements as other programs read them: iCalendar (RFC 5545) and schema.org (JSON-LD)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from potluck.protocol.announcement import Announcement, Body, Place, Status

from .component import escaped
from .draft import moved
from .formats.icalendar import PRODID
from .zones import known

_ICAL_STATUS = {
    Status.SCHEDULED: "CONFIRMED",
    Status.POSTPONED: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
}
_SCHEMA_STATUS = {
    Status.SCHEDULED: "EventScheduled",
    Status.POSTPONED: "EventPostponed",
    Status.CANCELLED: "EventCancelled",
}
_END = b"END:VCALENDAR\r\n"
_ZONE_MARGIN = timedelta(days=400)
"""Around what a calendar holds: events last less than a year, and clocks change twice a year."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """An event that repeats by a rule (RFC 5545) from its first date on.

    `dates` has the start that the rule gives, in UTC seconds, and what is announced for it: None
    if nothing is. The first is as the rule gives it.
    """

    rule: str
    dates: Sequence[tuple[int, Announcement | None]]


def to_ical(announcements: Iterable[Announcement], repeated: Iterable[Repeated] = ()) -> bytes:
    """A calendar of all that have a date; what was withdrawn or waits for a new date is left out.

    What iCalendar has no property for stands in X-POTLUCK-…, so that it comes back as it went.
    """
    return b"".join(ical_parts(announcements, repeated))


def ical_parts(
    announcements: Iterable[Announcement], repeated: Iterable[Repeated] = ()
) -> Iterator[bytes]:
    """The same in parts, an event each: a calendar of 50,000 in one piece takes a fifth of a second
    to be let go of, during which nothing else runs."""
    written, starts = [], []
    in_zones: dict[str, Event] = {}  # one of each, from which icalendar sees what zones there are
    for announcement in announcements:
        body = announcement.body
        if body is not None and body.start is not None:
            event = _event(announcement, body, body.start)
            written.append(event.to_ical())
            in_zones.setdefault(body.tz, event)
            starts.append(body.start)
    repeating = [event for each in repeated for event in _repeated(each)]
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.subcomponents = [*in_zones.values(), *repeating]
    if repeating or not starts:  # a rule has no end that is known here
        calendar.add_missing_timezones()
    else:  # of each zone only those years: all of them are 5 kB, and 10 ms, an event
        first, last = (datetime.fromtimestamp(each(starts), UTC).date() for each in (min, max))
        calendar.add_missing_timezones(first - _ZONE_MARGIN, last + _ZONE_MARGIN)
    calendar.subcomponents = [*calendar.timezones]
    yield bytes(calendar.to_ical()).removesuffix(_END)
    yield from written
    yield from (event.to_ical() for event in repeating)
    yield _END


def has_date(announcement: Announcement) -> bool:
    """Whether it can be in a calendar."""
    return announcement.body is not None and announcement.body.start is not None


def uid(announcement: Announcement) -> str:
    """The same for every revision, and for nobody else's event."""
    return f"{announcement.host.hex()}-{announcement.slot:016x}@potluck"


def _repeated(repeated: Repeated) -> Iterator[Event]:
    """The event with its rule, and its dates that are otherwise."""
    (start, first), *others = repeated.dates
    if first is None or first.body is None:
        raise ValueError("what is repeated has a first date")
    event = _event(first, first.body, start)
    event.add("RRULE", vRecur.from_ical(repeated.rule))
    changed = []
    for given, announced in others:
        body = announced.body if announced is not None else None
        if announced is None or body is None or body.start is None:
            event.add("EXDATE", _when(first.body, given))
        elif announced.status is not first.status or body != moved(first.body, given):
            changed.append(_event(announced, body, body.start))
            changed[-1]["UID"] = event["UID"]
            changed[-1].add("RECURRENCE-ID", _when(first.body, given))
    yield event
    yield from changed


def _event(announcement: Announcement, body: Body, start: int) -> Event:
    event = Event()
    event.add("UID", uid(announcement))
    event.add("DTSTAMP", datetime.fromtimestamp(announcement.issued_at, UTC))
    event.add("SEQUENCE", announcement.revision)
    event.add("STATUS", _ICAL_STATUS[announcement.status])
    language = {"LANGUAGE": body.lang} if body.lang else {}
    event.add("SUMMARY", _Written(escaped(body.title)), parameters=language)
    event.add("DTSTART", _when(body, start))
    if body.end is not None:
        event.add("DTEND", _when(body, body.end))
    if body.topics:
        event.add("CATEGORIES", _Written(",".join(map(escaped, body.topics))))
    if body.place is not None:
        _add_place(event, body.place)
    if body.source is not None:
        event.add("ORGANIZER", vCalAddress("invalid:nomail"), parameters={"CN": body.source.id})
    for name, value in _texts(announcement, body).items():
        event.add(name, value if name == "URL" else _Written(escaped(value)))
    return event


class _Written(vText):
    """A value that is escaped already: icalendar takes a backslash before N for a line break."""

    def to_ical(self) -> bytes:
        return str(self).encode()


def _texts(announcement: Announcement, body: Body) -> dict[str, str]:
    access = ",".join(
        f"{need}={'yes' if met else 'no'}" for need, met in sorted(body.access.items())
    )
    postponed = announcement.status is Status.POSTPONED
    texts = {
        "DESCRIPTION": body.about,
        "URL": body.url,
        "X-COST": body.price,
        "X-POTLUCK-CAPACITY": body.capacity and str(body.capacity),
        "X-POTLUCK-ACCESS": access,
        "X-POTLUCK-SERIES": body.series,
        "X-POTLUCK-STATUS": "POSTPONED" if postponed else None,
        "X-POTLUCK-TIMEZONE": body.tz,
    }
    return {name: value for name, value in texts.items() if value}


def _add_place(event: Event, place: Place) -> None:
    texts = {
        "LOCATION": "\n".join(filter(None, (place.name, place.address))),
        "X-POTLUCK-PLACE": place.name,
        "X-POTLUCK-ADDRESS": place.address,
    }
    for name, text in texts.items():
        if text is not None:
            event.add(name, _Written(escaped(text)))
    if place.lat is not None and place.lon is not None:
        event.add("GEO", _Written(f"{place.lat};{place.lon}"))
    if place.uncertainty is not None:
        event.add("X-POTLUCK-UNCERTAINTY", str(place.uncertainty))


def _when(body: Body, seconds: int) -> date | datetime:
    zone = known(body.tz)
    there = datetime.fromtimestamp(seconds, zone.info if zone else UTC)
    if body.all_day:
        return there.date()
    return there.astimezone(UTC) if there.fold else there  # an hour that the clocks show twice


def schema_org(announcement: Announcement) -> dict[str, Any] | None:
    """The event as https://schema.org/Event; None without a date or when withdrawn."""
    body = announcement.body
    if body is None or body.start is None:
        return None
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": body.title,
        "startDate": _when(body, body.start).isoformat(),
        "endDate": _last(body),
        "eventStatus": f"https://schema.org/{_SCHEMA_STATUS[announcement.status]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": body.place and _schema_place(body.place),
        "description": body.about,
        "keywords": list(body.topics) or None,
        "inLanguage": body.lang,
        "isAccessibleForFree": True if body.price == "free" else None,
        "maximumAttendeeCapacity": body.capacity,
        "organizer": body.source and {"@type": "Organization", "name": body.source.id},
        "url": body.url,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _last(body: Body) -> str | None:
    """The end; of an all-day event its last day."""
    if body.end is None:
        return None
    end = _when(body, body.end)
    return (end - timedelta(days=1) if body.all_day else end).isoformat()


def _schema_place(place: Place) -> dict[str, Any]:
    facts: dict[str, Any] = {"@type": "Place", "name": place.name}
    if place.address is not None:
        facts["address"] = place.address
    if place.lat is not None and place.lon is not None:
        facts["geo"] = {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}
    return facts
