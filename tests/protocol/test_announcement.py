from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from potluck.protocol.announcement import DAY, Body, Place, Source, Status, default_expiry
from potluck.protocol.errors import Invalid
from potluck.protocol.recurrence import check_rule
from tests.builders import NOW, announcement, body


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x" * 141},
        {"tz": "Berlin!"},
        {"start": -1},
        {"start": 1 << 32},
        {"start": 1.0},
        {"start": True},
        {"end": NOW},
        {"start": None, "end": NOW},
        {"all_day": 1},
        {"about": "é" * 1_201},
        {"topics": ("a", "b", "c", "d", "e", "f")},
        {"topics": ("music", "music")},
        {"topics": ("x" * 41,)},
        {"topics": ("",)},
        {"lang": "German"},
        {"price": "x" * 61},
        {"capacity": 0},
        {"capacity": True},
        {"access": {"wheelchair": 1}},
        {"access": {"Wheel Chair": True}},
        {"access": {"a" * n: True for n in range(1, 18)}},
        {"url": "javascript:alert(1)"},
        {"series": "a\nb"},
        {"rrule": "FREQ=SECONDLY;COUNT=3"},
        {"rrule": "FREQ=DAILY;COUNT=3", "start": None},
        {"rrule": "FREQ=DAILY;COUNT=1\u0663"},
        {"rrule": "FREQ=DAILY;UNTIL=20279999"},
        {"rrule": "FREQ=DAILY;UNTIL=20270301T250000Z"},
        {"rrule": "FREQ=DAILY;UNTIL=00000101"},
        {"rsvp_key": b"short"},
        {"extra": {"title": "again"}},
    ],
)
def test_a_body_cannot_be_invalid(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        body(**fields)


@pytest.mark.parametrize(
    "parts",
    [
        {"name": ""},
        {"name": "x", "address": "a\tb"},
        {"name": "x", "lat": 1.0},
        {"name": "x", "lat": 90.1, "lon": 0.0},
        {"name": "x", "lat": 0.0, "lon": -180.5},
        {"name": "x", "lat": float("nan"), "lon": 0.0},
        {"name": "x", "lat": 52, "lon": 13},
    ],
)
def test_a_place_cannot_be_invalid(parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Place(**parts)


def test_a_source_cannot_be_invalid() -> None:
    with pytest.raises(Invalid):
        Source("organiser", url="ftp://x.org")


@pytest.mark.parametrize(
    "fields",
    [
        {"network": b"short"},
        {"host": b"short"},
        {"nonce": b"short"},
        {"slot": -1},
        {"slot": 1 << 64},
        {"revision": 1 << 16},
        {"issued_at": 1 << 32},
        {"expires_at": NOW},
        {"expires_at": NOW + 400 * DAY + 1},
        {"status": Status.WITHDRAWN},
        {"body": None},
    ],
)
def test_an_announcement_cannot_be_invalid(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        replace(announcement(), **fields)


def test_only_a_postponed_or_cancelled_event_may_have_no_date() -> None:
    undated = body(start=None)

    announcement(status=Status.POSTPONED, what=undated)
    announcement(status=Status.CANCELLED, what=undated)
    with pytest.raises(Invalid, match="needs a start"):
        announcement(status=Status.SCHEDULED, what=undated)


def test_an_event_ends_at_its_end_or_start_or_a_day_later() -> None:
    assert body(start=NOW, end=NOW + 5).ends == NOW + 5
    assert body(start=NOW).ends == NOW
    assert body(start=NOW, all_day=True).ends == NOW + DAY
    assert body(start=None).ends is None


def test_values_do_not_change_with_the_maps_they_were_made_from() -> None:
    access = {"wheelchair": True}
    made = body(access=access)
    access["wheelchair"] = False

    assert made.access == {"wheelchair": True}


@pytest.mark.parametrize(
    ("what", "last_end", "expected"),
    [
        (body(start=NOW + DAY, end=NOW + 2 * DAY), None, NOW + 32 * DAY),
        (body(start=NOW - 90 * DAY), None, NOW + 30 * DAY),
        (body(start=None), None, NOW + 30 * DAY),
        (body(start=NOW), NOW + 100 * DAY, NOW + 130 * DAY),
        (body(start=NOW + 390 * DAY), None, NOW + 400 * DAY),
    ],
)
def test_announcements_are_forgotten_a_month_after_the_end(
    what: Body, last_end: int | None, expected: int
) -> None:
    assert default_expiry(what, last_end, NOW) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=1",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z;BYDAY=MO,TU;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=400",
        "FREQ=MONTHLY;BYDAY=2TU;COUNT=12",
        "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270101",
    ],
)
def test_bounded_rules_are_allowed(rule: str) -> None:
    check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "COUNT=3;FREQ=DAILY",
        "FREQ=YEARLY;COUNT=3",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;COUNT=401",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=3;COUNT=4",
        "FREQ=DAILY;COUNT=3;INTERVAL=100",
        "FREQ=DAILY;COUNT=3;BYSECOND=1",
        "FREQ=WEEKLY;COUNT=3;BYDAY=2MO",
        "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=32",
        "FREQ=DAILY;COUNT=3;",
        "freq=daily;count=3",
        "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=" + ",".join(["10"] * 60),
        None,
    ],
)
def test_unbounded_and_other_rules_are_refused(rule: object) -> None:
    with pytest.raises(Invalid):
        check_rule(rule)
