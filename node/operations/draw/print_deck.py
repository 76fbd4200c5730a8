"""The deck on paper, to redo a draw with a pencil: a draw that needs no trust in this program."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TypedDict

from potluck.node.clock import iso
from potluck.node.operations.fields import Count, Day, Key, Time
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Service
from potluck.protocol.candidate import Candidate
from potluck.protocol.line import Line, Orders, lines

from . import seeds
from .beside import SeedText, deck_of
from .candidates import Deck


class PrintedEvent(TypedDict):
    """An event with its tickets; the same event has the same number in every line."""

    number: Count
    title: str
    start: Time | None
    series: str | None
    series_ticket: str
    ticket: str
    id: Key


class PrintedLine(TypedDict):
    """What one host offers of one organiser: `name` if it is imported, by so many `importers` alike."""

    name: str | None
    host: Key
    importers: Count
    turn: str
    events: list[PrintedEvent]


class PrintedDeck(TypedDict):
    """The deck, its lines A to Z by name, as are their events."""

    seed: Key
    n: Count
    day: Day
    organisers: Count
    lines: list[PrintedLine]


async def deck_print(service: Service, form: DrawForm, seed: SeedText | None = None) -> PrintedDeck:
    """The eligible deck, for a pencil. The smallest ticket wins everywhere."""
    deck = await deck_of(service, form, bagged=seed is None and not form.again)
    day = deck.window.day
    used = seeds.given(seed) if seed else seeds.of_day(service.home.draw_secret, day, 0)
    orders = Orders.of(used.value)
    printed = [
        _line(service, deck, alike, orders) for alike in _alike(lines(deck.candidates, orders))
    ]
    printed.sort(key=lambda line: ((line["name"] or "").casefold(), line["host"]))
    items = {candidate.id.hex(): candidate.event for candidate in deck.candidates}
    numbers: defaultdict[bytes, int] = defaultdict(count(1).__next__)
    for line in printed:
        for event in line["events"]:
            event["number"] = numbers[items[event["id"]]]
    return {
        "seed": used.value.hex(),
        "n": form.hand,
        "day": day,
        "organisers": len({line["turn"] for line in printed}),
        "lines": printed,
    }


def _alike(every: list[Line]) -> list[list[Line]]:
    """The lines, those together that offer the same: of importers of one calendar."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in every:
        groups[frozenset((one.event, one.series_item) for one in line.candidates)].append(line)
    return list(groups.values())


def _line(service: Service, deck: Deck, alike: list[Line], orders: Orders) -> PrintedLine:
    first = min(alike, key=lambda line: orders.importer(line.key[0]))
    events = [_event(service, deck, one, orders) for one in first.candidates]
    return {
        "name": first.key[1],
        "host": first.key[0].hex(),
        "importers": len(alike) if first.key[1] else 0,
        "turn": first.turn[0].hex(),
        "events": sorted(
            events, key=lambda event: (event["title"].casefold(), event["start"] or "")
        ),
    }


def _event(service: Service, deck: Deck, one: Candidate, orders: Orders) -> PrintedEvent:
    entry = service.store.deck.entry(one.host, one.slot)
    return {
        "number": 0,
        "title": entry.title if entry else "?",
        "start": iso(deck.starts[one.host, one.slot], entry.facts.tz if entry else "UTC"),
        "series": one.series,
        "series_ticket": orders.series(one.series_item)[0].hex(),
        "ticket": orders.event(one.event)[0].hex(),
        "id": one.id.hex(),
    }
