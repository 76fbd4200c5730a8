"""
A home of revision cf7d713, when hosts had tickets: what it held opens, and nothing is lost in
silence.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from potluck.node.operations.announce import list_events
from potluck.node.operations.draw import bag, receipts, saved_filters, table_hand, today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.plan import plan
from potluck.node.operations.health.doctor import doctor
from potluck.node.operations.tables import tables
from potluck.node.operations.trust import blocks
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import Refused
from tests.builders import NOW, body, host, signed, source
from tests.node.at_home import NETWORK, at_home, clock_of, receive

from . import restored

HOST = "27d6aad4b4a0e6608f310e86fe76e78c1e59efee0f43149519ac872cb1cef29e"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return restored("cf7d713", tmp_path / "home")


async def test_keys_own_events_and_settings_are_there(path: Path) -> None:
    async with at_home(path) as service:
        assert service.me.hex() == HOST
        mine = await list_events.list_events(service, mine=True)
        blocked = await blocks.blocks(service)
        saved = await saved_filters.saved_filters(service)

    assert {event["title"] for event in mine} == {
        "Soup night",
        "Choir",
        "Open garden",
        "Flea market",
    }
    assert [event["status"] for event in mine if event["title"] == "Flea market"] == ["cancelled"]
    assert [(one["kind"], one["text"]) for one in blocked["blocks"]] == [("word", "bingo")]
    assert saved == {"near": {"at": "52.52,13.405", "hand": 3}}


async def test_imports_without_a_stamp_are_let_go_and_the_doctor_says_so(path: Path) -> None:
    async with at_home(path) as service:
        held = {event["title"] for event in await list_events.list_events(service)}
        findings = {each["name"]: each for each in (await doctor(service))["findings"]}

    assert held >= {"Reading 0", "Reading 1", "Reading 2"}
    assert not held & {"Concert 0", "Concert 1", "Concert 2", "Lantern walk", "Swap shelf"}
    assert findings["imports"]["level"] == "note"
    assert "2 of yours, 3 of others" in str(findings["imports"]["says"])


async def test_the_bag_holds_what_was_shown_and_the_days_hand_is_dealt_anew(path: Path) -> None:
    async with at_home(path, now=NOW + 2 * DAY) as service:
        shown = await bag.bag(service)
        hand = await today.draw(service, DrawForm(at="52.52,13.405"))

    # Reading 2 was shown on both days and put back on the first.
    assert shown == {"shown": 8}
    assert {card["title"] for card in hand["hand"]} <= {"Open garden", "Choir", "Reading 0"}


async def test_tables_deal_by_the_rule_of_today(path: Path) -> None:
    async with at_home(path, now=NOW + DAY) as service:
        found = {table["name"]: table["link"] for table in await tables.table_list(service)}
        hand = await table_hand.draw_table(service, "By events")

    assert sorted(found) == ["By events", "Kitchen table"]
    assert not any("&by=" in link for link in found.values())
    assert hand["hand"][0]["odds"]["organisers"] == 2


async def test_receipts_of_the_earlier_rule_are_listed_and_say_so(path: Path) -> None:
    async with at_home(path) as service:
        listed = await receipts.receipts(service)
        with pytest.raises(Refused, match="earlier rule"):
            await receipts.receipt_show(service, listed[0]["id"])
        body = (await service.store.receipts.read(listed[0]["id"])).body

    assert [each["earlier_rule"] for each in listed] == [True] * 3
    assert json.loads(body)["mode"] == "hosts"


async def test_what_was_kept_comes_back_into_the_plan_once_it_is_imported_again(path: Path) -> None:
    concert = body("Concert 1", NOW + 3 * DAY, source=source("Library", host(6)))
    async with at_home(path) as service:
        before = await plan(service)
        await receive(service, signed(host(6), 77, network=NETWORK, what=concert))
        after = [await plan(service) for _ in range(2)]

    assert [event["title"] for event in before] == ["Reading 1"]
    assert [[event["title"] for event in each] for each in after] == [
        ["Reading 1", "Concert 1"]
    ] * 2
    assert after[0][1]["was"] == {}


async def test_a_home_opens_again_after_that(path: Path) -> None:
    async with at_home(path):
        pass
    async with at_home(path) as service:
        clock_of(service).seconds += DAY
        assert len(await list_events.list_events(service, mine=True)) == 4
