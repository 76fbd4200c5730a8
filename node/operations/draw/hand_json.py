"""Hands and cards as JSON: what was dealt, as it is now."""

from collections.abc import Collection, Sequence
from typing import Any, NotRequired, TypedDict, cast

from potluck.node.operations.announce.event_json import (
    EVENT_KEYS,
    Described,
    Listed,
    Versions,
    describe,
)
from potluck.node.operations.fields import Count, Day, Key, Time
from potluck.node.operations.service import Service
from potluck.node.store import FrozenCard, FrozenHand
from potluck.protocol import wire
from potluck.protocol.candidate import Candidate

from .candidates import Deck
from .freeze import DeckFacts
from .versions import compared, versions, warnings
from .vouched import Walk, in_words
from .window import Window


class Odds(TypedDict):
    """1 of so many organisers; of so many series of that one; of so many events of that series."""

    organisers: Count
    series: Count
    events: Count


class Card(Described, Versions):
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
    walk: Walk | None
    warnings: list[str]
    changed: bool
    begun: NotRequired[bool]


class Hand(DeckFacts):
    """A hand; `today` if it is one of the day. A table, a witness add what is theirs.

    waiting: of an empty hand of a table how many events announced today are dealt from tomorrow.
    """

    seed: Key
    day: Day
    today: bool
    redraw: Count
    redraws_left: Count
    hand: list[Card]
    receipt: Key | None
    missing: NotRequired[Count]
    table: NotRequired[str]
    waiting: NotRequired[Count]
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
    """A hand with these cards of it on the table, but for what the person blocked, also since."""
    kept = frozenset(service.store.choices.kept())
    facts = {name: value for name, value in hand.facts.items() if name != "held_over"}
    shown = (describe_card(service, card, window, kept) for card in cards)
    described = {
        "seed": hand.seed.hex(),
        "day": hand.key.day,
        "today": True,
        "redraw": hand.key.redraw,
        "redraws_left": max(0, redraws_left),
        "hand": [card for card in shown if card is not None],
        **facts,
    }
    return cast("Hand", described)


def describe_card(
    service: Service, card: FrozenCard, window: Window, kept: Collection[tuple[bytes, int]]
) -> Card | None:
    """A card as it is now: what was changed or called off since it was dealt shows.

    `versions` has what other importers say otherwise. None if the person blocked it.
    """
    found = versions(service, card.event, card.host)
    if found is None:
        return None
    facts = card.facts
    drawn: dict[str, Any] = {name: facts[name] for name in ("wild", "round", "ticket")} | {
        "odds": {name: facts["odds"][name] for name in ("organisers", "series", "events")},
        "kept": any(one.announcement.register in kept for one in found),
        "walk": in_words(service, facts["path"], card.host.hex()) if "path" in facts else None,
        "warnings": warnings(service, card.event),
    }
    if not found:
        ids = {"id": card.id.hex(), "host": card.host.hex(), "slot": f"{card.slot:016x}"}
        return cast("Card", _GONE | ids | drawn)
    shown = found[0]
    drawn["distance_km"] = _distance(service, window, *shown.announcement.register)
    drawn["changed"] = shown.id != card.id and shown.announcement.host == card.host
    return cast("Card", {**describe(service, shown), **compared(service, shown, found), **drawn})


def describe_candidate(service: Service, candidate: Candidate, deck: Deck) -> Listed | None:
    """A candidate as an event of a plain list, without odds; None if it is gone by now."""
    found = versions(service, candidate.event, candidate.host)
    if not found:  # of what the person blocked, the list of what a rule hides shows this version
        encoded = service.store.deck.encoded_of(candidate.host, candidate.slot)
        found = [wire.decode(encoded)] if encoded else []
    if not found:
        return None
    shown = found[0]
    distance = _distance(service, deck.window, *shown.announcement.register)
    return Listed(
        **describe(service, shown), **compared(service, shown, found), distance_km=distance
    )


_GONE: dict[str, Any] = dict.fromkeys(EVENT_KEYS) | {
    "status": "withdrawn",
    "mine": False,
    "all_day": False,
    "topics": [],
    "access": {},
    "distance_km": None,
    "changed": True,
    "importers": 0,
    "versions": [],
}


def _distance(service: Service, window: Window, host: bytes, slot: int) -> float | None:
    entry = service.store.deck.entry(host, slot)
    km = window.distance(entry) if entry else None
    return None if km is None else round(km, 3)
