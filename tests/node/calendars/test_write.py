"""Announcements as other programs read them, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from potluck.node.calendars.drafts import Draft, Relay
from potluck.node.calendars.read import read
from potluck.node.calendars.write import schema_org, to_ical, uid
from potluck.protocol.announcement import DAY, Announcement, Body, Place, Status
from potluck.protocol.imported import imported_slot
from potluck.protocol.text import clean_line, clean_lines
from tests.builders import NOW, announcement, body, host, source

FULL = Body(
    title="Soup night, with “bread”; and a very long title " + "x" * 80,
    tz="Europe/Berlin",
    start=NOW + DAY,
    end=NOW + DAY + 5400,
    place=Place("Hall 1, left wing", "3 Some Street; Town", 52.5, -13.25),
    about="Line one, with a comma\n\nLine \\ two: 🍲",
    topics=("food", "neighbours, all"),
    lang="de",
    price="€5",
    capacity=20,
    access={"wheelchair": True, "quiet": False},
    url="https://example.org/soup?a=1,2;b",
)


def events(calendar: bytes) -> list[Any]:
    """The VEVENTs, as maps from names to icalendar's values."""
    return list(Calendar.from_ical(calendar).walk("VEVENT"))


def back(made: Announcement) -> Draft:
    """What somebody who imports the export would announce."""
    (only,) = read(to_ical([made]), Relay(NOW))
    assert isinstance(only, Draft)
    return only


def test_what_goes_out_comes_back() -> None:
    returned = back(announcement(what=FULL))

    assert replace(returned.body, source=None, series=None) == FULL
    assert returned.status is Status.SCHEDULED
    assert returned.slot == imported_slot("", uid(announcement()), "")


def test_a_relayed_event_comes_back_under_its_organiser() -> None:
    returned = back(
        announcement(what=replace(FULL, source=source("Soup Society"), series="Soup Society"))
    )

    assert returned.origin.source == "Soup Society"
    assert returned.body == replace(FULL, series="Soup Society")


lines = st.text(min_size=1, max_size=60).map(lambda words: clean_line(words, 60)).filter(bool)


@given(
    title=lines,
    place=lines,
    about=st.text(min_size=1).map(lambda words: clean_lines(words, 200)).filter(bool),
    topics=st.lists(
        lines.filter(lambda topic: len(topic) <= 40), max_size=3, unique_by=str.casefold
    ),
    length=st.none() | st.integers(1, 30 * DAY),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
    ),
    start=st.integers(NOW + 1, NOW + 170 * DAY),
)
def test_any_text_and_time_comes_back(
    title: str, place: str, about: str, topics: list[str], length: int | None, zone: str, start: int
) -> None:
    if "<" in about or "&" in about:
        return  # may read as HTML, which an import takes away
    end = start + length if length else None
    said = body(
        title,
        start,
        end=end,
        tz=zone,
        place=Place(f"{place}, x", "y"),
        about=about,
        topics=tuple(topics),
    )
    returned = back(announcement(what=said)).body

    assert replace(returned, source=None, series=None) == said


def test_all_day_events_have_dates() -> None:
    midnight = int(datetime(2026, 12, 5, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp())
    said = body(start=midnight, end=midnight + 2 * DAY, tz="Asia/Tokyo", all_day=True)
    (event,) = events(to_ical([announcement(what=said)]))

    assert event["DTSTART"].dt == date(2026, 12, 5)
    assert event["DTEND"].dt == date(2026, 12, 7)
    returned = next(iter(read(to_ical([announcement(what=said)]), Relay(NOW, "Asia/Tokyo"))))
    assert isinstance(returned, Draft)
    assert replace(returned.body, source=None, series=None) == said


def test_revisions_of_a_register_share_a_uid_that_nobody_else_has() -> None:
    first, second = announcement(), announcement(revision=1)
    others = [announcement(slot=2), announcement(host(1))]

    assert uid(first) == uid(second)
    assert len({uid(each) for each in [first, *others]}) == 3
    (event,) = events(to_ical([second]))
    assert event["UID"] == uid(first)
    assert event["SEQUENCE"] == 1
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(second.issued_at, UTC)


def test_status_is_told() -> None:
    cancelled, postponed, planned = events(
        to_ical(
            [
                announcement(status=Status.CANCELLED),
                announcement(slot=2, status=Status.POSTPONED),
                announcement(slot=3),
            ]
        )
    )

    assert (cancelled["STATUS"], postponed["STATUS"], planned["STATUS"]) == (
        "CANCELLED",
        "TENTATIVE",
        "CONFIRMED",
    )


def test_what_was_withdrawn_or_has_no_date_is_left_out() -> None:
    waiting = announcement(slot=2, status=Status.POSTPONED, what=body(start=None))

    assert events(to_ical([announcement(status=Status.WITHDRAWN), waiting])) == []
    assert schema_org(announcement(status=Status.WITHDRAWN)) is None
    assert schema_org(waiting) is None


def test_time_zones_are_defined_and_lines_folded() -> None:
    calendar = to_ical([announcement(what=FULL)])

    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" in calendar
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))


def test_a_zone_that_this_machine_does_not_know_is_told_in_utc() -> None:
    (event,) = events(to_ical([announcement(what=body(tz="Mars/Olympus"))]))

    assert event["DTSTART"].dt == datetime.fromtimestamp(NOW + DAY, UTC)


def test_schema_org_says_what_search_engines_read() -> None:
    facts = schema_org(
        announcement(what=replace(FULL, source=source("Soup Society"), price="free"))
    )

    assert facts is not None
    assert json.loads(json.dumps(facts)) == facts
    assert facts["@type"] == "Event"
    assert facts["name"] == FULL.title
    assert facts["startDate"] == "2026-11-19T12:06:40+01:00"
    assert facts["endDate"] == "2026-11-19T13:36:40+01:00"
    assert facts["eventStatus"] == "https://schema.org/EventScheduled"
    assert facts["isAccessibleForFree"] is True
    assert facts["organizer"] == {"@type": "Organization", "name": "Soup Society"}
    assert facts["location"]["geo"] == {
        "@type": "GeoCoordinates",
        "latitude": 52.5,
        "longitude": -13.25,
    }


def test_schema_org_leaves_out_what_was_not_said() -> None:
    midnight = int(datetime(2026, 12, 5, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    said = body(start=midnight, end=midnight + 2 * DAY, all_day=True, place=None)
    facts = schema_org(announcement(what=said, status=Status.CANCELLED))

    assert facts == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Soup night",
        "startDate": "2026-12-05",
        "endDate": "2026-12-06",
        "eventStatus": "https://schema.org/EventCancelled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
    }
