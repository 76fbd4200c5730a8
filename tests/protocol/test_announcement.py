from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from potluck.protocol.announcement import DAY, Body, Place, Source, Status, default_expiry
from potluck.protocol.errors import Invalid
from tests.builders import NOW, announcement, body, source


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
        {"rsvp_key": b"short"},
        {"rsvp_key": bytes(32), "source": source()},
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
        {"name": "x", "uncertainty": 5},
        {"name": "x", "lat": 0.0, "lon": 0.0, "uncertainty": -1},
        {"name": "x", "lat": 0.0, "lon": 0.0, "uncertainty": 20_040_001},
        {"name": "x", "lat": 0.0, "lon": 0.0, "uncertainty": 5.0},
        {"name": "x", "extra": {"lat": 5}},
    ],
)
def test_a_place_cannot_be_invalid(parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Place(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"url": "ftp://x.org"},
        {"stamp": bytes(7)},
        {"stamp": "8 letters"},
        {"id": "x\u200dy"},
        {"id": "\u00ad"},
        {"extra": {"id": "y"}},
    ],
)
def test_a_source_cannot_be_invalid(parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Source(**{"id": "organiser", "stamp": bytes(8), **parts})


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
    ("what", "expected"),
    [
        (body(start=NOW + DAY, end=NOW + 2 * DAY), NOW + 32 * DAY),
        (body(start=NOW - 90 * DAY), NOW + 30 * DAY),
        (body(start=None), NOW + 30 * DAY),
        (body(start=NOW + 390 * DAY), NOW + 400 * DAY),
    ],
)
def test_announcements_are_forgotten_a_month_after_the_end(what: Body, expected: int) -> None:
    assert default_expiry(what, NOW) == expected
