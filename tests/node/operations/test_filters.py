"""What filters hide from a draw and say so, and who deals whatever they let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.draw import keep, saved_filters, today
from potluck.node.operations.draw import why as reasons
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import EventForm
from potluck.node.operations.trust import blocks
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import NotFound
from tests import builders
from tests.builders import NOW, source
from tests.node.at_home import at_home, receive
from tests.node.town import DECK, FAR, HOUR, event, titles, town

LANG = {"language": 1}


@pytest.mark.parametrize(
    ("form", "eligible", "hidden", "unsaid"),
    [
        (DrawForm(), {1, 2, 3, 4, 8}, {}, {}),
        (DrawForm(near="Berlin"), {1, 2, 3}, {}, {}),
        (DrawForm(near="Berlin", within=800), {1, 2, 3, 4}, {}, {}),
        (DrawForm(near="Berlin", within=3000), {1, 2, 3, 4}, {}, {}),
        (DrawForm(near="Berlin", days=40), {1, 2, 3, 5}, {}, {}),
        (DrawForm(near="Berlin", since="2026-12-10", until="2026-12-20"), {5}, {}, {}),
        (DrawForm(near="Berlin", topics=("Music",)), {1}, {"topic": 2}, {"topic": 1}),
        (DrawForm(near="Berlin", not_topics=("music",)), {2, 3}, {"topic": 1}, {}),
        (DrawForm(near="Berlin", lang=("de",)), {1}, {"language": 2}, {"language": 1}),
        (DrawForm(near="Berlin", lang=("de", "unsaid")), {1, 3}, {"language": 1}, {}),
        (DrawForm(near="Berlin", price="free"), {1}, {"price": 2}, {"price": 1}),
        (DrawForm(near="Berlin", price="10"), {1, 2}, {"price": 1}, {"price": 1}),
        (DrawForm(near="Berlin", access={"wheelchair": ("yes",)}),
         {1}, {"access": 2}, {"access": 1}),
        (DrawForm(near="Berlin", access={"wheelchair": ("yes", "unsaid")}),
         {1, 3}, {"access": 1}, {}),
        (DrawForm(near="Berlin", access={"wheelchair": ("no",)}),
         {2}, {"access": 2}, {"access": 1}),
        (DrawForm(near="Berlin", hours=("12:00", "13:00")), {1, 2, 3}, {}, {}),
        (DrawForm(near="Berlin", hours=("22:00", "04:00")), set(), {"time": 3}, {}),
        (DrawForm(near="Berlin", weekdays=(3,)), {1, 2, 3}, {}, {}),
        (DrawForm(near="Berlin", weekdays=(5, 6)), set(), {"weekday": 3}, {}),
        (DrawForm(near="Berlin", capacity_to=50), {1}, {"capacity": 2}, {"capacity": 1}),
        (DrawForm(near="Berlin", topics=("music",), price="0"), {1}, {"topic": 2}, {"topic": 1}),
        (DrawForm(near="Berlin", price="0", lang=("en",)), set(),
         {"language": 2, "price": 1}, LANG),
    ],
    ids=str,
)  # fmt: skip
async def test_a_filter_hides_and_says_so(
    tmp_path: Path,
    form: DrawForm,
    eligible: set[int],
    hidden: dict[str, int],
    unsaid: dict[str, int],
) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *DECK)
        hand = await today.draw(service, replace(form, hand=9))

    assert {card["host"] for card in hand["hand"]} == {
        builders.host(number).key.hex() for number in eligible
    }
    assert {rule: count for rule, count in hand["hidden"].items() if count} == hidden
    assert hand["unsaid"] == unsaid


@pytest.mark.parametrize(
    "fields",
    [
        {"hand": 0},
        {"by": "luck"},
        {"wild": 6},
        {"within": 0},
        {"since": "2026-12-10", "until": "2026-12-01"},
        {"since": "soon"},
        {"price": "cheap"},
        {"hours": ("25:00", "26:00")},
        {"access": {"wheelchair": ("perhaps",)}},
        {"at": "91,0,0"},
    ],
    ids=str,
)
async def test_a_form_that_makes_no_hand_names_its_field(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit):
            await today.draw(service, DrawForm.read(fields))


async def test_an_unknown_town_is_not_found(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(NotFound):
            await today.draw(service, DrawForm(near="Xyzzyville"))


async def test_a_look_from_a_later_day_leaves_out_what_is_all_day_the_day_before(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as service:
        first = event(1, start=1_794_956_400 + 3 * DAY, all_day=True)
        before = event(2, start=1_794_956_400 + 2 * DAY, all_day=True)
        await receive(service, first, before)
        day = datetime.fromtimestamp(1_794_956_400 + 3 * DAY, ZoneInfo("Europe/Berlin")).date()
        hand = await today.draw(service, DrawForm(near="Berlin", since=day.isoformat(), days=2))

    assert titles(hand) == ["Event 0 of 1"]


async def test_an_all_day_event_counts_until_its_day_is_over_there(tmp_path: Path) -> None:
    on_the_day = event(1, start=1_794_956_400, all_day=True)
    yesterday = event(2, start=1_794_956_400 - DAY, all_day=True)
    async with at_home(tmp_path) as service:
        await receive(service, on_the_day, yesterday)
        assert titles(await today.draw(service, DrawForm())) == ["Event 0 of 1"]


async def test_an_event_of_several_days_counts_until_it_ends(tmp_path: Path) -> None:
    still_on = event(1, hours=-200, end=NOW + HOUR)
    over = event(2, hours=-200, end=NOW - HOUR)
    begun = event(3, hours=-1, end=NOW + HOUR)
    async with at_home(tmp_path) as service:
        await receive(service, still_on, over, begun)
        assert titles(await today.draw(service, DrawForm())) == ["Event 0 of 1"]
        later = clock.local_date(NOW + 2 * DAY, "Europe/Berlin").isoformat()
        form = DrawForm(near="Berlin", since=later, days=2)
        assert titles(await today.draw(service, form)) == []


async def test_blocks_hide_hosts_and_words(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(
            service, event(1, title="Techno night"), event(2, title="Pyrotechnology"), event(3)
        )
        await blocks.block(service, "TECHNO")
        await blocks.block(service, builders.host(3).key.hex())
        hand = await today.draw(service, DrawForm())
        assert titles(hand) == ["Pyrotechnology"]
        assert hand["hidden"]["block"] == 2

        await blocks.unblock(service, "techno")
        left = await blocks.unblock(service, builders.host(3).key.hex()[:10])
        assert left == {"blocks": []}
        with pytest.raises(NotFound):
            await blocks.unblock(service, "techno")


async def test_a_block_after_the_draw_takes_the_card_away(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service, 3)
        await today.draw(service, DrawForm())
        await blocks.block(service, builders.host(1).key.hex())

        assert len((await today.draw(service, DrawForm()))["hand"]) == 2


async def test_wild_cards_ignore_the_soft_filters_only(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, topics=("music",)) for host in range(1, 6)))
        await receive(service, *(event(host, topics=("food",)) for host in range(6, 40)))
        await receive(
            service, *(event(host, topics=("food",), place=FAR) for host in range(40, 90))
        )
        hand = await today.draw(service, DrawForm(near="Berlin", topics=("music",), wild=2))

    wild = [card for card in hand["hand"] if card["wild"]]
    assert len(wild) == 2
    assert all(card["place"] and card["place"]["name"] == "Here" for card in hand["hand"])
    assert all(card["topics"] == ["music"] for card in hand["hand"] if not card["wild"])
    assert hand["eligible"] == 5


async def test_relayed_doubles_are_dealt_once(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        copies = [
            event(host, slot, source=source("feed", builders.host(host)), series="feed")
            for host in range(1, 8)
            for slot in range(3)
        ]
        await receive(service, *copies)
        hand = await today.draw(service, DrawForm(hand=10))

    assert (
        len({card["slot"] for card in hand["hand"]}) == len(hand["hand"]) == hand["eligible"] == 3
    )


async def test_a_strangers_zone_that_nobody_knows_spoils_no_draw(tmp_path: Path) -> None:
    strange: dict[str, Any] = {"tz": "Mars/Olympus", "start": NOW + DAY}
    async with at_home(tmp_path) as service:
        await receive(
            service,
            event(1, **strange),
            event(2, **strange, all_day=True),
        )
        every = tuple(range(7))
        hand = await today.draw(service, DrawForm(hours=("00:00", "23:59"), weekdays=every))
        listed = await list_events.list_events(service)

    assert len(titles(hand)) == len(listed) == 2


async def test_own_events_are_in_and_marked(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await events.announce(
            service, EventForm(title="Mine", start="2026-11-20T19:00", near="Berlin")
        )
        hand = await today.draw(service, DrawForm(near="Berlin"))

    assert [(card["title"], card["mine"]) for card in hand["hand"]] == [("Mine", True)]


async def test_why_gives_every_reason(tmp_path: Path) -> None:
    form = DrawForm(near="Berlin", topics=("music",), days=7)
    async with at_home(tmp_path) as service:
        await receive(service, *DECK)

        async def rules(number: int) -> list[str]:
            found = await reasons.why(service, DECK[number - 1].id.hex(), form)
            return [reason["rule"] for reason in found["reasons"]]

        assert await rules(1) == []
        assert await rules(2) == ["topic"]
        assert await rules(4) == ["place", "topic"]
        assert await rules(5) == ["when", "topic"]
        assert await rules(7) == ["status"]


async def test_kept_and_forgotten(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service, 2)
        first = event(1).id.hex()
        await keep.keep(service, first)
        await keep.skip(service, event(2).id.hex())
        assert [each["id"] for each in await keep.kept(service)] == [first]
        await keep.forget(service, first)
        assert await keep.kept(service) == []
        with pytest.raises(NotFound):
            await keep.forget(service, first)


async def test_saved_filters_come_back(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await saved_filters.save_filters(service, "calm", DrawForm(topics=("quiet",), within=5))
        assert await saved_filters.saved_filters(service) == {
            "calm": {"topics": ["quiet"], "within": 5}
        }
        assert await saved_filters.forget_filters(service, "calm") == {}
        with pytest.raises(NotFound):
            await saved_filters.forget_filters(service, "calm")
