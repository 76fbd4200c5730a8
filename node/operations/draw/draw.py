"""Draws: today's hand, frozen at the first look; and hands from a seed, dice or pure chance beside it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from potluck.node.errors import Unfit
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand, HandKey
from potluck.protocol import seed as seeds
from potluck.protocol.errors import Invalid, Refused
from potluck.protocol.origin import Dice, Fresh, Given, Origin, Solo

from .deal import (
    Deck,
    about,
    check,
    deal,
    digest,
    freeze,
    frozen,
    gather,
    gather_hidden,
    keep_receipt,
    mode_of,
    personal_rules,
    plain_card,
    shown_card,
    summary,
)
from .window import Look, look

NO_TABLE = ""
SETS_A_DAY = 3
"""Sets of filters with which a day's hand may be looked at: a hand is to be taken, not shopped for."""


async def draw(service: Service, form: DrawForm, *, redraw: bool = False) -> Json:
    """Today's hand, the same at every look: {seed, mode, kind, hand: [card…], eligible, hidden, …}.

    `redraw` deals again in place of what was not kept. A card is {id, host, slot, title, start,
    end, place, distance_km, odds: {hosts, series, events}, status, mine, kept, wild, …}; hidden
    has all of HIDING. Raises Refused when the day's hands are used up; Unfit, NotFound.
    """
    check(form)
    async with service.turn:
        here = look(form, service.clock.now())
        day, mark = here.today.isoformat(), digest(form, here)
        of_day = service.store.hands.of_day(day, NO_TABLE)
        hands = [hand for hand in of_day if hand.key.mode == form.by and hand.key.filters == mark]
        if not hands:
            _check_sets(of_day, mark)
            hands = [await _first(service, form, here, mark)]
        if redraw and hands[0].cards:
            _check_redraws(service, of_day)
            hands.append(await _again(service, form, here, hands, of_day))
    return _shown(service, here, hands)


async def draw_seed(service: Service, form: DrawForm, seed: str) -> Json:
    """A hand from this seed (64 hex digits), beside the day's; it looks into no bag. As `draw`."""
    deck = await _deck(service, form, bagged=False)
    return await beside(service, form, deck, Given(), seed_of(seed))


async def draw_fresh(service: Service, form: DrawForm) -> Json:
    """A hand from a new random seed, outside the day's hand. As `draw`."""
    deck = await _deck(service, form, bagged=not form.again)
    return await beside(service, form, deck, Fresh(), secrets.token_bytes(seeds.SEED_BYTES))


async def rolls_needed(service: Service, form: DrawForm) -> Json:
    """How many rolls of a die are enough for this deck: {rolls, hosts}."""
    return _rolls_needed(await _deck(service, form, bagged=not form.again))


async def draw_dice(service: Service, form: DrawForm, rolls: Sequence[int]) -> Json:
    """A hand from rolls of a die. As `draw`. Raises Refused for too few."""
    try:
        origin = Dice(tuple(rolls))
    except Invalid as error:
        raise Unfit("dice", str(error)) from None
    deck = await _deck(service, form, bagged=not form.again)
    needed = _rolls_needed(deck)
    if len(rolls) < needed["rolls"]:
        more = needed["rolls"] - len(rolls)
        raise Refused(
            f"{len(rolls)} rolls are too few for {needed['hosts']} hosts; roll {more} more"
        )
    return await beside(service, form, deck, origin, origin.remake())


async def browse(
    service: Service, form: DrawForm, order: str = "time", hidden: str | None = None
) -> Json:
    """Manual mode, the plain list by "time" or "title": {events, eligible, hidden, near, …}.

    With `hidden`, one of HIDING, what that rule hides from a draw instead.
    """
    if hidden is None:
        deck = await _deck(service, form, bagged=False)
    else:
        here = look(form, service.clock.now())
        deck = await gather_hidden(service, here, personal_rules(service, form), hidden)
    found = [
        card
        for each in deck.found.candidates
        if (card := plain_card(service, each, deck)) is not None
    ]
    found.sort(key=lambda card: card["title"].casefold() if order == "title" else card["start"])
    return about(deck, len(found), form) | {"events": found}


def seed_of(text: str) -> bytes:
    """The 32 bytes of a seed written in hex. Raises Unfit."""
    try:
        given = bytes.fromhex(text)
    except ValueError:
        given = b""
    if len(given) != seeds.SEED_BYTES:
        raise Unfit("seed", "a seed is 64 hexadecimal digits")
    return given


async def beside(service: Service, form: DrawForm, deck: Deck, origin: Origin, seed: bytes) -> Json:
    """Deal a hand beside the day's: with a receipt, but neither frozen nor in the bag."""
    made = await deal(deck, form, origin, seed, form.hand)
    facts = summary(deck, made, form) | {"receipt": await keep_receipt(service, made)}
    hand = frozen(_key(deck.look, form, 0, b""), deck, made, service.clock.now(), facts)
    return _shown(service, deck.look, [hand]) | {"today": False, "redraws_left": 0}


async def _deck(service: Service, form: DrawForm, *, bagged: bool) -> Deck:
    check(form)
    here = look(form, service.clock.now())
    return await gather(service, here, personal_rules(service, form), bagged=bagged)


def _rolls_needed(deck: Deck) -> Json:
    hosts = len({candidate.host for candidate in (*deck.found.candidates, *deck.found.others)})
    return {"rolls": seeds.rolls_needed(max(hosts, 1)), "hosts": hosts}


async def _first(service: Service, form: DrawForm, here: Look, mark: bytes) -> FrozenHand:
    day = here.today.isoformat()
    deck = await gather(service, here, personal_rules(service, form), bagged=not form.again)
    seed = seeds.solo(service.home.draw_secret, day, 0)
    made = await deal(deck, form, Solo(day, 0), seed, form.hand)
    return await freeze(service, _key(here, form, 0, mark), deck, made, summary(deck, made, form))


async def _again(
    service: Service,
    form: DrawForm,
    here: Look,
    hands: Sequence[FrozenHand],
    of_day: Sequence[FrozenHand],
) -> FrozenHand:
    """Deal in place of what was not kept, without anything shown today."""
    day, last = here.today.isoformat(), hands[-1]
    number = last.key.redraw + 1
    kept = set(service.store.choices.kept())
    held_over = [
        [card.host.hex(), card.slot] for card in _cards(hands) if (card.host, card.slot) in kept
    ]
    shown = {card.item for hand in (*of_day, *hands) for card in hand.cards}
    deck = await gather(service, here, personal_rules(service, form), bagged=not form.again)
    seed = seeds.solo(service.home.draw_secret, day, number)
    made = await deal(
        deck, form, Solo(day, number), seed, max(0, form.hand - len(held_over)), shown
    )
    facts = summary(deck, made, form) | {"held_over": held_over}
    return await freeze(service, _key(here, form, number, last.key.filters), deck, made, facts)


def _key(here: Look, form: DrawForm, redraw: int, mark: bytes) -> HandKey:
    return HandKey(here.today.isoformat(), NO_TABLE, redraw, mode_of(form), mark)


def _cards(hands: Sequence[FrozenHand]) -> list[FrozenCard]:
    """The cards on the table: those kept from earlier hands of the day, then the last dealt."""
    held_over = {(bytes.fromhex(host), slot) for host, slot in hands[-1].facts.get("held_over", ())}
    earlier = [
        card for hand in hands[:-1] for card in hand.cards if (card.host, card.slot) in held_over
    ]
    return [*earlier, *hands[-1].cards]


def _check_sets(of_day: Collection[FrozenHand], mark: bytes) -> None:
    sets = {hand.key.filters for hand in of_day}
    if mark not in sets and len(sets) >= SETS_A_DAY:
        raise Refused(
            f"you looked at today's hand with {SETS_A_DAY} sets of filters already. A new one comes after "
            "midnight; draw --fresh deals one outside of the day's hand"
        )


def _check_redraws(service: Service, of_day: Collection[FrozenHand]) -> None:
    if sum(hand.key.redraw > 0 for hand in of_day) >= service.home.config.draw_redraws:
        raise Refused("that was today's hand: no redraw is left. A new hand comes after midnight")


def _shown(service: Service, here: Look, hands: Sequence[FrozenHand]) -> Json:
    last, kept = hands[-1], frozenset(service.store.choices.kept())
    blocked = service.store.choices.blocked_hosts()
    cards = [
        shown_card(service, card, here, kept) for card in _cards(hands) if card.host not in blocked
    ]
    used = sum(hand.key.redraw > 0 for hand in service.store.hands.of_day(last.key.day, NO_TABLE))
    return {
        "seed": last.seed.hex(),
        "mode": last.key.mode,
        "day": last.key.day,
        "today": True,
        "redraw": last.key.redraw,
        "redraws_left": max(0, service.home.config.draw_redraws - used),
        "hand": cards,
        **{name: value for name, value in last.facts.items() if name != "held_over"},
    }
