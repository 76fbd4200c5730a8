"""Whole calendars: recurrence, copies, skips, and strangers who mean harm."""

from __future__ import annotations

from pathlib import Path

from potluck.node.calendars.draft import Draft, Scope, Skipped
from potluck.node.calendars.read import read
from potluck.node.geography.places import resolve
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.imported import imported_slot
from tests.node.calendar_text import SINCE, WEEKLY, drafts, items, of, utc, vcalendar, vevent, why

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
