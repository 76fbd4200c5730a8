"""Hands beside the day's: from a seed, by chance, by dice. Each has a receipt; none is frozen."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypedDict

from msgspec import Meta

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, like
from potluck.node.operations.service import Service
from potluck.node.store import HandKey
from potluck.protocol.message import marked
from potluck.protocol.seed import MAX_ROLLS

from . import seeds
from .candidates import Deck, gather, with_all
from .deal import deal
from .freeze import Dealt, frozen, with_receipt
from .hand_json import Hand, describe_hand
from .seeds import Seed
from .window import window_of

SeedText = Annotated[str, like("^[0-9a-fA-F]{64}$", marked("64 hexadecimal digits"))]
Die = Annotated[int, Meta(ge=1, le=6)]
DieRolls = Annotated[Sequence[Die], Meta(min_length=1, max_length=MAX_ROLLS)]


class Rolls(TypedDict):
    """How many rolls of a die are enough, and for how many events."""

    rolls: Count
    events: Count


async def draw_seed(service: Service, form: DrawForm, seed: SeedText) -> Hand:
    """A hand from this seed (64 hex digits), beside the day's; it looks into no bag. As `draw`."""
    return await _draw(service, form, lambda _deck: seeds.given(seed), bagged=False)


async def draw_fresh(service: Service, form: DrawForm) -> Hand:
    """A hand from a new random seed, outside the day's hand. As `draw`."""
    return await _draw(service, form, lambda _deck: seeds.fresh(), bagged=not form.again)


async def draw_dice(service: Service, form: DrawForm, rolls: DieRolls) -> Hand:
    """A hand from rolls of a die. As `draw`. Raises Refused for too few."""
    return await _draw(
        service, form, lambda deck: seeds.from_dice(rolls, deck), bagged=not form.again
    )


async def rolls_needed(service: Service, form: DrawForm) -> Rolls:
    """How many rolls of a die are enough for this deck."""

    def work(service: Service) -> Rolls:
        deck = deck_of(service, form, bagged=not form.again)
        return {"rolls": seeds.rolls_needed(deck), "events": seeds.open_events(deck)}

    return await with_all(service, work)


def deck_of(service: Service, form: DrawForm, *, bagged: bool) -> Deck:
    """What there is to draw from now. Raises NotFound, Ambiguous."""
    return gather(service, window_of(form, service.clock.now()), form, bagged=bagged)


async def _draw(
    service: Service, form: DrawForm, seed_of: Callable[[Deck], Seed], *, bagged: bool
) -> Hand:
    def work(service: Service) -> Dealt:
        deck = deck_of(service, form, bagged=bagged)
        return dealt_beside(service, form, deck, seed_of(deck))

    return await described_beside(service, form, await with_all(service, work))


def dealt_beside(service: Service, form: DrawForm, deck: Deck, seed: Seed) -> Dealt:
    """Deal a hand that is neither frozen nor in the bag."""
    made = deal(service, deck, form, seed, form.hand)
    return frozen(HandKey(deck.window.day, "", 0, b""), deck, made, form, service.clock.now())


async def described_beside(service: Service, form: DrawForm, dealt: Dealt) -> Hand:
    """Such a hand in words; its receipt is kept."""
    hand = await with_receipt(service, dealt)
    window = window_of(form, service.clock.now())
    return {**describe_hand(service, window, hand, hand.cards, 0), "today": False}
