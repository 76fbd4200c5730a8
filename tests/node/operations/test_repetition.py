"""Events that repeat: a register a date, further ones as time goes, one or all of them changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from icalendar import Calendar

from potluck.node.calendars.recurrence_words import rule_of
from potluck.node.errors import Unfit
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events, rules
from potluck.node.operations.announce.repetition import announce_further
from potluck.node.operations.draw import today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import EventForm, ImportForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import exports, imports
from potluck.protocol.announcement import DAY
from tests.homes import restored
from tests.node.at_home import at_home, clock_of

CHOIR = EventForm(title="Choir", start="2026-11-19T19:30", duration="90m", at="52.52,13.405")
"""On a Thursday."""


def repeated(rule: str) -> EventForm:
    return EventForm(
        title="Choir", start="2026-11-19T19:30", duration="90m", at="52.52,13.405", repeat=rule
    )


async def dates(service: Service) -> list[tuple[str, str]]:
    """Day and hour of all that is announced, and its status."""
    found = await list_events.list_events(service, mine=True, past=True)
    return [(str(each["start"])[:16], each["status"]) for each in found]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("every thursday 8 times", "FREQ=WEEKLY;BYDAY=TH;COUNT=8"),
        ("Every other week", "FREQ=WEEKLY;INTERVAL=2"),
        ("every day until 2027-03-01", "FREQ=DAILY;UNTIL=20270301"),
        ("every monday, wednesday and friday", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("every 3 months 4 times", "FREQ=MONTHLY;INTERVAL=3;COUNT=4"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("thursdays", None),
        ("every so often", None),
    ],
)
def test_a_rule_is_understood_as_people_say_it(said: str, rule: str | None) -> None:
    assert rule_of(said) == rule


async def test_each_date_is_announced_within_180_days_under_one_series(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        first = await events.announce(service, repeated("every thursday 40 times"))
        found = await list_events.list_events(service, mine=True)
        hand = await today.draw(service, DrawForm(days=60))

        # The hour on the wall stays the same over the change of clocks.
        assert {str(each["start"])[11:16] for each in found} == {"19:30"}
        assert len(found) == 26
        assert len({each["series"] for each in found}) == 1
        assert first["start"] == "2026-11-19T19:30:00+01:00"
        assert hand["hand"][0]["odds"] == {"organisers": 1, "series": 1, "events": 9}

        assert await announce_further(service) == 0
        clock_of(service).seconds += 14 * DAY
        assert await announce_further(service) == 2
        clock_of(service).seconds += 180 * DAY
        assert await announce_further(service) == 12, "forty times and no more"


@pytest.mark.parametrize(
    ("first", "last", "ends"),
    [
        ("2027-03-21", "2027-03-21", ["03-22T00:00", "03-29T00:00", "04-05T00:00"]),
        ("2027-03-20T22:00", "2027-03-21T06:00", ["03-21T06:00", "03-28T06:00", "04-04T06:00"]),
    ],
)
async def test_each_date_ends_at_the_same_hour_when_clocks_change(
    tmp_path: Path, first: str, last: str, ends: list[str]
) -> None:
    async with at_home(tmp_path) as service:
        form = EventForm(
            title="Fair", start=first, end=last, tz="Europe/Berlin", repeat="FREQ=WEEKLY;COUNT=3"
        )
        await events.announce(service, form)

        found = await list_events.list_events(service, mine=True)
        assert [str(each["end"])[5:16] for each in found] == ends


async def test_what_was_announced_is_not_announced_again_after_a_power_cut(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await events.announce(service, repeated("every thursday 3 times"))
        (repetition,) = rules.all_of(service)
        await rules.remember(service, rules.Repetition(repetition.key, repetition.series,
            repetition.rule, repetition.first, repetition.tz))  # fmt: skip

        assert await announce_further(service) == 0
        assert len(await dates(service)) == 3


async def test_one_date_is_changed_or_cancelled_by_itself(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await events.announce(service, repeated("FREQ=WEEKLY;COUNT=3"))
        first, second, _ = await list_events.list_events(service, mine=True)
        await events.edit(service, first["id"], EventForm(start="2026-11-20T20:00"))
        await events.cancel(service, second["id"])

        assert await announce_further(service) == 0
        assert await dates(service) == [
            ("2026-11-20T20:00", "scheduled"),
            ("2026-11-26T19:30", "cancelled"),
            ("2026-12-03T19:30", "scheduled"),
        ]


async def test_the_rule_is_changed_from_a_date_on_and_ended(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await events.announce(service, repeated("every week 4 times"))
        found = await list_events.list_events(service, mine=True)
        form = EventForm(repeat="every other week 2 times", title="Small choir")
        await events.edit(service, found[1]["id"], form)
        changed = await dates(service)
        titles = [each["title"] for each in await list_events.list_events(service, mine=True)]
        await events.edit(service, found[1]["id"], EventForm(repeat="never"))

        assert changed == [
            ("2026-11-19T19:30", "scheduled"),
            ("2026-11-26T19:30", "scheduled"),
            ("2026-12-03T19:30", "cancelled"),
            ("2026-12-10T19:30", "scheduled"),
        ]
        assert titles == ["Choir", "Small choir", "Choir", "Small choir"]
        assert [status for _, status in await dates(service)] == [
            "scheduled", "scheduled", "cancelled", "cancelled",
        ]  # fmt: skip
        assert rules.all_of(service) == []


async def test_a_single_event_begins_to_repeat(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        single = await events.announce(service, CHOIR)
        await events.edit(service, single["id"], EventForm(repeat="every week 2 times"))

        found = await list_events.list_events(service, mine=True)
    assert [str(each["start"])[:10] for each in found] == ["2026-11-19", "2026-11-26"]
    assert found[0]["slot"] == single["slot"]
    assert len({each["series"] for each in found}) == 1


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "every so often", "FREQ=DAILY;BYHOUR=9,10", "FREQ=YEARLY;BYMONTH=13"]
)
async def test_what_is_no_rule_of_days_is_refused(tmp_path: Path, rule: str) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit) as wrong:
            await events.announce(service, repeated(rule))
        assert await list_events.list_events(service, mine=True) == []
    assert wrong.value.field == "repeat"


async def test_it_is_exported_as_a_rule_with_exceptions(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await events.announce(service, repeated("every thursday 5 times"))
        found = await list_events.list_events(service, mine=True)
        await events.edit(service, found[1]["id"], EventForm(start="2026-11-27T20:00"))
        await events.cancel(service, found[2]["id"])
        await events.withdraw(service, found[3]["id"])
        await exports.export_calendar(service, str(file))
        again = await imports.import_calendar(service, str(file), ImportForm())

    calendar = Calendar.from_ical(file.read_bytes())
    master, moved, off = cast("list[Any]", calendar.walk("VEVENT"))
    assert master["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20261217T183000Z;BYDAY=TH"
    assert [each.dt.isoformat()[:10] for each in master["EXDATE"].dts] == ["2026-12-10"]
    assert moved["RECURRENCE-ID"].dt.isoformat()[:10] == "2026-11-26"
    assert moved["DTSTART"].dt.isoformat()[:16] == "2026-11-27T20:00"
    assert (off["STATUS"], off["RECURRENCE-ID"].dt.isoformat()[:10]) == ("CANCELLED", "2026-12-03")
    assert {str(each["UID"]) for each in (master, moved, off)} == {str(master["UID"])}
    assert [again.get(name) for name in ("imported", "updated", "cancelled")] == [0, 0, 0]


async def test_what_recurred_in_one_register_is_converted(tmp_path: Path) -> None:
    async with at_home(restored("cf7d713", tmp_path / "home")) as service:
        before = {each["title"]: each for each in await list_events.list_events(service, mine=True)}
        made = await announce_further(service)
        found = await list_events.list_events(service, mine=True)
        assert await announce_further(service) == 0

    choir = [each for each in found if each["title"] == "Choir"]
    garden = [each for each in found if each["title"] == "Open garden"]
    assert [str(each["start"])[:10] for each in choir] == [
        "2026-11-19", "2026-11-26", "2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24",
    ]  # fmt: skip
    assert choir[0]["slot"] == before["Choir"]["slot"]
    assert {each["series"] for each in garden} == {"Garden"}
    assert all(each["all_day"] for each in garden)
    assert made == len(choir) + len(garden) - 2
