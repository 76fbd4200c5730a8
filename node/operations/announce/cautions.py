"""What a host may have meant otherwise: true of what was announced, and hardly wanted."""

from __future__ import annotations

from collections.abc import Iterator

from potluck.node.clock import iso, local_date
from potluck.node.language.format import ACCESS
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.announcement import Announcement
from potluck.protocol.message import Message

from .body import new_body
from .signing import held


async def cautions(service: Service, id: str) -> list[str]:
    """What its host may want to look at again in an event held here, in words. Raises NotFound."""
    return list(found_in(held(service, id).announcement, service.clock.now()))


async def over(service: Service, form: EventForm) -> Json:
    """The day on which an event as it is written would be over already: {day}, None if it is not.
    Raises as `announce` does."""
    body = new_body(form)
    end = body.end or body.start
    past = end is not None and end < service.clock.now()
    return {"day": str(local_date(end, body.tz)) if past and end is not None else None}


def found_in(announcement: Announcement, now: int) -> Iterator[str]:
    """The same of an announcement, at `now` (UTC seconds)."""
    body = announcement.body
    if body is None:
        return
    end = body.end or body.start
    if end is not None and end < now:
        day = str(local_date(end, body.tz))
        yield Message("it was over on {day}, so it is dealt to nobody", day=day)
    if body.start is not None and body.start > announcement.expires_at:
        until = (iso(announcement.expires_at, body.tz) or "")[:10]
        yield f"others keep it until {until} only, before it starts: announce it again then"
    for need in sorted(set(body.access) - set(ACCESS)):
        yield f"{need} is no access need that others can look for: {', '.join(ACCESS)}"
