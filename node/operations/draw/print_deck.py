"""The deck on paper, to redo a draw with a pencil: a draw that needs no trust in this program."""

from __future__ import annotations

from typing import Literal, TypedDict

from potluck.node.clock import iso
from potluck.node.operations.fields import Count, Day, Key, Time
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Service
from potluck.protocol.draw import EVENT, HOST, SERIES, Candidate
from potluck.protocol.message import Message
from potluck.protocol.ticket import tickets

from . import seeds
from .beside import SeedText, deck_of
from .candidates import Deck


class PrintedEvent(TypedDict):
    """An event with its tickets; events are numbered through the deck."""

    number: Count
    title: str
    start: Time | None
    series: str | None
    series_ticket: str
    ticket: str
    id: Key


class PrintedHost(TypedDict):
    """A host with its ticket, and its events A to Z."""

    name: str
    host: Key
    ticket: str
    events: list[PrintedEvent]


class PrintedDeck(TypedDict):
    """The deck, its hosts A to Z by name."""

    seed: Key
    mode: Literal["hosts", "events"]
    n: Count
    day: Day
    hosts: list[PrintedHost]


async def deck_print(service: Service, form: DrawForm, seed: SeedText | None = None) -> PrintedDeck:
    """The eligible deck, for a pencil. The smallest ticket wins everywhere."""
    deck = await deck_of(service, form, bagged=seed is None and not form.again)
    day = deck.window.day
    used = seeds.given(seed) if seed else seeds.of_day(service.home.draw_secret, day, 0)
    hosts = _by_host(service, deck, used.value)
    numbers = iter(range(1, 1 << 32))
    for host in hosts:
        for event in host["events"]:
            event["number"] = next(numbers)
    return {
        "seed": used.value.hex(),
        "mode": form.by,
        "n": form.hand,
        "day": day,
        "hosts": hosts,
    }


def _by_host(service: Service, deck: Deck, seed: bytes) -> list[PrintedHost]:
    host_ticket = tickets(seed, HOST)
    groups: dict[bytes, list[Candidate]] = {}
    for candidate in deck.candidates:
        groups.setdefault(candidate.host, []).append(candidate)
    claimed: set[object] = set()
    found: list[PrintedHost] = []
    for ticket, host in sorted((host_ticket(host), host) for host in groups):
        own = [
            each for each in groups[host] if each.source is None or each.event_key not in claimed
        ]
        claimed.update(each.event_key for each in own)
        if own:
            events = sorted(
                (_line(service, deck, each, seed) for each in own),
                key=lambda event: event["title"].casefold(),
            )
            found.append(
                {"name": _name(own), "host": host.hex(), "ticket": ticket.hex(), "events": events}
            )
    return sorted(found, key=lambda host: (host["name"].casefold(), host["host"]))


def _name(events: list[Candidate]) -> str:
    sources = {event.source for event in events}
    only = next(iter(sources))
    if len(sources) > 1:
        return Message("several sources")
    return only or Message("host")


def _line(service: Service, deck: Deck, event: Candidate, seed: bytes) -> PrintedEvent:
    entry = service.store.deck.entry(event.host, event.slot)
    return {
        "number": 0,
        "title": entry.title if entry else "?",
        "start": iso(deck.starts[event.host, event.slot], entry.facts.tz if entry else "UTC"),
        "series": event.series,
        "series_ticket": tickets(seed, SERIES)(event.series_item).hex(),
        "ticket": tickets(seed, EVENT)(event.register).hex(),
        "id": event.id.hex(),
    }
