"""The plan: what was kept, and what its hosts have changed since the person last saw it."""

from __future__ import annotations

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

CALLED_OFF = frozenset({"cancelled", "withdrawn"})
_NOTE = "plan"
_WATCHED = ("id", "title", "start", "end", "all_day", "place", "status")


class Planned(Revision, Versions):
    """An event that was kept: what changed since it was last seen, and what other importers say."""


async def plan(service: Service) -> list[Planned]:
    """The events kept, by time, each with what changed since it was last seen."""
    await _find_again(service)
    await _follow(service)
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


async def _follow(service: Service) -> None:
    """Keep the organiser's own event of the same start instead of a copy that was handed over."""
    for host, slot in service.store.choices.kept():
        encoded = service.store.deck.encoded_of(host, slot)
        body = wire.decode(encoded).announcement.body if encoded else None
        claimed = body.source.claimed_by if body and body.source else None
        if claimed is None or body is None or body.start is None:
            continue
        found = service.store.deck.own_at(claimed, body.start)
        if len(found) == 1:
            own = found[0]
            now = service.clock.now()
            await service.store.choices.choose(own.host, own.slot, kept=True, now=now)
            await service.store.choices.forget(host, slot)


async def plan_of_registers(service: Service) -> list[tuple[str, Json]]:
    """What was kept, by register: as it is now, or as it was last seen if it is not held any
    more."""
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


async def _find_again(service: Service) -> None:
    """Put in place of what was kept and is here no more the same event as another import of it.

    A home of an earlier revision let imports go; they come back under other registers.
    """
    seen, deck = _seen(service), service.store.deck
    for host, slot in service.store.choices.kept():
        facts = seen.get(_register(host, slot), {})
        if deck.encoded_of(host, slot) is not None or not facts.get("start"):
            continue
        start = int(datetime.fromisoformat(facts["start"]).timestamp())
        for entry in deck.imported_alike(facts["title"], start)[:1]:
            encoded = deck.encoded(entry.id)
            if encoded is not None:
                await service.store.choices.forget(host, slot)
                now = service.clock.now()
                await service.store.choices.choose(entry.host, entry.slot, kept=True, now=now)
                await remember(service, wire.decode(encoded))


def _seen(service: Service) -> dict[str, dict[str, Any]]:
    return dict(json.loads(service.store.choices.noted(_NOTE) or "{}"))


def _register(host: bytes, slot: int) -> str:
    return f"{host.hex()}{slot:016x}"
