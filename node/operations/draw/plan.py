"""The plan: what was kept, and what its hosts have changed since the person last saw it."""

from __future__ import annotations

import json
from typing import Any

from potluck.node.operations.announce.describe import Event, Versions, describe
from potluck.node.operations.announce.revisions import Revision, changed
from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Service
from potluck.protocol import wire
from potluck.protocol.wire import SignedAnnouncement

from .versions import other_versions

_NOTE = "plan"
_WATCHED = ("title", "start", "end", "all_day", "place", "status")


class Planned(Revision, Versions):
    """An event that was kept: what changed since it was last seen, and what other importers say."""


async def plan(service: Service) -> list[Planned]:
    """The events kept, by time, each with what changed since it was last seen."""
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
