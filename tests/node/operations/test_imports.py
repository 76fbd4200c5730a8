"""Calendars that are relayed: once, changed when they change, and never again when they were withdrawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from potluck.node.errors import Unfit
from potluck.node.operations import Service
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import listing
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing import imports
from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.imported import imported_slot
from tests.node.at_home import at_home, clock_of

HERE = ImportForm(near="Berlin")


def calendar(*events_: str) -> bytes:
    """An iCalendar file of these events."""
    inside = "".join(f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT\r\n" for each in events_)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nX-WR-CALNAME:Town\r\n"
    return f"{head}{inside}END:VCALENDAR\r\n".encode()


def event(number: int, title: str = "Soup", start: str = "20261201T190000Z", more: str = "") -> str:
    """One event of the club."""
    said = f"UID:{number}@club.example\r\nDTSTART:{start}\r\nSUMMARY:{title} {number}"
    said += "\r\nORGANIZER;CN=Club:MAILTO:a@club.example"
    return f"{said}\r\n{more}" if more else said


async def bring(
    service: Service, file: Path, content: bytes, form: ImportForm = HERE
) -> Mapping[str, object]:
    """Import this content from the file."""
    file.write_bytes(content)
    return await imports.import_calendar(service, str(file), form)


def counts(
    imported: int = 0, updated: int = 0, unchanged: int = 0, cancelled: int = 0, **skipped: int
) -> object:
    """What an import says."""
    why = {words.replace("_", " "): number for words, number in skipped.items()}
    return {
        "imported": imported,
        "updated": updated,
        "unchanged": unchanged,
        "cancelled": cancelled,
        "skipped": why,
    }


async def test_importing_again_changes_nothing_and_a_change_is_a_revision(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        assert await bring(service, file, calendar(event(1), event(2))) == counts(imported=2)
        stamped = event(2, more="DTSTAMP:20270101T000000Z")
        assert await bring(service, file, calendar(event(1), stamped)) == counts(unchanged=2)
        assert await bring(service, file, calendar(event(1), event(2, "Stew"))) == counts(
            updated=1, unchanged=1
        )

        found = await listing.list_events(service)
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

        (found,) = await listing.list_events(service)
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

        found = {each["title"]: each["status"] for each in await listing.list_events(service)}
    assert found == {"Soup 1": "scheduled", "Soup 2": "cancelled", "Soup 9": "scheduled"}


async def test_what_was_withdrawn_stays_withdrawn(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1)))
        (found,) = await listing.list_events(service)
        await events.withdraw(service, found["id"])

        assert await bring(service, file, calendar(event(1))) == counts(withdrawn_by_you=1)
        assert await listing.list_events(service) == []


async def test_an_import_that_was_cut_short_completes_without_doubles(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    many = [event(number) for number in range(3 * imports.BATCH)]
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(*many[: imports.BATCH + 7]))
    async with at_home(tmp_path / "home") as service:
        done = await bring(service, file, calendar(*many))

        assert done == counts(imported=2 * imports.BATCH - 7, unchanged=imports.BATCH + 7)
        assert len(await listing.list_events(service)) == 3 * imports.BATCH


async def test_the_window_begins_at_the_clock_of_draws_or_where_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    old = event(1, start="20261101T190000Z")
    async with at_home(tmp_path / "home") as service:
        assert await bring(service, file, calendar(old)) == counts(over=1)
        since = ImportForm(near="Berlin", since="2026-10-01")
        assert await bring(service, file, calendar(old), since) == counts(imported=1)


async def test_a_calendars_address_is_published_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "https://calendar.example/secret/x.ics"

    async def fetch(address: str) -> bytes:
        assert address == secret
        return calendar(event(1))

    monkeypatch.setattr(imports, "fetch", fetch)
    async with at_home(tmp_path) as service:
        await imports.import_calendar(service, secret, HERE)
        assert "secret" not in json.dumps(await listing.list_events(service))
        await imports.import_calendar(service, secret, ImportForm(near="Berlin", public_url=True))
        (found,) = await listing.list_events(service)
    assert found["source"]
    assert found["source"]["url"] == secret


@pytest.mark.parametrize(
    "answer", [calendar(event(1)), LocalError("not today")], ids=["read", "not read"]
)
async def test_what_is_watched_no_more_while_it_is_looked_at_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | LocalError
) -> None:
    address = "https://calendar.example/x.ics"

    async def fetch(_address: str) -> bytes:
        await imports.unwatch(service, address)
        if isinstance(answer, LocalError):
            raise answer
        return answer

    monkeypatch.setattr(imports, "fetch", fetch)
    async with at_home(tmp_path) as service:
        feed = {"every": 900, "next": 1, "form": {"near": "Berlin", "watch": "1h"}}
        await service.store.choices.note("watched", json.dumps({address: feed}))
        await imports.import_due(service)

        assert await imports.watched(service) == {}


async def test_a_feed_that_was_noted_otherwise_holds_up_no_other(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(calendar(event(1)))
    feeds = {"old": {"every": 900, "next": 1, "form": {"nearby": "Berlin"}}}
    feeds[str(file)] = {"every": 900, "next": 1, "form": {"near": "Berlin"}}
    async with at_home(tmp_path / "home") as service:
        await service.store.choices.note("watched", json.dumps(feeds))
        await imports.import_due(service)

        assert len(await listing.list_events(service)) == 1
        assert "is not known here" in (await imports.watched(service))["old"]["failed"]


async def test_a_watched_calendar_is_looked_at_when_it_is_due(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1)), ImportForm(near="Berlin", watch="6h"))
        file.write_bytes(calendar(event(1), event(2)))
        await imports.import_due(service)
        assert len(await listing.list_events(service)) == 1

        clock_of(service).seconds += 6 * 3600
        await imports.import_due(service)
        assert len(await listing.list_events(service)) == 2

        file.unlink()
        clock_of(service).seconds += 6 * 3600
        await imports.import_due(service)
        (feed,) = (await imports.watched(service)).values()
        assert "cannot read" in feed["failed"]
        assert feed["next"] == service.clock.real() + 6 * 3600
        assert await imports.unwatch(service, str(file)) == {}
        with pytest.raises(NotFound):
            await imports.unwatch(service, str(file))


@pytest.mark.parametrize("content", [b"", b"<html>", b"\0" * 1000])
async def test_what_is_no_calendar_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    async with at_home(tmp_path / "home") as service:
        with pytest.raises(LocalError):
            await bring(service, tmp_path / "x.ics", content)
        with pytest.raises(Unfit):
            await bring(service, tmp_path / "x.ics", calendar(), ImportForm(watch="1m"))


async def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    many = [event(number) for number in range(450)]
    async with at_home(tmp_path / "home") as service:
        told = replace(service, progress=lambda done, total: steps.append((done, total)))
        await bring(told, tmp_path / "x.ics", calendar(*many))

    tail = [step for step in steps if step[1] == 450]
    assert tail == [(0, 450), (200, 450), (400, 450), (450, 450)]
