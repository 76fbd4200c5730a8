"""Hands and cards as JSON: what was dealt, as it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from potluck.node.operations.announce.describe import EVENT_KEYS, describe
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand
from potluck.protocol import wire
from potluck.protocol.candidate import Candidate

from .candidates import Deck
from .versions import compared, versions, warnings
from .vouched import in_words
from .window import Window


def describe_hand(
    service: Service, window: Window, hand: FrozenHand, cards: Sequence[FrozenCard]
) -> Json:
    """A hand with these cards of it on the table: {seed, day, redraw, hand: [card…], …}.

    Cards that the person blocked are left out, also those blocked since.
    """
    kept = frozenset(service.store.choices.kept())
    facts = {name: value for name, value in hand.facts.items() if name != "held_over"}
    described = (describe_card(service, card, window, kept) for card in cards)
    return {
        "seed": hand.seed.hex(),
        "day": hand.key.day,
        "today": True,
        "redraw": hand.key.redraw,
        "hand": [card for card in described if card is not None],
        **facts,
    }


def describe_card(
    service: Service, card: FrozenCard, window: Window, kept: Collection[tuple[bytes, int]]
) -> Json | None:
    """A card as it is now: what was changed or called off since it was dealt shows.

    `versions` has what other importers say otherwise. None if the person blocked it.
    """
    found = versions(service, card.event, card.host)
    if found is None:
        return None
    facts = card.facts
    dealt = {name: facts[name] for name in ("wild", "round", "ticket")} | {
        "odds": {name: facts["odds"][name] for name in ("organisers", "series", "events")},
        "kept": any(one.announcement.register in kept for one in found),
        "walk": in_words(service, facts["path"], card.host.hex()) if "path" in facts else None,
        "warnings": warnings(service, card.event),
    }
    if not found:
        ids = {"id": card.id.hex(), "host": card.host.hex(), "slot": f"{card.slot:016x}"}
        gone: Json = {"distance_km": None, "changed": True, "importers": 0, "versions": []}
        return _GONE | ids | dealt | gone
    shown = found[0]
    return (
        describe(service, shown)
        | dealt
        | compared(service, shown, found)
        | {
            "distance_km": _distance(service, window, *shown.announcement.register),
            "changed": shown.id != card.id and shown.announcement.host == card.host,
        }
    )


def describe_candidate(service: Service, candidate: Candidate, deck: Deck) -> Json | None:
    """A candidate as an event of a plain list, without odds; None if it is gone by now."""
    found = versions(service, candidate.event, candidate.host)
    if not found:  # of what the person blocked, the list of what a rule hides shows this version
        encoded = service.store.deck.encoded_of(candidate.host, candidate.slot)
        found = [wire.decode(encoded)] if encoded else []
    if not found:
        return None
    shown = found[0]
    distance = _distance(service, deck.window, *shown.announcement.register)
    return describe(service, shown) | compared(service, shown, found) | {"distance_km": distance}


_GONE: Json = dict.fromkeys(EVENT_KEYS) | {
    "status": "withdrawn",
    "mine": False,
    "all_day": False,
    "topics": [],
    "access": {},
}


def _distance(service: Service, window: Window, host: bytes, slot: int) -> float | None:
    entry = service.store.deck.entry(host, slot)
    km = window.distance(entry) if entry else None
    return None if km is None else round(km, 3)
