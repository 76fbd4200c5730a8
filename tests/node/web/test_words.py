"""Times, distances and access in words, in two languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from potluck.node.language import format as words
from potluck.node.language.locale import locale_of

ENGLISH, GERMAN, AMERICAN = locale_of("en-GB"), locale_of("de"), locale_of("en-US")


def event(start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "all_day": False} | more


@pytest.mark.parametrize(
    ("hour", "english", "german"),
    [
        ("18:30", "half past six in the evening", "halb sieben am Abend"),
        ("10:00", "ten in the morning", "zehn am Morgen"),
        ("22:15", "a quarter past ten at night", "Viertel nach zehn in der Nacht"),
        ("16:35", "twenty-five to five in the afternoon", "fünf nach halb fünf am Nachmittag"),
        ("12:00", "noon", "zwölf Uhr mittags"),
        ("00:00", "midnight", "Mitternacht"),
        ("23:45", "a quarter to twelve at night", "Viertel vor zwölf in der Nacht"),
        ("09:07", "09:07", "09:07"),
    ],
)
def test_a_clock_is_read_as_people_read_it(hour: str, english: str, german: str) -> None:
    moment = datetime.fromisoformat(f"2026-06-12T{hour}")

    assert words.clock(moment, ENGLISH) == english
    assert words.clock(moment, GERMAN) == german


@pytest.mark.parametrize(
    ("today", "spoken", "figures"),
    [
        ("2026-06-12", "Today, ", "Friday 12 June, 18:30 to 20:30 local time (UTC+1)"),
        ("2026-06-11", "Tomorrow, ", "Friday 12 June, 18:30 to 20:30 local time (UTC+1)"),
        ("2026-06-09", "Friday, ", "12 June, 18:30 to 20:30 local time (UTC+1)"),
        ("2026-06-01", "Friday 12 June, ", "18:30 to 20:30 local time (UTC+1)"),
        ("2025-06-01", "Friday, 12 June 2026, ", "18:30 to 20:30 local time (UTC+1)"),
    ],
)
def test_a_day_is_named_by_how_near_it_is(today: str, spoken: str, figures: str) -> None:
    said = words.when(
        event("2026-06-12T18:30:00+01:00", "2026-06-12T20:30:00+01:00"),
        date.fromisoformat(today),
        ENGLISH,
    )

    assert said == (spoken + "half past six in the evening", figures)


def test_all_day_events_and_those_without_a_date_say_so() -> None:
    fair = event("2026-06-12T00:00:00+02:00", "2026-06-14T00:00:00+02:00", all_day=True)
    today = date(2026, 6, 11)

    assert words.when(fair, today, ENGLISH) == (
        "Tomorrow, all day",
        "Friday 12 June to Saturday 13 June",
    )
    undated: Any = event(None)  # type: ignore[arg-type]
    assert words.when(undated, today, GERMAN) == ("Ein neuer Tag steht noch nicht fest", "")


@pytest.mark.parametrize(
    ("said", "spoken", "figures"),
    [
        (
            event("2026-12-28T00:00:00+00:00", "2027-01-03T00:00:00+00:00", all_day=True),
            "Monday, 28 December 2026, all day",
            "Monday, 28 December 2026 to Saturday, 2 January 2027",
        ),
        (
            event("2026-12-31T00:00:00+00:00", "2027-01-01T00:00:00+00:00", all_day=True),
            "Thursday 31 December, all day",
            "Thursday 31 December",
        ),
        (
            event("2026-12-31T20:00:00+00:00", "2027-01-02T12:00:00+00:00"),
            "Thursday, 31 December 2026, eight in the evening",
            "20:00 to Saturday, 2 January 2027, 12:00 local time (UTC)",
        ),
    ],
)
def test_days_of_two_years_have_both(said: dict[str, Any], spoken: str, figures: str) -> None:
    assert words.when(said, date(2026, 11, 30), ENGLISH) == (spoken, figures)


@pytest.mark.parametrize(
    ("km", "english", "american", "german"),
    [
        (0.0, "right here", "right here", "gleich hier"),
        (0.8, "800 m south", "0.5 mi south", "800 m südlich"),
        (2.43, "2.4 km south", "1.5 mi south", "2,4 km südlich"),
        (0.996, "1 km south", "0.6 mi south", "1 km südlich"),
        (1234.5, "1,234 km south", "767 mi south", "1.234 km südlich"),
    ],
)
def test_distances_are_said_as_the_country_measures(
    km: float, english: str, american: str, german: str
) -> None:
    said = [words.away(km, "south", each) for each in (ENGLISH, AMERICAN, GERMAN)]

    assert said == [english, american, german]


def test_a_zone_is_named_by_its_offset() -> None:
    def zone(hours: float) -> str:
        return words.zone(
            datetime.fromisoformat("2026-06-12T18:30:00+00:00").astimezone(_zone(hours))
        )

    assert [zone(hours) for hours in (0, 1, 5.75, -3.5)] == ["UTC", "UTC+1", "UTC+5:45", "UTC−3:30"]


def _zone(hours: float) -> Any:
    return timezone(timedelta(hours=hours))


def test_only_what_was_said_of_access_is_repeated() -> None:
    said = {"children": True, "step_free": False}

    assert words.access(said, ENGLISH) == "Not step-free, children welcome"
    assert words.access(said, GERMAN) == "Nicht stufenlos, Kinder willkommen"
    assert words.access({}, ENGLISH) == ""


def test_only_the_first_of_what_is_said_of_access_begins_as_a_sentence_does() -> None:
    said = {"wheelchair": True, "quiet": False, "children": True}
    assert words.access(said, ENGLISH) == "Wheelchair access, not quiet, children welcome"
    assert words.access(said, GERMAN) == "Mit Rollstuhl zugänglich, nicht ruhig, Kinder willkommen"


def test_dates_in_what_the_node_says_are_told_as_people_write_them() -> None:
    said = "it starts at 2026-12-20T19:00:00+01:00; you look from 2026-11-18 to 2026-12-01"
    assert words.dated(said, ENGLISH) == (
        "it starts at 20 December, 19:00 UTC+1; you look from 18 November to 1 December"
    )
    assert words.dated(said.replace("2026-12-20", "2027-01-20"), ENGLISH) == (
        "it starts at Wednesday, 20 January 2027, 19:00 UTC+1; "
        "you look from Wednesday, 18 November 2026 to Tuesday, 1 December 2026"
    )
    assert words.dated("2026-11-18", GERMAN) == "18. November"
    assert words.dated("potluck-2026-1-1", ENGLISH) == "potluck-2026-1-1"


def test_where_people_have_miles_distances_in_reasons_are_miles() -> None:
    reason = "it is 31.0 km away; you look within 25 km"
    assert words.dated(reason, locale_of("en-GB")) == reason
    assert words.dated(reason, locale_of("en-US")) == "it is 19 mi away; you look within 16 mi"
