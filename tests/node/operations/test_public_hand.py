"""A table's hand for everybody: committed to, dealt at 00:00, and opened the day after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from potluck.node import clock
from potluck.node.operations.draw import receipts, table_hand
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing.public_hand import deal_due, public_hand
from potluck.node.operations.sharing.publish import edition
from potluck.node.operations.tables.tables import joined
from potluck.node.web.site.poster import poster
from potluck.protocol import link, seed
from potluck.protocol.announcement import DAY
from potluck.protocol.table import Table
from tests.builders import NOW
from tests.node.at_home import at_home, clock_of

from .test_tables import founded

ZONE = "Europe/Berlin"
TODAY = clock.midnight(clock.local_date(NOW, ZONE), ZONE)
TOMORROW = TODAY + DAY


async def table_of(service: Service) -> Table:
    await founded(service)
    return joined(service, "café")


async def at_midnight(service: Service, midnight: int, late: int = 0) -> None:
    """A node that looked a second before, and so many seconds after."""
    clock_of(service).seconds = midnight + late
    await deal_due(service, midnight - 1, midnight + late)


async def shown(service: Service, table: Table, now: int) -> Any:
    clock_of(service).seconds = now
    return await public_hand(service, table)


async def test_it_is_committed_to_then_dealt_then_opened(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        first = await shown(service, table, NOW)
        await at_midnight(service, TOMORROW)
        second = await shown(service, table, TOMORROW + 8 * 3600)
        await at_midnight(service, TOMORROW + DAY)
        third = await shown(service, table, TOMORROW + DAY + 60)
        (text,) = third["receipts"].values()
        opened = await receipts.verify(text.encode())

    assert first["table"]["why"] == "uncommitted"
    assert first["table"]["seal"] is None
    assert len(second["table"]["cards"]) == 4
    assert second["table"]["why"] is None
    assert second["table"]["seal"] == first["tomorrow"]["seal"]
    assert second["yesterday"] is None
    assert second["receipts"] == {}
    assert third["yesterday"]["seal"] == first["tomorrow"]["seal"]
    assert seed.commitment(bytes.fromhex(opened["seed"])).hex() == first["tomorrow"]["seal"]
    assert json.loads(text)["hand"] == second["table"]["cards"]


async def test_nobody_is_shown_what_was_dealt_late_or_without_a_commitment(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        await at_midnight(service, TODAY)  # nothing had been said of it
        clock_of(service).seconds = NOW
        await table_hand.draw_table(service, "café")
        unsaid = (await shown(service, table, NOW))["table"]
        await at_midnight(service, TOMORROW, late=3600)
        await table_hand.draw_table(service, "café")
        late = await shown(service, table, TOMORROW + 3700)
        await at_midnight(service, TOMORROW + DAY)
        after = await shown(service, table, TOMORROW + DAY)

    assert (unsaid["cards"], unsaid["why"]) == ([], "uncommitted")
    assert (late["table"]["cards"], late["table"]["why"]) == ([], "late")
    assert after["yesterday"] is None
    assert after["receipts"] == {}
    assert after["table"]["cards"]


async def test_what_was_dealt_stays_though_the_owner_deals_again(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        await shown(service, table, NOW)
        await at_midnight(service, TOMORROW)
        before = (await shown(service, table, TOMORROW))["table"]
        await table_hand.draw_table(service, "café", redraw=True)
        after = (await shown(service, table, TOMORROW + 60))["table"]

    assert after == before


async def test_an_empty_midnight_is_said(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        far = NOW + 300 * DAY
        await shown(service, table, far)
        midnight = clock.midnight(clock.local_date(far + DAY, ZONE), ZONE)
        await at_midnight(service, midnight)
        found = (await shown(service, table, midnight))["table"]

    assert (found["cards"], found["why"]) == ([], "empty")


async def test_a_poster_shows_the_hand_and_no_secret(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        await shown(service, table, NOW)
        await at_midnight(service, TOMORROW)
        form = SiteForm(table="café", base="https://ferry.example/town/", title="The Ferry House")
        said = await edition(service, form)
        sheet = poster(said).decode()

    registers = {(card["host"], card["slot"]) for card in said["table"]["cards"]}
    assert sheet.count("<li>") == len(registers) == 4
    assert "Thursday 19 November" in sheet
    assert "Printed on Thursday 19 November, 00:00." in sheet
    assert "ferry.example/town" in sheet
    assert link.format_table(table) not in sheet
    assert "today" not in sheet.lower()


async def test_a_site_says_no_secret_of_its_table(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=NOW) as service:
        table = await table_of(service)
        await shown(service, table, NOW)
        await at_midnight(service, TOMORROW)
        said = json.dumps(await edition(service, SiteForm(table="café")))

    day = clock.local_date(TOMORROW, ZONE).isoformat()
    secrets = (table.secret.hex(), link.format_table(table), seed.table(table.secret, day).hex())
    assert [each for each in secrets if each in said] == []
    assert seed.commitment(seed.table(table.secret, day)).hex() in said


@pytest.mark.parametrize(("form", "place"), [(SiteForm(near="Hamburg"), "Hamburg"),
                                             (SiteForm(), "Berlin")])  # fmt: skip
async def test_settings_fill_what_is_not_said(tmp_path: Path, form: SiteForm, place: str) -> None:
    filled = form.filled({"near": "Berlin", "table": "", "days": 30, "title": "The Ferry House"})

    assert (filled.near, filled.days, filled.title) == (place, 30, "The Ferry House")
