"""Draws as a person meets them: frozen for the day, explained, and never shown twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from potluck.node.errors import Unfit
from potluck.node.operations.draw import bag as bags
from potluck.node.operations.draw import beside, keep, today
from potluck.node.operations.draw import why as explain
from potluck.node.operations.draw.filters import HIDING
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.numbered import numbered
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.errors import NotFound, Refused
from tests import builders
from tests.node.at_home import CONFIG, at_home, clock_of, receive
from tests.node.town import event, titles, town


async def test_a_hand_has_odds_and_counts(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        hand = await today.draw(service, DrawForm(near="Berlin"))

    assert len(set(titles(hand))) == 5
    assert hand["eligible"] == 20
    assert set(hand["hidden"]) == set(HIDING)
    assert hand["hand"][0]["odds"] == {"organisers": 20, "series": 1, "events": 1}
    assert hand["hand"][0]["distance_km"] == pytest.approx(0, abs=2)
    assert (len(hand["seed"]), hand["redraws_left"]) == (64, 1)


async def test_todays_hand_stays_when_more_arrives_and_after_a_restart(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        first = await today.draw(service, DrawForm())
        await receive(service, *(event(host) for host in range(100, 200)))
    async with at_home(tmp_path) as service:
        again = await today.draw(service, DrawForm())

    assert again == first


async def test_an_empty_hand_leaves_the_day_open(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        for days in range(1, 6):
            assert (await today.draw(service, DrawForm(days=days), redraw=True))["hand"] == []
        await town(service)

        assert len((await today.draw(service, DrawForm()))["hand"]) == 5


async def test_a_card_has_its_number_as_long_as_it_is_today_where_the_hand_looks(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        clock_of(service).seconds += 12 * 3600 - clock_of(service).seconds % DAY  # noon in UTC
        hand = await today.draw(service, DrawForm(near="Honolulu", within=20_000))
        clock_of(service).seconds += DAY * 3 // 4  # 20:00 in Honolulu, and tomorrow in UTC

        card = hand["hand"][0]["id"]
        assert (await numbered(service, 1))["id"] == card
        assert (await explain.why(service, card, DrawForm()))["candidate"]
        clock_of(service).seconds += DAY // 4
        with pytest.raises(NotFound):
            await numbered(service, 1)


async def test_a_card_called_off_since_is_marked(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service, 3)
        await today.draw(service, DrawForm())
        await receive(service, event(2, revision=1, status=Status.CANCELLED))
        statuses = {
            card["host"]: card["status"] for card in (await today.draw(service, DrawForm()))["hand"]
        }

    assert statuses[builders.host(2).key.hex()] == "cancelled"
    assert sorted(statuses.values()) == ["cancelled", "scheduled", "scheduled"]


async def test_a_redraw_keeps_what_was_kept_and_repeats_nothing(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        first = await today.draw(service, DrawForm())
        await keep.keep(service, first["hand"][2]["id"])
        second = await today.draw(service, DrawForm(), redraw=True)

        assert titles(second)[0] == titles(first)[2]
        assert len(titles(second)) == 5
        assert not set(titles(second)[1:]) & set(titles(first))
        assert titles(await today.draw(service, DrawForm())) == titles(second)
        with pytest.raises(Refused, match="today's hand"):
            await today.draw(service, DrawForm(), redraw=True)


async def test_redraws_are_as_many_as_the_settings_say(tmp_path: Path) -> None:
    async with at_home(tmp_path, replace(CONFIG, draw_redraws=0)) as service:
        await town(service)
        with pytest.raises(Refused):
            await today.draw(service, DrawForm(), redraw=True)


async def test_a_day_has_three_sets_of_filters(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        for days in (10, 11, 12):
            await today.draw(service, DrawForm(days=days))
        with pytest.raises(Refused, match="sets of filters"):
            await today.draw(service, DrawForm(days=13))

        assert (await today.draw(service, DrawForm(days=11)))["hand"]
        clock_of(service).seconds += DAY
        assert (await today.draw(service, DrawForm(days=13)))["eligible"] == 0


async def test_what_was_dealt_does_not_come_back_until_the_deck_is_spent(tmp_path: Path) -> None:
    seen: list[str] = []
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, hours=24 * 10) for host in range(1, 13)))
        for _ in range(3):
            hand = await today.draw(service, DrawForm())
            seen += titles(hand)
            assert not hand["bag_spent"]
            clock_of(service).seconds += DAY
        assert sorted(seen) == sorted(set(seen))
        assert len(seen) == 12
        assert (await bags.bag(service))["shown"] == 12

        hand = await today.draw(service, DrawForm())

        assert hand["bag_spent"]
        assert len(hand["hand"]) == 5
        assert hand["hidden"]["bag"] == 0


async def test_what_is_put_back_may_be_dealt_on_the_next_day(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, hours=24 * 10) for host in (1, 2)))
        first, second = (card["id"] for card in (await today.draw(service, DrawForm()))["hand"])
        with pytest.raises(NotFound, match="neither kept nor skipped"):
            await keep.forget(service, first)
        await keep.keep(service, first)
        await keep.not_tonight(service, first)
        assert await keep.kept(service) == []
        await keep.not_tonight(service, second)
        await keep.keep(service, second)

        clock_of(service).seconds += DAY
        assert (await bags.bag(service))["shown"] == 1
        assert [card["id"] for card in (await today.draw(service, DrawForm()))["hand"]] == [first]


async def test_again_includes_what_was_dealt(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await receive(service, *(event(host, hours=24 * 10) for host in range(1, 7)))
        await today.draw(service, DrawForm())
        clock_of(service).seconds += DAY
        new = await today.draw(service, DrawForm())
        every = await today.draw(service, DrawForm(again=True))

    assert (new["eligible"], new["hidden"]["bag"]) == (1, 5)
    assert (every["eligible"], every["hidden"]["bag"]) == (6, 0)


async def test_a_given_seed_deals_the_same_hand_from_the_same_deck_everywhere(
    tmp_path: Path,
) -> None:
    hands = []
    for name in ("one", "two"):
        async with at_home(tmp_path / name) as service:
            await town(service)
            hands.append(await beside.draw_seed(service, DrawForm(), "ab" * 32))
            with pytest.raises(Unfit):
                await beside.draw_seed(service, DrawForm(), "ab")

    assert titles(hands[0]) == titles(hands[1])


async def test_a_fresh_draw_is_beside_the_days_hand(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        await town(service)
        fresh, other = [await beside.draw_fresh(service, DrawForm()) for _ in range(2)]
        todays = await today.draw(service, DrawForm())

    assert len({fresh["seed"], other["seed"], todays["seed"]}) == 3
    assert (fresh["today"], todays["today"]) == (False, True)


async def test_dice_need_enough_rolls(tmp_path: Path) -> None:
    rolls = [3, 1, 6, 2, 5, 4, 4, 1]
    async with at_home(tmp_path) as service:
        await town(service, 30)
        needed = await beside.rolls_needed(service, DrawForm())
        assert needed == {"rolls": 5, "events": 30}
        with pytest.raises(Refused, match="2 more"):
            await beside.draw_dice(service, DrawForm(), rolls[:3])
        with pytest.raises(Unfit):
            await beside.draw_dice(service, DrawForm(), [7, *rolls])

        first, second = [await beside.draw_dice(service, DrawForm(), rolls) for _ in range(2)]
    assert titles(first) == titles(second)
