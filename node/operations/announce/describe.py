"""An announcement as JSON: what lists, pages and cards of a hand say of it."""

from __future__ import annotations

from typing import Any

from potluck.node.clock import iso
from potluck.node.operations.service import Json, Service
from potluck.protocol.announcement import Body, Place
from potluck.protocol.wire import SignedAnnouncement


def describe(service: Service, signed: SignedAnnouncement) -> Json:
    """All that an announcement says, and whether it is ours, as `describe_for`."""
    return describe_for(service.me, signed)


def describe_for(me: bytes, signed: SignedAnnouncement) -> Json:
    """All that an announcement says, and whether it is of the host `me`.

    start and end are ISO 8601 with the offset of the event's zone; host, id and slot are hex.
    """
    announcement = signed.announcement
    return {
        "id": signed.id.hex(),
        "host": announcement.host.hex(),
        "slot": f"{announcement.slot:016x}",
        "revision": announcement.revision,
        "status": announcement.status.name.lower(),
        "issued_at": iso(announcement.issued_at, "UTC"),
        "expires_at": iso(announcement.expires_at, "UTC"),
        "mine": announcement.host == me,
        **(
            _body(announcement.body) if announcement.body is not None else dict.fromkeys(EVENT_KEYS)
        ),
    }


EVENT_KEYS = (
    "title", "start", "end", "all_day", "tz", "place", "about", "topics", "lang", "price", "capacity",
    "access", "url", "series", "source",
)  # fmt: skip


def _body(body: Body) -> dict[str, Any]:
    source = body.source and {
        "id": body.source.id,
        "name": body.source.name,
        "url": body.source.url,
    }
    return {
        "title": body.title,
        "start": iso(body.start, body.tz),
        "end": iso(body.ends, body.tz),
        "all_day": body.all_day,
        "tz": body.tz,
        "place": place(body.place),
        "about": body.about,
        "topics": list(body.topics),
        "lang": body.lang,
        "price": body.price,
        "capacity": body.capacity,
        "access": dict(body.access),
        "url": body.url,
        "series": body.series,
        "source": source,
    }


def place(where: Place | None) -> Json | None:
    """A place as JSON; None when it is not said."""
    if where is None:
        return None
    return {
        "name": where.name,
        "address": where.address,
        "lat": where.lat,
        "lon": where.lon,
        "uncertainty": where.uncertainty,
    }
