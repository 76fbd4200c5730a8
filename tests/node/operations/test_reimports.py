"""Calendars that are imported again: changed when they change, and never again once withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.announce.signing import author_of, first_revision, sign_and_send
from potluck.node.operations.forms import ImportForm
from potluck.protocol.announcement import Body
from potluck.protocol.imported import imported_slot
from tests.node.at_home import at_home, clock_of
from tests.node.calendar_text import utc
from tests.node.importing import HERE, bring, calendar, counts, event


async def test_importing_again_changes_nothing_and_a_change_is_a_revision(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        assert await bring(service, file, calendar(event(1), event(2))) == counts(imported=2)
        stamped = event(2, more="DTSTAMP:20270101T000000Z")
        assert await bring(service, file, calendar(event(1), stamped)) == counts(unchanged=2)
        assert await bring(service, file, calendar(event(1), event(2, "Stew"))) == counts(
            updated=1, unchanged=1
        )

        found = await list_events.list_events(service)
    assert [(each["title"], each["revision"]) for each in found] == [("Soup 1", 0), ("Stew 2", 1)]
    assert found[0]["slot"] == f"{imported_slot('', '1@club.example', ''):016x}"
    assert found[0]["source"] == {"id": "Club", "name": "Town", "url": None, "claimed_by": None}
    assert found[0]["series"] == "Club"


async def test_cancelled_there_is_cancelled_here(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    off = event(1, more="STATUS:CANCELLED")
    async with at_home(tmp_path / "home") as service:
        assert (await bring(service, file, calendar(off)))["skipped"] == {"cancelled": 1}
        await bring(service, file, calendar(event(1)))
        assert await bring(service, file, calendar(off)) == counts(cancelled=1)
        assert await bring(service, file, calendar(off)) == counts(unchanged=1)

        (found,) = await list_events.list_events(service)
    assert found["status"] == "cancelled"


async def test_what_vanished_is_cancelled_only_when_asked(tmp_path: Path) -> None:
    file, other = tmp_path / "x.ics", tmp_path / "y.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, other, calendar(event(9)))
        await bring(service, file, calendar(event(1), event(2)))
        assert await bring(service, file, calendar(event(1))) == counts(unchanged=1)
        prune = ImportForm(near="Berlin", prune=True)
        assert await bring(service, file, calendar(event(1)), prune) == counts(
            unchanged=1, cancelled=1
        )
        assert await bring(service, file, calendar(event(1)), prune) == counts(unchanged=1)

        found = {each["title"]: each["status"] for each in await list_events.list_events(service)}
    assert found == {"Soup 1": "scheduled", "Soup 2": "cancelled", "Soup 9": "scheduled"}


async def test_what_has_begun_is_not_called_off_by_a_calendar_of_what_is_to_come(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.ics"
    prune = replace(HERE, prune=True)
    weekly = event(1, more="RRULE:FREQ=WEEKLY;COUNT=3")
    async with at_home(tmp_path / "home", now=utc("2026-12-01T10:00")) as service:
        await bring(service, file, calendar(weekly, event(2)))
        clock_of(service).seconds = utc("2026-12-01T19:01")
        later = weekly.replace("20261201", "20261208").replace("COUNT=3", "COUNT=2")

        assert await bring(service, file, calendar(later), prune) == counts(unchanged=2)


async def test_what_was_withdrawn_stays_withdrawn(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1)))
        (found,) = await list_events.list_events(service)
        await events.withdraw(service, found["id"])

        assert await bring(service, file, calendar(event(1))) == counts(withdrawn_before=1)
        assert await list_events.list_events(service) == []


async def test_what_becomes_private_is_withdrawn(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1), event(2)))
        hidden = calendar(event(1), event(2, more="CLASS:PRIVATE"))
        assert await bring(service, file, hidden) == counts(unchanged=1, withdrawn=1, private=1)
        assert await bring(service, file, hidden) == counts(unchanged=1, private=1)

        assert [each["title"] for each in await list_events.list_events(service)] == ["Soup 1"]


async def test_an_event_that_changes_its_uid_and_organiser_stays_one(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    weekly = event(1, more="RRULE:FREQ=WEEKLY;COUNT=3")
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(weekly))
        before = await list_events.list_events(service)
        renamed = weekly.replace("UID:1@", "UID:2@")
        for _ in range(2):
            assert await bring(service, file, calendar(renamed)) == counts(unchanged=3)
        assert await bring(
            service, file, calendar(renamed.replace("CN=Club", "CN=Kitchen"))
        ) == counts(updated=3)
        after = await list_events.list_events(service)

    assert [each["slot"] for each in after] == [each["slot"] for each in before]
    assert {each["source"]["id"] for each in after if each["source"]} == {"Kitchen"}


async def test_all_dates_of_what_is_made_recurring_are_one_series_also_under_another_uid(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.ics"
    weekly = event(1, more="RRULE:FREQ=WEEKLY;COUNT=3")
    longer = weekly.replace("UID:1@", "UID:2@").replace("COUNT=3", "COUNT=4")
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1)))
        assert await bring(service, file, calendar(weekly)) == counts(imported=2, updated=1)
        before = {each["series"] for each in await list_events.list_events(service)}
        assert await bring(service, file, calendar(longer)) == counts(imported=1, unchanged=3)
        after = {each["series"] for each in await list_events.list_events(service)}

    assert (len(before), after) == (1, before)
    assert "Club" not in after


async def test_a_date_taken_away_or_moved_into_the_past_is_called_off(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    weekly = event(1, more="RRULE:FREQ=WEEKLY;COUNT=3")
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(weekly, event(2)))
        off = calendar(weekly + "\r\nEXDATE:20261208T190000Z", event(2, start="20261001T190000Z"))
        assert await bring(service, file, off) == counts(unchanged=2, cancelled=2, over=1)
        assert await bring(service, file, off) == counts(unchanged=2, over=1)
        assert await bring(service, file, calendar(weekly, event(2))) == counts(
            updated=2, unchanged=2
        )


async def test_events_of_an_earlier_version_are_known_again_by_title_and_start(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        author = await author_of(service)
        body = Body(title="Soup 1", tz="Europe/Berlin", start=utc("2026-12-01T19:00"))
        await sign_and_send(service, first_revision(service, author, body, slot=7))
        noted = "calendar " + blake2b(str(file).encode(), digest_size=16).hexdigest()
        await service.store.choices.note(noted, json.dumps(["0000000000000007"]))

        assert await bring(service, file, calendar(event(1))) == counts(updated=1)
        (found,) = await list_events.list_events(service)
    assert found["slot"] == "0000000000000007"
