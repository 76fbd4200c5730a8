"""Calendars in: each event announced once by this host, changed when the calendar changes."""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import trio

from potluck.node.calendars.addresses import is_address
from potluck.node.calendars.draft import Draft, Item, Skipped
from potluck.node.calendars.event_identity import UNNAMED, event_of
from potluck.node.calendars.feed_diff import Changes, changes
from potluck.node.calendars.fetch import Fetched, Unchanged, fetch, read_file, unzipped
from potluck.node.calendars.read import Reading, read
from potluck.node.errors import Unfit
from potluck.node.operations.announce.signing import (
    author_of,
    first_revision,
    next_revision,
    send,
    sign_and_keep,
)
from potluck.node.operations.announce.stamps import stamp_sources
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.node.store import LEFT_BEHIND
from potluck.node.store.feeds import FeedEvent
from potluck.protocol import wire
from potluck.protocol.announcement import Announcement, Body, Source, Status
from potluck.protocol.authoring import Author
from potluck.protocol.errors import Refused
from potluck.protocol.message import Message

from . import bundle
from .exports import import_deck
from .hand_over import handed_over
from .import_request import Request, request_for
from .import_results import Imported, TakenIn
from .tally import Tally

BATCH = 200
"""Events between two flushes to the disk: each batch is durable before it is counted."""

_EXPORTED = re.compile(r"([0-9a-f]{64})-([0-9a-f]{16})@potluck")


async def import_calendar(service: Service, source: str, form: ImportForm) -> Imported | TakenIn:
    """Import a calendar's events: what `Tally.counts` says.

    `source` is a path, or an http, https or webcal address; a bundle of `export_deck` is taken in
    as such. What was counted is durable, and what is repeated changes nothing. Raises LocalError,
    Unfit.
    """
    if not is_address(source) and bundle.is_bundle(Path(source)):
        return await import_deck(service, source)
    request = request_for(service, source, form)
    if not is_address(source):
        content = await trio.to_thread.run_sync(read_file, Path(source))
        return await _import(request, Fetched(content))
    asked = request.conditions()
    fetched = await fetch(source, etag=asked.etag, modified=asked.modified)
    if isinstance(fetched, Unchanged):
        return await _unchanged(request)
    return await _import(request, fetched)


async def import_upload(service: Service, name: str, calendar: bytes, form: ImportForm) -> Imported:
    """The same for a calendar that was handed over; by its `name` the next one replaces it."""
    if form.watch is not None:
        raise Unfit("watch", "only a calendar with an address can be looked at again")
    request = request_for(service, name, form)
    return await _import(request, Fetched(unzipped(calendar, name)))


async def _unchanged(request: Request) -> Imported:
    """The calendar is as it was: nothing to do but to remember when that was seen."""
    feeds = request.service.store.feeds
    await feeds.put(request.read())
    events = await feeds.events(request.source)
    unchanged = sum(not each.gone for each in events)
    return Tally(given=unchanged, unchanged=unchanged).counts()


async def _import(request: Request, fetched: Fetched) -> Imported:
    service, since = request.service, request.scope.since
    reading = await trio.to_thread.run_sync(
        read, fetched.content, request.scope, fetched.charset, abandon_on_cancel=True
    )
    claimed = handed_over(service)
    items = [_unless_ours(service, item, claimed) async for item in _batches(reading)]
    known = await _known(service, request.source)
    made = await trio.to_thread.run_sync(
        partial(changes, known, items, since, whole=reading.whole, prune=request.form.prune)
    )
    work = _Import(service, await author_of(service), made, Tally(given=len(items)))
    try:
        await work.announce()
        await work.take_back()
    finally:
        with trio.CancelScope(shield=True):
            await service.store.feeds.record(request.state, work.present(), [], [])
    if not reading.whole:  # by its tag the rest would never be asked for
        fetched = Fetched(b"")
    await service.store.feeds.record(request.read(fetched), made.moved, made.gone, made.forgotten)
    if service.store.choices.noted(LEFT_BEHIND):
        await service.store.choices.note(LEFT_BEHIND, "")
    return work.tally.counts()


async def _batches(reading: Reading) -> AsyncIterator[Item]:
    """All items, read in a thread that the node can leave."""
    while batch := await trio.to_thread.run_sync(
        lambda: list(islice(reading.items, BATCH)), abandon_on_cancel=True
    ):
        for item in batch:
            yield item


def _unless_ours(service: Service, item: Item, claimed: Collection[str]) -> Item:
    """The item, unless it is an export of an event that is here, or its source was handed over."""
    if isinstance(item, Draft) and item.origin.id in claimed:
        return Skipped(Message("handed over to its organiser"), item.uid)
    named = _EXPORTED.fullmatch(item.uid)
    if named and service.store.deck.encoded_of(bytes.fromhex(named[1]), int(named[2], 16)):
        return Skipped(Message("already here"), item.uid)
    return item


async def _known(service: Service, source: str) -> list[FeedEvent]:
    """What was announced of the calendar before."""
    known = await service.store.feeds.events(source)
    return known or list(_known_of_old(service, source))


def _known_of_old(service: Service, source: str) -> Iterator[FeedEvent]:
    """The same from what earlier versions noted, who kept nothing but the slots."""
    noted = service.store.choices.noted(
        "calendar " + blake2b(source.encode(), digest_size=16).hexdigest()
    )
    for slot in [int(slot, 16) for slot in json.loads(noted)] if noted else []:
        before = _previous(service, slot)
        if before is not None and before.body is not None:
            place = before.body.place.name if before.body.place else ""
            start = before.body.start or 0
            yield FeedEvent(f"{UNNAMED}{slot:016x}", "", before.body.title, start, place, slot)


def _previous(service: Service, slot: int) -> Announcement | None:
    encoded = service.store.deck.encoded_of(service.me, slot)
    return wire.decode(encoded).announcement if encoded else None


@dataclass(slots=True)
class _Import:
    """Doing what a reading of a calendar changes."""

    service: Service
    author: Author
    made: Changes
    tally: Tally
    series: dict[tuple[str, str], str] = field(default_factory=dict)

    async def announce(self) -> None:
        """Announce what is new or changed, source by source, batch by batch."""
        for skipped in self.made.skipped:
            self.tally.skip(skipped.why, skipped.uid)
        sources: dict[str, list[tuple[Draft, int]]] = defaultdict(list)
        for draft, slot in self.made.drafts:
            before = _previous(self.service, slot)
            void = self._void(draft, before)
            if void is not None:
                self.tally.skip(void, draft.uid)
                continue
            sources[draft.origin.id].append((draft, slot))
            self._remember_series(draft, slot, before)
        done = reached = 0
        total = len(self.made.drafts)

        def reach(number: int) -> None:
            nonlocal reached
            reached = max(reached, number)
            self.service.progress(reached, total)

        async def paid(source: str, stamp: bytes) -> None:
            nonlocal done
            drafts = sources[source]
            for start in range(0, len(drafts), BATCH):
                batch = drafts[start : start + BATCH]
                await self._keep(partial(self._revisions, batch, stamp))
                done += len(batch)
                reach(done)

        def paying(tries: int, expected: int | None) -> None:
            """The search for stamps is what takes long: it says how far all of it is."""
            reach(total * tries // (expected or 1))

        reach(0)
        await stamp_sources(self.service, sources, paid, paying)
        reach(total)

    async def take_back(self) -> None:
        """Call off what the calendar has no more, and withdraw what it shows to few only."""
        await self._keep(partial(self._called_off, self.made.off))
        await self._keep(partial(self._withdrawn, self.made.withdrawn))

    def present(self) -> list[FeedEvent]:
        """What was announced of the calendar, also when the import was cut short."""
        return [event_of(draft, slot) for draft, slot in self.tally.kept]

    async def _keep(self, build: Callable[[], Iterable[Announcement]]) -> None:
        async with self.service.turn:
            announcements = list(build())
            if not announcements:
                return
            with trio.CancelScope(shield=True):  # what is kept is sent, too
                signed = await sign_and_keep(self.service, announcements)
                await send(self.service, [each.encoded for each in signed])

    def _revisions(self, batch: Sequence[tuple[Draft, int]], stamp: bytes) -> list[Announcement]:
        announcements: list[Announcement] = []
        for draft, slot in batch:
            try:
                announcements += self._revision(draft, slot, stamp, len(announcements))
            except (Refused, Unfit) as error:
                self.tally.skip(error.message, draft.uid)
        return announcements

    @staticmethod
    def _void(draft: Draft, before: Announcement | None) -> Message | None:
        """Why there is nothing to say of it, if so, and no stamp to be found."""
        if before is not None and before.status is Status.WITHDRAWN:
            return Message("withdrawn before")
        if before is None and draft.status is Status.CANCELLED:
            return Message("cancelled")
        return None

    def _revision(self, draft: Draft, slot: int, stamp: bytes, ahead: int) -> list[Announcement]:
        """What to say of a draft, if anything; it is counted. `ahead` of it are not yet kept."""
        before = _previous(self.service, slot)
        body = self._body(draft, stamp)
        announcements = self._new(body, draft.status, slot, ahead) if before is None else []
        if before is not None and (before.body != body or before.status is not draft.status):
            announcements = [next_revision(self.service, before, draft.status, body)]
        self.tally.keep(draft, slot)
        if not announcements:
            self.tally.unchanged += 1
        elif before is None:
            self.tally.imported += 1
        elif draft.status is Status.CANCELLED is not before.status:
            self.tally.cancelled += 1
        else:
            self.tally.updated += 1
        return announcements

    def _new(self, body: Body, status: Status, slot: int, ahead: int) -> list[Announcement]:
        announcements = [first_revision(self.service, self.author, body, slot, ahead)]
        if status is not Status.SCHEDULED:
            announcements.append(next_revision(self.service, announcements[0], status, body))
        return announcements

    def _remember_series(self, draft: Draft, slot: int, before: Announcement | None) -> None:
        """What goes by another slot than its name gives had another name: its series goes on."""
        origin, earlier = draft.origin.id, before.body if before is not None else None
        if slot == draft.slot or earlier is None or earlier.source is None or not earlier.series:
            return
        if earlier.source.id == origin and origin not in (earlier.series, draft.body.series):
            self.series.setdefault((origin, draft.uid), earlier.series)

    def _body(self, draft: Draft, stamp: bytes) -> Body:
        """The body with its source, in the series in which it was."""
        origin = draft.origin
        source = Source(origin.id, stamp, origin.name, origin.url)
        series = self.series.get((origin.id, draft.uid), draft.body.series)
        return replace(draft.body, source=source, series=series)

    def _called_off(self, slots: Iterable[int]) -> Iterator[Announcement]:
        """What has begun is not called off: many calendars hold only what is to come."""
        now = self.service.clock.now()
        for slot in sorted(slots):
            before = _previous(self.service, slot)
            if (
                before is not None
                and before.body is not None
                and (before.body.start or 0) > now
                and before.status is not Status.CANCELLED
            ):
                self.tally.called_off += 1
                yield next_revision(self.service, before, Status.CANCELLED, before.body)

    def _withdrawn(self, slots: Iterable[int]) -> Iterator[Announcement]:
        for slot in sorted(slots):
            before = _previous(self.service, slot)
            if before is not None and before.status is not Status.WITHDRAWN:
                self.tally.withdrawn += 1
                yield next_revision(self.service, before, Status.WITHDRAWN, None)
