"""Announcing: what a host does with events, one register at a time; and looking at what is here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from potluck.node.errors import Unfit
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import Order
from potluck.protocol import wire
from potluck.protocol.announcement import MAX_ABOUT_BYTES, Announcement, Body, Status
from potluck.protocol.errors import Refused
from potluck.protocol.text import clean_lines

from .body import changed_body, new_body
from .recurrence import last_end
from .signing import author_of, first, held, keep, next_revision, own, say, send, told

FAR = (1 << 32) - 1
CANCELLED = "Cancelled: "
"""How the description of a cancelled event begins when its host says why."""
PART = 5_000
"""Events told at once: some 20 MB."""


async def announce(service: Service, form: EventForm) -> Json:
    """Sign and keep a new event: {id, host, slot, title, start, …} as `show` gives it."""
    async with service.turn:
        body = new_body(form)
        announcement = first(service, await author_of(service), body)
        signed = await say(service, announcement)
    return told(service, signed)


async def edit(service: Service, id: str, form: EventForm) -> Json:
    """A new revision with what the form says changed; `id` is any unique beginning of any of its ids."""
    async with service.turn:
        previous, body = _standing(service, id)
        return await _revise(service, previous, previous.status, changed_body(body, form))


async def postpone(service: Service, id: str, form: EventForm) -> Json:
    """Say that it happens later; without a start, that the new date is not known yet."""
    if form.start is None and (form.end or form.duration):
        raise Unfit("start", "say the new start too")
    async with service.turn:
        previous, body = _standing(service, id)
        later = changed_body(body, form)
        if form.start is None:
            later = replace(later, start=None, end=None, rrule=None)
        return await _revise(service, previous, Status.POSTPONED, later)


async def cancel(service: Service, id: str, why: str | None = None) -> Json:
    """Say that it does not happen, with the reason at the head of `about`."""
    async with service.turn:
        previous, body = _standing(service, id)
        if why:
            about = "\n\n".join(filter(None, (f"{CANCELLED}{why.strip()}", body.about)))
            body = replace(body, about=clean_lines(about, MAX_ABOUT_BYTES))
        return await _revise(service, previous, Status.CANCELLED, body)


async def withdraw(service: Service, id: str) -> Json:
    """Take back all that was said of it: only the empty register travels on."""
    async with service.turn:
        return await _revise(service, own(service, id), Status.WITHDRAWN, None)


async def withdraw_all(service: Service) -> Json:
    """Take back everything that was ever said here and has not expired: {withdrawn: how many}."""
    async with service.turn:
        now = service.clock.real()
        mine = [signed.announcement for signed in await held_by(service, mine=True)]
        standing = [each for each in mine if each.body is not None and each.expires_at > now]
        last = [next_revision(service, each, Status.WITHDRAWN, None) for each in standing]
        signed = await keep(service, last)
    await send(service, [each.encoded for each in signed])
    return {"withdrawn": len(signed)}


async def list_events(
    service: Service, *, mine: bool = False, past: bool = False, order: str = "time"
) -> list[Json]:
    """The events held that are not over (with `past`: all not expired), by "time" or "title"."""
    found: list[Json] = []
    after: int | None = 0
    while after is not None:
        part = await list_part(service, mine=mine, past=past, after=after)
        found += part["events"]
        after = part["next"]
    return sorted(found, key=by_title if order == "title" else by_time)


async def list_part(
    service: Service, *, mine: bool = False, past: bool = False, after: int = 0
) -> Json:
    """A part of what `list_events` gives, in the order of arrival: {events, next}.

    `next` is the `after` of the next part, None for the last. A node with very many events is asked
    for them so, since it would have to hold them all at once otherwise.
    """
    if mine:
        page, following = (
            [encoded for _, encoded in await service.store.deck.registers_of(service.me)],
            None,
        )
    else:
        page, following = await service.store.deck.arrivals(after, PART)
    since = 0 if past else service.clock.now()
    found = [wire.decode(encoded) for encoded in page]
    events = [one for one in found if (body := one.announcement.body) and _over(body) > since]
    return {"events": [told(service, signed) for signed in events], "next": following}


def _over(body: Body) -> int:
    """When it is over, with all its occurrences; what has no date is not."""
    return last_end(body) or body.ends or FAR


def by_time(event: Json) -> tuple[float, str, str]:
    """The key to sort what is listed by start, what has no date last; at the same time from A to Z."""
    start = event["start"]
    return (datetime.fromisoformat(start).timestamp() if start else float("inf")), *by_title(event)


def by_title(event: Json) -> tuple[str, str]:
    """The key to sort what is listed from A to Z."""
    return event["title"].casefold(), event["id"]


async def page_events(
    service: Service, *, past: bool = False, order: str = "time", offset: int = 0, limit: int = 100
) -> Json:
    """A part of the plain list: {events, next}, `next` being the offset of the next part, None for the last.

    Of the events held, those that start from now on (with `past`: all that have a start).
    """
    since = 0 if past else service.clock.now()
    by = Order.ALPHABET if order == "title" else Order.TIME
    entries = await service.store.deck.page(since, FAR, by, offset, limit + 1)
    found = service.store.deck.encoded_many(entry.id for entry in entries[:limit])
    events = [
        told(service, wire.decode(found[entry.id]))
        for entry in entries[:limit]
        if entry.id in found
    ]
    return {"events": events, "next": offset + limit if len(entries) > limit else None}


async def show(service: Service, id: str) -> Json:
    """All that is known of one event; `id` is any unique beginning. Raises NotFound."""
    return told(service, held(service, id))


async def held_by(service: Service, *, mine: bool) -> list[wire.SignedAnnouncement]:
    """What this node holds, or what of it is ours."""
    if mine:
        return [
            wire.decode(encoded) for _, encoded in await service.store.deck.registers_of(service.me)
        ]
    return [
        wire.decode(encoded) async for page in service.store.deck.everything() for encoded in page
    ]


def _standing(service: Service, id: str) -> tuple[Announcement, Body]:
    """An event of ours that was not withdrawn."""
    previous = own(service, id)
    if previous.body is None:
        raise Refused("this event was withdrawn; announce a new one instead")
    return previous, previous.body


async def _revise(
    service: Service, previous: Announcement, status: Status, body: Body | None
) -> Json:
    signed = await say(service, next_revision(service, previous, status, body))
    return told(service, signed)
