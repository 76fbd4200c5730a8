"""Imported calendars: once, changed when they change, and never again once withdrawn."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
import trio

from potluck.node.calendars.fetch import Fetched
from potluck.node.errors import Unfit
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.announce.signing import author_of, first_revision, sign_and_send
from potluck.node.operations.forms import EventForm, ImportForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import exports, imports
from potluck.protocol.announcement import Body
from potluck.protocol.errors import LocalError
from potluck.protocol.imported import imported_slot
from tests.node.at_home import at_home, clock_of
from tests.node.calendar_text import utc

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


async def result_of(service: Service, file: Path, form: ImportForm) -> dict[str, Any]:
    """All that an import of this file says."""
    return dict(await imports.import_calendar(service, str(file), form))


async def bring(
    service: Service, file: Path, content: bytes, form: ImportForm = HERE
) -> dict[str, object]:
    """Import this content from the file: the counts."""
    file.write_bytes(content)
    done = await result_of(service, file, form)
    assert sum(done["skipped"].values()) == len(done.pop("left_out"))
    assert done.pop("doubtful") == {}
    del done["given"]
    return done


def counts(
    imported: int = 0,
    updated: int = 0,
    unchanged: int = 0,
    cancelled: int = 0,
    withdrawn: int = 0,
    **skipped: int,
) -> object:
    """What an import says."""
    why = {words.replace("_", " "): number for words, number in skipped.items()}
    return {
        "imported": imported,
        "updated": updated,
        "unchanged": unchanged,
        "cancelled": cancelled,
        "withdrawn": withdrawn,
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


async def test_a_packed_calendar_that_is_handed_over_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(calendar(event(1)), mtime=0)
    async with at_home(tmp_path / "home") as service:
        done = await imports.import_upload(service, "x.ics.gz", packed, HERE)

    assert done["imported"] == 1


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


async def test_an_import_that_was_cut_short_completes_without_doubles(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    many = [event(number) for number in range(3 * imports.BATCH)]
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(*many[: imports.BATCH + 7]))
    async with at_home(tmp_path / "home") as service:
        done = await bring(service, file, calendar(*many))

        assert done == counts(imported=2 * imports.BATCH - 7, unchanged=imports.BATCH + 7)
        assert len(await list_events.list_events(service)) == 3 * imports.BATCH


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

    async def fetch(address: str, **_: object) -> Fetched:
        assert address == secret
        return Fetched(calendar(event(1)))

    monkeypatch.setattr(imports, "fetch", fetch)
    async with at_home(tmp_path) as service:
        await imports.import_calendar(service, secret, HERE)
        assert "secret" not in json.dumps(await list_events.list_events(service))
        await imports.import_calendar(service, secret, ImportForm(near="Berlin", public_url=True))
        (found,) = await list_events.list_events(service)
    assert found["source"] is not None
    assert found["source"]["url"] == secret


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
    assert (tail[0], tail[-1]) == ((0, 450), (450, 450))
    assert tail == sorted(tail)


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
        assert await bring(service, file, calendar(renamed)) == counts(unchanged=3)
        assert await bring(
            service, file, calendar(renamed.replace("CN=Club", "CN=Kitchen"))
        ) == counts(updated=3)
        after = await list_events.list_events(service)

    assert [each["slot"] for each in after] == [each["slot"] for each in before]
    assert {each["source"]["id"] for each in after if each["source"]} == {"Kitchen"}


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


async def test_what_is_exported_is_not_imported_into_its_own_home(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1), event(2)))
        await exports.export_calendar(service, str(file))
        done = await result_of(service, file, HERE)

        assert done["skipped"] == {"already here": 2}
        assert len(await list_events.list_events(service)) == 2


async def test_every_event_left_out_has_its_uid_and_reason_and_doubts_are_counted(
    tmp_path: Path,
) -> None:
    file = tmp_path / "x.ics"
    many = [
        event(1),
        event(2, start="never"),
        event(3, more="CLASS:PRIVATE"),
        event(4, more="RRULE:x"),
    ]
    file.write_bytes(calendar(*many))
    async with at_home(tmp_path / "home") as service:
        done = await result_of(service, file, HERE)

    assert done["left_out"] == [
        {"uid": "2@club.example", "why": "no date"},
        {"uid": "3@club.example", "why": "private"},
    ]
    assert list(done["doubtful"].values()) == [1]
    assert done["given"] == done["imported"] + len(done["left_out"]) == 4


async def test_a_postponed_event_of_ours_comes_back_postponed(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    form = EventForm(
        title="Choir", start="2026-12-01T19:00", tz="Europe/Paris", place="Hall, Room 5"
    )
    async with at_home(tmp_path / "one") as service:
        said = await events.announce(service, form)
        await events.postpone(service, said["id"], EventForm(start="2026-12-05T19:00"))
        await exports.export_calendar(service, str(file))
    async with at_home(tmp_path / "two") as service:
        await imports.import_calendar(service, str(file), HERE)
        (found,) = await list_events.list_events(service)

    assert found["place"] is not None
    assert (found["status"], found["place"]["name"]) == ("postponed", "Hall, Room 5")


async def test_an_import_that_is_cancelled_keeps_what_it_announced(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    many = [event(number) for number in range(3 * imports.BATCH)]
    file.write_bytes(calendar(*many))
    async with at_home(tmp_path / "home") as service:
        with trio.CancelScope() as scope:

            def progress(done: int, _total: int | None) -> None:
                if done == imports.BATCH:
                    scope.cancel()

            await imports.import_calendar(replace(service, progress=progress), str(file), HERE)

        assert scope.cancelled_caught
        assert len(await list_events.list_events(service)) == imports.BATCH
        assert len(await service.store.feeds.events(str(file))) == imports.BATCH
        done = await result_of(service, file, HERE)
        assert (done["imported"], done["unchanged"]) == (2 * imports.BATCH, imports.BATCH)


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


async def test_only_plain_files_are_imported_and_exported(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    link = tmp_path / "link.ics"
    link.symlink_to(pipe)
    os.mkfifo(pipe)
    async with at_home(tmp_path / "home") as service:
        for path in (link, pipe, tmp_path, Path("/dev/null")):
            with pytest.raises(LocalError, match="a pipe, a device or a folder"):
                await exports.export_calendar(service, str(path))
        with pytest.raises(LocalError, match="no plain file"):
            await imports.import_calendar(service, str(pipe), HERE)

    assert link.is_symlink()
    assert pipe.is_fifo()
