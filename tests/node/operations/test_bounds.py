"""What people fill in at the edges of the calendar: an answer in words, never a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from potluck.node.errors import Unfit
from potluck.node.operations.announce import announce as events
from potluck.node.operations.draw import today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import EventForm, ImportForm
from potluck.node.operations.sharing import imports
from tests.node.at_home import at_home

SOUP: dict[str, Any] = {"title": "Soup", "start": "2026-12-01T19:00", "tz": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("duration", {"duration": "99999999999d"}),
        ("duration", {"duration": "9" * 5000 + "m"}),
        ("end", {"duration": "99999d"}),
        ("start", {"start": "0001-01-01"}),
        ("start", {"start": "9999-12-31", "tz": "America/New_York"}),
        ("end", {"start": "2026-12-01", "end": "9999-12-31"}),
    ],
)
async def test_an_event_beyond_the_calendar_is_refused(
    tmp_path: Path, field: str, said: dict[str, Any]
) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit) as caught:
            await events.announce(service, EventForm(**SOUP | said))

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("days", {"days": 10**9}),
        ("days", {"days": 0}),
        ("from", {"since": "9999-12-31"}),
        ("from", {"since": "0001-01-01"}),
        ("to", {"until": "9999-12-31"}),
        ("to", {"until": "2026-11-01"}),
        ("hours", {"hours": ("18:00", "19:00+02:00")}),
        ("hours", {"hours": ("18:00+02:00", "19:00+02:00")}),
        ("hours", {"hours": ("18:00", "24:00")}),
    ],
)
async def test_a_look_beyond_the_calendar_is_refused(
    tmp_path: Path, field: str, said: dict[str, Any]
) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit) as caught:
            await today.draw(service, DrawForm(**said))

    assert caught.value.field == field


@pytest.mark.parametrize("said", [{"since": "0001-01-01"}, {"watch": "99999999999d"}])
async def test_an_import_beyond_the_calendar_is_refused(
    tmp_path: Path, said: dict[str, Any]
) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    async with at_home(tmp_path / "home") as service:
        with pytest.raises(Unfit):
            await imports.import_calendar(service, str(file), ImportForm(**said))
