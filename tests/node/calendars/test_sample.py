"""The invented month of the demonstration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.read import read
from potluck.node.calendars.sample import sample_calendar
from potluck.node.geography.distance import distance_km
from potluck.node.geography.places import resolve
from potluck.protocol.announcement import Status

TODAY = date(2026, 11, 22)


def drafts(today: date) -> list[Draft]:
    since = int(
        datetime(
            today.year, today.month, today.day, 23, 59, tzinfo=ZoneInfo("Europe/Dublin")
        ).timestamp()
    )
    found = list(read(sample_calendar(today), Scope(since)).items)
    made = [item for item in found if isinstance(item, Draft)]
    assert made == found
    return made


def test_sixty_events_of_twenty_five_hosts_are_all_understood() -> None:
    made = drafts(TODAY)

    assert read(sample_calendar(TODAY), Scope(0)).total == 60
    assert len({each.origin.id for each in made}) == 25
    assert [each.status for each in made].count(Status.CANCELLED) == 1
    assert sum(each.body.all_day for each in made) == 2
    assert len(made) > 60
    assert all(
        each.body.about and each.body.price and each.body.topics and each.body.lang for each in made
    )


def test_everything_happens_in_one_town() -> None:
    town = resolve("Galway").point
    points = {
        (each.body.place.lat, each.body.place.lon) for each in drafts(TODAY) if each.body.place
    }

    assert len(points) > 10
    assert all(lat and lon and distance_km(town, (lat, lon)) < 8 for lat, lon in points)


AHEAD = 28
"""Days that the demonstration deals from."""


def _day(draft: Draft) -> date:
    return datetime.fromtimestamp(draft.body.start or 0, ZoneInfo("Europe/Dublin")).date()


WEEK = [TODAY + timedelta(days=days) for days in range(7)]


@pytest.mark.parametrize("today", [*WEEK, date(2027, 3, 20), date(2027, 10, 30), date(2028, 2, 28)])
def test_whatever_the_day_all_of_it_lies_ahead(today: date) -> None:
    made = drafts(today)

    assert len(made) == len(drafts(TODAY))
    days = [(_day(each) - today).days for each in made]
    assert min(days) <= 2
    soon = {each.origin.id for each, ahead in zip(made, days, strict=True) if ahead < AHEAD}
    assert len(soon) == 25


def test_the_same_day_gives_the_same_calendar() -> None:
    assert sample_calendar(TODAY) == sample_calendar(TODAY)
