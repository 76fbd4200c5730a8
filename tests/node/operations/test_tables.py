"""Tables: one hand for everybody at it, whoever looks and when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from potluck.node.operations.draw import receipts, table_hand, today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import TableForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import links
from potluck.node.operations.tables import tables
from potluck.node.operations.trust import blocks
from potluck.protocol import link
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import LocalError, NotFound, Refused
from potluck.protocol.link import Invitation
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NOW
from tests.node.at_home import NETWORK, at_home, clock_of, receive
from tests.node.town import FAR, event, titles

CAFE = TableForm(near="Berlin", within=30, days=3, hand=4)


def deck() -> list[SignedAnnouncement]:
    """Events of the next hours and days, near and far."""
    near = [early(host, hours=host * 2 - 8) for host in range(1, 31)]
    return near + [early(host, place=FAR) for host in range(40, 60)]


def early(host: int, **fields: Any) -> SignedAnnouncement:
    """An event that was announced on the day before: what came today waits for tomorrow."""
    return event(host, issued_at=NOW - DAY, **fields)


async def founded(service: Service) -> Any:
    """A table at which this person sits."""
    await receive(service, *deck())
    return await tables.table_new(service, "café", CAFE)


async def test_who_looks_later_or_has_filters_and_a_bag_is_dealt_the_same(tmp_path: Path) -> None:
    hands = []
    async with at_home(tmp_path / "ada") as ada:
        text = (await founded(ada))["link"]
        hands.append(await table_hand.draw_table(ada, "café"))
    for name, hours in (("bo", 2), ("cleo", 9)):
        async with at_home(tmp_path / name, now=NOW + hours * 3600) as service:
            await receive(service, *deck())
            await today.draw(service, DrawForm(topics=("music",)))
            await links.join(service, text)
            hands.append(await table_hand.draw_table(service, "café"))

    assert titles(hands[0]) == titles(hands[1]) == titles(hands[2])
    assert len(titles(hands[0])) == 4
    assert {card["place"] and card["place"]["name"] for card in hands[0]["hand"]} == {"Here"}
    assert hands[0]["table"] == "café"


async def test_what_is_announced_today_waits_for_tomorrow(tmp_path: Path) -> None:
    """Else who looks early would be dealt another hand."""
    async with at_home(tmp_path) as service:
        await receive(service, early(1), event(2, hours=30), event(3, hours=30, revision=1))
        await tables.table_new(service, "café", CAFE)
        today_ = await table_hand.draw_table(service, "café")
        clock_of(service).seconds += 16 * 3600
        tomorrow = await table_hand.draw_table(service, "café")

    assert sorted(titles(today_)) == ["Event 0 of 1", "Event 0 of 3"]
    assert "Event 0 of 2" in titles(tomorrow)


async def test_what_has_begun_is_marked(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, early(1, hours=1), early(2, hours=20))
        await tables.table_new(service, "café", CAFE)
        before = await table_hand.draw_table(service, "café")
        clock_of(service).seconds += 2 * 3600
        after = await table_hand.draw_table(service, "café")

    assert [card["begun"] for card in before["hand"]] == [False, False]
    assert {card["title"]: card["begun"] for card in after["hand"]} == {
        "Event 0 of 1": True,
        "Event 0 of 2": False,
    }


async def test_a_redraw_deals_a_whole_hand_without_the_first(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await founded(service)
        first = await table_hand.draw_table(service, "café")
        second = await table_hand.draw_table(service, "café", redraw=True)
        with pytest.raises(Refused, match="table's hand"):
            await table_hand.draw_table(service, "café", redraw=True)

    assert len(second["hand"]) == 4
    assert not set(titles(first)) & set(titles(second))


async def test_a_personal_block_hides_a_card_and_changes_no_other(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await founded(service)
        first = await table_hand.draw_table(service, "café")
        await blocks.block(service, first["hand"][1]["host"])
        blocked = await table_hand.draw_table(service, "café")

    assert titles(blocked) == [title for title in titles(first) if title != titles(first)[1]]


async def test_a_receipt_of_a_table_is_checked_with_its_secret(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await founded(service)
        receipt = str((await table_hand.draw_table(service, "café"))["receipt"])
        mine = await receipts.receipt_show(service, receipt)
        await tables.table_leave(service, "café")
        theirs = await receipts.receipt_show(service, receipt)

    assert mine["differences"] == theirs["differences"] == []
    assert len(mine["unproven"]) < len(theirs["unproven"])


async def test_the_table_of_an_invitation_is_the_default_hand(tmp_path: Path) -> None:
    async with at_home(tmp_path / "ada") as ada:
        await founded(ada)
        text = (await links.invite(ada, "café"))["link"]
        assert "table" not in await today.draw_today(ada, DrawForm())
        at_table = await table_hand.draw_table(ada, "café")
    async with at_home(tmp_path / "bo") as bo:
        await receive(bo, *deck())
        await links.join(bo, text)

        assert titles(await today.draw_today(bo, DrawForm())) == titles(at_table)
        assert "table" not in await today.draw_today(bo, DrawForm(days=2))


async def test_names_of_tables_are_ones_own(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        first = await founded(service)
        hand = await table_hand.draw_table(service, "café")
        assert await tables.table_new(service, "café", CAFE) == first, "asked for twice"
        with pytest.raises(Refused, match="another table"):
            await tables.table_new(service, "café", replace(CAFE, days=5))
        await tables.table_leave(service, "café")
        with pytest.raises(NotFound):
            await table_hand.draw_table(service, "café")

        again = await tables.table_new(service, "café", CAFE)
        assert again["link"] != first["link"]
        assert (await table_hand.draw_table(service, "café"))["seed"] != hand["seed"]
        assert [table["name"] for table in await tables.table_list(service)] == ["café"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"near": "Berlin", "within": 0},
        {"near": "Berlin", "days": 0},
        {"near": "Berlin", "tz": "Mars"},
        {"near": "Berlin", "by": "luck"},
    ],
    ids=str,
)
async def test_a_table_that_cannot_be_is_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(LocalError):
            await tables.table_new(service, "café", TableForm.read(fields))

        assert await tables.table_list(service) == []


async def test_an_invitation_names_the_network_and_is_followed_there_only(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await links.invite(service)
        assert link.parse(made["link"]) == Invitation(NETWORK)
        assert await links.join(service, made["link"]) == {
            "network": "test",
            "peers": [],
            "table": None,
        }
        other = link.format_invitation(Invitation(type(NETWORK)("other", 4)))
        with pytest.raises(Refused, match="another home"):
            await links.join(service, other)
