"""What the tests of calendars build with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from potluck.node.calendars.draft import Draft, Scope, Skipped
from potluck.node.calendars.read import read

SINCE = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def utc(text: str) -> int:
    """Seconds of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def vevent(*lines: str, uid: str | None = "1@example.net", title: str | None = "Soup night") -> str:
    """A VEVENT with a UID and a title and these lines."""
    named = [f"UID:{uid}"] * (uid is not None) + [f"SUMMARY:{title}"] * (title is not None)
    return "\r\n".join(["BEGIN:VEVENT", *named, *lines, "END:VEVENT"])


def vcalendar(*parts: str) -> bytes:
    """A calendar of these lines and components."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).encode()


def of(calendar: bytes, **scope: Any) -> list[Draft | Skipped]:
    """All that reading these bytes gives."""
    return list(read(calendar, Scope(**({"since": SINCE} | scope))).items)


def items(*parts: str, **scope: Any) -> list[Draft | Skipped]:
    """All that reading a calendar of these parts gives."""
    return of(vcalendar(*parts), **scope)


def drafts(*parts: str, **scope: Any) -> list[Draft]:
    """The drafts of a calendar of which nothing is skipped."""
    found = items(*parts, **scope)
    assert not [item for item in found if isinstance(item, Skipped)]
    return [item for item in found if isinstance(item, Draft)]


def draft(*lines: str, **scope: Any) -> Draft:
    """The draft of one event at 10:00 UTC on 5 November 2026 with these further lines."""
    (only,) = drafts(vevent("DTSTART:20261105T100000Z", *lines), **scope)
    return only


def why(*parts: str, **scope: Any) -> list[str]:
    """Why the events of a calendar are skipped, all of them."""
    found = items(*parts, **scope)
    assert not [item for item in found if isinstance(item, Draft)]
    return [item.why for item in found if isinstance(item, Skipped)]


WEEKLY = vevent(
    "DTSTART;TZID=Europe/Berlin:20270316T190000",
    "DTEND;TZID=Europe/Berlin:20270316T200000",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "EXDATE;TZID=Europe/Berlin:20270330T190000",
)
