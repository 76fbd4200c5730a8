"""What a host may have meant otherwise: true of what was announced, and hardly wanted."""

from __future__ import annotations

from collections.abc import Iterator

from potluck.node.clock import iso, local_date
from potluck.node.language.format import ACCESS
from potluck.node.operations.service import Service
from potluck.protocol.announcement import Announcement

from .signing import held


async def cautions(service: Service, id: str) -> list[str]:
    """What its host may want to look at again in an event held here, in words. Raises NotFound."""
    return list(found_in(held(service, id).announcement, service.clock.now()))


def found_in(announcement: Announcement, now: int) -> Iterator[str]:
    """The same of an announcement, at `now` (UTC seconds)."""
    body = announcement.body
    if body is None:
        return
    over = body.end or body.start
    if over is not None and over < now:
        yield f"it is over since {local_date(over, body.tz)}, so it is dealt to nobody"
    if body.start is not None and body.start > announcement.expires_at:
        until = (iso(announcement.expires_at, body.tz) or "")[:10]
        yield f"others keep it until {until} only, before it starts: announce it again then"
    for need in sorted(set(body.access) - set(ACCESS)):
        yield f"{need} is no access need that others can look for: {', '.join(ACCESS)}"
