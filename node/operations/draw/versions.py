"""The versions of an imported event: what each of its importers says, and where they disagree.

A person sees her own import first, then that of an importer for whom she vouches, else the version
that stood for the event in the draw. The others are shown beside it where they say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from potluck.node.operations.announce.describe import describe
from potluck.node.operations.announce.signing import event_of
from potluck.node.operations.service import Json, Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.operations.trust.vouches import met_by
from potluck.node.store import Entry
from potluck.protocol import wire
from potluck.protocol.wire import SignedAnnouncement

from .filters import block_rule

COMPARED = ("title", "start", "end", "all_day", "place", "status")
_SLOT_BYTES = 8


def versions(service: Service, event: bytes, standing: bytes) -> list[SignedAnnouncement] | None:
    """What is held of an event (`Candidate.event`), the version to show first; None if all is blocked.

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
    under = matching(one for one in service.store.trust.blocks() if one.warns)
    found = (under(one, one.facts) for one in _entries(service, event))
    return sorted({one.why for one in found if one is not None})


def other_versions(service: Service, signed: SignedAnnouncement) -> Json:
    """Who else brings an event, and what they say otherwise: {importers, versions: […]}."""
    if signed.announcement.body is None or signed.announcement.body.source is None:
        return {"importers": 0, "versions": []}
    found = versions(service, event_of(signed), signed.announcement.host) or []
    return compared(service, signed, found)


def compared(
    service: Service, shown: SignedAnnouncement, found: Iterable[SignedAnnouncement]
) -> Json:
    """{importers: how many, versions: each that says otherwise, with what `differs`}."""
    event = describe(service, shown)
    others = [describe(service, each) for each in found if each.id != shown.id]
    keys = ("id", "host", "mine", "tz", *COMPARED)
    differing = [
        {key: other[key] for key in keys} | {"differs": differs}
        for other in others
        if (differs := [key for key in COMPARED if other[key] != event[key]])
    ]
    return {"importers": (1 + len(others)) if event["source"] else 0, "versions": differing}


def _entries(service: Service, event: bytes) -> list[Entry]:
    organiser, slot = event[:-_SLOT_BYTES], int.from_bytes(event[-_SLOT_BYTES:], "big")
    if organiser[0]:
        return service.store.deck.versions(organiser[1:-1].decode(), slot)
    entry = service.store.deck.entry(organiser[1:], slot)
    return [entry] if entry else []
