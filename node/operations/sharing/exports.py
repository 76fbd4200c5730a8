"""Everything out again: as JSON, as iCalendar, as a signed bundle; and bundles in."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import trio

from potluck.node.home.files import writing
from potluck.node.limits import BULK
from potluck.node.operations.announce.event_json import describe
from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Json, Service
from potluck.node.replication.intake import Origin
from potluck.node.replication.session import YIELD_EVERY
from potluck.protocol import wire
from potluck.protocol.admission import Outcome
from potluck.protocol.announcement import Announcement
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.message import Message

from . import bundle
from .import_results import TakenIn

PROGRESS_EVERY = 200
SETTLE_EVERY = 1_000
"""Announcements after which the disk may catch up, before the loop would have to wait for it."""
MOST_REASONS = 50
"""What is refused may name its faults in as many words as there are announcements."""
OTHERS = Message("for other reasons")


async def export_json(service: Service, path: str) -> Json:
    """Every event held, as JSON: {events, file}."""

    def work(service: Service) -> int:
        number = 0
        with _written(path) as file:
            for signed in map(wire.decode, service.store.deck.everything()):
                if signed.announcement.body is not None:
                    line = json.dumps(describe(service, signed), ensure_ascii=False)
                    file.write((",\n" if number else "[\n").encode() + line.encode())
                    number += 1
            file.write(b"\n]\n" if number else b"[]\n")
        return number

    return {"events": await service.aside(work), "file": path}


async def export_calendar(service: Service, path: str) -> Json:
    """Every event held that has a date, as iCalendar: {events, file}."""
    from potluck.node.calendars.write import has_date, ical_parts  # noqa: PLC0415 - slow to import

    from .repeated import apart  # noqa: PLC0415 - the same

    def dated(encoded: Iterable[bytes]) -> Iterator[Announcement]:
        return filter(has_date, (wire.decode(one).announcement for one in encoded))

    def work(service: Service) -> int:
        number = 0

        def others() -> Iterator[Announcement]:
            nonlocal number
            for one in dated(service.store.deck.everything()):
                number += 1
                if one.host != service.me:
                    yield one

        alone, repeated = apart(service, dated(service.store.deck.of_host(service.me)))
        with _written(path) as file:
            file.writelines(ical_parts(chain(alone, others()), repeated))
        return number

    return {"events": await service.aside(work), "file": path}


async def event_calendar(service: Service, id: str) -> bytes:
    """One event as iCalendar, to add to one's own. Raises NotFound, Refused."""
    from potluck.node.calendars.write import to_ical  # noqa: PLC0415 - slow to import

    return to_ical([held(service, id).announcement])


async def plan_calendar(service: Service) -> bytes:
    """What was kept as iCalendar."""
    from potluck.node.calendars.write import to_ical  # noqa: PLC0415 - slow to import

    def work(service: Service) -> bytes:
        found = [service.store.deck.encoded_of(*each) for each in service.store.choices.kept()]
        return to_ical(wire.decode(encoded).announcement for encoded in found if encoded)

    return await service.aside(work)


async def export_deck(service: Service, path: str) -> Json:
    """The signed announcements as one bundle for a USB stick: {events, file}."""
    network = service.home.network

    def work(service: Service) -> int:
        number = 0
        with _written(path) as file:
            file.write(bundle.header(network))
            for number, encoded in enumerate(service.store.deck.everything(), 1):
                file.write(bundle.pack(network, encoded))
                if number % PROGRESS_EVERY == 0:
                    trio.from_thread.run_sync(service.progress, number, None)
        return number

    return {"events": await service.aside(work), "file": path}


async def import_deck(service: Service, path: str) -> TakenIn:
    """Take in a bundle; each announcement passes admission: {fresh, seen, refused: {why: n}}."""
    spread: list[bytes] = []
    fresh, seen, refused, done = 0, 0, Counter[str](), 0
    file = Path(path)
    size = file.stat().st_size if file.is_file() else 0
    for number, encoded in enumerate(bundle.read(service.home.network, file), 1):
        done += len(encoded) + 2
        if number % YIELD_EVERY == 0:
            service.progress(min(done, size), size)
            await trio.lowlevel.checkpoint()
        if number % SETTLE_EVERY == 0:
            await service.intake.settle()
        try:
            outcome = service.intake.offer(encoded, Origin.SYNC).outcome
        except RemoteError as error:
            known = error.message in refused or len(refused) < MOST_REASONS
            refused[error.message if known else OTHERS] += 1
            continue
        if outcome is Outcome.FRESH:
            fresh += 1
            if len(spread) <= BULK:  # more go by sync, and nobody knows how many there are
                spread.append(encoded)
        elif outcome in (Outcome.SEEN, Outcome.SUPERSEDED):
            seen += 1
        else:
            refused[outcome.value] += 1
    await service.intake.settle()
    if service.connections is not None and spread:
        await service.connections.spread(spread)
    return {"fresh": fresh, "seen": seen, "refused": dict(refused)}


@contextmanager
def _written(path: str) -> Iterator[BinaryIO]:
    """A plain file, or what a link points to, that appears whole or not at all. Raises LocalError.

    A pipe would wait here for its reader, and standard output be the node's.
    """
    target = Path(os.path.realpath(path))
    fresh = target.with_name(target.name + ".new")
    with writing(path):
        # Follows the link, which the system forbids where others could have left it.
        if Path(path).exists() and not target.is_file():
            raise LocalError("{path} is a pipe, a device or a folder; name a plain file", path=path)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            fresh.replace(target)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
