"""Announcing: what a host does with its own events, one register at a time."""

from dataclasses import replace

from potluck.node.errors import Unfit
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.announcement import MAX_ABOUT_BYTES, Announcement, Body, Status
from potluck.protocol.errors import Refused
from potluck.protocol.text import clean_lines

from .body import changed_body, new_body
from .event_json import Event, describe
from .list_events import all_own
from .repetition import repeat_from, repeat_new
from .signing import (
    author_of,
    first_revision,
    next_revision,
    own,
    send,
    sign_and_keep,
    sign_and_send,
)

CANCELLED = "Cancelled: "
"""How the description of a cancelled event begins when its host says why."""


async def announce(service: Service, form: EventForm) -> Event:
    """Announce an event: as `show` gives it. One that repeats is announced date by date."""
    async with service.turn:
        body = new_body(form)
        if form.repeat is not None:
            return describe(service, await repeat_new(service, body, form.repeat))
        announcement = first_revision(service, await author_of(service), body)
        signed = await sign_and_send(service, announcement)
    return describe(service, signed)


async def edit(service: Service, id: str, form: EventForm) -> Event:
    """A new revision with what the form says changed; `id` is any unique beginning of its ids.

    With `repeat`, the later dates follow: those of the new rule, or none ("never").
    """
    async with service.turn:
        previous, body = standing(service, id)
        changed = changed_body(body, form)
        if form.repeat is None:
            return await _revise(service, previous, previous.status, changed)
        return describe(service, await repeat_from(service, previous, changed, form.repeat))


async def postpone(service: Service, id: str, form: EventForm) -> Event:
    """Say that it happens later; without a start, that the new date is not known yet."""
    if form.start is None and (form.end or form.duration):
        raise Unfit("start", "say the new start too")
    async with service.turn:
        previous, body = standing(service, id)
        later = changed_body(body, form)
        if form.start is None:
            later = replace(later, start=None, end=None)
        return await _revise(service, previous, Status.POSTPONED, later)


async def cancel(service: Service, id: str, why: str | None = None) -> Event:
    """Say that it does not happen, with the reason at the head of `about`."""
    async with service.turn:
        previous, body = standing(service, id)
        if why:
            about = "\n\n".join(filter(None, (f"{CANCELLED}{why.strip()}", body.about)))
            body = replace(body, about=clean_lines(about, MAX_ABOUT_BYTES))
        return await _revise(service, previous, Status.CANCELLED, body)


async def withdraw(service: Service, id: str) -> Event:
    """Take back all that was said of it: only the empty register travels on."""
    async with service.turn:
        return await _revise(service, own(service, id), Status.WITHDRAWN, None)


async def withdraw_all(service: Service) -> Json:
    """Take back everything that was ever said here and has not expired: {withdrawn: how many}."""
    async with service.turn:
        now = service.clock.real()
        own = await service.aside(all_own)
        standing = [each for each in own if each.body is not None and each.expires_at > now]
        last = [next_revision(service, each, Status.WITHDRAWN, None) for each in standing]
        signed = await sign_and_keep(service, last)
    await send(service, [each.encoded for each in signed])
    return {"withdrawn": len(signed)}


def standing(service: Service, id: str) -> tuple[Announcement, Body]:
    """An event of ours that was not withdrawn."""
    previous = own(service, id)
    if previous.body is None:
        raise Refused("this event was withdrawn; announce a new one instead")
    return previous, previous.body


async def _revise(
    service: Service, previous: Announcement, status: Status, body: Body | None
) -> Event:
    signed = await sign_and_send(service, next_revision(service, previous, status, body))
    return describe(service, signed)
