"""Why an event is, or is not, among the candidates; and how it came into a hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from potluck.node.clock import iso, local_date, machine_zone
from potluck.node.language.format import marked
from potluck.node.operations.announce.event_json import Event, describe
from potluck.node.operations.announce.signing import event_of, held
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.store import Entry, FrozenCard, FrozenHand
from potluck.protocol.announcement import Status
from potluck.protocol.message import Message

from .filters import HIDING, hiding, rules_of
from .today import NO_TABLE
from .vouched import in_words
from .window import Window, window_of


class Reason(TypedDict):
    """`rule` is one of HIDING, or status, when, place."""

    rule: str
    why: str


class Why(TypedDict):
    """Whether an event is among the candidates, and why not."""

    event: Event
    candidate: bool
    reasons: list[Reason]


async def why(service: Service, id: str, form: DrawForm) -> Why:
    """Why an event is, or is not, among the candidates: every reason, not only the first."""
    await service.intake.settle()
    signed = held(service, id)
    announcement = signed.announcement
    entry = service.store.deck.entry(announcement.host, announcement.slot)
    if entry is None or announcement.status in (Status.CANCELLED, Status.WITHDRAWN):
        withdrawn = announcement.status is Status.WITHDRAWN
        gone = Message("it was withdrawn") if withdrawn else Message("it was cancelled")
        reasons = [_reason("status", gone)]
    else:
        window = window_of(form, service.clock.now())
        reasons = [*_outside(entry, window), *_filtered(service, entry, window, form)]
        if entry.event in service.store.hands.bag(window.day):
            reasons.append(_reason("bag", HIDING["bag"].why))
    return {"event": describe(service, signed), "candidate": not reasons, "reasons": reasons}


async def how_dealt(service: Service, id: str, day: str) -> Json | None:
    """The last hand of a day (ISO) that it is in: {odds, position, wild, receipt, table, …}.

    It is looked up in what was dealt, never dealt anew.
    """
    event = event_of(held(service, id))
    for table in (NO_TABLE, *(joined.name for joined in service.store.choices.tables())):
        for hand in reversed(service.store.hands.of_day(day, table)):
            for position, card in enumerate(hand.cards):
                if card.event == event:
                    return {**_drawn(service, hand, card), "position": position}
    return None


def _outside(entry: Entry, window: Window) -> Iterator[Reason]:
    """Why the window does not reach it."""
    if window.start_of(entry) is None:
        starts = Message(
            "it starts at {when}; you look from {first} to {last}",
            when=iso(entry.start, window.zone) or Message("a date not yet known"),
            first=window.first.isoformat(),
            last=window.last.isoformat(),
        )
        yield _reason("when", starts)
    if not window.reach()(entry):
        distance = window.distance(entry)
        away = Message("it says no coordinates")
        if distance is not None:
            away = Message("it is {distance:.1f} km away", distance=distance)
        outside = Message("{away}; you look within {km:g} km", away=away, km=window.km)
        yield _reason("place", outside)


def _filtered(service: Service, entry: Entry, window: Window, form: DrawForm) -> Iterator[Reason]:
    """Which rules hide it."""
    start = window.start_of(entry) or entry.start or 0
    for name, rule in rules_of(service, form).items():
        failing, answer = hiding(entry, start, {name: rule})
        if failing:
            why = _of_block(service, entry) if name == "block" else HIDING[name].why
            unsaid = Message("{why}; its host did not say", why=why)
            yield _reason(name, unsaid if answer is None else why)


def _of_block(service: Service, entry: Entry) -> Message:
    """Which block hides it, since when and why."""
    hiding = [one for one in service.store.trust.blocks() if not one.warns]
    block = matching(hiding)(entry, entry.facts)
    if block is None or not block.at:
        return HIDING["block"].why
    day = str(local_date(block.at, machine_zone()))
    blocked = Message(_BLOCKED[block.kind], day=day)
    return Message("{name}: {why}", name=blocked, why=block.why) if block.why else blocked


_BLOCKED = {
    "host": marked("you blocked who announces it on {day}"),
    "importer": marked("you blocked what its importer imports on {day}"),
    "source": marked("you blocked its organiser on {day}"),
    "word": marked("you blocked a word that it says on {day}"),
}


def _reason(rule: str, why: Message) -> Reason:
    return {"rule": rule, "why": why}


def _drawn(service: Service, hand: FrozenHand, card: FrozenCard) -> Json:
    return {
        "odds": card.facts["odds"],
        "ticket": card.facts["ticket"],
        "wild": card.facts["wild"],
        "receipt": hand.facts["receipt"],
        "table": hand.key.table or None,
        "day": hand.key.day,
        "eligible": hand.facts["eligible"],
        "hidden": hand.facts["hidden"],
        "walk": in_words(service, card.facts["path"], card.host.hex())
        if "path" in card.facts
        else None,
    }
