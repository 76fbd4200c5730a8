"""Looking at what is here: the events that this node holds, in lists, in parts, or one by one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict, cast

from msgspec import Meta

from potluck.node.clock import iso
from potluck.node.operations.fields import Count, Time
from potluck.node.operations.service import Json, Service
from potluck.node.store import Entry, Within
from potluck.node.store import Order as Column
from potluck.protocol import wire
from potluck.protocol.announcement import Announcement, Body

from .event_json import Event, describe
from .signing import held


class Part(TypedDict):
    """A part of a list; `next` is where the next begins, None for the last."""

    events: list[Event]
    next: Count | None


FAR = (1 << 32) - 1
Order = Literal["time", "title"]
Offset = Annotated[int, Meta(ge=0, le=10_000_000)]
Limit = Annotated[int, Meta(ge=1, le=500)]
PART = 5_000
"""Events described at once: some 20 MB."""


async def list_events(
    service: Service, *, mine: bool = False, past: bool = False, order: Order = "time"
) -> list[Event]:
    """The events held that are not over (with `past`: all not expired), by "time" or "title"."""
    found: list[Event] = []
    after: int | None = 0
    while after is not None:
        part = await list_part(service, mine=mine, past=past, after=after)
        found += part["events"]
        after = part["next"]
    return sorted(found, key=by_title if order == "title" else by_time)


async def list_part(
    service: Service, *, mine: bool = False, past: bool = False, after: int = 0
) -> Part:
    """A part of what `list_events` gives, in the order of arrival: {events, next}.

    `next` is the `after` of the next part, None for the last. A node with very many events is asked
    for them so, since it would have to hold them all at once otherwise.
    """
    since = 0 if past else service.clock.now()

    def work(service: Service) -> Part:
        deck, following = service.store.deck, None
        if mine:
            page = deck.of_host(service.me)
        else:
            page, following = deck.arrivals(after, PART)
        found = map(wire.decode, page)
        events = [one for one in found if (body := one.announcement.body) and _over(body) > since]
        return {"events": [describe(service, one) for one in events], "next": following}

    return await service.aside(work)


def _over(body: Body) -> int:
    """When it is over; what has no date is not."""
    return body.ends or FAR


def by_time(event: Json) -> tuple[float, str, str]:
    """The key to sort what is listed by start, what has no date last; at the same time from A to
    Z."""
    start = event["start"]
    return (datetime.fromisoformat(start).timestamp() if start else float("inf")), *by_title(event)


def by_title(event: Json) -> tuple[str, str]:
    """The key to sort what is listed from A to Z."""
    return event["title"].casefold(), event["id"]


async def page_events(
    service: Service,
    *,
    past: bool = False,
    order: Order = "time",
    offset: Offset = 0,
    limit: Limit = 100,
) -> Part:
    """All events held, in parts: `next` is an offset.

    Of the events held, those that start from now on (with `past`: all that have a start).
    """
    since = 0 if past else service.clock.now()
    by = Column.ALPHABET if order == "title" else Column.TIME
    within = Within(since, FAR)

    def work(service: Service) -> Part:
        entries = service.store.deck.page(within, by, limit=offset + limit + 1)[offset:]
        following = offset + limit if len(entries) > limit else None
        return {"events": described(service, entries[:limit]), "next": following}

    return await service.aside(work)


def described(service: Service, entries: Iterable[Entry]) -> list[Event]:
    """What is held of these entries, in their order."""
    found = service.store.deck.encoded_many(entry.id for entry in entries)
    return [describe(service, wire.decode(encoded)) for encoded in found.values()]


class Shown(Event):
    """`seen_at`: when it last stood in a calendar that it was imported from here."""

    seen_at: NotRequired[Time]


async def show(service: Service, id: str) -> Shown:
    """All that is known of one event; `id` is any unique beginning. Raises NotFound."""
    found = held(service, id)
    own = found.announcement.host == service.me
    seen = service.store.feeds.seen(found.announcement.slot) if own else None
    shown = cast("Shown", {**describe(service, found)})
    if seen is not None:
        shown["seen_at"] = iso(seen, "UTC") or ""
    return shown


def all_own(service: Service) -> list[Announcement]:
    """All that this host has announced and not let go of, by slot."""
    return [wire.decode(encoded).announcement for encoded in service.store.deck.of_host(service.me)]
