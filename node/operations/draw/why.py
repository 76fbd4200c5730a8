"""Why an event is, or is not, among the candidates; and how it came into a hand."""

from __future__ import annotations

from collections.abc import Iterator

from potluck.node.clock import iso, local_date, machine_zone
from potluck.node.operations.announce.describe import describe
from potluck.node.operations.announce.signing import event_of, held
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.store import Entry, FrozenCard, FrozenHand
from potluck.protocol.announcement import Status

from .filters import HIDING, hiding, rules_of
from .today import NO_TABLE
from .vouched import in_words
from .window import Window, window_of


async def why(service: Service, id: str, form: DrawForm) -> Json:
    """Why an event is, or is not, among the candidates: {event, candidate, reasons: [{rule, why}…]}.

    `rule` is one of HIDING, or status, when, place. Every reason is there, not only the first.
    """
    await service.intake.settle()
    signed = held(service, id)
    announcement = signed.announcement
    entry = service.store.deck.entry(announcement.host, announcement.slot)
    if entry is None or announcement.status in (Status.CANCELLED, Status.WITHDRAWN):
        withdrawn = announcement.status is Status.WITHDRAWN
        reasons = [_reason("status", "it was withdrawn" if withdrawn else "it was cancelled")]
    else:
        window = window_of(form, service.clock.now())
        reasons = [*_outside(entry, window), *_filtered(service, entry, window, form)]
        if entry.event in await service.store.hands.bag(window.day):
            reasons.append(_reason("bag", HIDING["bag"].why))
    return {"event": describe(service, signed), "candidate": not reasons, "reasons": reasons}


async def how_dealt(service: Service, id: str, day: str) -> Json | None:
    """The hand of a day (ISO) that it is in: {odds, ticket, wild, receipt, table, eligible, hidden}.

    It is looked up in what was dealt, never dealt anew.
    """
    event = event_of(held(service, id))
    for table in (NO_TABLE, *(joined.name for joined in service.store.choices.tables())):
        for hand in service.store.hands.of_day(day, table):
            for card in hand.cards:
                if card.event == event:
                    return _dealt(service, hand, card)
    return None


def _outside(entry: Entry, window: Window) -> Iterator[Json]:
    """Why the window does not reach it."""
    if window.start_of(entry) is None:
        when = iso(entry.start, window.zone) or "a date not yet known"
        yield _reason("when", f"it starts at {when}; you look from {window.first} to {window.last}")
    if not window.reach()(entry):
        distance = window.distance(entry)
        away = "it says no coordinates" if distance is None else f"it is {distance:.1f} km away"
        yield _reason("place", f"{away}; you look within {window.km:g} km")


def _filtered(service: Service, entry: Entry, window: Window, form: DrawForm) -> Iterator[Json]:
    """Which rules hide it."""
    start = window.start_of(entry) or entry.start or 0
    for name, rule in rules_of(service, form).items():
        failing, answer = hiding(entry, start, {name: rule})
        if failing:
            words = _of_block(service, entry) if name == "block" else HIDING[name].why
            yield _reason(name, f"{words}; its host did not say" if answer is None else words)


def _of_block(service: Service, entry: Entry) -> str:
    """Which block hides it, since when and why."""
    hiding = (one for one in service.store.trust.blocks() if not one.warns)
    block = matching(hiding)(entry, entry.facts)
    if block is None:
        return HIDING["block"].why
    since = f" on {local_date(block.at, machine_zone())}" if block.at else ""
    why = f": {block.why}" if block.why else ""
    return f"you blocked {_BLOCKED[block.kind]}{since}{why}"


_BLOCKED = {
    "host": "who announces it",
    "importer": "what its importer imports",
    "source": "its organiser",
    "word": "a word that it says",
}


def _reason(rule: str, words: str) -> Json:
    return {"rule": rule, "why": words}


def _dealt(service: Service, hand: FrozenHand, card: FrozenCard) -> Json:
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
