"""Why an event is, or is not, among the candidates; and how it came into a hand."""

from collections.abc import Iterator
from typing import TypedDict

from potluck.node.clock import iso, local_date, machine_zone
from potluck.node.operations.announce.event_json import Event, describe
from potluck.node.operations.announce.signing import event_of, held
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.store import Entry, FrozenCard, FrozenHand
from potluck.protocol.announcement import Status
from potluck.protocol.message import Message, marked
from potluck.protocol.wire import SignedAnnouncement

from .filters import HIDING, hiding, rules_of
from .freeze import DeckFacts, facts_of, is_todays
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
    dealt: DeckFacts | None


async def why(service: Service, id: str, form: DrawForm) -> Why:
    """Why an event is, or is not, among the candidates: every reason, not only the first.

    `dealt`: if nothing is asked for, of a card of today where its hand looked.
    """
    await service.intake.settle()
    signed = held(service, id)
    found = None if form.changes() else _hand_of_today(service, signed)
    reasons = _called_off(signed) if found else against(service, signed, form)
    return {
        "event": describe(service, signed),
        "candidate": not reasons,
        "reasons": reasons,
        "dealt": facts_of(found[0]) if found else None,
    }


def against(service: Service, signed: SignedAnnouncement, form: DrawForm) -> list[Reason]:
    """Every reason why an event is not among the candidates of this form, as things are now."""
    announcement = signed.announcement
    entry = service.store.deck.entry(announcement.host, announcement.slot)
    called_off = _called_off(signed)
    if entry is None or called_off:
        return called_off or [_WITHDRAWN]
    window = window_of(form, service.clock.now())
    reasons = [*_outside(entry, window), *_filtered(service, entry, window, form)]
    if entry.event in service.store.hands.bag(window.day):
        reasons.append(_reason("bag", HIDING["bag"].why))
    return reasons


async def how_dealt(service: Service, id: str, day: str) -> Json | None:
    """The last hand of a day (ISO) that it is in: {odds, position, wild, receipt, table, …}.

    It is looked up in what was dealt, never dealt anew.
    """
    found = _last_hand(service, held(service, id), day)
    if found is None:
        return None
    hand, position = found
    return {**_drawn(service, hand, hand.cards[position]), "position": position}


def _hand_of_today(service: Service, signed: SignedAnnouncement) -> tuple[FrozenHand, int] | None:
    """The last hand of today that it is in: of the day that it is where that hand looks."""
    now = service.clock.now()
    days = {str(local_date(now + hours * 3600, "UTC")) for hours in (-12, 0, 14)}
    found = (_last_hand(service, signed, day) for day in sorted(days, reverse=True))
    return next((each for each in found if each and is_todays(each[0], now)), None)


def _last_hand(
    service: Service, signed: SignedAnnouncement, day: str
) -> tuple[FrozenHand, int] | None:
    """The last hand of a day that it is in, one's own before a table's, and where in it."""
    event = event_of(signed)
    for table in (NO_TABLE, *(joined.name for joined in service.store.choices.tables())):
        for hand in reversed(service.store.hands.of_day(day, table)):
            for position, card in enumerate(hand.cards):
                if card.event == event:
                    return hand, position
    return None


def _called_off(signed: SignedAnnouncement) -> list[Reason]:
    """That nobody is dealt it, whatever they ask for."""
    match signed.announcement.status:
        case Status.WITHDRAWN:
            return [_WITHDRAWN]
        case Status.CANCELLED:
            return [_reason("status", Message("it was cancelled"))]
    return []


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


_WITHDRAWN = _reason("status", Message("it was withdrawn"))


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
