"""Calendars in: each event announced once by this host, changed when the calendar changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import trio

from potluck.node import clock
from potluck.node.calendars import read as reading
from potluck.node.calendars.drafts import WINDOW, Draft, Relay, Skipped
from potluck.node.calendars.fetch import fetch
from potluck.node.errors import Unfit
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.announce.signing import author_of, first, keep, next_revision, send
from potluck.node.operations.forms import ImportForm, read_form
from potluck.node.operations.service import Json, Service
from potluck.protocol import wire
from potluck.protocol.announcement import Announcement, Status
from potluck.protocol.authoring import Author
from potluck.protocol.errors import LocalError, NotFound, Refused

from . import bundle
from .exports import import_deck

BATCH = 200
"""Events between two flushes to the disk: each batch is durable before it is counted."""

MOST_BYTES = 64 << 20
SHORTEST_WATCH = 900
Item = Draft | Skipped


@dataclass(slots=True)
class _Tally:
    """What an import did; `slots` are the registers that the calendar speaks of."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    slots: set[int] = field(default_factory=set)
    sent: list[bytes] = field(default_factory=list)

    def told(self) -> Json:
        return {
            "imported": self.imported,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "cancelled": self.cancelled,
            "skipped": dict(self.skipped.most_common()),
        }


async def import_calendar(service: Service, source: str, form: ImportForm) -> Json:
    """Relay a calendar's events: {imported, updated, unchanged, cancelled, skipped: {why: n}}.

    `source` is a path or an http(s) address; a bundle of `export_deck` is taken in as such. What
    was counted is durable, and what is repeated changes nothing. Raises LocalError, Unfit.
    """
    from_web = source.startswith(("http://", "https://", "webcal://"))
    if not from_web and bundle.is_bundle(Path(source)):
        return await import_deck(service, source)
    every = _interval(form.watch)
    calendar = (
        await fetch(source) if from_web else await trio.to_thread.run_sync(_read_file, Path(source))
    )
    return await _relayed(service, source, calendar, form, every)


async def import_upload(service: Service, name: str, calendar: bytes, form: ImportForm) -> Json:
    """The same for a calendar that was handed over; by its `name` the next one replaces it (`prune`)."""
    if form.watch is not None:
        raise Unfit("watch", "only a calendar with an address can be looked at again")
    return await _relayed(service, name, calendar, form, None)


async def _relayed(
    service: Service, source: str, calendar: bytes, form: ImportForm, every: int | None
) -> Json:
    relay = _relay(service, source, form)
    author = await author_of(service)
    tally = _Tally()
    try:
        await _take_in(service, author, calendar, relay, tally)
        if form.prune:
            await _prune(service, source, relay, tally)
    finally:
        with trio.CancelScope(shield=True):
            await send(service, tally.sent)
    await _remember(service, source, form, every, tally)
    return tally.told()


async def watched(service: Service) -> Json:
    """The calendars that the running node looks at again: {source: {every, next, form}}."""
    noted = service.store.choices.noted("watched")
    return json.loads(noted) if noted else {}


async def unwatch(service: Service, source: str) -> Json:
    """Stop looking at a calendar; those that are left. Raises NotFound."""
    feeds = await watched(service)
    if source not in feeds:
        raise NotFound(f"{source} is not watched")
    del feeds[source]
    await service.store.choices.note("watched", json.dumps(feeds))
    return feeds


async def look_again(service: Service) -> None:
    """Import what is watched and due. A calendar that cannot be read is tried again at its next time."""
    for source, feed in (await watched(service)).items():
        if feed["next"] > service.clock.real():
            continue
        try:
            form = read_form(ImportForm, feed["form"])
            # Without `watch`: who stops watching it meanwhile does not find it watched again.
            await import_calendar(service, source, replace(form, watch=None))
        except LocalError as error:
            feeds = await watched(service)
            if source in feeds:
                feeds[source] |= {
                    "next": service.clock.real() + feed["every"],
                    "failed": str(error),
                }
                await service.store.choices.note("watched", json.dumps(feeds))


def _relay(service: Service, source: str, form: ImportForm) -> Relay:
    spot = spot_of(form.near, form.at)
    zone = spot.tz if spot else clock.machine_zone()
    day = (
        clock.read_date("from", form.since)
        if form.since
        else clock.local_date(service.clock.now(), zone)
    )
    public = source if form.public_url and source.startswith("http") else None
    return Relay(clock.midnight(day, zone), zone, spot, tuple(form.topics), public)


def _read_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LocalError(
                f"{path} is larger than {MOST_BYTES >> 20} MB; export a shorter range of dates"
            )
        return path.read_bytes()
    except OSError as error:
        raise LocalError(f"cannot read {path}: {error.strerror}") from None


async def _take_in(
    service: Service, author: Author, calendar: bytes, relay: Relay, tally: _Tally
) -> None:
    """Announce what is new or changed, batch by batch."""
    items, total, done = reading.read(calendar, relay), reading.count(calendar), 0
    service.progress(0, total)
    while batch := await trio.to_thread.run_sync(_next, items):
        async with service.turn:
            said: list[Announcement] = []
            for item in batch:
                said += _said(service, author, item, tally, len(said))
            signed = await keep(service, said)
        tally.sent += [each.encoded for each in signed]
        done += len(batch)
        service.progress(min(done, total), max(done, total))


def _next(items: Iterator[Item]) -> list[Item]:
    return list(islice(items, BATCH))


def _said(
    service: Service, author: Author, item: Item, tally: _Tally, ahead: int
) -> list[Announcement]:
    """What to say of an item, if anything; it is counted. `ahead` of it are not yet kept."""
    if isinstance(item, Skipped):
        tally.skipped[item.why] += 1
        return []
    tally.slots.add(item.slot)
    previous = _previous(service, item.slot)
    try:
        if previous is None:
            return _new(service, author, item, tally, ahead)
        return _changed(service, previous, item, tally)
    except (Refused, Unfit) as error:
        tally.skipped[str(error)] += 1
        return []


def _previous(service: Service, slot: int) -> Announcement | None:
    encoded = service.store.deck.encoded_of(service.me, slot)
    return wire.decode(encoded).announcement if encoded else None


def _new(
    service: Service, author: Author, item: Draft, tally: _Tally, ahead: int
) -> list[Announcement]:
    if item.status is Status.CANCELLED:
        tally.skipped["cancelled"] += 1
        return []
    announcement = first(service, author, item.body, item.slot, ahead)
    tally.imported += 1
    return [announcement]


def _changed(
    service: Service, previous: Announcement, item: Draft, tally: _Tally
) -> list[Announcement]:
    if previous.status is Status.WITHDRAWN:
        tally.skipped["withdrawn by you"] += 1
        return []
    if previous.body == item.body and previous.status is item.status:
        tally.unchanged += 1
        return []
    announcement = next_revision(service, previous, item.status, item.body)
    if item.status is Status.CANCELLED and previous.status is not Status.CANCELLED:
        tally.cancelled += 1
    else:
        tally.updated += 1
    return [announcement]


async def _prune(service: Service, source: str, relay: Relay, tally: _Tally) -> None:
    """Cancel what this calendar once had within the window, and has no more."""
    vanished = _slots_of(service, source) - tally.slots
    async with service.turn:
        signed = await keep(service, list(_called_off(service, vanished, relay)))
    tally.cancelled += len(signed)
    tally.sent += [each.encoded for each in signed]


def _called_off(service: Service, slots: Collection[int], relay: Relay) -> Iterator[Announcement]:
    for slot in sorted(slots):
        previous = _previous(service, slot)
        if previous is None or previous.body is None or previous.status is Status.CANCELLED:
            continue
        if relay.since <= (previous.body.start or 0) <= relay.since + WINDOW:
            yield next_revision(service, previous, Status.CANCELLED, previous.body)


async def _remember(
    service: Service, source: str, form: ImportForm, every: int | None, tally: _Tally
) -> None:
    """Which registers came from here, for pruning; and when to look again."""
    slots = _slots_of(service, source) | tally.slots
    await service.store.choices.note(
        _note(source), json.dumps(sorted(f"{slot:016x}" for slot in slots))
    )
    feeds = await watched(service)
    if every is not None or source in feeds:
        every = every or feeds[source]["every"]
        feeds[source] = {"every": every, "next": service.clock.real() + every, "form": asdict(form)}
        await service.store.choices.note("watched", json.dumps(feeds))


def _slots_of(service: Service, source: str) -> set[int]:
    noted = service.store.choices.noted(_note(source))
    return {int(slot, 16) for slot in json.loads(noted)} if noted else set()


def _note(source: str) -> str:
    return "calendar " + blake2b(source.encode(), digest_size=16).hexdigest()


def _interval(watch: str | None) -> int | None:
    if watch is None:
        return None
    seconds = clock.read_duration("watch", watch)
    if seconds < SHORTEST_WATCH:
        raise Unfit("watch", "look again every 15m at most")
    return seconds
