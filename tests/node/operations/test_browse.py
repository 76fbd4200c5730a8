"""
What a draw does not deal: the plain list, what a rule hides, and what lies beyond place and days.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from potluck.node.errors import Unfit
from potluck.node.operations.draw import browse as browsing
from potluck.node.operations.draw import today
from potluck.node.operations.draw.browse import beyond
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.trust import blocks
from potluck.protocol.announcement import Place
from tests import builders
from tests.node.at_home import at_home, receive
from tests.node.town import DECK, FAR, event


@pytest.mark.parametrize(
    ("rule", "hosts"), [("topic", {2, 3}), ("language", set()), ("block", {1})]
)
async def test_what_a_rule_hides_can_be_looked_at(
    tmp_path: Path, rule: str, hosts: set[int]
) -> None:
    form = DrawForm(near="Berlin", topics=("music",))
    async with at_home(tmp_path) as service:
        await receive(service, *DECK)
        await blocks.block(service, builders.host(1).key.hex())
        found = await browsing.browse(service, form, hidden=rule)
        counted = (await today.draw(service, form))["hidden"][rule]
        with pytest.raises(Unfit, match="capacity"):
            await browsing.browse(service, form, hidden="luck")

    assert {card["host"] for card in found["events"]} == {
        builders.host(number).key.hex() for number in hosts
    }
    assert counted == len(hosts)


async def test_browsing_is_a_plain_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted part by part, here of one event each."""
    monkeypatch.setattr(browsing, "PART", 1)
    async with at_home(tmp_path) as service:
        await receive(
            service, event(1, title="b", hours=5), event(2, title="A", hours=9), event(3, place=FAR)
        )
        by_time = await browsing.browse(service, DrawForm(near="Berlin"))
        by_title = await browsing.browse(service, DrawForm(near="Berlin"), order="title")

    assert [card["title"] for card in by_time["events"]] == ["b", "A"]
    assert [card["title"] for card in by_title["events"]] == ["A", "b"]
    assert "odds" not in by_time["events"][0]


async def test_of_nothing_here_and_now_it_is_said_where_and_when_there_is_something(
    tmp_path: Path,
) -> None:
    near_by = Place("Near by", None, 52.39, 13.06)  # Potsdam, 27 km from there
    async with at_home(tmp_path) as service:
        await receive(
            service,
            event(1, place=near_by),
            event(2, hours=40 * 24),
            event(3, hours=41 * 24),
            event(4, place=FAR),
        )
        there = await beyond(service, DrawForm(near="Berlin"))
        sydney = await beyond(service, DrawForm(days=1, near="Sydney", within=3))
        anywhere = await beyond(service, DrawForm(days=1))

    assert there["choices"] == [
        {"name": "within", "value": 40, "events": 1},
        {"name": "days", "value": 60, "events": 2},
    ]
    assert there["nearest"]
    assert there["nearest"]["place"]
    assert there["nearest"]["place"]["name"] == "Near by"
    assert sydney == {"nearest": None, "choices": []}
    assert anywhere == {"nearest": None, "choices": [{"name": "days", "value": 3, "events": 2}]}
