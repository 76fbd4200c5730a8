"""The plan: what was kept, and what its hosts change afterwards."""

from __future__ import annotations

from pathlib import Path

from potluck.node.operations.draw import keep
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.plan import acknowledge, plan
from potluck.node.operations.draw.today import draw
from potluck.node.operations.draw.why import how_dealt
from potluck.protocol.announcement import DAY, Status
from tests.builders import NOW, body, host, signed
from tests.node.at_home import at_home, receive


async def test_a_change_is_told_beside_what_was_seen_until_it_is_acknowledged(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as service:
        first = signed(slot=1)
        await receive(service, first)
        await keep.keep(service, first.id.hex())
        (kept,) = await plan(service)
        assert kept["was"] == {}

        await receive(
            service, signed(slot=1, revision=1, what=body("Stew night", start=NOW + 2 * DAY))
        )
        (changed,) = await plan(service)
        assert changed["title"] == "Stew night"
        assert changed["was"] == {name: kept[name] for name in ("title", "start", "end")}

        await acknowledge(service, changed["id"])
        assert [event["was"] for event in await plan(service)] == [{}]


async def test_what_was_withdrawn_is_still_known_by_its_title(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, signed(slot=1))
        await keep.keep(service, signed(slot=1).id.hex())
        gone = signed(slot=1, revision=1, status=Status.WITHDRAWN)
        await receive(service, gone)
        (event,) = await plan(service)
        assert (event["status"], event["title"], event["was"]["title"]) == (
            "withdrawn",
            None,
            "Soup night",
        )
        await keep.forget(service, gone.id.hex())
        assert await plan(service) == []


async def test_how_an_event_came_into_a_hand_is_found_without_dealing(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, signed(host(1), slot=1), signed(host(2), slot=2))
        wanted = signed(host(1), slot=1).id.hex()
        assert await how_dealt(service, wanted, "2026-11-18") is None

        hand = await draw(service, DrawForm(hand=2))
        found = await how_dealt(service, wanted, hand["day"])
        (card,) = (card for card in hand["hand"] if card["id"] == wanted)
        assert found is not None
        assert found["receipt"] == hand["receipt"]
        assert (found["ticket"], found["odds"]["organisers"]) == (card["ticket"], 2)
