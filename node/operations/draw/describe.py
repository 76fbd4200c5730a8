"""Hands and cards as JSON: what was dealt, as it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from potluck.node.clock import iso
from potluck.node.operations.announce.describe import EVENT_KEYS, describe
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand
from potluck.protocol import wire
from potluck.protocol.draw import Candidate

from .candidates import Deck
from .window import Window


def describe_hand(
    service: Service, window: Window, hand: FrozenHand, cards: Sequence[FrozenCard]
) -> Json:
    """A hand with these cards of it on the table: {seed, mode, day, redraw, hand: [card…], …}."""
    kept = frozenset(service.store.choices.kept())
    facts = {name: value for name, value in hand.facts.items() if name != "held_over"}
    return {
        "seed": hand.seed.hex(),
        "mode": hand.key.mode,
        "day": hand.key.day,
        "today": True,
        "redraw": hand.key.redraw,
        "hand": [describe_card(service, card, window, kept) for card in cards],
        **facts,
    }


def describe_card(
    service: Service, card: FrozenCard, window: Window, kept: Collection[tuple[bytes, int]]
) -> Json:
    """A card as it is now: what was changed or called off since it was dealt shows."""
    facts = card.facts
    dealt = {name: facts[name] for name in ("wild", "round", "ticket")} | {
        "odds": {name: facts["odds"][name] for name in ("hosts", "series", "events")},
        "kept": (card.host, card.slot) in kept,
    }
    encoded = service.store.deck.encoded_of(card.host, card.slot)
    if encoded is None:
        ids = {"id": card.id.hex(), "host": card.host.hex(), "slot": f"{card.slot:016x}"}
        return _GONE | ids | dealt | {"distance_km": None, "changed": True}
    signed = wire.decode(encoded)
    return (
        _at_occurrence(service, signed, facts["start"])
        | dealt
        | {
            "distance_km": _distance(service, window, card.host, card.slot),
            "changed": signed.id != card.id,
        }
    )


def describe_candidate(service: Service, candidate: Candidate, deck: Deck) -> Json | None:
    """A candidate as an event of a plain list, without odds; None if it is gone by now."""
    host, slot = candidate.host, candidate.slot
    encoded = service.store.deck.encoded_of(host, slot)
    if encoded is None:
        return None
    event = _at_occurrence(service, wire.decode(encoded), deck.starts[host, slot])
    return event | {"distance_km": _distance(service, deck.window, host, slot)}


_GONE: Json = dict.fromkeys(EVENT_KEYS) | {
    "status": "withdrawn",
    "mine": False,
    "all_day": False,
    "topics": [],
    "access": {},
}


def _at_occurrence(service: Service, signed: wire.SignedAnnouncement, start: int) -> Json:
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
