"""Filters of the browser hide what the node's do, and the same hand is dealt from what is left."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import trio
from playwright.sync_api import Page

from potluck.node.operations.draw.candidates import gather
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.window import window_of
from potluck.protocol.announcement import DAY, Place
from potluck.protocol.draw import draw
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NOW, host, signed
from tests.node.at_home import at_home, receive

from .town import HOUR, event

SIFT = """async ([encoded, now, cases]) => {
  const { Deck, known } = await import("/deck.js");
  const { rulesOf, sift } = await import("/filters.js");
  const { handOf } = await import("/dealing.js");
  const { bytes } = await import("/bytes.js");
  const deck = new Deck();
  for (const each of encoded) deck.add(known(bytes(each)));
  return cases.map(({ filters, seed }) => {
    const { candidates } = sift(deck.coming(now), rulesOf(filters, now, "Europe/Berlin"));
    const hand = handOf(candidates, [], seed, 5);
    return [candidates.map(({ host, slot }) => host + slot).sort(),
      hand.map(({ one, ticket }) => [one.host + one.slot, ticket])];
  });
}"""
HERE = (52.52, 13.405)
PRICES = (None, "Free", "free, bring a bowl", "3", "3.50 to 12", "ask", "gratis", "0", "€7,50")
TOPICS: tuple[tuple[str, ...], ...] = ((), ("music",), ("Music", "food"), ("night",))
ZONES = ("Europe/Berlin", "UTC", "America/New_York", "Pacific/Chatham")
HOURS = {"day": ("06:00", "17:59"), "evening": ("18:00", "23:59")}
DAYS = {"weekday": (0, 1, 2, 3, 4), "weekend": (5, 6)}


def _town(chance: random.Random) -> list[SignedAnnouncement]:
    return [_event(chance, number) for number in range(160)]


def _event(chance: random.Random, number: int) -> SignedAnnouncement:
    far, around = chance.uniform(0, 0.4), chance.choice((None, None, None, 3_000))
    places = (None, Place("Somewhere"),
              Place("There", None, HERE[0] + far, HERE[1], uncertainty=around))  # fmt: skip
    access = {need: chance.random() < 0.5 for need in ("wheelchair", "quiet")
              if chance.random() < 0.5}  # fmt: skip
    start = NOW + chance.randrange(-HOUR, 16 * DAY)
    what = replace(
        event(number),
        start=start,
        end=start + HOUR,
        tz=chance.choice(ZONES),
        place=places[chance.choice((0, 1, 2, 2, 2, 2, 2, 2))],
        price=chance.choice(PRICES),
        topics=chance.choice(TOPICS),
        lang=chance.choice((None, "de", "en", "de-AT")),
        access=access,
    )
    return signed(host(number % 20 + 1), slot=number, what=what)


def _case(chance: random.Random) -> tuple[dict[str, Any], DrawForm, bytes]:
    """What a guest asks for in her browser, the same of a node, and a seed."""
    km, days = chance.choice((2, 10, 25, 100)), chance.choice((1, 3, 7, 14))
    filters: dict[str, Any] = {"km": km, "from": HERE, "days": days}
    form = DrawForm(at=f"{HERE[0]},{HERE[1]}", within=km, days=days)
    unsaid = chance.random() < 0.5
    if chance.random() < 0.3:
        filters["weekdays"] = chance.choice(tuple(DAYS))
        form = replace(form, weekdays=DAYS[filters["weekdays"]])
    if chance.random() < 0.3:
        filters["hours"] = chance.choice(tuple(HOURS))
        form = replace(form, hours=HOURS[filters["hours"]])
    if chance.random() < 0.3:
        filters["price"] = {"most": chance.choice((0, 5, 10)), "unsaid": unsaid}
        form = replace(form, price=f"{filters['price']['most']}{' unsaid' if unsaid else ''}")
    if chance.random() < 0.3:
        filters["access"] = {"need": "wheelchair", "unsaid": unsaid}
        form = replace(form, access={"wheelchair": ("yes", "unsaid") if unsaid else ("yes",)})
    if chance.random() < 0.3:
        filters["topic"] = "music"
        form = replace(form, topics=("music",))
    return filters, form, chance.randbytes(32)


async def _by_the_node(
    home: Path, town: list[SignedAnnouncement], cases: list[tuple[Any, DrawForm, bytes]]
) -> list[list[Any]]:
    found: list[list[Any]] = []
    async with at_home(home) as service:
        await receive(service, *town)
        for _, form, seed in cases:
            deck = gather(service, window_of(form, NOW), form, bagged=False)
            hand = draw(deck.candidates, seed, 5)
            cards = [[card.candidate.register.hex(), card.ticket.hex()] for card in hand.cards]
            found.append([sorted(one.register.hex() for one in deck.candidates), cards])
    return found


def test_five_hundred_hands_by_random_filters_are_the_nodes(modules: Page, tmp_path: Path) -> None:
    chance = random.Random(16)
    town = _town(chance)
    cases = [_case(chance) for _ in range(500)]
    asked = [{"filters": filters, "seed": seed.hex()} for filters, _, seed in cases]
    found = modules.evaluate(SIFT, [[each.encoded.hex() for each in town], NOW, asked])
    expected = trio.run(_by_the_node, tmp_path, town, cases)

    assert len({tuple(candidates) for candidates, _ in expected}) > 100
    for (filters, _, _), ours, theirs in zip(cases, expected, found, strict=True):
        assert (filters, theirs) == (filters, ours)
