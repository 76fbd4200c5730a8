"""Today's hand: dealt at the first look, then the same until midnight, but for a redraw."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand, HandKey
from potluck.protocol.errors import Refused

from . import seeds
from .candidates import gather, with_all
from .deal import deal
from .freeze import Dealt, freeze, frozen
from .hand_json import Hand, describe_hand
from .table_hand import draw_table
from .window import Window, window_of

NO_TABLE = ""
DAYS_A_WEEK = 7
SETS_A_DAY = 3
"""Sets of filters with which a day's hand may be looked at: a hand is to be taken, not shopped
for."""


async def draw_today(service: Service, form: DrawForm, *, redraw: bool = False) -> Hand:
    """The day's hand: of the table that came with the network if nothing is asked for, else one's
    own."""
    default = next((seat.name for seat in service.store.choices.tables() if seat.is_default), None)
    if default is not None and form == DrawForm():
        return await draw_table(service, default, redraw=redraw)
    return await draw(service, form, redraw=redraw)


async def draw(service: Service, form: DrawForm, *, redraw: bool = False) -> Hand:
    """Today's hand, the same at every look.

    `redraw` deals again in place of what was not kept. `hidden` has all of HIDING. Raises Refused
    when the day's hands are used up; NotFound, Ambiguous.
    """
    async with service.turn:
        window = window_of(form, service.clock.now())
        digest = _digest(form, window)
        of_day = service.store.hands.of_day(window.day, NO_TABLE)
        hands = [hand for hand in of_day if hand.key.filters == digest]
        if not hands:
            _check_sets(of_day, digest)
            key = HandKey(window.day, NO_TABLE, 0, digest)
            hands = [await _deal(service, form, window, key)]
        if redraw and hands[0].cards:
            _check_redraws(service, of_day)
            hands.append(await _deal_again(service, form, window, hands, of_day))
    return _described(service, window, hands)


async def _deal(
    service: Service,
    form: DrawForm,
    window: Window,
    key: HandKey,
    kept: Sequence[FrozenCard] = (),
    shown: Sequence[FrozenCard] = (),
) -> FrozenHand:
    """Deal a hand beside the cards kept, without what was shown."""
    seed = seeds.of_day(service.home.draw_secret, key.day, key.redraw)
    n = max(0, form.hand - len(kept))
    without = {card.event for card in shown}

    def work(service: Service) -> Dealt:
        deck = gather(service, window, form, bagged=not form.again)
        made = deal(service, deck, form, seed, n, without)
        return frozen(key, deck, made, form, service.clock.now())

    dealt = await with_all(service, work)
    if key.redraw:
        dealt.hand.facts["held_over"] = [[card.host.hex(), card.slot] for card in kept]
    return await freeze(service, dealt)


async def _deal_again(
    service: Service,
    form: DrawForm,
    window: Window,
    hands: Sequence[FrozenHand],
    of_day: Sequence[FrozenHand],
) -> FrozenHand:
    """Deal in place of what was not kept, without anything shown today."""
    registers = set(service.store.choices.kept())
    kept = [card for card in _on_table(hands) if (card.host, card.slot) in registers]
    shown = [card for hand in (*of_day, *hands) for card in hand.cards]
    last = hands[-1].key
    key = HandKey(last.day, NO_TABLE, last.redraw + 1, last.filters)
    return await _deal(service, form, window, key, kept, shown)


def _on_table(hands: Sequence[FrozenHand]) -> list[FrozenCard]:
    """Those kept from earlier hands of the day, then the last dealt."""
    held_over = {(bytes.fromhex(host), slot) for host, slot in hands[-1].facts.get("held_over", ())}
    earlier = [card for hand in hands[:-1] for card in hand.cards]
    return [card for card in earlier if (card.host, card.slot) in held_over] + [*hands[-1].cards]


def hand_of_today(service: Service, form: DrawForm) -> FrozenHand | None:
    """The first hand that this form dealt today, if it has."""
    window = window_of(form, service.clock.now())
    digest, of_day = _digest(form, window), service.store.hands.of_day(window.day, NO_TABLE)
    return next((hand for hand in of_day if hand.key.filters == digest), None)


async def sets_of_filters(service: Service, form: DrawForm) -> Json:
    """With how many sets of filters today's hand was looked at: {used, most}; empty ones are
    none."""
    hands = service.store.hands.of_day(window_of(form, service.clock.now()).day, NO_TABLE)
    return {"used": len({hand.key.filters for hand in hands}), "most": SETS_A_DAY}


def _check_sets(of_day: Collection[FrozenHand], digest: bytes) -> None:
    sets = {hand.key.filters for hand in of_day}
    if digest not in sets and len(sets) >= SETS_A_DAY:
        raise Refused(
            "you looked at today's hand with {sets_a_day} sets of filters already. A new "
            "one comes after midnight; draw --fresh deals one outside of the day's hand",
            sets_a_day=SETS_A_DAY,
        )


def _check_redraws(service: Service, of_day: Collection[FrozenHand]) -> None:
    if sum(hand.key.redraw > 0 for hand in of_day) >= service.home.config.draw_redraws:
        raise Refused("that was today's hand: no redraw is left. A new hand comes after midnight")


def _digest(form: DrawForm, window: Window) -> bytes:
    """What makes two hands of a day the same hand: all that is set, however it is written.

    The place counts by its coordinates, and a distance only with a place.
    """
    point = window.spot and list(window.spot.point)
    fields: dict[str, Any] = asdict(form) | {"near": None, "at": point}
    for name in ("topics", "not_topics", "lang"):
        fields[name] = sorted({word.casefold() for word in fields[name]})
    days = set(form.weekdays)
    fields["weekdays"] = sorted(days) if len(days) < DAYS_A_WEEK else []
    fields["access"] = {need: sorted(answers) for need, answers in form.access.items()}
    if not point:
        del fields["within"]
    text = json.dumps(fields, sort_keys=True)
    return blake2b(text.encode(), digest_size=32, person=b"potluck.filters").digest()


def _described(service: Service, window: Window, hands: Sequence[FrozenHand]) -> Hand:
    of_day = service.store.hands.of_day(window.day, NO_TABLE)
    left = service.home.config.draw_redraws - sum(hand.key.redraw > 0 for hand in of_day)
    return describe_hand(service, window, hands[-1], _on_table(hands), left)
