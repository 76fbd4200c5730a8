"""The deck on paper, to redo a draw with a pencil: a draw that needs no trust in this program."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

from potluck.node.clock import iso
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.candidate import Candidate
from potluck.protocol.line import Line, Orders, lines

from . import seeds
from .beside import deck_of
from .candidates import Deck


async def deck_print(service: Service, form: DrawForm, seed: str | None = None) -> Json:
    """The deck for a pencil: {seed, n, day, organisers, lines: [{name, host, turn, events: […]}…]}.

    A line is what one host offers of one organiser; `name` is the organiser if it is imported,
    `importers` says by how many hosts alike. Lines go A to Z, as do their events, each with
    {number, title, start, series, series_ticket, ticket}: the same event has the same number
    everywhere, and the smallest ticket wins everywhere.
    """
    deck = await deck_of(service, form, bagged=seed is None and not form.again)
    day = deck.window.day
    used = seeds.given(seed) if seed else seeds.of_day(service.home.draw_secret, day, 0)
    orders = Orders.of(used.value)
    printed = [
        _line(service, deck, alike, orders) for alike in _alike(lines(deck.candidates, orders))
    ]
    printed.sort(key=lambda line: ((line["name"] or "").casefold(), line["host"]))
    numbers: defaultdict[str, int] = defaultdict(count(1).__next__)
    for line in printed:
        for event in line["events"]:
            event["number"] = numbers[event.pop("event")]
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


def _line(service: Service, deck: Deck, alike: list[Line], orders: Orders) -> Json:
    first = min(alike, key=lambda line: orders.importer(line.key[0]))
    events = [_event(service, deck, one, orders) for one in first.candidates]
    return {
        "name": first.key[1],
        "host": first.key[0].hex(),
        "importers": len(alike) if first.key[1] else 0,
        "turn": first.turn[0].hex(),
        "events": sorted(events, key=lambda event: (event["title"].casefold(), event["start"])),
    }


def _event(service: Service, deck: Deck, one: Candidate, orders: Orders) -> Json:
    entry = service.store.deck.entry(one.host, one.slot)
    return {
        "event": one.event.hex(),
        "title": entry.title if entry else "?",
        "start": iso(deck.starts[one.host, one.slot], entry.facts.tz if entry else "UTC"),
        "series": one.series,
        "series_ticket": orders.series(one.series_item)[0].hex(),
        "ticket": orders.event(one.event)[0].hex(),
        "id": one.id.hex(),
    }
