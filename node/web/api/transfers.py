"""What the API has otherwise than the operations: a file is its bytes, not a path; a redraw is a
resource of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import trio
from msgspec import Meta

from potluck.node.operations import Service
from potluck.node.operations.announce.event_json import Event
from potluck.node.operations.announce.list_events import Order, list_events
from potluck.node.operations.draw import receipts, today
from potluck.node.operations.draw.hand_json import Hand
from potluck.node.operations.draw.table_hand import draw_table
from potluck.node.operations.fields import Word, like
from potluck.node.operations.forms import DrawForm, ImportForm
from potluck.node.operations.sharing import bundle, exports, import_results, imports
from potluck.protocol.message import marked

Address = Annotated[
    str,
    like("^(https?|webcal)://", marked("an address that begins with https://")),
    Meta(max_length=1000),
]


async def hand(service: Service, form: DrawForm) -> Hand:
    """Today's hand, the same at every look."""
    return await today.draw(service, form)


async def redraw(service: Service, form: DrawForm) -> Hand:
    """Deal again in place of what was not kept."""
    return await today.draw(service, form, redraw=True)


async def table_hand(service: Service, name: Word) -> Hand:
    """The table's hand of its day."""
    return await draw_table(service, name)


async def table_redraw(service: Service, name: Word) -> Hand:
    """Deal the table's hand again."""
    return await draw_table(service, name, redraw=True)


async def my_events(service: Service, *, past: bool = False, order: Order = "time") -> list[Event]:
    """What this home announced."""
    return await list_events(service, mine=True, past=past, order=order)


async def export_json(service: Service) -> bytes:
    """Every event held, as JSON."""
    return await written(service, exports.export_json)


async def export_calendar(service: Service) -> bytes:
    """Every event held that has a date, as iCalendar."""
    return await written(service, exports.export_calendar)


async def export_deck(service: Service) -> bytes:
    """The signed announcements as one bundle, for another node."""
    return await written(service, exports.export_deck)


async def import_file(
    service: Service, content: bytes, form: ImportForm, name: Word = "file"
) -> import_results.Imported | import_results.TakenIn:
    """
    Relay a calendar's events, or take in a bundle; by its `name` the next one replaces a calendar.
    """
    if not content.startswith(bundle.MAGIC):
        return await imports.import_upload(service, name, content, form)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deck"
        await trio.to_thread.run_sync(path.write_bytes, content)
        return await exports.import_deck(service, str(path))


async def import_calendar(
    service: Service, source: Address, form: ImportForm
) -> import_results.Imported | import_results.TakenIn:
    """Bring in a calendar's events from its address; a path is for the terminal only."""
    return await imports.import_calendar(service, source, form)


async def verify(_service: Service, content: bytes) -> receipts.Verified:
    """Check a receipt from its file alone."""
    return await receipts.verify(content)


async def written(service: Service, export: Callable[[Service, str], Awaitable[Any]]) -> bytes:
    """What an export writes into its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        await export(service, str(path))
        return await trio.to_thread.run_sync(path.read_bytes)


OPERATIONS = {
    each.__name__: each
    for each in (
        *(hand, redraw, table_hand, table_redraw, my_events, import_file, import_calendar),
        *(verify, export_json, export_calendar, export_deck),
    )
}
