"""Whole calendars: recurrence, copies, skips, and strangers who mean harm."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from potluck.node.calendars import read as reading
from potluck.node.calendars.draft import Draft, Scope, Skipped
from potluck.node.calendars.formats import icalendar
from potluck.node.calendars.read import read
from potluck.node.calendars.rule import Budget
from potluck.node.geography.places import resolve
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.errors import LocalError
from potluck.protocol.imported import imported_slot
from potluck.protocol.message import Message
from tests.node.calendar_text import SINCE, drafts, items, of, utc, vcalendar, vevent, why

WEEKLY = vevent(
    "DTSTART;TZID=Europe/Berlin:20270316T190000",
    "DTEND;TZID=Europe/Berlin:20270316T200000",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "EXDATE;TZID=Europe/Berlin:20270330T190000",
)
MOVED = vevent(
    "RECURRENCE-ID;TZID=Europe/Berlin:20270323T190000",
    "DTSTART;TZID=Europe/Berlin:20270324T200000",
    title="Soup night, a day late",
)


def starts(made: list[Draft]) -> list[int | None]:
    return [each.body.start for each in made]


def test_a_recurring_event_gives_a_draft_for_each_occurrence_over_the_change_of_clocks() -> None:
    made = drafts(WEEKLY)

    assert starts(made) == [
        utc("2027-03-16T18:00"),
        utc("2027-03-23T18:00"),
        utc("2027-04-06T17:00"),
    ]
    occurrences = ["20270316", "20270323", "20270406"]
    assert [each.slot for each in made] == [
        imported_slot("", "1@example.net", occurrence) for occurrence in occurrences
    ]
    assert all(each.body.end == (each.body.start or 0) + 3600 for each in made)


def test_occurrences_are_one_series_and_other_events_their_organisers() -> None:
    other = vevent("DTSTART:20270316T100000Z", "RRULE:FREQ=DAILY;COUNT=2", uid="2@example.net")
    single = vevent("DTSTART:20270316T100000Z", uid="3@example.net")
    series = [each.body.series for each in drafts(WEEKLY, other, single)]

    assert len(set(series[:3])) == 1
    assert len(set(series[3:5])) == 1
    assert len(set(series)) == 3
    assert series[5] == "example.net"


def test_a_moved_occurrence_keeps_its_slot_and_series() -> None:
    plain, moved = drafts(WEEKLY), drafts(WEEKLY, MOVED)

    assert moved[1].body.title == "Soup night, a day late"
    assert moved[1].body.start == utc("2027-03-24T19:00")
    assert [each.slot for each in moved] == [each.slot for each in plain]
    assert {each.body.series for each in moved} == {plain[0].body.series}


def test_a_cancelled_occurrence_is_a_draft_that_says_so() -> None:
    made = drafts(WEEKLY, MOVED.replace("END:", "STATUS:CANCELLED\r\nEND:"))

    assert [each.status for each in made] == [Status.SCHEDULED, Status.CANCELLED, Status.SCHEDULED]


def test_a_changed_occurrence_without_its_series_is_still_that_occurrence() -> None:
    assert drafts(MOVED)[0].slot == drafts(WEEKLY)[1].slot


def test_changes_to_all_that_follows_come_through() -> None:
    later = MOVED.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")
    made = drafts(WEEKLY, later)

    assert starts(made) == [
        utc("2027-03-16T18:00"),
        utc("2027-03-24T19:00"),
        utc("2027-04-07T18:00"),
    ]
    assert len({each.slot for each in made}) == 3


def test_all_day_occurrences_are_named_by_their_date() -> None:
    made = drafts(
        vevent("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=MONTHLY;COUNT=2"), zone="Asia/Tokyo"
    )

    assert [each.slot for each in made] == [
        imported_slot("", "1@example.net", day) for day in ("20270301", "20270401")
    ]
    assert all(each.body.all_day for each in made)
    assert starts(made) == [utc("2027-02-28T15:00"), utc("2027-03-31T15:00")]


def test_only_what_falls_into_the_window_is_expanded() -> None:
    made = drafts(vevent("DTSTART:20200101T100000Z", "RRULE:FREQ=DAILY"))

    assert len(made) in (180, 181)
    assert all(SINCE - DAY < (start or 0) <= SINCE + 180 * DAY for start in starts(made))
    assert why(vevent("DTSTART:20200101T100000Z", "RRULE:FREQ=DAILY;COUNT=9")) == [
        "no date in the next 180 days"
    ]


def test_additional_dates_come_through() -> None:
    made = drafts(vevent("DTSTART:20270301T100000Z", "RDATE:20270303T120000Z,20270305T120000Z"))

    assert starts(made) == [
        utc("2027-03-01T10:00"),
        utc("2027-03-03T12:00"),
        utc("2027-03-05T12:00"),
    ]


def test_of_copies_the_latest_counts_whatever_their_order() -> None:
    old = vevent("DTSTART:20270301T100000Z", "SEQUENCE:1", title="Old")
    new = vevent("DTSTART:20270302T100000Z", "SEQUENCE:2", title="New")

    for order in ([old, new], [new, old]):
        found = items(*order)
        assert [each.body.title for each in found if isinstance(each, Draft)] == ["New"]
        assert [each.why for each in found if isinstance(each, Skipped)] == ["given twice"]


def test_a_calendar_with_a_byte_order_mark_and_bare_line_feeds_is_read() -> None:
    calendar = b"\xef\xbb\xbf" + vcalendar(WEEKLY).replace(b"\r\n", b"\n")

    assert of(calendar) == drafts(WEEKLY)


def test_folded_lines_belong_together() -> None:
    folded = vevent("DTSTART:20270301T100000Z", uid="1@exam\r\n ple.net", title="Soup\r\n  night")

    assert drafts(folded)[0].body.title == "Soup night"
    assert drafts(folded)[0].slot == drafts(vevent("DTSTART:20270301T100000Z"))[0].slot


def test_alarms_and_attendees_are_passed_over() -> None:
    alarm = "BEGIN:VALARM\r\nDESCRIPTION:Wake up\r\nTRIGGER:-PT15M\r\nEND:VALARM"
    made = drafts(vevent("DTSTART:20270301T100000Z", "ATTENDEE;CN=Me:mailto:me@example.net", alarm))

    assert made == drafts(vevent("DTSTART:20270301T100000Z"))


@given(st.binary(max_size=2000))
def test_garbage_gives_an_error_or_skips_and_never_a_draft(garbage: bytes) -> None:
    assume(b"BEGIN:VCALENDAR" not in garbage.upper())
    with pytest.raises(LocalError, match=r"not an iCalendar file|is empty"):
        of(garbage)
    inside = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + garbage + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    assert all(isinstance(item, Skipped) for item in of(inside))


lines = st.sampled_from(
    """
    BEGIN:VEVENT
    END:VEVENT
    BEGIN:VALARM
    END:VALARM
    BEGIN:VTIMEZONE
    UID:1
    UID:2
    SUMMARY:x
    SUMMARY:y
    DTSTART:20270301T100000Z
    DTSTART;TZID=Europe/Berlin:20270328T023000
    DTSTART;VALUE=DATE:20270301
    DTSTART:x
    DTEND:20270301T090000Z
    DTEND;VALUE=DATE:20270305
    DURATION:-PT1H
    DURATION:P1W
    RRULE:FREQ=DAILY
    RRULE:FREQ=WEEKLY;COUNT=-1
    RRULE:FREQ=MONTHLY;UNTIL=20270401
    RRULE:FREQ=YEARLY;BYDAY=MO;BYSETPOS=400
    RRULE:x
    RDATE:x
    RDATE;VALUE=PERIOD:20270302T100000Z/PT1H
    EXDATE:20270303
    RECURRENCE-ID:20270302T100000Z
    RECURRENCE-ID;VALUE=DATE:20270303
    RECURRENCE-ID;RANGE=THISANDFUTURE:20270304T100000Z
    SEQUENCE:x
    STATUS:CANCELLED
    CATEGORIES:,,
    GEO:1;2
    GEO:x;y
    URL:x
    ORGANIZER:
    """.split()
)


@given(st.lists(lines, max_size=12), st.lists(lines, max_size=12))
def test_no_mixture_of_lines_makes_reading_fail(one: list[str], other: list[str]) -> None:
    parts = ["BEGIN:VEVENT", *one, "END:VEVENT", "BEGIN:VEVENT", *other, "END:VEVENT"]
    found = items(*parts)

    slots = [item.slot for item in found if isinstance(item, Draft)]
    assert len(slots) == len(set(slots))
    assert found == items(*parts)


heads = st.sampled_from(
    """
    BEGIN:VTIMEZONE
    END:VTIMEZONE
    BEGIN:STANDARD
    END:STANDARD
    BEGIN:DAYLIGHT
    END:DAYLIGHT
    BEGIN:VCALENDAR
    END:VCALENDAR
    TZID:X
    TZID:
    DTSTART:19700101T000000
    DTSTART:x
    DTSTART;VALUE=DATE:19700101
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    TZOFFSETTO:x
    RRULE:FREQ=YEARLY;BYMONTH=13
    RDATE:x
    X-WR-TIMEZONE:../../etc/passwd
    CALSCALE:JULIAN
    garbage
    """.split()
)


@given(st.lists(heads, max_size=20))
def test_no_head_makes_reading_fail(head: list[str]) -> None:
    single = vevent("DTSTART;TZID=X:20270301T100000")
    recurring = vevent(
        "DTSTART;TZID=X:20270301T100000", "RRULE:FREQ=DAILY;COUNT=2", uid="2@example.net"
    )
    zone = ["BEGIN:VTIMEZONE", "TZID:X", "BEGIN:STANDARD", *head, "END:STANDARD", "END:VTIMEZONE"]

    for lines_before in (head, zone):
        assert items(*lines_before, single, recurring)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=30",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=0,10,20,30,40",
    ],
)
def test_what_repeats_all_day_long_is_skipped(rule: str) -> None:
    assert why(vevent("DTSTART:20270301T100000Z", f"RRULE:{rule}")) == ["repeats too often"]


def test_of_many_occurrences_the_first_are_kept_and_the_others_counted() -> None:
    hours = ",".join(map(str, range(24)))
    found = items(vevent("DTSTART:20270301T000000Z", f"RRULE:FREQ=DAILY;COUNT=600;BYHOUR={hours}"))

    assert [item.why for item in found if isinstance(item, Skipped)] == ["repeats too often"] * 200
    assert len([item for item in found if isinstance(item, Draft)]) == 400


def test_a_recurrence_from_the_beginning_of_time_is_not_followed() -> None:
    assert why(vevent("DTSTART:00010101T100000Z", "RRULE:FREQ=DAILY")) == ["no date"]


def test_steps_of_recurrence_are_limited_for_the_whole_calendar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(icalendar, "Budget", partial(Budget, 1_000))
    daily = vevent("DTSTART:20270301T100000Z", "RRULE:FREQ=DAILY;COUNT=9", uid="2@example.net")
    long = vevent("DTSTART:19270301T100000Z", "RRULE:FREQ=DAILY;COUNT=99999", uid="3@example.net")
    single = vevent("DTSTART:20270301T100000Z", uid="4@example.net")
    found = items(daily, long, WEEKLY, single)

    assert [item.why for item in found if isinstance(item, Skipped)] == ["repeats too often"] * 2
    assert [item.uid for item in found if isinstance(item, Skipped)] == [
        "3@example.net",
        "1@example.net",
    ]
    assert len(found) == 9 + 2 + 1


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=YEARLY;BYHOUR=0,1,2;BYMINUTE=1,2,3", "freq=daily"]
)
def test_a_time_zone_that_changes_too_often_is_not_believed(rule: str) -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Wild\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        f"TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nRRULE:{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    (made,) = drafts(zone, vevent("DTSTART;TZID=Wild:20270301T100000"))

    assert made.body.start == utc("2027-03-01T10:00")


def test_too_large_a_calendar_is_refused_at_once() -> None:
    calendar = vcalendar() + b" " * (100 << 20)

    with pytest.raises(LocalError, match="has 100 MB; at most 16 MB"):
        read(calendar, Scope(SINCE))


def test_too_large_an_event_is_skipped() -> None:
    assert why(vevent("DTSTART:20270301T100000Z", "DESCRIPTION:" + "x" * (256 << 10))) == [
        "too long"
    ]


def test_too_many_events_are_refused() -> None:
    with pytest.raises(LocalError, match="more than 100000 events"):
        read(vcalendar(*["BEGIN:VEVENT"] * 100_001), Scope(SINCE))


def test_more_than_a_host_may_announce_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_REGISTERS", 2)
    found = items(WEEKLY)

    assert [item.why for item in found if isinstance(item, Skipped)] == [
        "too many events for one host"
    ]
    assert len(found) == 3


def test_a_calendar_cut_short_gives_what_it_has() -> None:
    single = vevent("DTSTART:20270301T100000Z", uid="2@example.net")
    calendar = vcalendar(single, WEEKLY).rpartition(b"EXDATE")[0]
    found = of(calendar)

    assert found == [*drafts(single), Skipped(Message("cut short"))]
    assert not read(calendar, Scope(SINCE)).whole
    assert read(vcalendar(single), Scope(SINCE)).whole


def test_begins_without_ends_are_counted() -> None:
    assert why("BEGIN:VEVENT", "BEGIN:VEVENT") == ["cut short", "cut short"]
    assert items("END:VEVENT", "END:VEVENT") == []


def test_every_event_of_a_towns_calendar_comes_through(shared: Path) -> None:
    calendar = (shared / "data" / "bloomington.ics").read_bytes()
    scope = Scope(utc("2027-02-19T05:00"), spot=resolve("Bloomington, Indiana"))
    reading = read(calendar, scope)
    found = list(reading.items)

    made = [item for item in found if isinstance(item, Draft)]
    assert len(made) == len(found) == reading.total == 6686
    assert len({each.slot for each in made}) == 6686
    assert len({each.origin.id for each in made}) == 204
    assert sum(each.body.all_day for each in made) == 693
    assert all(each.body.place and each.body.place.lat == 39.165 for each in made)


def test_feeds_of_well_known_makers_come_through(shared: Path) -> None:
    scope = Scope(utc("2026-06-10T00:00"), zone="America/Los_Angeles")
    first = {
        path.stem.partition("_")[0]: next(read(path.read_bytes(), scope).items)
        for path in (shared / "data" / "feeds").glob("*.ics")
    }

    assert {name: item.body.start for name, item in first.items() if isinstance(item, Draft)} == {
        "eventbrite": utc("2026-06-16T02:00"),
        "gcal": utc("2026-06-15T22:00"),
        "mobilize": utc("2026-06-16T02:00"),
        "sonoma": utc("2026-06-15T17:00"),
        "uoft": utc("2026-06-15T18:00"),
    }
