"""Keeping a hand as it was dealt: cards, facts and receipt, so that a second look shows the
same."""

from dataclasses import asdict, dataclass, replace
from typing import Any, TypedDict, cast

from potluck.node.clock import local_date
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, Day
from potluck.node.operations.service import Service
from potluck.node.store import FrozenCard, FrozenHand, HandKey, ReceiptHead, StoredReceipt
from potluck.protocol import origin, receipt_json
from potluck.protocol.candidate import count_events
from potluck.protocol.draw import Card
from potluck.protocol.receipt import Receipt
from potluck.protocol.vouched_receipt import Step

from .candidates import Deck
from .filters import HIDING

# "from" is no name that Python takes in a class.
DeckFacts = TypedDict(
    "DeckFacts",
    {
        "eligible": Count,
        "hidden": dict[str, Count],
        "unsaid": dict[str, Count],
        "near": str | None,
        "lat": float | None,
        "lon": float | None,
        "within_km": float | None,
        "from": Day,
        "to": Day,
        "days": int | None,
        "tz": str,
        "bag_spent": bool,
        "reach": Count | None,  # of a vouched draw: to how many hosts walks can come
    },
)


@dataclass(frozen=True, slots=True)
class Dealt:
    """A hand with its receipt, before either is kept. `bag_spent`: see Deck."""

    hand: FrozenHand
    receipt: StoredReceipt
    bag_spent: bool


async def freeze(service: Service, dealt: Dealt) -> FrozenHand:
    """Keep a hand of the day with its receipt. A first hand without cards is none: the day stays
    open."""
    hand = dealt.hand
    if hand.key.redraw == 0 and not hand.cards:
        return replace(hand, facts=hand.facts | {"receipt": None})
    return await service.store.hands.freeze(await with_receipt(service, dealt))


async def with_receipt(service: Service, dealt: Dealt) -> FrozenHand:
    """The hand with its receipt, which is kept. A bag that was spent starts again here."""
    await service.store.receipts.keep(dealt.receipt)
    if dealt.bag_spent:
        await service.store.hands.empty_bag(dealt.hand.key.day)
    receipt_id = dealt.receipt.head.id.hex()
    return replace(dealt.hand, facts=dealt.hand.facts | {"receipt": receipt_id})


def frozen(key: HandKey, deck: Deck, made: Receipt, form: DrawForm, now: int) -> Dealt:
    """The hand as the store keeps it, dealt at `now` (UTC seconds)."""
    starts = deck.starts
    steps = made.walked.steps if made.walked else [None] * len(made.hand.cards)
    cards = tuple(
        frozen_card(card, starts[card.candidate.host, card.candidate.slot], step)
        for card, step in zip(made.hand.cards, steps, strict=True)
    )
    eligible = count_events(made.candidates)
    facts: dict[str, Any] = dict(deck_facts(deck, eligible, form))
    if made.walked is not None:
        facts["missing"] = made.n - len(cards)
    encoded = receipt_json.encode(made)
    receipt_id, kind = receipt_json.receipt_id(encoded), origin.kind(made.origin)
    head = ReceiptHead(receipt_id, now, receipt_json.VERSION, kind)
    hand = FrozenHand(key, now, made.seed, cards, facts)
    return Dealt(hand, StoredReceipt(head, encoded), deck.bag_spent)


def frozen_card(card: Card, start: int, step: Step | None = None) -> FrozenCard:
    """A card of which the event starts then (UTC seconds); in a vouched draw with its walk."""
    facts: dict[str, Any] = {
        "round": card.round,
        "ticket": card.ticket.hex(),
        "odds": asdict(card.odds),
        "wild": card.wild,
        "start": start,
    }
    if step is not None:
        facts["path"] = step.path and [host.hex() for host in step.path]
    drawn = card.candidate
    return FrozenCard(drawn.host, drawn.slot, drawn.id, drawn.event, facts)


def deck_facts(deck: Deck, eligible: int, form: DrawForm) -> DeckFacts:
    """What is said of a deck: where and when its window is, and what was hidden."""
    window, spot = deck.window, deck.window.spot
    return {
        "eligible": eligible,
        "hidden": {rule: deck.hidden[rule] for rule in HIDING},
        "unsaid": {rule: deck.unsaid[rule] for rule in HIDING if deck.unsaid[rule]},
        "near": spot.label if spot else None,
        "lat": spot.lat if spot else None,
        "lon": spot.lon if spot else None,
        "within_km": window.km if spot else None,
        "from": window.first.isoformat(),
        "to": window.last.isoformat(),
        "days": None if form.since or form.until else form.days,
        "tz": window.zone,
        "bag_spent": deck.bag_spent,
        "reach": deck.reach,
    }


def is_todays(hand: FrozenHand, now: int) -> bool:
    """Whether a hand is of the day that it is where it looks, whatever the day is here."""
    return hand.key.day == str(local_date(now, hand.facts["tz"]))


def facts_of(hand: FrozenHand) -> DeckFacts:
    """What was said of the deck that a hand was dealt from."""
    return cast("DeckFacts", {name: hand.facts[name] for name in DeckFacts.__annotations__})
