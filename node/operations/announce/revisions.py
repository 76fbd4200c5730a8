"""What an event said before, as far as this node saw it, and what each revision changed."""

from __future__ import annotations

from itertools import pairwise

from potluck.node.operations.service import Json, Service
from potluck.protocol import wire

from .describe import describe
from .signing import held

_OF_THE_SIGNATURE = frozenset({"id", "revision", "issued_at", "expires_at"})


async def revisions(service: Service, id: str) -> list[Json]:
    """The revisions of an event that were held here, the latest first; `id` is any unique beginning.

    Each is as `show` gives it, with `was`: what it changed, as it was in the one before. Some may be
    missing in between: a node sees what reaches it, and keeps a few. Raises NotFound.
    """
    signed = held(service, id)
    past = [
        wire.decode(encoded) for encoded in service.store.past.of(*signed.announcement.register)
    ]
    described = [describe(service, each) for each in (*past, signed)]
    first, *later = [
        event | {"was": changed(before, event)} for before, event in pairwise([{}, *described])
    ]
    return [*reversed(later), first]


def changed(before: Json, now: Json) -> Json:
    """What an event says otherwise now, of all that `before` names: {name: as it was}."""
    return {
        name: was
        for name, was in before.items()
        if name not in _OF_THE_SIGNATURE and was != now[name]
    }
