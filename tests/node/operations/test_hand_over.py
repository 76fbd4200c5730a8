"""An importer leaves a source to its organiser, who has a host now."""

from __future__ import annotations

from pathlib import Path

import pytest

from potluck.node.operations.announce import list_events
from potluck.node.operations.draw import keep, plan
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing.hand_over import hand_over
from potluck.node.operations.sharing.imports import import_upload
from potluck.protocol.errors import NotFound, Refused
from tests.builders import NOW, host
from tests.node.at_home import at_home, receive
from tests.node.town import event

CALENDAR = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:soup@example.org
SUMMARY:Soup
DTSTART:20261119T180000Z
ORGANIZER;CN=Library:mailto:library@example.org
END:VEVENT
BEGIN:VEVENT
UID:choir@example.org
SUMMARY:Choir
DTSTART:20261120T180000Z
ORGANIZER;CN=Choir:mailto:choir@example.org
END:VEVENT
END:VCALENDAR
"""
STARTS = 1_795_111_200
BO = host(2).key.hex()


async def test_copies_end_and_name_who_announces_now(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await import_upload(service, "town.ics", CALENDAR, ImportForm())
        copies = {one["title"]: one["id"] for one in await list_events.list_events(service)}
        await keep.keep(service, copies["Soup"])

        handed = await hand_over(service, "Library", BO)

        assert handed == {"source": "Library", "host": BO, "cancelled": 1}
        soup = await list_events.show(service, copies["Soup"])
        assert (soup["status"], soup["source"] and soup["source"]["claimed_by"]) == (
            "cancelled",
            BO,
        )
        again = await import_upload(service, "town.ics", CALENDAR, ImportForm())
        assert again["skipped"] == {"handed over to its organiser": 1}
        assert (await list_events.show(service, copies["Soup"]))["status"] == "cancelled"
        assert (await hand_over(service, "Library", BO))["cancelled"] == 0

        assert [one["host"] for one in await plan.plan(service)] == [service.me.hex()]
        own = event(2, hours=(STARTS - NOW) / 3600, title="Soup at the library")
        await receive(service, own)
        assert [one["id"] for one in await plan.plan(service)] == [own.id.hex()]


async def test_there_must_be_something_to_hand_over_and_somebody_else(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(NotFound, match="you import nothing of Library"):
            await hand_over(service, "Library", BO)
        with pytest.raises(Refused, match="your own key"):
            await hand_over(service, "Library", service.me.hex())
