"""Recurrence: dateutil's dates, in counted steps, of rules as programs write them."""

# ruff: noqa: DTZ001 - rules are expanded on the wall's clock

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from potluck.node.calendars.draft import UNKNOWN_RULE, Draft
from potluck.node.calendars.recurrence import Budget, TooOften, Unreadable, read_rule
from tests.node.calendar_text import drafts, items, utc, vevent, why

BEGIN = datetime(2026, 11, 1)
END = BEGIN + timedelta(days=180)
START = "DTSTART;TZID=Europe/Paris:20270111T190000"

parts = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 40).map(str),
        "COUNT": st.integers(1, 2000).map(str),
        "BYDAY": st.lists(st.sampled_from("MO TU WE TH FR SA SU".split()), min_size=1, max_size=3)
        .map(",".join),
        "BYMONTH": st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3).map(",".join),
        "BYMONTHDAY": st.lists(st.integers(1, 28).map(str), min_size=1, max_size=3).map(",".join),
        "BYSETPOS": st.sampled_from(["1", "-1"]),
        "BYHOUR": st.sampled_from(["9", "9,17"]),
        "WKST": st.sampled_from(["MO", "SU"]),
    },
)  # fmt: skip
starts = st.datetimes(datetime(1990, 1, 1), datetime(2027, 3, 1)).map(
    lambda at: at.replace(microsecond=0)
)


@given(parts, starts)
def test_the_dates_are_those_of_the_rule(said: dict[str, str], start: datetime) -> None:
    text = ";".join(f"{name}={value}" for name, value in said.items())
    made = [each for each in read_rule(text).dates(start, BEGIN, END, Budget()) if each >= BEGIN]
    ends = rrulestr(f"{text};UNTIL=20270430" if "COUNT" not in said else text, dtstart=start)

    assert made == ends.between(BEGIN, END, inc=True)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=WEEKLY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=100;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
    ],
)
def test_a_rule_without_dates_ends_where_the_window_ends(rule: str) -> None:
    budget = Budget(500_000)

    assert len(list(read_rule(rule).dates(datetime(2027, 1, 2), BEGIN, END, budget))) <= 1


def test_more_steps_than_are_left_are_not_taken() -> None:
    budget = Budget(1_000)
    daily = read_rule("FREQ=DAILY;COUNT=99999")
    with pytest.raises(TooOften):
        list(daily.dates(datetime(1920, 1, 1), BEGIN, END, budget))
    assert budget.left < 0


@pytest.mark.parametrize(
    "text",
    ["", "x", "FREQ=SOMETIMES", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=x",
     "FREQ=WEEKLY;BYDAY=FRIDAY", "FREQ=DAILY;BYHOUR=30", "FREQ=DAILY;BYSETPOS=0",
     "FREQ=DAILY;UNTIL=20270231", "FREQ=DAILY;UNTIL=soon",
     "RSCALE=HEBREW;FREQ=YEARLY", "FREQ=YEARLY;SKIP=FORWARD", "FREQ=DAILY;BYDAY=,",
     "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 500)))],
)  # fmt: skip
def test_what_is_no_rule_gives_the_first_date_and_says_so(text: str) -> None:
    with pytest.raises(Unreadable):
        read_rule(text)
    (made,) = drafts(vevent(START, f"RRULE:{text}"))
    assert (made.body.start, made.occurrence) == (utc("2027-01-11T18:00"), "")
    assert made.doubtful == UNKNOWN_RULE


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY;COUNT=3", "freq=weekly;count=3", " FREQ=WEEKLY; COUNT=3 ;",
     "FREQ=WEEKLY;X-A=1;COUNT=3",
     "RSCALE=gregorian;SKIP=OMIT;FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20270125",
     "FREQ=WEEKLY;UNTIL=2027-01-25", "FREQ=WEEKLY;UNTIL=20270125T180000Z",
     "FREQ=WEEKLY;UNTIL=20270125T190000",
     "FREQ=WEEKLY;INTERVAL=0;COUNT=3", "FREQ=WEEKLY;UNTIL=20270125;COUNT=5",
     "FREQ=WEEKLY;UNTIL=20270125T190Z", "FREQ=WEEKLY;UNTIL=2027-01-25T7", '"FREQ=WEEKLY;COUNT=3"',
     "FREQ=WEEKLY\\;COUNT=3", "FREQ=WEEKLY;BYDAY=MO\\,MO;COUNT=3"],
)  # fmt: skip
def test_rules_as_programs_write_them(rule: str) -> None:
    made = drafts(vevent(START, f"RRULE:{rule}"))

    assert [each.occurrence for each in made] == ["20270111", "20270118", "20270125"]
    assert {each.doubtful for each in made} == {None}


@pytest.mark.parametrize(
    "until", ["20270125", "20270124T230000Z", "20270125T000000", "20270125T100000Z"]
)
def test_until_of_all_day_events(until: str) -> None:
    rule = f"RRULE:FREQ=WEEKLY;UNTIL={until}"
    made = drafts(vevent("DTSTART;VALUE=DATE:20270111", rule), zone="Europe/Paris")

    assert [each.occurrence for each in made] == ["20270111", "20270118", "20270125"]


def test_until_the_end_of_time_is_for_ever() -> None:
    start = "DTSTART;TZID=Europe/Paris:20270201T190000"
    made = drafts(vevent(start, "RRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z"))

    assert [each.occurrence for each in made] == ["20270201", "20270301", "20270401"]


def test_dates_that_are_taken_away_in_every_form() -> None:
    weekly = ["RRULE:FREQ=WEEKLY;COUNT=6"]
    away = ["EXDATE:20270118T180000Z,20270125T180000Z", "EXDATE;VALUE=DATE:20270201",
            "EXDATE;TZID=America/New_York:20270208T130000",
            "EXRULE:FREQ=WEEKLY;INTERVAL=5"]  # fmt: skip

    assert [each.occurrence for each in drafts(vevent(START, *weekly, *away[:2]))] == [
        "20270111",
        "20270208",
        "20270215",
    ]
    assert why(vevent(START, *weekly, *away)) == ["no date in the next 180 days"]
    for between in (";", "\\,"):
        both = f"EXDATE:20270118T180000Z{between}20270125T180000Z"
        assert len(drafts(vevent(START, *weekly, both))) == 4
    on_that_day = "EXDATE;TZID=Europe/Paris:20270118T000000"
    assert len(drafts(vevent(START, *weekly, on_that_day))) == 5


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "midnight", [";TZID=W. Europe Standard Time:20270112T000000", ":20270112T000000Z"]
)
def test_a_midnight_is_the_date_of_what_lasts_all_day_in_whatever_zone(
    zone: str, midnight: str
) -> None:
    daily = ["DTSTART;VALUE=DATE:20270111", "RRULE:FREQ=DAILY;UNTIL=20270114T000000Z"]
    change = vevent(f"RECURRENCE-ID{midnight}", "DTSTART;VALUE=DATE:20270120", title="Stew")

    days = [each.occurrence for each in drafts(vevent(*daily, f"EXDATE{midnight}"), zone=zone)]
    assert days == ["20270111", "20270113", "20270114"]
    changed = [each.body.title for each in drafts(vevent(*daily), change, zone=zone)]
    assert changed == ["Soup night", "Stew", "Soup night", "Soup night"]


def test_several_dates_on_a_day_have_their_time_in_their_name() -> None:
    made = drafts(
        vevent(START, "RRULE:FREQ=WEEKLY;COUNT=3", "RDATE;TZID=Europe/Paris:20270118T090000")
    )

    assert [each.occurrence for each in made] == [
        "20270111",
        "20270118T0900",
        "20270118T1900",
        "20270125",
    ]


def test_an_end_before_the_beginning_costs_no_date() -> None:
    made = drafts(vevent(START, "DTEND:19700101T000000Z", "RRULE:FREQ=WEEKLY;COUNT=3"))

    assert [each.body.end for each in made] == [None, None, None]


def test_added_dates_last_as_long_as_they_say_and_begin_when_the_others_do() -> None:
    added = ["RDATE;VALUE=PERIOD;TZID=Europe/Paris:20270112T190000/PT3H",
             "RDATE;VALUE=PERIOD:20270113T180000Z/20270113T200000Z",
             "RDATE;VALUE=DATE:20270114"]  # fmt: skip
    made = drafts(vevent(START, "DURATION:PT1H", *added))

    assert [(each.body.start, each.body.end) for each in made] == [
        (utc("2027-01-11T18:00"), utc("2027-01-11T19:00")),
        (utc("2027-01-12T18:00"), utc("2027-01-12T21:00")),
        (utc("2027-01-13T18:00"), utc("2027-01-13T20:00")),
        (utc("2027-01-14T18:00"), utc("2027-01-14T19:00")),
    ]


@pytest.mark.parametrize(
    "original",
    ["RECURRENCE-ID;VALUE=DATE:20270118", "RECURRENCE-ID:20270118T180000Z",
     "RECURRENCE-ID;TZID=Europe/Paris:20270118T190000",
     "RECURRENCE-ID;TZID=Europe/Paris:20270118T120000"],
)  # fmt: skip
def test_a_changed_date_is_found_however_it_is_named(original: str) -> None:
    change = vevent(original, "DTSTART;TZID=Europe/Paris:20270119T200000", title="Moved")
    made = drafts(vevent(START, "RRULE:FREQ=WEEKLY;COUNT=3"), change)

    assert [each.occurrence for each in made] == ["20270111", "20270118", "20270125"]
    assert [each.body.title for each in made] == ["Soup night", "Moved", "Soup night"]


def test_a_change_that_says_only_what_differs_keeps_the_rest() -> None:
    change = vevent("RECURRENCE-ID;TZID=Europe/Paris:20270118T190000", "LOCATION:Barn", title=None)
    made = drafts(
        vevent(START, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2", "LOCATION:Hall"), change
    )

    assert [each.body.place.name for each in made if each.body.place] == ["Hall", "Barn"]
    assert [each.body.end for each in made] == [utc("2027-01-11T19:00"), utc("2027-01-18T19:00")]


@pytest.mark.parametrize("start", ["DTSTART:soon", "DTSTART:20270111T180000Z"])
def test_changed_dates_of_a_series_that_cannot_be_read_are_not_lost(start: str) -> None:
    change = vevent("RECURRENCE-ID:20270118T180000Z", "DTSTART:20270119T180000Z", title="Stew")
    series, moved = items(vevent(start, "RRULE:FREQ=HOURLY"), change)

    assert not isinstance(series, Draft)
    assert isinstance(moved, Draft)
    assert (moved.body.title, moved.occurrence) == ("Stew", "20270118")


def test_a_private_date_of_a_public_series_is_left_out_and_a_private_series_whole() -> None:
    change = vevent(
        "RECURRENCE-ID:20270118T180000Z", "DTSTART:20270118T180000Z", "CLASS:CONFIDENTIAL"
    )
    public = change.replace("CONFIDENTIAL", "PUBLIC")
    weekly = vevent(START, "RRULE:FREQ=WEEKLY;COUNT=2")
    found = items(weekly, change)

    assert [(item.occurrence, isinstance(item, Draft)) for item in found] == [
        ("20270111", True),
        ("20270118", False),
    ]
    assert why(weekly.replace("END:", "CLASS:PRIVATE\r\nEND:"), change) == ["private", "private"]
    assert why(weekly.replace("END:", "CLASS:PRIVATE\r\nEND:"), public) == ["private", "private"]
    assert why(change) == ["private"], "of a series that is not there"
    assert why(vevent(START, "CLASS:X-SECRET")) == ["private"]
    assert why(vevent(START, "X-CALENDARSERVER-ACCESS:RESTRICTED")) == ["private"]
    for head in ("CLASS:PRIVATE", "X-CALENDARSERVER-ACCESS:CONFIDENTIAL"):
        assert why(head, vevent(START), vevent(START, uid="2")) == ["private", "private"]
    assert len(drafts(vevent(START, "CLASS:public"))) == 1
    assert why(vevent(START, "CLASS:PUBLIC", "CLASS:PRIVATE")) == ["private"]


@pytest.mark.parametrize("lasts", ["P15D", "PT360H"])
def test_a_date_that_began_before_the_window_and_still_lasts_is_there(lasts: str) -> None:
    (made,) = drafts(
        vevent("DTSTART:20261020T180000Z", f"DURATION:{lasts}", "RRULE:FREQ=YEARLY;COUNT=2")
    )

    assert made.body.end == utc("2026-11-04T18:00")


def test_what_holds_for_all_that_follows_holds_for_each_of_them() -> None:
    weekly = vevent(START, "RRULE:FREQ=WEEKLY;COUNT=3")
    later = "RECURRENCE-ID;RANGE=THISANDFUTURE:20270118T180000Z"
    renamed = drafts(weekly, vevent(later, title="Stew"))
    secret = items(weekly, vevent(later, "DTSTART:20270118T190000Z", "CLASS:PRIVATE"))
    earlier = vevent(later.replace("FUTURE", "PRIOR"), title="Stew")
    garbled = vevent(later, "DTSTART:soon")

    assert [each.body.title for each in renamed] == ["Soup night", "Stew", "Stew"]
    assert [isinstance(each, Draft) for each in secret] == [True, False, False]
    assert [each.body.title for each in drafts(weekly, earlier)] == [
        "Soup night",
        "Stew",
        "Soup night",
    ]
    assert [isinstance(each, Draft) for each in items(weekly, garbled)] == [True, False, True]


def test_each_step_each_date_and_each_position_counts() -> None:
    def spent(text: str, days: int) -> int:
        budget = Budget()
        assert list(read_rule(text).dates(BEGIN, BEGIN, BEGIN + timedelta(days=days), budget))
        return Budget().left - budget.left

    steps, dates = 10 * 10, 11 * 2
    assert spent("FREQ=DAILY", 10) >= steps + dates
    assert spent("FREQ=MONTHLY;BYDAY=SU;BYSETPOS=1,2,-1", 90) > 2 * spent(
        "FREQ=MONTHLY;BYDAY=SU", 90
    )


def test_the_days_before_the_window_are_no_steps() -> None:
    budget = Budget()
    assert list(read_rule("FREQ=DAILY").dates(datetime(1990, 1, 1), BEGIN, BEGIN, budget))
    assert Budget().left - budget.left < 100
    assert why(vevent("DTSTART:18991231T180000Z", "RRULE:FREQ=YEARLY")) == ["no date"]


def test_a_rule_names_no_more_weekdays_than_a_year_has_days() -> None:
    with pytest.raises(Unreadable):
        read_rule("FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 401))
