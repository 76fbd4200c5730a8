"""Calendars that would do harm: garbage, endless recurrence, too much of anything."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from potluck.node.calendars import read as reading
from potluck.node.calendars.component import Component
from potluck.node.calendars.draft import Draft, Scope, Skipped
from potluck.node.calendars.formats import icalendar
from potluck.node.calendars.read import read
from potluck.node.calendars.recurrence import Budget
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message
from tests.node.calendar_text import SINCE, WEEKLY, drafts, items, of, utc, vcalendar, vevent, why

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


@given(st.binary(max_size=2000))
def test_garbage_gives_an_error_or_skips_and_never_a_draft(garbage: bytes) -> None:
    assume(b"BEGIN:VCALENDAR" not in garbage.upper())
    with pytest.raises(LocalError, match=r"not an iCalendar file|is empty"):
        of(garbage)
    inside = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + garbage + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    assert all(isinstance(item, Skipped) for item in of(inside))


@given(st.lists(lines, max_size=12), st.lists(lines, max_size=12))
def test_no_mixture_of_lines_makes_reading_fail(one: list[str], other: list[str]) -> None:
    parts = ["BEGIN:VEVENT", *one, "END:VEVENT", "BEGIN:VEVENT", *other, "END:VEVENT"]
    found = items(*parts)

    slots = [item.slot for item in found if isinstance(item, Draft)]
    assert len(slots) == len(set(slots))
    assert found == items(*parts)


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
    one = vevent("DTSTART:20270301T100000Z")
    headless = vcalendar(one, one.removeprefix("BEGIN:VEVENT\r\n"))
    assert of(headless) == [*drafts(one), Skipped(Message("cut short"))]
    assert not read(headless, Scope(SINCE)).whole
    assert items("END:VEVENT", "END:VEVENT") == []


@pytest.mark.parametrize(
    "begins", [b"", b"Warning: line 5 ", b"\r\n  ", b"\xef\xbb\xbf\xef\xbb\xbf"]
)
def test_what_stands_before_a_calendar_costs_none_of_its_events(begins: bytes) -> None:
    reading = read(begins + vcalendar(WEEKLY), Scope(SINCE))

    assert (reading.total, reading.whole, len(list(reading.items))) == (1, True, 3)


def test_what_only_speaks_of_calendars_is_none() -> None:
    with pytest.raises(LocalError, match="not an iCalendar file"):
        read(b"  BEGIN:VCALENDAR\r\n  END:VCALENDAR are its lines", Scope(SINCE))


@pytest.mark.parametrize(
    "line",
    [
        "BEGIN:A\r\n" * 25_000,
        f"DTSTART;TZID={'/a' * 100_000}:20270301T100000",
        f"LOCATION:{'(' * 200_000}",
    ],
    ids="begins zone brackets".split(),
)
def test_no_line_takes_steps_for_the_square_of_its_length(line: str) -> None:
    """Else it would take many minutes, which the limit of a test's time ends."""
    event = vevent(line, "DTSTART:20270301T100000Z")
    found = items(*(event.replace("1@", f"{number}@") for number in range(30)))

    assert len(found) == 30


def test_many_changes_of_all_that_follows_are_not_gone_through_for_each_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[Component] = []
    over = Component.over

    def counted(change: Component, other: Component) -> Component:
        steps.append(change)
        return over(change, other)

    monkeypatch.setattr(Component, "over", counted)
    dates = f"RDATE:{','.join(f'20270302T1000{second:02}Z' for second in range(50))}"
    later = [
        vevent(f"RECURRENCE-ID;RANGE=THISANDFUTURE:20270301T1000{second:02}Z")
        for second in range(50)
    ]
    found = items(vevent("DTSTART:20270302T110000Z", dates), *later)

    assert len(found) == 101
    assert len(steps) == 100, "once for its own date, and once for those after it"
