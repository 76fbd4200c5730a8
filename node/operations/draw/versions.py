"""The versions of an imported event: what each of its importers says, and where they disagree.

A person sees her own import first, then that of an importer for whom she vouches, else the version
that stood for the event in the draw. The others are shown beside it where they say otherwise.
"""

from collections.abc import Iterable
from typing import cast

from potluck.node.operations.announce.event_json import Version, Versions, describe
from potluck.node.operations.announce.signing import event_of
from potluck.node.operations.service import Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.operations.trust.vouches import met_by
from potluck.node.store import Entry
from potluck.protocol import wire
from potluck.protocol.wire import SignedAnnouncement

from .filters import block_rule

COMPARED = ("title", "start", "end", "all_day", "place", "status")
_SHOWN = ("id", "host", "mine", "tz", *COMPARED)
_SLOT_BYTES = 8


def versions(service: Service, event: bytes, standing: bytes) -> list[SignedAnnouncement] | None:
    """What is held of an event (`Candidate.event`), what to show first; None if all is blocked.

    `standing` is the host of the version that stood for it.
    """
    entries = _entries(service, event)
    rule = block_rule(service)
    shown = [one for one in entries if rule is None or rule(one, one.facts, one.start or 0)]
    if entries and not shown:
        return None
    met = {one.host for one in met_by(service)} if len(shown) > 1 else set()
    shown.sort(key=lambda one: (one.host != service.me, one.host not in met, one.host != standing))
    held = service.store.deck.encoded_many(one.id for one in shown)
    return [wire.decode(held[one.id]) for one in shown if one.id in held]


def warnings(service: Service, event: bytes) -> list[str]:
    """One's own reasons to be warned of an event."""
    under = matching([one for one in service.store.trust.blocks() if one.warns])
    found = (under(one, one.facts) for one in _entries(service, event))
    return sorted({one.why for one in found if one is not None})


def other_versions(service: Service, signed: SignedAnnouncement) -> Versions:
    """Who else brings an event, and what they say otherwise."""
    found = None
    if signed.announcement.body is not None and signed.announcement.body.source is not None:
        found = versions(service, event_of(signed), signed.announcement.host)
    return compared(service, signed, found or [])


def compared(
    service: Service, shown: SignedAnnouncement, found: Iterable[SignedAnnouncement]
) -> Versions:
    """How the others that were found differ from the one that is shown."""
    event = dict(describe(service, shown))
    others = [dict(describe(service, each)) for each in found if each.id != shown.id]
    differing = [
        {key: other[key] for key in _SHOWN} | {"differs": differs}
        for other in others
        if (differs := [key for key in COMPARED if other[key] != event[key]])
    ]
    return {
        "importers": (1 + len(others)) if event["source"] else 0,
        "versions": cast("list[Version]", differing),
    }


def _entries(service: Service, event: bytes) -> list[Entry]:
    organiser, slot = event[:-_SLOT_BYTES], int.from_bytes(event[-_SLOT_BYTES:], "big")
    if organiser[0]:
        return service.store.deck.versions(organiser[1:-1].decode(), slot)
    entry = service.store.deck.entry(organiser[1:], slot)
    return [entry] if entry else []
