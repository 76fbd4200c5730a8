"""docs/PENCIL.md: what it shows is what the program prints and deals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from potluck.cli.deck import printed_deck
from potluck.node.operations import Json
from potluck.node.operations.draw.beside import draw_seed
from potluck.node.operations.draw.print_deck import deck_print
from potluck.node.operations.forms import DrawForm
from potluck.protocol.announcement import DAY
from potluck.protocol.wire import SignedAnnouncement
from tests import builders
from tests.builders import NOW
from tests.node.at_home import NETWORK, at_home, receive

DOCUMENT = Path(__file__).parents[2] / "docs" / "PENCIL.md"
SEED = "07" * 32
TODAY = NOW - NOW % DAY
EVENTS = [  # host, title, days from today, hour, series
    (1, "Soup for whoever comes", 3, 18, None),
    (2, "Choir without a concert", 4, 19, "Choir"),
    (2, "Choir without a concert", 11, 19, "Choir"),
    (2, "Songs in the stairwell", 7, 17, None),
    (3, "Chess at the laundry", 5, 20, None),
    (3, "Chess in the park", 12, 14, None),
    (4, "Bread at dawn", 6, 6, None),
]


def announced() -> list[SignedAnnouncement]:
    """The events, each by its host."""
    return [
        builders.signed(
            builders.host(host),
            slot,
            network=NETWORK,
            what=builders.body(title, TODAY + days * DAY + hour * 3600, tz="UTC", series=series),
        )
        for slot, (host, title, days, hour, series) in enumerate(EVENTS, 1)
    ]


async def printed_and_dealt(path: Path) -> tuple[Json, Json]:
    """The deck for a pencil, and the hand that the program deals from it."""
    async with at_home(path) as service:
        await receive(service, *announced())
        return await deck_print(service, DrawForm(), SEED), await draw_seed(
            service, DrawForm(), SEED
        )


def blocks() -> list[str]:
    """The document's blocks of plain text."""
    return re.findall(r"```text\n(.*?)\n```", DOCUMENT.read_text("utf-8"), re.DOTALL)


async def test_the_printed_deck_is_the_one_of_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("POTLUCK_NOW", "2026-11-18T12:00:00+00:00")
    printed, _ = await printed_and_dealt(tmp_path)
    printed_deck(printed)

    assert capsys.readouterr().out.strip() == blocks()[0]


async def test_the_hand_of_the_document_is_the_one_that_is_dealt(tmp_path: Path) -> None:
    printed, dealt = await printed_and_dealt(tmp_path)
    numbers = {
        event["id"]: event["number"] for host in printed["hosts"] for event in host["events"]
    }
    said = [
        int(number) for number in re.findall(r"^\d+\. .*?number (\d+)", blocks()[1], re.MULTILINE)
    ]

    assert said == [numbers[card["id"]] for card in dealt["hand"]]


async def test_the_steps_of_the_document_deal_the_hand(tmp_path: Path) -> None:
    printed, dealt = await printed_and_dealt(tmp_path)

    assert by_pencil(printed) == [card["id"] for card in dealt["hand"]]


def by_pencil(printed: Json) -> list[str]:
    """The document's steps 1 to 3, done with nothing but what is printed."""
    lines = [_line(host) for host in sorted(printed["hosts"], key=lambda host: host["ticket"])]
    dealt: list[str] = []
    while any(lines):
        dealt += [line.pop(0)["id"] for line in lines if line]
    return dealt[: printed["n"]]


def _line(host: Json) -> list[Any]:
    series: dict[str, list[Any]] = {}
    for event in host["events"]:
        series.setdefault(event["series_ticket"], []).append(event)
    piles = [sorted(series[ticket], key=lambda event: event["ticket"]) for ticket in sorted(series)]
    return [
        pile[turn] for turn in range(max(map(len, piles))) for pile in piles if turn < len(pile)
    ]
