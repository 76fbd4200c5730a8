"""Hands beside the day's: from a seed, by chance, by dice. Each has a receipt; none is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

import trio
from msgspec import Meta

from potluck.node.operations.fields import Count
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Service
from potluck.node.store import HandKey
from potluck.protocol.seed import MAX_ROLLS

from . import seeds
from .candidates import Deck, gather
from .deal import deal
from .freeze import frozen, with_receipt
from .hand_json import Hand, describe_hand
from .seeds import Seed
from .window import window_of

SeedText = Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
Die = Annotated[int, Meta(ge=1, le=6)]
DieRolls = Annotated[Sequence[Die], Meta(min_length=1, max_length=MAX_ROLLS)]


class Rolls(TypedDict):
    """How many rolls of a die are enough, and for how many events."""

    rolls: Count
    events: Count


async def draw_seed(service: Service, form: DrawForm, seed: SeedText) -> Hand:
    """A hand from this seed (64 hex digits), beside the day's; it looks into no bag. As `draw`."""
    deck = await deck_of(service, form, bagged=False)
    return await deal_beside(service, form, deck, seeds.given(seed))


async def draw_fresh(service: Service, form: DrawForm) -> Hand:
    """A hand from a new random seed, outside the day's hand. As `draw`."""
    deck = await deck_of(service, form, bagged=not form.again)
    return await deal_beside(service, form, deck, seeds.fresh())


async def draw_dice(service: Service, form: DrawForm, rolls: DieRolls) -> Hand:
    """A hand from rolls of a die. As `draw`. Raises Refused for too few."""
    deck = await deck_of(service, form, bagged=not form.again)
    return await deal_beside(service, form, deck, seeds.from_dice(rolls, deck))


async def rolls_needed(service: Service, form: DrawForm) -> Rolls:
    """How many rolls of a die are enough for this deck."""
    deck = await deck_of(service, form, bagged=not form.again)
    return await trio.to_thread.run_sync(
        lambda: Rolls(rolls=seeds.rolls_needed(deck), events=seeds.open_events(deck))
    )


async def deck_of(service: Service, form: DrawForm, *, bagged: bool) -> Deck:
    """What there is to draw from now. Raises NotFound, Ambiguous."""
    window = window_of(form, service.clock.now())
    return await gather(service, window, form, bagged=bagged)


async def deal_beside(service: Service, form: DrawForm, deck: Deck, seed: Seed) -> Hand:
    """Deal a hand with a receipt, that is neither frozen nor in the bag."""
    made = await deal(service, deck, form, seed, form.hand)
    key = HandKey(deck.window.day, "", 0, b"")
    now = service.clock.now()
    hand = await trio.to_thread.run_sync(frozen, key, deck, made, form, now)
    hand = await with_receipt(service, hand, deck, made)
    return {**describe_hand(service, deck.window, hand, hand.cards, 0), "today": False}
