"""docs/PENCIL.md: what it shows is what the program prints and deals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from potluck.cli.deck import printed_deck
from potluck.node.operations.draw.beside import draw_seed
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.print_deck import deck_print
from potluck.node.operations.service import Json
from potluck.protocol.announcement import DAY
from potluck.protocol.imported import imported_slot
from potluck.protocol.wire import SignedAnnouncement
from tests import builders
from tests.builders import NOW
from tests.node.at_home import NETWORK, at_home, receive

DOCUMENT = Path(__file__).parents[2] / "docs" / "PENCIL.md"
SEED = "07" * 32
TODAY = NOW - NOW % DAY
EVENTS = [  # host, organiser if it imports, title, days from today, hour, series
    (1, None, "Soup for whoever comes", 3, 18, None),
    (2, None, "Choir without a concert", 4, 19, "Choir"),
    (2, None, "Choir without a concert", 11, 19, "Choir"),
    (2, None, "Songs in the stairwell", 7, 17, None),
    (3, "Chess club", "Chess at the laundry", 5, 20, "Chess club"),
    (3, "Chess club", "Chess in the park", 12, 14, "Chess club"),
    (3, "Mill bakery", "Bread at dawn", 6, 6, "Mill bakery"),
    (4, "Chess club", "Chess in the park", 12, 14, "Chess club"),
]


def announced() -> list[SignedAnnouncement]:
    """The events, each by its host; of an imported one the title stands for the UID."""
    made = []
    for number, (host, organiser, title, days, hour, series) in enumerate(EVENTS, 1):
        identity = builders.host(host)
        what = builders.body(
            title,
            TODAY + days * DAY + hour * 3600,
            tz="UTC",
            series=series,
            source=builders.source(organiser, identity) if organiser else None,
        )
        slot = imported_slot(organiser, title, "") if organiser else number
        made.append(builders.signed(identity, slot, network=NETWORK, what=what))
    return made


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
        event["id"]: event["number"] for line in printed["lines"] for event in line["events"]
    }
    said = [
        int(number) for number in re.findall(r"^\d+\. .*?number (\d+)", blocks()[1], re.MULTILINE)
    ]

    assert said == [numbers[card["id"]] for card in dealt["hand"]]


async def test_the_steps_of_the_document_deal_the_hand(tmp_path: Path) -> None:
    printed, dealt = await printed_and_dealt(tmp_path)

    titles = {
        event["number"]: event["title"] for line in printed["lines"] for event in line["events"]
    }
    assert [titles[number] for number in by_pencil(printed)] == [
        card["title"] for card in dealt["hand"]
    ]


def by_pencil(printed: Json) -> list[int]:
    """The document's steps 1 to 3, done with nothing but what is printed: the numbers dealt."""
    lines = [_line(line) for line in sorted(printed["lines"], key=lambda line: line["turn"])]
    dealt: list[int] = []
    while any(lines):
        for line in lines:
            number = line.pop(0)["number"] if line else None
            if number is not None and number not in dealt:
                dealt.append(number)
    return dealt[: printed["n"]]


def _line(line: Json) -> list[Any]:
    series: dict[str, list[Any]] = {}
    for event in line["events"]:
        series.setdefault(event["series_ticket"], []).append(event)
    piles = [sorted(series[ticket], key=lambda event: event["ticket"]) for ticket in sorted(series)]
    return [
        pile[turn] for turn in range(max(map(len, piles))) for pile in piles if turn < len(pile)
    ]
