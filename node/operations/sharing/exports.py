"""Everything out again: as JSON, as iCalendar, as a signed bundle; and bundles in."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import trio

from potluck.node.operations.announce.list_events import held_by, list_part
from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Json, Service
from potluck.node.replication.intake import Origin
from potluck.protocol import wire
from potluck.protocol.admission import Outcome
from potluck.protocol.errors import LocalError, RemoteError

from . import bundle
from .import_results import TakenIn

BATCH = 200


async def export_json(service: Service, path: str) -> Json:
    """Every event held, as JSON: {events, file}."""
    number, after = 0, cast("int | None", 0)
    with _written(path) as file:
        while after is not None:
            part = await list_part(service, past=True, after=after)
            lines = await trio.to_thread.run_sync(_lines, part["events"])
            if lines:
                file.write((b",\n" if number else b"[\n") + lines)
            number += len(part["events"])
            after = part["next"]
        file.write(b"\n]\n" if number else b"[]\n")
    return {"events": number, "file": path}


def _lines(events: Sequence[object]) -> bytes:
    """JSON of some events, a line each."""
    return b",\n".join(json.dumps(event, ensure_ascii=False).encode() for event in events)


async def export_calendar(service: Service, path: str) -> Json:
    """Every event held that has a date, as iCalendar: {events, file}."""
    from potluck.node.calendars.write import has_date, to_ical  # noqa: PLC0415 - slow to import

    from .repeated import apart  # noqa: PLC0415 - the same

    found = await held_by(service, mine=False)
    said = [signed.announcement for signed in found if has_date(signed.announcement)]
    single, repeated = apart(service, said)
    with _written(path) as file:
        file.write(await trio.to_thread.run_sync(to_ical, single, repeated))
    return {"events": len(said), "file": path}


async def event_calendar(service: Service, id: str) -> bytes:
    """One event as iCalendar, to add to one's own. Raises NotFound, Refused."""
    from potluck.node.calendars.write import to_ical  # noqa: PLC0415 - slow to import

    return to_ical([held(service, id).announcement])


async def plan_calendar(service: Service) -> bytes:
    """What was kept as iCalendar."""
    from potluck.node.calendars.write import to_ical  # noqa: PLC0415 - slow to import

    registers = service.store.choices.kept()
    found = [service.store.deck.encoded_of(*register) for register in registers]
    return to_ical(wire.decode(encoded).announcement for encoded in found if encoded is not None)


async def export_deck(service: Service, path: str) -> Json:
    """The signed announcements as one bundle for a USB stick: {events, file}."""
    number = 0
    with _written(path) as file:
        file.write(bundle.header(service.home.network))
        async for page in service.store.deck.everything():
            file.write(bundle.pack(service.home.network, page))
            number += len(page)
            service.progress(number, None)
    return {"events": number, "file": path}


async def import_deck(service: Service, path: str) -> TakenIn:
    """Take in a bundle; each announcement passes admission: {fresh, seen, refused: {why: n}}."""
    fresh: list[bytes] = []
    seen, refused, done = 0, Counter[str](), 0
    file = Path(path)
    size = file.stat().st_size if file.is_file() else 0
    for number, encoded in enumerate(bundle.read(service.home.network, file), 1):
        done += len(encoded) + 2
        if number % BATCH == 0:
            service.progress(min(done, size), size)
            await trio.lowlevel.checkpoint()
        try:
            outcome = service.intake.offer(encoded, Origin.SYNC).outcome
        except RemoteError as error:
            refused[error.message] += 1
            continue
        if outcome is Outcome.FRESH:
            fresh.append(encoded)
        elif outcome in (Outcome.SEEN, Outcome.SUPERSEDED):
            seen += 1
        else:
            refused[outcome.value] += 1
    await service.intake.settle()
    if service.connections is not None and fresh:
        await service.connections.spread(fresh)
    return {"fresh": len(fresh), "seen": seen, "refused": dict(refused)}


@contextmanager
def _written(path: str) -> Iterator[BinaryIO]:
    """A plain file that appears whole or not at all. Raises LocalError."""
    target = Path(path)
    fresh = target.with_name(target.name + ".new")
    try:
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise LocalError(
                "{path} is a link, a pipe, a device or a folder; name a plain file", path=path
            )
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
        with os.fdopen(handle, "wb") as file:
            yield file
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise LocalError(
            "cannot write {path}: {strerror}", path=path, strerror=error.strerror
        ) from None
