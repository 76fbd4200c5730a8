"""The plan: what was kept, and what its hosts have changed since the person last saw it."""

import json
from datetime import datetime
from typing import Any

from potluck.node.operations.announce.event_json import Event, Versions, describe
from potluck.node.operations.announce.revisions import Revision, changed
from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Json, Service
from potluck.protocol import wire
from potluck.protocol.wire import SignedAnnouncement

from .versions import other_versions

Register = tuple[bytes, int]
CALLED_OFF = frozenset({"cancelled", "withdrawn"})
_NOTE = "plan"
_WATCHED = ("id", "title", "start", "end", "all_day", "place", "status")


class Planned(Revision, Versions):
    """An event that was kept: what changed since it was last seen, and what other importers say."""


async def plan(service: Service) -> list[Planned]:
    """The events kept, by time, each with what changed since it was last seen."""
    now = service.clock.now()
    for register, own, signed in await service.aside(_others_to_keep):
        await service.store.choices.choose(*own, kept=True, now=now)
        await service.store.choices.forget(*register)
        if signed is not None:
            await remember(service, signed)
    return await service.aside(_planned)


def _planned(service: Service) -> list[Planned]:
    seen = _seen(service)
    found = []
    for host, slot in service.store.choices.kept():
        encoded = service.store.deck.encoded_of(host, slot)
        if encoded is not None:
            signed = wire.decode(encoded)
            event = describe(service, signed)
            was = changed(seen.get(_register(host, slot), {}), event)
            found.append(Planned(**event, **other_versions(service, signed), was=was))
    return sorted(found, key=lambda event: event["start"] or event["was"].get("start") or "9999")


def _others_to_keep(service: Service) -> list[tuple[Register, Register, SignedAnnouncement | None]]:
    """What to keep in place of what was kept, and what to remember of it.

    The organiser's own event of the same start instead of a copy that was handed over; instead of
    what is here no more the same event as another import of it. (A home of an earlier revision let
    imports go; they come back under other registers.)
    """
    found: list[tuple[Register, Register, SignedAnnouncement | None]] = []
    seen, deck = _seen(service), service.store.deck
    for host, slot in service.store.choices.kept():
        encoded = deck.encoded_of(host, slot)
        body = wire.decode(encoded).announcement.body if encoded else None
        claimed = body.source.claimed_by if body and body.source else None
        facts = seen.get(_register(host, slot), {})
        if claimed is not None and body is not None and body.start is not None:
            own = deck.own_at(claimed, body.start)
            found += [((host, slot), (each.host, each.slot), None) for each in own if len(own) == 1]
        elif encoded is None and facts.get("start"):
            start = int(datetime.fromisoformat(facts["start"]).timestamp())
            for each in deck.imported_alike(facts["title"], start)[:1]:
                if again := deck.encoded(each.id):
                    found.append(((host, slot), (each.host, each.slot), wire.decode(again)))
    return found


async def plan_of_registers(service: Service) -> list[tuple[str, Json]]:
    """What was kept, by register: as it is now, or as it was last seen if it is not held any
    more."""
    return await service.aside(_of_registers)


def _of_registers(service: Service) -> list[tuple[str, Json]]:
    seen, found = _seen(service), []
    for host, slot in service.store.choices.kept():
        encoded = service.store.deck.encoded_of(host, slot)
        register = _register(host, slot)
        last: Json = seen.get(register, {})
        event = describe(service, wire.decode(encoded)) if encoded else last
        found.append((register, event))
    return sorted(found, key=lambda each: each[1].get("start") or "")


def news(service: Service) -> Json:
    """How much of the plan is not as the person last saw it: {changed, called_off}.

    Point reads alone, for every page shows it.
    """
    deck, seen = service.store.deck, _seen(service)
    counted = {"changed": 0, "called_off": 0}
    for host, slot in service.store.choices.kept():
        before = seen.get(_register(host, slot), {})
        if "id" in before and deck.encoded(bytes.fromhex(before["id"])) is not None:
            continue
        encoded = deck.encoded_of(host, slot)
        event = describe(service, wire.decode(encoded)) if encoded else None
        if event and changed(before, event):
            counted["called_off" if event["status"] in CALLED_OFF else "changed"] += 1
    return counted


async def acknowledge(service: Service, id: str) -> Event:
    """The person has seen how an event of the plan is now. The event."""
    return await remember(service, held(service, id))


async def remember(service: Service, signed: SignedAnnouncement) -> Event:
    """Note how an event is at the moment of being kept. The event."""
    event = describe(service, signed)
    seen = _seen(service)
    seen[_register(*signed.announcement.register)] = {
        name: value for name, value in event.items() if name in _WATCHED
    }
    kept = {_register(*register) for register in service.store.choices.kept()}
    await service.store.choices.note(
        _NOTE, json.dumps({register: facts for register, facts in seen.items() if register in kept})
    )
    return event


def _seen(service: Service) -> dict[str, dict[str, Any]]:
    return dict(json.loads(service.store.choices.noted(_NOTE) or "{}"))


def _register(host: bytes, slot: int) -> str:
    return f"{host.hex()}{slot:016x}"
