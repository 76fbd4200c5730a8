"""Times: by which zone, on which day, and for how long."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from potluck.node.calendars.draft import UNKNOWN_ZONE, Draft
from potluck.node.calendars.zones import Described
from potluck.protocol.announcement import Status
from tests.node.calendar_text import draft, drafts, items, utc, vevent

PARIS = "DTSTART;TZID=Europe/Paris:20270327T200000"
OWN = """BEGIN:VTIMEZONE
TZID:Our Town
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def at(tzid: str, *head: str) -> Draft:
    """An event at 12:00 on 14 February 2027 in this zone, in a calendar of Tokyo."""
    (made,) = drafts(*head, vevent(f"DTSTART;TZID={tzid}:20270214T120000"), zone="Asia/Tokyo")
    return made


@pytest.mark.parametrize(
    ("tzid", "hours", "tz"),
    [
        ("America/New_York", 17, "America/New_York"),
        ("america/new_york", 17, "America/New_York"),
        ("America/New York", 17, "America/New_York"),
        ("/America/New_York", 17, "America/New_York"),
        ("/citadel.org/20210210_1/America/New_York", 17, "America/New_York"),
        ("/a.example/America/Argentina/Salta", 15, "America/Argentina/Salta"),
        ("Eastern Standard Time", 17, "America/New_York"),
        ("Pacific Standard Time 2", 20, "America/Los_Angeles"),
        ('"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris"', 11, "Europe/Brussels"),
        ('"(UTC-07:00) Nowhere, Elsewhere"', 19, "Etc/GMT+7"),
        ('"(GMT-05.00) Eastern Time (US & Canada)"', 17, "America/New_York"),
        ('"(UTC-07:00) Arizona"', 19, "US/Arizona"),
        ('"UTC+03:00"', 9, "Etc/GMT-3"),
        ("UTC+03:00", 9, "Etc/GMT-3"),
        ("GMT-0500", 17, "Etc/GMT+5"),
        ('"tzone://Microsoft/Utc"', 12, "Asia/Tokyo"),
        ("Z", 12, "Asia/Tokyo"),
        ("Etc/UTC", 12, "Asia/Tokyo"),
        ('"(GMT+01.00) Sarajevo/Warsaw/Zagreb"', 11, "Europe/Sarajevo"),
        ("(GMT +01:00) Berlin", 11, "Europe/Berlin"),
        ("(UTC+01:00) Amsterdam\\\\, Berlin", 11, "Europe/Amsterdam"),
        ("Europe\\/Berlin", 11, "Europe/Berlin"),
        ("Eastern Time (US & Canada)", 17, "America/New_York"),
        ("Berlin", 11, "Europe/Berlin"),
    ],
)
def test_what_programs_call_a_zone(tzid: str, hours: int, tz: str) -> None:
    made = at(tzid)

    assert (made.body.start, made.body.tz) == (utc(f"2027-02-14T{hours:02}:00"), tz)
    assert made.doubtful is None


def test_an_offset_of_half_an_hour_counts_though_no_zone_is_named_so() -> None:
    made = at('"UTC+05:30"')

    assert (made.body.start, made.body.tz) == (utc("2027-02-14T06:30"), "Asia/Tokyo")


def test_a_zone_that_nobody_knows_is_said_to_be_doubtful() -> None:
    for tzid in ("Middle-earth/Shire", '"tzone://Microsoft/Custom"', "Eastern"):
        made = at(tzid)
        assert made.body.start == utc("2027-02-14T03:00")
        assert made.doubtful == UNKNOWN_ZONE


def test_what_is_at_a_time_of_a_calendar_whose_zone_nobody_knows_is_doubtful() -> None:
    head = "X-WR-TIMEZONE:Middle-earth/Shire"
    floating, whole, exact = items(
        head,
        vevent("DTSTART:20270214T120000"),
        vevent("DTSTART;VALUE=DATE:20270214", uid="2@example.net"),
        vevent("DTSTART:20270214T120000Z", uid="3@example.net"),
    )

    doubts = [each.doubtful for each in (floating, whole, exact) if isinstance(each, Draft)]
    assert doubts == [UNKNOWN_ZONE, None, None]


@pytest.mark.parametrize("day", ["20270214", "20270327", "20270329", "20271031", "20271101"])
def test_a_zone_that_the_calendar_describes(day: str) -> None:
    head = OWN.replace("\n", "\r\n")
    berlin = datetime.strptime(day, "%Y%m%d").replace(hour=12, tzinfo=ZoneInfo("Europe/Berlin"))
    (made,) = drafts(
        head,
        vevent(f"DTSTART;TZID=Our Town:{day}T120000"),
        since=utc("2027-01-01T00:00") if day < "20270601" else utc("2027-09-01T00:00"),
    )

    assert made.body.start == berlin.timestamp()
    assert made.doubtful is None


def test_a_zone_that_many_calendars_of_a_file_describe_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [OWN, OWN, OWN.replace("Our", "Your"), OWN.replace("Our", "Her")]
    monkeypatch.setattr("potluck.node.calendars.zones.MAX_DESCRIBED", 2)
    described = Described()
    one, again, other, third = map(described.read, texts)

    assert one is again is not None
    assert other not in (one, None)
    assert third is None


def test_a_zone_described_with_its_iana_name_has_that_name() -> None:
    named = OWN.replace("\n", "\r\n").replace("TZID:", "X-LIC-LOCATION:Europe/Rome\r\nTZID:")

    assert at("Our Town", named).body.tz == "Europe/Rome"


def test_a_day_is_one_of_the_only_zone_that_the_calendar_describes() -> None:
    day = vevent("DTSTART;VALUE=DATE:20270214")
    named = OWN.replace("\n", "\r\n").replace("Our Town", "W. Europe Standard Time")
    for head, start in (
        ([named], "2027-02-13T23:00"),
        ([named, "X-WR-TIMEZONE:UTC"], "2027-02-14T00:00"),
        ([named, named.replace("W. Europe", "Romance")], "2027-02-13T15:00"),
        ([named.replace("W. Europe Standard Time", "UTC")], "2027-02-13T15:00"),
    ):
        (made,) = drafts(*head, day, zone="Asia/Tokyo")
        assert made.body.start == utc(start)


def test_two_calendars_in_a_file_keep_their_zones_names_and_methods() -> None:
    floating = "DTSTART:20270214T120000"
    found = items(
        "X-WR-TIMEZONE:Europe/Paris",
        "X-WR-CALNAME:One",
        vevent(floating),
        "END:VCALENDAR\r\nBEGIN:VCALENDAR",
        "METHOD:CANCEL",
        "X-WR-TIMEZONE:America/Denver",
        "NAME:Two",
        vevent(floating, uid="2@example.net"),
        "END:VCALENDAR\r\nBEGIN:VCALENDAR",
        vevent(floating, uid="3@example.net"),
    )

    one, two, three = sorted(found, key=lambda item: item.uid)
    assert isinstance(one, Draft)
    assert isinstance(two, Draft)
    assert isinstance(three, Draft)
    assert [each.body.tz for each in (one, two, three)] == ["Europe/Paris", "America/Denver", "UTC"]
    assert [each.origin.name for each in (one, two, three)] == ["One", "Two", None]
    assert [each.status.name for each in (one, two, three)] == [
        "SCHEDULED",
        "CANCELLED",
        "SCHEDULED",
    ]


def test_a_calendar_beside_it_cancels_an_event() -> None:
    event = vevent("DTSTART:20270214T120000Z")
    cancel = ["END:VCALENDAR\r\nBEGIN:VCALENDAR", "METHOD:CANCEL", event]
    found = items(event, *cancel)

    assert [getattr(item, "status", None) for item in found] == [Status.CANCELLED, None]


def test_a_zone_that_the_calendar_describes_is_not_the_town_of_its_name() -> None:
    head = OWN.replace("\n", "\r\n").replace("Our Town", "Tokyo")
    (made,) = drafts(head, vevent("DTSTART;TZID=Tokyo:20270214T120000"))

    assert made.body.start == utc("2027-02-14T11:00")


def test_a_zone_that_the_calendar_describes_is_not_what_its_name_says_of_winter() -> None:
    head = OWN.replace("\n", "\r\n").replace("Our Town", '"(UTC+01:00) Our Town"')
    (made,) = drafts(head, vevent('DTSTART;TZID="(UTC+01:00) Our Town":20270401T120000'))

    assert made.body.start == utc("2027-04-01T10:00")


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ([PARIS, "DURATION:P1D"], "2027-03-28T18:00"),
        ([PARIS, "DURATION:PT24H"], "2027-03-28T19:00"),
        ([PARIS, "DURATION:P1DT2H"], "2027-03-28T20:00"),
        ([PARIS, "DURATION:P1W"], "2027-04-03T18:00"),
        ([PARIS, "DTEND;TZID=Europe/Paris:20270328T080000"], "2027-03-28T06:00"),
        ([PARIS, "DTEND;TZID=America/Denver:20270327T140000"], "2027-03-27T20:00"),
        ([PARIS, "DTEND;TZID=Europe/Paris:20270327T240000"], "2027-03-27T23:00"),
        (["DTSTART;VALUE=DATE:20270328", "DURATION:P1D"], "2027-03-28T22:00"),
        (["DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270330"], "2027-03-29T22:00"),
    ],
)  # fmt: skip
def test_a_day_is_a_day_of_the_calendar(lines: list[str], end: str) -> None:
    (made,) = drafts(vevent(*lines), zone="Europe/Paris")

    assert made.body.end == utc(end)


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    skipped = drafts(
        vevent(
            "DTSTART;TZID=Europe/Paris:20270327T023000", "DURATION:PT2H", "RRULE:FREQ=DAILY;COUNT=3"
        )
    )

    assert [(each.body.start, each.body.end) for each in skipped] == [
        (utc("2027-03-27T01:30"), utc("2027-03-27T03:30")),
        (utc("2027-03-28T01:30"), utc("2027-03-28T03:30")),
        (utc("2027-03-29T00:30"), utc("2027-03-29T02:30")),
    ]


def test_a_night_in_which_the_clocks_change_ends_when_it_says() -> None:
    night = ["DTSTART;TZID=Europe/Paris:20270327T220000", "DTEND;TZID=Europe/Paris:20270328T060000"]
    made = drafts(vevent(*night, "RRULE:FREQ=DAILY;COUNT=2"))

    assert [each.body.end for each in made] == [utc("2027-03-28T04:00"), utc("2027-03-29T04:00")]


def test_outlooks_all_day_events_are_all_day() -> None:
    flag = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
    (made,) = drafts(
        vevent(
            "DTSTART;TZID=Europe/Paris:20270214T000000",
            "DTEND;TZID=Europe/Paris:20270216T000000",
            flag,
        ),
        zone="Europe/Paris",
    )
    assert made.body.all_day
    assert (made.body.start, made.body.end) == (utc("2027-02-13T23:00"), utc("2027-02-15T23:00"))

    (in_utc,) = drafts(vevent("DTSTART:20270213T230000Z", flag), zone="Europe/Paris")
    assert (in_utc.body.all_day, in_utc.body.start) == (True, utc("2027-02-13T23:00"))
    assert not draft(flag).body.all_day
    midnight = "DTSTART:20270213T230000Z"
    (live,) = drafts(vevent(midnight, flag.replace("CDO", "MSNCALENDAR")), zone="Europe/Paris")
    assert live.body.all_day


@pytest.mark.parametrize("lasts", ["DURATION:P1D", "DTEND;VALUE=DATE:20270501"])
def test_a_day_of_which_the_clocks_skip_the_midnight_ends_at_midnight(lasts: str) -> None:
    day = ["DTSTART;VALUE=DATE:20270430", lasts]
    (one,) = drafts(vevent(*day), zone="Africa/Cairo")
    (first,) = drafts(vevent(*day, "RRULE:FREQ=DAILY;COUNT=1"), zone="Africa/Cairo")

    for made in (one, first):
        assert (made.body.start, made.body.end) == (
            utc("2027-04-29T22:00"),
            utc("2027-04-30T21:00"),
        )


def test_a_midnight_that_is_called_a_date_is_one() -> None:
    (whole,) = drafts(
        vevent("DTSTART;VALUE=DATE:20270214T000000", "DTEND;VALUE=DATE:20270215T000000"),
        zone="Europe/Paris",
    )
    (timed,) = drafts(vevent("DTSTART;VALUE=DATE:20270214T190000"))

    assert (whole.body.all_day, timed.body.all_day) == (True, False)
    assert (whole.body.start, whole.body.end) == (utc("2027-02-13T23:00"), utc("2027-02-14T23:00"))


def test_what_began_and_lasts_is_not_over() -> None:
    begun = "DTSTART;VALUE=DATE:20261001"
    made = drafts(
        vevent(begun, "DTEND;VALUE=DATE:20270101"),
        vevent(begun, "DURATION:P8W", "RRULE:FREQ=YEARLY", uid="2@example.net"),
    )

    assert [each.body.start for each in made] == [utc("2026-10-01T00:00")] * 2
