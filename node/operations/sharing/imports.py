"""Calendars in: each event announced once by this host, changed when the calendar changes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
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
from potluck.node.operations.announce.signing import (
    author_of,
    first_revision,
    next_revision,
    send,
    sign_and_keep,
)
from potluck.node.operations.announce.stamps import stamp_sources
from potluck.node.operations.fields import Line
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.protocol import wire
from potluck.protocol.announcement import Announcement, Body, Source, Status
from potluck.protocol.authoring import Author
from potluck.protocol.errors import LocalError, NotFound, Refused
from potluck.protocol.message import Message
from potluck.protocol.wire import SignedAnnouncement

from . import bundle
from .exports import import_deck
from .hand_over import handed_over
from .results import Imported, TakenIn, Watched

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

    def counts(self) -> Imported:
        return {
            "imported": self.imported,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "cancelled": self.cancelled,
            "skipped": dict(self.skipped.most_common()),
        }


async def import_calendar(service: Service, source: str, form: ImportForm) -> Imported | TakenIn:
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


async def import_upload(
    service: Service, name: str, calendar: bytes, form: ImportForm
) -> Imported | TakenIn:
    """The same for a calendar that was handed over; by its `name` the next one replaces it (`prune`)."""
    if form.watch is not None:
        raise Unfit("watch", "only a calendar with an address can be looked at again")
    return await _relayed(service, name, calendar, form, None)


async def _relayed(
    service: Service, source: str, calendar: bytes, form: ImportForm, every: int | None
) -> Imported:
    relay = _relay(service, source, form)
    author = await author_of(service)
    tally = _Tally()
    await _take_in(service, author, calendar, relay, tally)
    if form.prune:
        await _prune(service, source, relay, tally)
    await _remember(service, source, form, every, tally)
    return tally.counts()


async def watched(service: Service) -> dict[str, Watched]:
    """The calendars that the running node looks at again: {source: {every, next, form}}."""
    noted = service.store.choices.noted("watched")
    return json.loads(noted) if noted else {}


async def unwatch(service: Service, source: Line) -> dict[str, Watched]:
    """Stop looking at a calendar; those that are left. Raises NotFound."""
    feeds = await watched(service)
    if source not in feeds:
        raise NotFound("{source} is not watched", source=source)
    del feeds[source]
    await service.store.choices.note("watched", json.dumps(feeds))
    return feeds


async def import_due(service: Service) -> None:
    """Import what is watched and due. A calendar that cannot be read is tried again at its next time."""
    for source, feed in (await watched(service)).items():
        if feed["next"] > service.clock.real():
            continue
        try:
            form = ImportForm.read(feed["form"])
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
                "{path} is larger than {most_bytes} MB; export a shorter range of dates",
                path=path,
                most_bytes=MOST_BYTES >> 20,
            )
        return path.read_bytes()
    except OSError as error:
        raise LocalError(
            "cannot read {path}: {strerror}", path=path, strerror=error.strerror
        ) from None


async def _take_in(
    service: Service, author: Author, calendar: bytes, relay: Relay, tally: _Tally
) -> None:
    """Announce what is new or changed, of each source as soon as it is paid for."""
    drafts = await _read(service, calendar, relay, tally)

    async def announce(source: str, stamp: bytes) -> None:
        for start in range(0, len(drafts[source]), BATCH):
            batch = drafts[source][start : start + BATCH]
            async with service.turn:
                announcements: list[Announcement] = []
                for draft in batch:
                    ahead = len(announcements)
                    announcements += _announcements(service, author, draft, stamp, tally, ahead)
                await _keep_and_send(service, announcements)

    await stamp_sources(service, drafts, announce)


async def _read(
    service: Service, calendar: bytes, relay: Relay, tally: _Tally
) -> dict[str, list[Draft]]:
    """What there may be to say, by source; what is left out is counted."""
    items, total, done = reading.read(calendar, relay), reading.count(calendar), 0
    drafts: dict[str, list[Draft]] = defaultdict(list)
    claimed = handed_over(service)
    service.progress(0, total)
    while batch := await trio.to_thread.run_sync(_next, items):
        for item in batch:
            if isinstance(item, Skipped):
                tally.skipped[Message(item.why)] += 1
                continue
            tally.slots.add(item.slot)
            if item.origin.source in claimed:
                tally.skipped[Message("handed over to its organiser")] += 1
            elif item.status is Status.CANCELLED and _previous(service, item.slot) is None:
                tally.skipped[Message("cancelled")] += 1
            else:
                drafts[item.origin.source].append(item)
        done += len(batch)
        service.progress(min(done, total), max(done, total))
    return drafts


async def _keep_and_send(
    service: Service, announcements: Sequence[Announcement]
) -> list[SignedAnnouncement]:
    """Once it is kept it is also sent, though the import may be cancelled meanwhile."""
    if not announcements:
        return []
    with trio.CancelScope(shield=True):
        signed = await sign_and_keep(service, announcements)
        await send(service, [each.encoded for each in signed])
    return signed


def _next(items: Iterator[Item]) -> list[Item]:
    return list(islice(items, BATCH))


def _announcements(
    service: Service, author: Author, draft: Draft, stamp: bytes, tally: _Tally, ahead: int
) -> list[Announcement]:
    """What to announce for it, if anything; it is counted. `ahead` of it are not yet kept."""
    previous = _previous(service, draft.slot)
    origin = draft.origin
    body = replace(draft.body, source=Source(origin.source, stamp, origin.name, origin.url))
    try:
        if previous is None:
            announcement = first_revision(service, author, body, draft.slot, ahead)
            tally.imported += 1
            return [announcement]
        return _changed(service, previous, draft.status, body, tally)
    except (Refused, Unfit) as error:
        tally.skipped[error.message] += 1
        return []


def _previous(service: Service, slot: int) -> Announcement | None:
    encoded = service.store.deck.encoded_of(service.me, slot)
    return wire.decode(encoded).announcement if encoded else None


def _changed(
    service: Service, previous: Announcement, status: Status, body: Body, tally: _Tally
) -> list[Announcement]:
    if previous.status is Status.WITHDRAWN:
        tally.skipped[Message("withdrawn by you")] += 1
        return []
    if previous.body == body and previous.status is status:
        tally.unchanged += 1
        return []
    announcement = next_revision(service, previous, status, body)
    if status is Status.CANCELLED and previous.status is not Status.CANCELLED:
        tally.cancelled += 1
    else:
        tally.updated += 1
    return [announcement]


async def _prune(service: Service, source: str, relay: Relay, tally: _Tally) -> None:
    """Cancel what this calendar once had within the window, and has no more."""
    vanished = _slots_of(service, source) - tally.slots
    async with service.turn:
        signed = await _keep_and_send(service, list(_called_off(service, vanished, relay)))
    tally.cancelled += len(signed)


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
