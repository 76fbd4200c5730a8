"""Calendars that are imported: what is taken, what is counted, and what of it is durable."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from potluck.node.calendars.fetch import Fetched
from potluck.node.errors import Unfit
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing import imports
from potluck.protocol.errors import LocalError
from tests.node.at_home import at_home
from tests.node.importing import HERE, bring, calendar, counts, event, result_of


async def test_a_packed_calendar_that_is_handed_over_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(calendar(event(1)), mtime=0)
    async with at_home(tmp_path / "home") as service:
        done = await imports.import_upload(service, "x.ics.gz", packed, HERE)

    assert done["imported"] == 1


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
