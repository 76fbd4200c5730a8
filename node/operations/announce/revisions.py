"""What an event said before, as far as this node saw it, and what each revision changed."""

from collections.abc import Mapping
from typing import Any

from potluck.node.operations.service import Json, Service
from potluck.protocol import wire

from .event_json import Event, describe
from .signing import held

_OF_THE_SIGNATURE = frozenset({"id", "revision", "issued_at", "expires_at"})


class Revision(Event):
    """An event with what it changed, as it was before: by name."""

    was: dict[str, Any]


async def revisions(service: Service, id: str) -> list[Revision]:
    """The revisions of an event that were held here, the latest first; `id` is any unique
    beginning.

    Some may be missing in between: a node sees what reaches it, and keeps a few. Raises NotFound.
    """
    signed = held(service, id)
    past = map(wire.decode, service.store.deck.superseded(*signed.announcement.register))
    described = [describe(service, each) for each in (*past, signed)]
    befores: list[Mapping[str, Any]] = [{}, *described]
    first, *later = [
        Revision(**event, was=changed(before, event))
        for before, event in zip(befores, described, strict=False)
    ]
    return [*reversed(later), first]


async def since(service: Service, id: str) -> dict[str, Any]:
    """What an event says otherwise now than in the revision of this very id: {name: as it was}.

    Empty if that revision is not remembered. Raises NotFound.
    """
    history = await revisions(service, id)
    before: Json = next((event for event in history if event["id"] == id), {})
    return changed({name: was for name, was in before.items() if name != "was"}, history[0])


def changed(before: Json, now: Json) -> dict[str, Any]:
    """What an event says otherwise now, of all that `before` names: {name: as it was}."""
    return {
        name: was
        for name, was in before.items()
        if name not in _OF_THE_SIGNATURE and was != now[name]
    }
