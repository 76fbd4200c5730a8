"""A ticket that a guest without a node filled in: read as a draft, and announced once the keeper of
this node has read it. Its source is the guest's name, so that it counts for the guest."""

from dataclasses import replace
from typing import Any

import trio

from potluck.node import clock
from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.read import read
from potluck.node.errors import Unfit
from potluck.node.operations.announce.body import new_body, spot_of
from potluck.node.operations.announce.event_json import Event, body_json, describe
from potluck.node.operations.announce.signing import author_of, first_revision, sign_and_send
from potluck.node.operations.announce.stamps import stamp_sources
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Service
from potluck.protocol.announcement import MAX_NAME, Source
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message
from potluck.protocol.text import clean_line

MARK = b"@potluck.guest"
"""How the UID of a ticket ends that the site made."""

_BEGIN, _END = b"BEGIN:VCALENDAR", b"END:VCALENDAR"


def ticket_in(text: bytes) -> bytes | None:
    """The ticket in a file, in what a code says, or in a mail around it; None if there is none."""
    if _BEGIN not in text or MARK not in text:
        return None
    inside = text[text.index(_BEGIN) :]
    return inside[: inside.rindex(_END) + len(_END)] + b"\r\n" if _END in inside else inside


async def read_ticket(service: Service, ticket: bytes, near: str | None) -> dict[str, Any]:
    """What it says of the event, and under `guest` who organises it. Raises LocalError."""
    spot = spot_of(near, None)
    zone = spot.tz if spot else clock.machine_zone()
    since = clock.midnight(clock.local_date(service.clock.now(), zone), zone)
    reading = await trio.to_thread.run_sync(read, ticket, Scope(since, zone, spot))
    items = await trio.to_thread.run_sync(list, reading.items)
    drafts = [each for each in items if isinstance(each, Draft)]
    if not drafts:
        why = items[0].why if items else Message("it holds no event")  # type: ignore[union-attr]
        raise LocalError("this ticket cannot be taken: {why}", why=why)
    return body_json(drafts[0].body) | {"guest": drafts[0].origin.id}


async def announce_ticket(service: Service, form: EventForm, guest: str) -> Event:
    """Sign and keep the event as copied from the guest; the first one costs a stamp."""
    body, guest, paid = new_body(form), clean_line(guest, MAX_NAME), list[bytes]()
    if not guest:
        raise Unfit("guest", "say who organises it")

    async def found(_source: str, stamp: bytes) -> None:
        paid.append(stamp)

    await stamp_sources(service, [guest], found, service.progress)
    async with service.turn:
        copied = replace(body, source=Source(guest, paid[0]))
        announcement = first_revision(service, await author_of(service), copied)
        return describe(service, await sign_and_send(service, announcement))
