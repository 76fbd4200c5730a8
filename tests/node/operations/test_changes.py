"""What changed, in words."""

from __future__ import annotations

from typing import Any

import pytest

from potluck.node.language.locale import asked_for
from potluck.node.operations.announce.changes import changes
from potluck.node.operations.service import Json

EVENT: Json = {
    "status": "scheduled", "title": "Soup", "start": "2026-11-19T18:30:00+01:00", "all_day": False,
    "end": "2026-11-19T20:00:00+01:00",
    "place": {"name": "Mill", "address": "4 Yard", "lat": 1.0, "lon": 2.0},
    "price": "Free", "capacity": 30, "topics": ["food"], "lang": None, "url": None, "series": None,
    "access": {"quiet": True}, "about": "Bring a bowl.",
}  # fmt: skip


def told(was: Json, **now: Any) -> list[str]:
    found = changes({**EVENT, **now}, was, asked_for("en-GB"))
    return [f"{one.what} {one.now}, was {one.was}" if one.now else one.what for one in found]


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({}, {}, []),
        ({"status": "scheduled"}, {"status": "cancelled"}, ["Cancelled"]),
        ({"status": "postponed"}, {}, ["Takes place after all"]),
        ({"title": "Stew"}, {"status": "withdrawn", "title": None}, ["Withdrawn by its host"]),
        ({"start": "2026-11-19T18:00:00+01:00", "end": None}, {}, ["Begins at 18:30, was 18:00"]),
        (
            {"start": "2026-11-12T18:00:00+01:00"},
            {},
            ["Begins at 19 November, 18:30, was 12 November, 18:00"],
        ),
        (
            {"start": "2026-11-19T18:30:00+01:00", "status": "scheduled"},
            {"start": None, "end": None, "status": "postponed"},
            ["Postponed", "Begins at a date not yet known, was 19 November, 18:30"],
        ),
        (
            {"start": "2026-11-20T00:00:00+01:00", "all_day": True},
            {},
            ["Begins at 19 November, 18:30, was 20 November"],
        ),
        ({"end": "2026-11-19T21:00:00+01:00"}, {}, ["Ends at 20:00, was 21:00"]),
        (
            {"start": "2026-11-19T18:30:00+00:00"},
            {},
            ["Begins at 18:30 UTC+1, was 18:30 UTC"],
        ),
        (
            {"end": "2027-01-03T00:00:00+01:00"},
            {
                "start": "2026-12-28T00:00:00+01:00",
                "end": "2027-01-01T00:00:00+01:00",
                "all_day": True,
            },
            ["Ends at Thursday, 31 December 2026, was Saturday, 2 January 2027"],
        ),
        ({"place": None}, {}, ["It is at Mill, 4 Yard, was a place not said"]),
        ({"place": EVENT["place"] | {"lat": 3.0}}, {}, ["The spot on the map was moved"]),
        ({"title": "Stew"}, {}, ["It is called Soup, was Stew"]),
        (
            {"price": "3", "capacity": None, "topics": []},
            {},
            [
                "The price is Free, was 3",
                "There is room for 30, was not said",
                "Its topics are food, was not said",
            ],
        ),
        (
            {"access": {"quiet": False, "children": True}},
            {},
            ["Quiet: yes, was no", "Children: not said, was yes"],
        ),
        ({"about": "Bring a spoon."}, {}, ["The description was rewritten"]),
        (
            {"status": "scheduled", "about": "Bring a bowl."},
            {"status": "cancelled", "about": "Cancelled: Storm.\n\nBring a bowl."},
            ["Cancelled"],
        ),
        (
            {"status": "scheduled", "about": None},
            {"status": "cancelled", "about": "Cancelled: Storm."},
            ["Cancelled"],
        ),
        (
            {"status": "scheduled", "about": "Bring a bowl."},
            {"status": "cancelled", "about": "Cancelled: Storm.\n\nBring a spoon."},
            ["Cancelled", "The description was rewritten"],
        ),
    ],
)
def test_a_change_is_one_sentence(was: Json, now: Json, words: list[str]) -> None:
    assert told(was, **now) == words
