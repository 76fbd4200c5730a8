"""Rules of recurrence, expanded: as a library that everybody uses does it, and bounded where it is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from potluck.node.operations.announce.recurrence import next_start, starts
from potluck.protocol.announcement import DAY, MAX_LIFETIME
from tests.builders import NOW
from tests.vectors import generate_recurrence

VECTORS = json.loads(generate_recurrence.FILE.read_text(encoding="utf-8"))
BERLIN = ZoneInfo("Europe/Berlin")
weekday = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
numbered = st.tuples(st.sampled_from(["1", "2", "5", "-1", "-3", "-5"]), weekday).map("".join)
month_day = st.integers(-31, 31).filter(bool).map(str)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule of every kind that an announcement may carry."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={freq}", draw(st.integers(1, 400).map(lambda count: f"COUNT={count}"))]
    # Numbered and plain weekdays are not mixed: of "MO,2TU" the library takes neither.
    named = draw(st.sampled_from([weekday, numbered])) if freq == "MONTHLY" else weekday
    some: list[tuple[str, st.SearchStrategy[str]]] = [
        ("INTERVAL", st.integers(1, 9).map(str)),
        ("BYDAY", st.lists(named, min_size=1, max_size=3).map(",".join)),
        ("BYMONTHDAY", st.lists(month_day, min_size=1, max_size=9).map(",".join)),
        ("WKST", weekday),
    ]
    for name, values in some:
        if draw(st.booleans()):
            parts.append(f"{name}={draw(values)}")
    return ";".join(parts)


def by_library(rule: str, start: int, enough: int) -> list[int]:
    first = datetime.fromtimestamp(start, BERLIN).replace(tzinfo=None)
    local = (
        moment.replace(tzinfo=BERLIN) for moment in islice(rrulestr(rule, dtstart=first), enough)
    )
    return [second for each in local if (second := int(each.timestamp())) <= start + MAX_LIFETIME]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_occurrences_of_the_vectors(case: dict[str, Any]) -> None:
    found = list(starts(case["rule"], case["start"], case["tz"]))

    assert (len(found), found[: len(case["first"])]) == (case["count"], case["first"])
    assert (found[-1] if found else None) == case["last"]


@given(rules(), st.integers(NOW, NOW + 800 * DAY))
def test_a_rule_happens_when_the_library_says(rule: str, start: int) -> None:
    found = list(starts(rule, start, "Europe/Berlin"))
    assume(found)  # for a rule that never happens the library takes seconds

    assert found == by_library(rule, start, len(found) + (len(found) < 20))


@pytest.mark.parametrize("tz", ["Europe/Berlin", "America/Adak", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("20261120T110639Z", 2),
        ("20261120T110640Z", 3),
        ("00010101T000000Z", 0),
        ("00010101", 0),
        ("99991231T235959Z", 400),
        ("99991231", 400),
    ],
)
def test_until_may_be_at_any_time_and_is_included(until: str, count: int, tz: str) -> None:
    assert len(list(starts(f"FREQ=DAILY;UNTIL={until}", NOW, tz))) == count


def test_a_day_alone_is_its_midnight_there() -> None:
    evening = int(datetime(2026, 11, 18, 19, 0, tzinfo=BERLIN).timestamp())

    assert len(list(starts("FREQ=DAILY;UNTIL=20261120", evening, "Europe/Berlin"))) == 2


def test_the_hour_on_the_wall_stays_when_the_clocks_change() -> None:
    summer = int(datetime(2026, 10, 24, 17, 0, tzinfo=UTC).timestamp())

    assert [each - summer for each in starts("FREQ=DAILY;COUNT=3", summer, "Europe/Berlin")] == [
        0,
        DAY + 3600,
        2 * DAY + 3600,
    ]


@pytest.mark.parametrize(
    "never",
    ["FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=3", "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31;COUNT=4"],
)
def test_a_rule_that_never_happens_costs_nobody_anything(
    never: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def names(_day: object) -> set[str]:
        nonlocal looked_at
        looked_at += 1
        return set()

    monkeypatch.setattr("potluck.node.operations.announce.recurrence._names", names)

    assert next_start(never, NOW, "Europe/Berlin", NOW) is None
    assert looked_at <= 402


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert list(starts("FREQ=DAILY;COUNT=2", NOW, "Mars/Olympus")) == [NOW, NOW + DAY]
