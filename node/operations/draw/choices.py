"""What a person does with cards, all of it on this machine only: keep, skip, the bag, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from potluck.node.clock import iso
from potluck.node.errors import Unfit
from potluck.node.operations.announce.signing import held, told
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import Entry, bag_item
from potluck.protocol import wire
from potluck.protocol.announcement import Status
from potluck.protocol.errors import NotFound

from .deal import personal_rules
from .filters import first_failing
from .plan import remember
from .window import Look, look


async def keep(service: Service, id: str) -> Json:
    """Keep an event: a redraw leaves it on the table. The event."""
    return await _choose(service, id, kept=True)


async def skip(service: Service, id: str) -> Json:
    """Say no to an event. The event."""
    return await _choose(service, id, kept=False)


async def not_tonight(service: Service, id: str) -> Json:
    """Put a card of a hand back into the hat: it may be dealt again on another day. The event.

    What is skipped or left stays in the bag until the deck is spent. Raises NotFound if it was never dealt.
    """
    signed = held(service, id)
    register = signed.announcement.register
    if not await service.store.hands.put_back(*register):
        raise NotFound("this event was never dealt to you, so it is in the hat")
    await service.store.choices.forget(*register)
    return told(service, signed)


async def forget(service: Service, id: str) -> Json:
    """Take a keep, a skip or a "not tonight" back. Raises NotFound if there was none. The event."""
    signed = held(service, id)
    register = signed.announcement.register
    if not (
        await service.store.choices.forget(*register)
        or await service.store.hands.take_out(*register)
    ):
        raise NotFound("this event was neither kept nor skipped; see: potluck plan list")
    return told(service, signed)


async def kept(service: Service) -> list[Json]:
    """The events kept, by time."""
    registers = service.store.choices.kept()
    found = [
        wire.decode(encoded)
        for register in registers
        if (encoded := service.store.deck.encoded_of(*register))
    ]
    events = [told(service, signed) for signed in found]
    return sorted(events, key=lambda event: event["start"] or "9999")


async def bag(service: Service) -> Json:
    """The shuffle bag: {shown: how many events of earlier days do not come back until the deck is spent}."""
    shown = await service.store.hands.bag(look(DrawForm(), service.clock.now()).today.isoformat())
    return {"shown": len(shown)}


async def empty_bag(service: Service) -> Json:
    """Let everything that was shown come back: {shown: 0}."""
    await service.store.hands.empty_bag(look(DrawForm(), service.clock.now()).today.isoformat())
    return await bag(service)


async def why(service: Service, id: str, form: DrawForm) -> Json:
    """Why an event is, or is not, among the candidates: {event, candidate, reasons: [{rule, why}…]}.

    `rule` is one of HIDING, or status, when, place. Every reason is there, not only the first.
    """
    await service.intake.settle()
    signed = held(service, id)
    said = signed.announcement
    entry = service.store.deck.entry(said.host, said.slot)
    if entry is None or said.status in (Status.CANCELLED, Status.WITHDRAWN):
        withdrawn = said.status is Status.WITHDRAWN
        reasons = [_reason("status", "it was withdrawn" if withdrawn else "it was cancelled")]
    else:
        here = look(form, service.clock.now())
        reasons = [*_out_of_sight(entry, here), *_filtered(service, entry, here, form)]
        if bag_item(entry.host, entry.slot, entry.source) in await service.store.hands.bag(
            here.today.isoformat()
        ):
            reasons.append(
                _reason("bag", "it was dealt on an earlier day, and the deck is not spent")
            )
    return {"event": told(service, signed), "candidate": not reasons, "reasons": reasons}


def _out_of_sight(entry: Entry, here: Look) -> Iterator[Json]:
    """Why the look does not reach it."""
    if here.start_of(entry) is None:
        when = iso(entry.start, here.zone) or "a date not yet known"
        yield _reason("when", f"it starts at {when}; you look from {here.first} to {here.last}")
    if not here.reach()(entry):
        distance = here.distance(entry)
        away = "it says no coordinates" if distance is None else f"it is {distance:.1f} km away"
        yield _reason("place", f"{away}; you look within {here.km:g} km")


def _filtered(service: Service, entry: Entry, here: Look, form: DrawForm) -> Iterator[Json]:
    """Which rules hide it."""
    start = here.start_of(entry) or entry.start or 0
    for name, rule in personal_rules(service, form).items():
        failing, answer = first_failing(entry, start, {name: rule})
        if failing:
            words = _WORDS[name]
            yield _reason(name, f"{words}; its host did not say" if answer is None else words)


async def save_filters(service: Service, name: str, form: DrawForm) -> Json:
    """Remember what a form sets under a name: the saved fields."""
    if not name.strip() or len(name) > 64:
        raise Unfit("save", "a name has 1 to 64 letters")
    default = asdict(DrawForm())
    said = {field: value for field, value in asdict(form).items() if value != default[field]}
    await service.store.choices.save_filters(name, json.dumps(said))
    return said


async def saved_filters(service: Service) -> Json:
    """All saved filters: {name: fields}."""
    return {name: json.loads(body) for name, body in service.store.choices.filters().items()}


async def forget_filters(service: Service, name: str) -> Json:
    """Forget saved filters; those that are left. Raises NotFound."""
    if not await service.store.choices.forget_filters(name):
        raise NotFound(f"no filters are saved as {name}")
    return await saved_filters(service)


async def _choose(service: Service, id: str, *, kept: bool) -> Json:
    signed = held(service, id)
    await service.store.hands.take_out(*signed.announcement.register)
    await service.store.choices.choose(
        *signed.announcement.register, kept=kept, now=service.clock.now()
    )
    return await remember(service, signed) if kept else told(service, signed)


def _reason(rule: str, words: str) -> Json:
    return {"rule": rule, "why": words}


_WORDS = {
    "block": "you blocked its host, or a word that it says",
    "topic": "you asked for other topics, or not for this one",
    "language": "you asked for another language",
    "price": "you asked for a lower price",
    "access": "you asked for access that it does not offer",
    "time": "you asked for other hours",
    "weekday": "you asked for other days of the week",
    "capacity": "you asked for another size",
}
