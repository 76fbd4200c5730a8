"""Importers of one calendar: they deal as one, and where they disagree it shows who says what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from potluck.node.operations.draw import browse, keep, today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.importers import importers
from potluck.node.operations.draw.plan import plan
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing import imports
from potluck.node.operations.trust import blocks
from potluck.protocol.announcement import Status
from potluck.protocol.wire import SignedAnnouncement
from tests import builders
from tests.builders import source
from tests.node.at_home import at_home, receive
from tests.node.town import event, titles

LIBRARY = 77
"""The slot of the library's event, whoever imports it."""


def imported(
    host: int, slot: int = LIBRARY, name: str = "Library", **said: Any
) -> SignedAnnouncement:
    """A version of an event, as this host imports it."""
    said.setdefault("title", f"{name} {slot}")
    return event(host, slot, source=source(name, builders.host(host)), **said)


async def test_ten_who_copy_with_another_hour_gain_nothing_and_are_shown(tmp_path: Path) -> None:
    copies = [imported(host, hours=25) for host in range(2, 12)]
    async with at_home(tmp_path) as service:
        await receive(service, imported(1), event(20), *copies)
        hand = await today.draw(service, DrawForm())
        listed = await browse.browse(service, DrawForm())

    card = next(card for card in hand["hand"] if card["source"])
    assert hand["eligible"] == len(hand["hand"]) == len(listed["events"]) == 2
    assert card["odds"] == {"organisers": 2, "series": 1, "events": 1}
    assert card["importers"] == 11
    others = {version["start"] for version in card["versions"]}
    assert others == {"2026-11-19T12:06:40+01:00", "2026-11-19T13:06:40+01:00"} - {card["start"]}
    assert all(version["differs"] == ["start", "end"] for version in card["versions"])


async def test_what_another_importer_calls_off_is_shown_in_hand_and_plan(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, imported(1))
        (card,) = (await today.draw(service, DrawForm()))["hand"]
        await keep.keep(service, card["id"])
        await receive(service, imported(2, status=Status.CANCELLED))
        (shown,) = (await today.draw(service, DrawForm()))["hand"]
        (planned,) = await plan(service)

    for said in (shown, planned):
        (version,) = said["versions"]
        assert (version["host"], version["status"]) == (builders.host(2).key.hex(), "cancelled")
        assert version["differs"] == ["status"]
    assert shown["kept"]


async def test_ones_own_import_is_seen_first(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\n"
        b"UID:1@library.example\r\nDTSTART:20261119T180000Z\r\nSUMMARY:Reading\r\n"
        b"ORGANIZER;CN=Library:mailto:a@library.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    async with at_home(tmp_path / "home") as service:
        await imports.import_calendar(service, str(file), ImportForm(near="Berlin"))
        (mine,) = (await browse.browse(service, DrawForm()))["events"]
        slot = int(mine["slot"], 16)
        await receive(service, *(imported(host, slot, title="Rumour") for host in range(1, 20)))
        (card,) = (await today.draw(service, DrawForm()))["hand"]

    assert (card["title"], card["mine"], card["importers"]) == ("Reading", True, 20)
    assert {version["title"] for version in card["versions"]} == {"Rumour"}


async def test_a_version_that_is_gone_gives_way_to_another(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, imported(1), imported(2))
        (card,) = (await today.draw(service, DrawForm()))["hand"]
        standing = 1 if card["host"] == builders.host(1).key.hex() else 2
        gone = imported(standing, revision=1, status=Status.SCHEDULED)
        await blocks.block(service, gone.announcement.host.hex())
        (shown,) = (await today.draw(service, DrawForm()))["hand"]
        await blocks.block(service, builders.host(3 - standing).key.hex())
        empty = (await today.draw(service, DrawForm()))["hand"]

    assert shown["host"] == builders.host(3 - standing).key.hex()
    assert empty == []


async def test_importers_are_listed_and_one_source_of_one_can_be_blocked(tmp_path: Path) -> None:
    host = builders.host(1).key.hex()
    async with at_home(tmp_path) as service:
        await receive(
            service,
            imported(1, 1),
            imported(1, 2),
            imported(1, 3, "Choir"),
            imported(2, 1),
            event(9),
        )
        first, second = await importers(service, DrawForm())
        left = await blocks.block(service, host[:8], "Library")
        hand = await today.draw(service, DrawForm())
        again = await importers(service, DrawForm())
        await blocks.unblock(service, host, "Library")
        none = await blocks.blocks(service)

    assert (first["host"], first["organisers"], first["events"]) == (host, 2, 3)
    assert first["sources"][0] == {"id": "Library", "events": 2, "blocked": False}
    assert (second["organisers"], second["events"]) == (1, 1)
    (blocked,) = left["blocks"]
    assert (blocked["kind"], blocked["host"], blocked["text"]) == ("source", host, "Library")
    assert sorted(titles(dict(hand))) == ["Choir 3", "Event 0 of 9", "Library 1"]
    assert again[0]["sources"][0]["blocked"]
    assert none["blocks"] == []
