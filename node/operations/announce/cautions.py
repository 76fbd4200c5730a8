"""What a host may have meant otherwise: true of what was announced, and hardly wanted."""

from collections.abc import Iterator

from potluck.node.clock import iso, local_date
from potluck.node.language.format import ACCESS
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.announcement import Announcement, Body
from potluck.protocol.message import Message

from .announce import standing
from .body import changed_body, new_body
from .signing import held


async def cautions(service: Service, id: str) -> list[str]:
    """What its host may want to look at again in an event held here, in words. Raises NotFound."""
    return list(found_in(held(service, id).announcement, service.clock.now()))


async def over(service: Service, form: EventForm, id: str | None = None) -> Json:
    """The day on which an event that is written so, or moved so (`id`), would be over already:
    {day}, None if it is not. Raises as `announce` and `edit` do."""
    moved = form.start or form.end or form.duration
    if form.repeat is not None or (id is not None and not moved):
        return {"day": None}
    body = new_body(form) if id is None else changed_body(standing(service, id)[1], form)
    return {"day": _over_on(body, service.clock.now())}


def _over_on(body: Body, now: int) -> str | None:
    """The day on which it was over, if it was."""
    end = body.end or body.start
    return str(local_date(end, body.tz)) if end is not None and end < now else None


def found_in(announcement: Announcement, now: int) -> Iterator[str]:
    """The same of an announcement, at `now` (UTC seconds)."""
    body = announcement.body
    if body is None:
        return
    if day := _over_on(body, now):
        yield Message("it was over on {day}, so it is dealt to nobody", day=day)
    if body.start is not None and body.start > announcement.expires_at:
        until = (iso(announcement.expires_at, body.tz) or "")[:10]
        yield Message(
            "others keep it until {until} only, before it starts: announce it again then",
            until=until,
        )
    for need in sorted(set(body.access) - set(ACCESS)):
        yield Message(
            "{need} is no access need that others can look for: {words}",
            need=need,
            words=", ".join(ACCESS),
        )
