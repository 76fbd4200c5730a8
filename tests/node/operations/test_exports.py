"""Calendars that are exported, and come back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.sharing import exports, imports
from potluck.protocol.errors import LocalError
from tests.node.at_home import at_home
from tests.node.importing import HERE, bring, calendar, event, result_of


async def test_what_is_exported_is_not_imported_into_its_own_home(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    async with at_home(tmp_path / "home") as service:
        await bring(service, file, calendar(event(1), event(2)))
        await exports.export_calendar(service, str(file))
        done = await result_of(service, file, HERE)

        assert done["skipped"] == {"already here": 2}
        assert len(await list_events.list_events(service)) == 2


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
