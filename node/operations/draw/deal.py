"""From a look and a seed to a dealt hand: what every kind of draw has in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar

import trio

from potluck.node.clock import iso
from potluck.node.errors import Unfit
from potluck.node.operations.announce.describe import describe
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand, HandKey, StoredReceipt
from potluck.protocol import origin, receipt, receipt_json, wire
from potluck.protocol.draw import Candidate, Card, EventKey, Mode, leave_out
from potluck.protocol.origin import Origin
from potluck.protocol.receipt import Receipt

from .filters import HIDING, Rule, Sifted, hidden_by, rules_of, sift
from .window import Look

T = TypeVar("T")
MANY = 3_000
"""With more events than this, sifting and dealing go to a thread, so that the node does not stall."""


@dataclass(frozen=True, slots=True)
class Deck:
    """What a look found, sifted by the person's rules."""

    look: Look
    found: Sifted
    bag_spent: bool


def mode_of(form: DrawForm) -> Mode:
    """By what a ticket is drawn. Raises Unfit."""
    if form.by == "hosts":
        return "hosts"
    if form.by == "events":
        return "events"
    raise Unfit("by", f"{form.by!r}: a draw goes by hosts or by events")


def check(form: DrawForm) -> None:
    """Raise Unfit for numbers that make no hand."""
    mode_of(form)
    if not 1 <= form.hand <= 50:
        raise Unfit("hand", "a hand has 1 to 50 cards")
    if not 0 <= form.wild <= form.hand:
        raise Unfit("wild", "the wild cards are a part of the hand")


def personal_rules(service: Service, form: DrawForm) -> dict[str, Rule]:
    """The rules of a form, with the person's blocks."""
    choices = service.store.choices
    return rules_of(form, choices.blocked_hosts(), choices.blocked_words())


async def gather(service: Service, look: Look, rules: Mapping[str, Rule], *, bagged: bool) -> Deck:
    """The deck of a look; `bagged`: without what the shuffle bag has, unless nothing else is left."""
    await service.intake.settle()
    bag = await service.store.hands.bag(look.today.isoformat()) if bagged else frozenset()
    entries = await service.store.deck.candidates(look.cells, look.earliest, look.until)
    found = await _aside(len(entries), partial(sift, entries, look, rules, bag))
    if found.candidates or not found.hidden["bag"]:
        return Deck(look, found, bag_spent=False)
    await service.store.hands.empty_bag(look.today.isoformat())
    return Deck(
        look, await _aside(len(entries), partial(sift, entries, look, rules, ())), bag_spent=True
    )


async def gather_hidden(service: Service, look: Look, rules: Mapping[str, Rule], rule: str) -> Deck:
    """What one rule hides from a look, as a deck of its own. Raises Unfit for no rule of HIDING."""
    if rule not in HIDING:
        raise Unfit("hidden", f"{rule!r} hides nothing; the rules are {', '.join(HIDING)}")
    await service.intake.settle()
    bag = await service.store.hands.bag(look.today.isoformat())
    entries = await service.store.deck.candidates(look.cells, look.earliest, look.until)
    found = await _aside(len(entries), partial(hidden_by, rule, entries, look, rules, bag))
    return Deck(look, found, bag_spent=False)


async def deal(
    deck: Deck,
    form: DrawForm,
    origin_: Origin,
    seed: bytes,
    n: int,
    left_out: Collection[EventKey] = (),
) -> Receipt:
    """Deal n cards from the deck, without what is left out."""
    candidates, others = deck.found.candidates, deck.found.others
    if left_out:
        shown = frozenset(left_out)
        candidates, others = leave_out(candidates, shown), leave_out(others, shown)
    wild = min(form.wild, n)
    return await _aside(
        len(candidates),
        partial(
            receipt.deal,
            candidates,
            origin_,
            seed,
            n,
            mode_of(form),
            wild,
            others,
            filters_in_words(form),
        ),
    )


async def _aside(size: int, work: Callable[[], T]) -> T:
    return work() if size <= MANY else await trio.to_thread.run_sync(work)


async def keep_receipt(service: Service, made: Receipt) -> str:
    """Write a receipt; its id in hex."""
    encoded = await _aside(len(made.candidates), partial(receipt_json.encode, made))
    identifier = receipt_json.receipt_id(encoded)
    now = service.clock.now()
    await service.store.hands.keep_receipt(
        StoredReceipt(identifier, now, made.mode, origin.kind(made.origin), encoded)
    )
    return identifier.hex()


async def freeze(
    service: Service, key: HandKey, deck: Deck, made: Receipt, facts: Json
) -> FrozenHand:
    """Keep a hand of the day with its receipt. A first hand without cards is none: the day stays open."""
    now = service.clock.now()
    if key.redraw == 0 and not made.hand.cards:
        return frozen(key, deck, made, now, facts | {"receipt": None})
    facts = facts | {"receipt": await keep_receipt(service, made)}
    return await service.store.hands.freeze(frozen(key, deck, made, now, facts))


def frozen(key: HandKey, deck: Deck, made: Receipt, now: int, facts: Json) -> FrozenHand:
    """The hand as the store keeps it."""
    cards = tuple(_frozen_card(card, deck) for card in made.hand.cards)
    return FrozenHand(key, now, made.seed, cards, facts)


def _frozen_card(card: Card, deck: Deck) -> FrozenCard:
    dealt = card.candidate
    facts = card_facts(card, deck.found.starts[dealt.host, dealt.slot])
    return FrozenCard(dealt.host, dealt.slot, dealt.id, dealt.source, facts)


def card_facts(card: Card, start: int) -> Json:
    """What a draw says of a card of which the event starts then (UTC seconds)."""
    return {
        "round": card.round,
        "ticket": card.ticket.hex(),
        "odds": asdict(card.odds),
        "wild": card.wild,
        "start": start,
    }


def summary(deck: Deck, made: Receipt, form: DrawForm) -> Json:
    """What is said of the whole hand."""
    return about(deck, len({candidate.event_key for candidate in made.candidates}), form)


def about(deck: Deck, eligible: int, form: DrawForm) -> Json:
    """What is said of a deck: where and when it looked, and what was hidden."""
    look, found = deck.look, deck.found
    return {
        "eligible": eligible,
        "hidden": {rule: found.hidden[rule] for rule in HIDING},
        "unsaid": {rule: found.unsaid[rule] for rule in HIDING if found.unsaid[rule]},
        "near": look.spot.label if look.spot else None,
        "lat": look.spot.lat if look.spot else None,
        "lon": look.spot.lon if look.spot else None,
        "within_km": look.km if look.spot else None,
        "from": look.first.isoformat(),
        "to": look.last.isoformat(),
        "days": None if form.since or form.until else form.days,
        "tz": look.zone,
        "bag_spent": deck.bag_spent,
    }


def plain_card(service: Service, candidate: Candidate, deck: Deck) -> Json | None:
    """A candidate as an event of a plain list, without odds."""
    encoded = service.store.deck.encoded_of(candidate.host, candidate.slot)
    entry = service.store.deck.entry(candidate.host, candidate.slot)
    if encoded is None or entry is None:
        return None
    signed = wire.decode(encoded)
    event = describe(signed, service.me)
    _at_occurrence(event, signed, deck.found.starts[candidate.host, candidate.slot])
    return event | {"distance_km": _rounded(deck.look.distance(entry))}


def shown_card(
    service: Service, card: FrozenCard, look: Look, kept: Collection[tuple[bytes, int]]
) -> Json:
    """A card as it is now: what was changed or called off since it was dealt shows."""
    encoded = service.store.deck.encoded_of(card.host, card.slot)
    facts = card.facts
    odds = {name: facts["odds"][name] for name in ("hosts", "series", "events")}
    shown: Json = {
        "odds": odds,
        "wild": facts["wild"],
        "round": facts["round"],
        "ticket": facts["ticket"],
    }
    shown["kept"] = (card.host, card.slot) in kept
    if encoded is None:
        gone = {
            "id": card.id.hex(),
            "host": card.host.hex(),
            "slot": f"{card.slot:016x}",
            "status": "withdrawn",
        }
        return {**_GONE, **gone, **shown}
    signed = wire.decode(encoded)
    event = describe(signed, service.me)
    _at_occurrence(event, signed, facts["start"])
    entry = service.store.deck.entry(card.host, card.slot)
    shown["distance_km"] = _rounded(look.distance(entry)) if entry else None
    shown["changed"] = signed.id != card.id
    return {**event, **shown}


_GONE: Json = dict.fromkeys(
    (
        "title",
        "start",
        "end",
        "place",
        "distance_km",
        "tz",
        "source",
        "price",
        "about",
        "url",
        "series",
        "lang",
    )
) | {"mine": False, "all_day": False, "changed": True, "topics": [], "access": {}}


def _at_occurrence(event: Json, signed: wire.SignedAnnouncement, start: int) -> None:
    """A recurring event's card shows the occurrence that was dealt."""
    body = signed.announcement.body
    if (
        body is not None
        and body.rrule is not None
        and body.start is not None
        and body.ends is not None
    ):
        event["start"] = iso(start, body.tz)
        event["end"] = iso(start + body.ends - body.start, body.tz)


def _rounded(km: float | None) -> float | None:
    return None if km is None else round(km, 3)


def digest(form: DrawForm, look: Look) -> bytes:
    """What makes two hands of a day the same hand: everything set, the place by its coordinates."""
    said: dict[str, Any] = asdict(form) | {"near": None, "at": look.spot and list(look.spot.point)}
    del said["by"]
    return blake2b(
        json.dumps(said, sort_keys=True).encode(), digest_size=32, person=b"potluck.filters"
    ).digest()


def filters_in_words(form: DrawForm) -> dict[str, str]:
    """What was set, by name; kept in the receipt here, and left out when it is exported."""
    default = asdict(DrawForm())
    said = {name: value for name, value in asdict(form).items() if value != default[name]}
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in said.items()
    }
