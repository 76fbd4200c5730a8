"""Hands and cards as JSON: what was dealt, as it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast

from potluck.node.clock import iso
from potluck.node.operations.announce.describe import (
    EVENT_KEYS,
    Described,
    Event,
    Listed,
    describe,
)
from potluck.node.operations.fields import Count, Day, Key, Time
from potluck.node.operations.service import Service
from potluck.node.store import FrozenCard, FrozenHand
from potluck.protocol import wire
from potluck.protocol.draw import Candidate

from .candidates import Deck
from .freeze import DeckFacts
from .window import Window


class Odds(TypedDict):
    """1 of so many hosts; of so many series of that host; of so many events of that series."""

    hosts: Count
    series: Count
    events: Count


class Card(Described):
    """An event that was dealt, as it is now; of one that is gone only what was dealt is known."""

    revision: NotRequired[Count]
    issued_at: NotRequired[Time]
    expires_at: NotRequired[Time]
    distance_km: float | None
    odds: Odds
    wild: bool
    round: Count
    ticket: str
    kept: bool
    changed: bool
    begun: NotRequired[bool]


class Hand(DeckFacts):
    """A hand; `today` if it is one of the day. A table, a witness add what is theirs."""

    seed: Key
    mode: Literal["hosts", "events"]
    day: Day
    today: bool
    redraw: Count
    redraws_left: Count
    hand: list[Card]
    receipt: Key | None
    table: NotRequired[str]
    commitment: NotRequired[Key]
    r: NotRequired[Key]
    word: NotRequired[str]
    warning: NotRequired[str]


def describe_hand(
    service: Service,
    window: Window,
    hand: FrozenHand,
    cards: Sequence[FrozenCard],
    redraws_left: int,
) -> Hand:
    """A hand with these cards of it on the table."""
    kept = frozenset(service.store.choices.kept())
    facts = {name: value for name, value in hand.facts.items() if name != "held_over"}
    described = {
        "seed": hand.seed.hex(),
        "mode": hand.key.mode,
        "day": hand.key.day,
        "today": True,
        "redraw": hand.key.redraw,
        "redraws_left": max(0, redraws_left),
        "hand": [describe_card(service, card, window, kept) for card in cards],
        **facts,
    }
    return cast("Hand", described)


def describe_card(
    service: Service, card: FrozenCard, window: Window, kept: Collection[tuple[bytes, int]]
) -> Card:
    """A card as it is now: what was changed or called off since it was dealt shows."""
    facts = card.facts
    dealt: dict[str, Any] = {name: facts[name] for name in ("wild", "round", "ticket")} | {
        "odds": {name: facts["odds"][name] for name in ("hosts", "series", "events")},
        "kept": (card.host, card.slot) in kept,
    }
    encoded = service.store.deck.encoded_of(card.host, card.slot)
    if encoded is None:
        ids = {"id": card.id.hex(), "host": card.host.hex(), "slot": f"{card.slot:016x}"}
        gone = _GONE | ids | dealt | {"distance_km": None, "changed": True}
        return cast("Card", gone)
    signed = wire.decode(encoded)
    dealt["distance_km"] = _distance(service, window, card.host, card.slot)
    dealt["changed"] = signed.id != card.id
    return cast("Card", {**_at_occurrence(service, signed, facts["start"]), **dealt})


def describe_candidate(service: Service, candidate: Candidate, deck: Deck) -> Listed | None:
    """A candidate as an event of a plain list, without odds; None if it is gone by now."""
    host, slot = candidate.host, candidate.slot
    encoded = service.store.deck.encoded_of(host, slot)
    if encoded is None:
        return None
    event = _at_occurrence(service, wire.decode(encoded), deck.starts[host, slot])
    return Listed(**event, distance_km=_distance(service, deck.window, host, slot))


_GONE: dict[str, Any] = dict.fromkeys(EVENT_KEYS) | {
    "status": "withdrawn",
    "mine": False,
    "all_day": False,
    "topics": [],
    "access": {},
}


def _at_occurrence(service: Service, signed: wire.SignedAnnouncement, start: int) -> Event:
    """The event; of a recurring one the occurrence that was dealt."""
    event, body = describe(service, signed), signed.announcement.body
    if body and body.rrule is not None and body.start is not None and body.ends is not None:
        event["start"] = iso(start, body.tz)
        event["end"] = iso(start + body.ends - body.start, body.tz)
    return event


def _distance(service: Service, window: Window, host: bytes, slot: int) -> float | None:
    entry = service.store.deck.entry(host, slot)
    km = window.distance(entry) if entry else None
    return None if km is None else round(km, 3)
