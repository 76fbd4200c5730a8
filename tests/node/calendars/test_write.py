"""Announcements as other programs read them, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from potluck.node.calendars.draft import Draft, Origin, Scope
from potluck.node.calendars.read import read
from potluck.node.calendars.write import schema_org, to_ical, uid
from potluck.protocol.announcement import DAY, Announcement, Body, Place, Source, Status
from potluck.protocol.imported import imported_slot
from potluck.protocol.text import clean_line, clean_lines, clean_source_id
from tests.builders import NOW, announcement, body, host

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
    (only,) = read(to_ical([made]), Scope(NOW)).items
    assert isinstance(only, Draft)
    return only


def test_what_goes_out_comes_back() -> None:
    returned = back(announcement(what=FULL))

    assert replace(returned.body, series=None) == FULL
    assert returned.status is Status.SCHEDULED
    assert returned.slot == imported_slot("", uid(announcement()), "")


def test_a_relayed_event_comes_back_under_its_organiser() -> None:
    returned = back(
        announcement(
            what=replace(FULL, source=Source("Soup Society", bytes(8)), series="Soup Society")
        )
    )

    assert returned.origin == Origin("Soup Society")
    assert returned.body == replace(FULL, series="Soup Society")


def line(limit: int) -> st.SearchStrategy[str]:
    """A line that may be announced."""
    return st.text(min_size=1, max_size=80).map(lambda words: clean_line(words, limit)).filter(bool)


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "UTC",
    "Mars/X",
]
degrees = st.floats(-90, 90, allow_subnormal=False)
points = st.tuples(degrees, degrees, st.none() | st.integers(0, 5_000_000))
places = st.builds(
    lambda name, address, point: Place(name, address, *point),
    line(140),
    st.none() | line(300),
    st.just(()) | points,
)
source_ids = st.text(max_size=140).map(lambda words: clean_source_id(words, 140)).filter(bool)
times = st.builds(
    lambda zone, start, length: {"tz": zone, "start": start, "end": start + length or None},
    st.sampled_from(ZONES),
    st.integers(NOW + 1, NOW + 170 * DAY),
    st.integers(1, 30 * DAY),
)


def _days(zone: str, first: int, days: int | None) -> dict[str, Any]:
    def midnight(day: int) -> int:
        there = datetime(2026, 12, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day)
        return int(there.timestamp())

    end = midnight(first + days) if days else None
    return {"tz": zone, "start": midnight(first), "end": end, "all_day": True}


whole_days = st.builds(
    _days, st.sampled_from(ZONES[:5]), st.integers(0, 140), st.none() | st.integers(1, 9)
)


@given(
    title=line(140),
    when=times | whole_days,
    place=st.none() | places,
    about=st.none() | st.text(min_size=1).map(lambda words: clean_lines(words, 200) or None),
    topics=st.lists(line(40), max_size=5, unique_by=str.casefold).map(tuple),
    lang=st.sampled_from([None, "de", "pt-BR"]),
    price=st.none() | line(60),
    capacity=st.none() | st.integers(1, 1_000_000),
    access=st.dictionaries(st.sampled_from(["quiet", "wheelchair", "own_need"]), st.booleans()),
    url=st.sampled_from([None, "https://a.example/x?q[]=1&amp;b=(ä)", "http://joe@a.example/"]),
    series=line(140),
    source=st.none() | st.builds(Source, source_ids, st.just(bytes(8))),
    status=st.sampled_from([Status.SCHEDULED, Status.POSTPONED, Status.CANCELLED]),
)
def test_whatever_can_be_announced_comes_back_as_it_went(
    when: dict[str, Any], source: Source | None, status: Status, **said: Any
) -> None:
    what = Body(**when, **said)
    returned = back(announcement(what=replace(what, source=source), status=status))

    assert returned.body == what
    assert returned.status is status
    if source is not None:
        assert returned.origin.id == source.id


def test_a_time_that_the_clocks_show_twice_comes_back() -> None:
    first = int(datetime(2027, 10, 31, 0, 30, tzinfo=UTC).timestamp())
    for start in (first, first + 3600):
        made = announcement(issued_at=first - DAY, expires_at=first + DAY, what=body(start=start))
        (only,) = read(to_ical([made]), Scope(first - DAY)).items
        assert isinstance(only, Draft)
        assert only.body.start == start


def test_all_day_events_have_dates() -> None:
    midnight = int(datetime(2026, 12, 5, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp())
    said = body(start=midnight, end=midnight + 2 * DAY, tz="Asia/Tokyo", all_day=True)
    (event,) = events(to_ical([announcement(what=said)]))

    assert event["DTSTART"].dt == date(2026, 12, 5)
    assert event["DTEND"].dt == date(2026, 12, 7)
    returned = back(announcement(what=said))
    assert isinstance(returned, Draft)
    assert replace(returned.body, series=None) == said


def test_revisions_of_a_register_share_a_uid_that_nobody_else_has() -> None:
    first, second = announcement(), announcement(revision=1)
    others = [announcement(slot=2), announcement(host(1))]

    assert uid(first) == uid(second)
    assert len({uid(each) for each in [first, *others]}) == 3
    (event,) = events(to_ical([second]))
    assert event["UID"] == uid(first)
    assert event["SEQUENCE"] == 1
    assert event["DTSTAMP"].dt == datetime.fromtimestamp(second.issued_at, UTC)


def test_the_status_is_told() -> None:
    cancelled, postponed = events(
        to_ical(
            [
                announcement(status=Status.CANCELLED),
                announcement(slot=2, status=Status.POSTPONED),
            ]
        )
    )

    assert (cancelled["STATUS"], postponed["STATUS"]) == ("CANCELLED", "TENTATIVE")


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
        announcement(what=replace(FULL, source=Source("Soup Society", bytes(8)), price="free"))
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
