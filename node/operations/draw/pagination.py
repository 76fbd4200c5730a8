"""The plain list a page at a time, read along an index: manual mode has no other order."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import partial

from potluck.node.errors import Unfit
from potluck.node.operations.announce.event_json import Event, describe
from potluck.node.operations.announce.list_events import described
from potluck.node.operations.announce.signing import held
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.store import Entry, Order, Position, Within
from potluck.protocol.announcement import DAY

from .filters import block_rule
from .window import window_of

FAR = (1 << 32) - 1
PAGE = 50
READ = 250
"""Entries read at once; of a day that has begun only those that last all day are shown."""
LONGEST = 100
"""Characters of words that are looked for."""


async def page(
    service: Service, form: DrawForm, *, order: str = "time", words: str = "", after: str = ""
) -> Json:
    """What begins from now on, around the form's place if it has one: {events, next, near, …}.

    No filter counts, only the person's blocks. order: "time" or "title"; words: all must be said;
    after: the `next` of the page before. `next` is None for the last page. Raises Unfit.
    """
    window = window_of(form, service.clock.now())
    by = Order.ALPHABET if order == "title" else Order.TIME
    cut = Within(window.since - DAY, FAR, window.cells, words[:LONGEST])
    reaches, allowed = window.reach(), block_rule(service)

    def is_shown(entry: Entry) -> bool:
        start = entry.start or 0
        if not (start > window.since or entry.all_day) or not reaches(entry):
            return False
        return allowed is None or bool(allowed(entry, entry.facts, start))

    def work(service: Service) -> Json:
        read = partial(service.store.deck.page, cut, by)
        return _page(service, _read(read, is_shown, after))

    spot = window.spot
    return {
        **await service.aside(work),
        "near": spot.label if spot else None,
        "lat": spot.lat if spot else None,
        "lon": spot.lon if spot else None,
        "within_km": window.km if spot else None,
    }


async def own_page(service: Service, *, words: str = "", after: str = "") -> Json:
    """What this host has announced and is not over, own events before imported: {events, next}."""
    now = service.clock.now()

    def is_shown(entry: Entry) -> bool:
        ends = entry.end or entry.start
        return ends is None or ends > now

    def work(service: Service) -> Json:
        read = partial(service.store.deck.page_of_host, service.me, words[:LONGEST])
        return _page(service, _read(read, is_shown, after))

    return await service.aside(work)


async def other_dates(service: Service, id: str) -> list[Event]:
    """The other events from now on in the series of an event, by who announced it, by time."""
    return await service.aside(partial(_other_dates, id=id))


def _other_dates(service: Service, id: str) -> list[Event]:
    event = describe(service, held(service, id))
    if not event["series"]:
        return []
    host, now = bytes.fromhex(event["host"]), service.clock.now()
    entries = service.store.deck.page_of_host(host, event["series"], limit=READ)
    source = event["source"] and event["source"]["id"]
    alike = (
        entry
        for entry in entries
        if (entry.series, entry.source) == (event["series"], source)
        and (entry.start or 0) > now
        and entry.id.hex() != event["id"]
    )
    return described(service, alike)


def _read(
    read: Callable[[Position | None, int], list[Entry]],
    is_shown: Callable[[Entry], bool],
    after: str,
) -> list[Entry]:
    """What is shown from a position on, as much as makes a page and shows whether more follows."""
    position, found = _position(after), list[Entry]()
    while len(found) <= PAGE:
        part = read(position, READ)
        found += filter(is_shown, part)
        if len(part) < READ:
            break
        position = Position.of(part[-1])
    return found


def _page(service: Service, found: list[Entry]) -> Json:
    shown = found[:PAGE]
    return {
        "events": described(service, shown),
        "next": _text(Position.of(shown[-1])) if len(found) > PAGE else None,
    }


def _text(position: Position) -> str:
    """A position as an address carries it."""
    fields = json.dumps([position.imported, position.start, position.title, position.id.hex()])
    return urlsafe_b64encode(fields.encode()).decode().rstrip("=")


def _position(text: str) -> Position | None:
    """The same read back. Raises Unfit."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        imported, start, title, id = json.loads(urlsafe_b64decode(padded))
        return Position(bool(imported), int(start), str(title), bytes.fromhex(id))
    except (ValueError, TypeError):
        raise Unfit("after", "this is no place in a list; begin at its first page") from None
