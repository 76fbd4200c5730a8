"""The deck on paper, to redo a draw with a pencil: a draw that needs no trust in this program."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TypedDict

from potluck.node.clock import iso
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, Day, Key, Time
from potluck.node.operations.service import Service
from potluck.protocol.candidate import Candidate
from potluck.protocol.line import Line, Orders, lines

from . import seeds
from .beside import SeedText, deck_of
from .candidates import Deck, with_all


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
    """What a host offers of one organiser, A to Z, and its turn.

    `name` is the organiser if the events are imported, by so many hosts alike.
    """

    name: str | None
    host: Key
    importers: Count
    turn: str
    events: list[PrintedEvent]


class PrintedDeck(TypedDict):
    """The deck, its lines A to Z."""

    seed: Key
    n: Count
    day: Day
    organisers: Count
    lines: list[PrintedLine]


async def deck_print(service: Service, form: DrawForm, seed: SeedText | None = None) -> PrintedDeck:
    """The eligible deck, for a pencil. The smallest ticket wins everywhere."""
    return await with_all(service, partial(_printed, form=form, seed=seed))


def _printed(service: Service, form: DrawForm, seed: str | None) -> PrintedDeck:
    deck = deck_of(service, form, bagged=seed is None and not form.again)
    day = deck.window.day
    used = seeds.given(seed) if seed else seeds.of_day(service.home.draw_secret, day, 0)
    orders = Orders.of(used.value)
    numbers: defaultdict[bytes, int] = defaultdict(count(1).__next__)
    groups = sorted(_alike(lines(deck.candidates, orders), orders), key=_a_to_z)
    printed = []
    groups.reverse()
    while groups:  # gone one by one: with the deck they would take 20 ms in which nothing else runs
        printed.append(_line(service, deck, groups.pop(), orders, numbers.__getitem__))
    return {
        "seed": used.value.hex(),
        "n": form.hand,
        "day": day,
        "organisers": len({line["turn"] for line in printed}),
        "lines": printed,
    }


def _alike(every: list[Line], orders: Orders) -> list[list[Line]]:
    """The lines, those together that offer the same: of importers of one calendar."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in sorted(every, key=lambda line: orders.importer(line.key[0])):
        groups[frozenset((one.event, one.series_item) for one in line.candidates)].append(line)
    return list(groups.values())


def _a_to_z(alike: list[Line]) -> tuple[str, bytes]:
    host, name = alike[0].key
    return (name or "").casefold(), host


def _line(
    service: Service,
    deck: Deck,
    alike: list[Line],
    orders: Orders,
    number: Callable[[bytes], int],
) -> PrintedLine:
    host, name = alike[0].key
    titles = {one: _title(service, one) for one in alike[0].candidates}
    ordered = sorted(titles, key=lambda one: (titles[one].casefold(), deck.starts[host, one.slot]))
    events: list[PrintedEvent] = [
        {
            "number": number(one.event),
            "title": titles[one],
            "start": _start(service, deck, one),
            "series": one.series,
            "series_ticket": orders.series(one.series_item)[0].hex(),
            "ticket": orders.event(one.event)[0].hex(),
            "id": one.id.hex(),
        }
        for one in ordered
    ]
    return {
        "name": name,
        "host": host.hex(),
        "importers": len(alike) if name is not None else 0,
        "turn": alike[0].turn[0].hex(),
        "events": events,
    }


def _title(service: Service, one: Candidate) -> str:
    entry = service.store.deck.entry(one.host, one.slot)
    return entry.title if entry else "?"


def _start(service: Service, deck: Deck, one: Candidate) -> Time | None:
    entry = service.store.deck.entry(one.host, one.slot)
    return iso(deck.starts[one.host, one.slot], entry.facts.tz if entry else "UTC")
