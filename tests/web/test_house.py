"""What a house does for others: a guest's ticket, a list of blocks, a source handed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from potluck.node.operations.announce.list_events import list_events
from potluck.node.operations.trust import blocks
from tests.builders import host

from .site import Site, a_hand, running

TICKET = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Potluck//site//EN
BEGIN:VEVENT
UID:00ff@potluck.guest
DTSTAMP:20261118T120000Z
DTSTART:20261127T180000Z
DTEND:20261127T200000Z
SUMMARY:Moth night
LOCATION:The old mill
ORGANIZER;CN="Ada of the mill":invalid:nomail
X-COST:free
X-POTLUCK-ACCESS:step_free=yes
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
MAIL = f"Moth night\nAda of the mill\nfriday, 18:00\n\n{TICKET}\n-- \nsent from a phone"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A node of each test's own, since each announces or blocks."""
    with running(tmp_path, a_hand) as site:
        yield site


def test_a_guests_ticket_is_read_edited_and_announced_under_the_guests_name(
    site: Site, visit: Any
) -> None:
    page = visit(site, "/import", locale="de-DE")
    page.get_by_label("Was sein Code sagt, seine Mail oder seine Adresse").fill(MAIL)
    page.get_by_role("button", name="Das Los lesen").click()

    assert site.call(_mine) == []
    expect(page.get_by_label("Wer es veranstaltet")).to_have_value("Ada of the mill")
    expect(page.get_by_label("Was ist es?")).to_have_value("Moth night")
    expect(page.get_by_label("Wo?")).to_have_value("The old mill")
    expect(page.get_by_label("Preis, in deinen Worten")).to_have_value("free")
    expect(page.get_by_label("Stufenlos")).to_have_value("yes")
    page.get_by_label("Was ist es?").fill("Moths by night")
    page.get_by_label("In oder bei welchem Ort").fill("Berlin")
    page.get_by_role("button", name="Unterschreiben und ansagen").click()
    expect(page.get_by_role("heading", name="Moths by night")).to_be_visible()

    (event,) = site.call(_mine)
    assert (event["title"], event["source"]["id"]) == ("Moths by night", "Ada of the mill")
    assert event["place"]["name"] == "The old mill"
    page.goto(f"{site.address}/announce")
    expect(page.get_by_text("Lose, die Gäste gebracht haben")).to_have_count(0)


def test_a_ticket_comes_as_a_file_and_is_kept_or_dropped(site: Site, visit: Any) -> None:
    page = visit(site, "/import")
    file = {"name": "ticket.ics", "mimeType": "text/calendar", "buffer": TICKET.encode()}
    page.get_by_label("A file ending in .ics").set_input_files(file)
    page.get_by_role("button", name="Import the file").click()
    page.get_by_label("What is it?").fill("Moths, perhaps")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="Moths, perhaps").click()
    expect(page.get_by_label("Who organises it")).to_have_value("Ada of the mill")
    page.get_by_label("Who organises it").fill(" ")
    page.get_by_label("In which town, or near which").fill("Berlin")
    page.get_by_role("button", name="Sign and announce").click()
    expect(page.get_by_role("alert")).to_contain_text("say who organises it")
    page.get_by_role("button", name="Drop it").click()

    expect(page.get_by_role("link", name="Moths, perhaps")).to_have_count(0)
    assert site.call(_mine) == []
    page.goto(f"{site.address}/import")
    page.get_by_label("What its code says, its mail, or its address").fill("a shopping list")
    page.get_by_role("button", name="Read the ticket").click()
    expect(page.get_by_role("alert")).to_contain_text("this is no ticket of a guest")


def test_a_list_of_blocks_goes_out_and_comes_in_entry_by_entry(site: Site, visit: Any) -> None:
    site.call(blocks.block, "soup")
    page = visit(site, "/settings")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the list for a friend").click()
    mine = json.loads(Path(saved.value.path()).read_text())
    assert [entry["text"] for entry in mine["blocks"]] == ["soup"]

    theirs = [
        {"kind": "word", "text": "leaflet", "why": "too many"},
        {"kind": "word", "text": "raffle"},
        {"kind": "host", "host": host(7).key.hex(), "why": "never there"},
    ]
    file = json.dumps({"format": "potluck-blocks-v1", "blocks": theirs}).encode()
    page.get_by_role("link", name="Take over somebody’s list").click()
    page.get_by_label("A list of blocks, as Potluck saves it").set_input_files(
        {"name": "theirs.json", "mimeType": "application/json", "buffer": file}
    )
    page.get_by_role("button", name="Read the list").click()
    page.get_by_label("leaflet too many").select_option("hide")
    page.get_by_label("All that this host announces").select_option("warn")
    page.get_by_role("button", name="Take these answers").click()

    found = site.call(blocks.blocks)["blocks"]
    assert {(each["text"], each["why"], each["warns"]) for each in found} == {
        ("soup", "", False),
        ("leaflet", "too many", False),
        (None, "never there", True),
    }
    page.goto(f"{site.address}/blocks")
    page.get_by_label("A list of blocks, as Potluck saves it").set_input_files(
        {"name": "theirs.json", "mimeType": "application/json", "buffer": b"[]"}
    )
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_role("alert")).to_contain_text("theirs.json is no list of blocks")


def test_a_source_is_handed_over_to_its_organisers_host(site: Site, visit: Any) -> None:
    page = visit(site, "/import")
    calendar = TICKET.replace("@potluck.guest", "@mill.example").encode()
    page.get_by_label("A file ending in .ics").set_input_files(
        {"name": "mill.ics", "mimeType": "text/calendar", "buffer": calendar}
    )
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_text("1 imported")).to_be_visible()
    page.get_by_label("Whom you import").fill("Ada of the mill")
    page.get_by_label("Their host: its key").fill("nobody")
    page.get_by_role("button", name="Hand them over").click()
    expect(page.get_by_role("alert")).to_contain_text("No host has a key that begins with nobody")
    page.get_by_label("Their host: its key").fill(host(7).key.hex())
    page.get_by_role("button", name="Hand them over").click()
    expect(page.get_by_role("status")).to_contain_text("of your copies 1 have ended")

    (event,) = site.call(_mine)
    assert event["status"] == "cancelled"
    assert event["source"]["claimed_by"] == host(7).key.hex()


async def _mine(service: Any) -> Any:
    return await list_events(service, mine=True)
