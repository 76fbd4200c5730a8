"""What the API has otherwise than the operations: a file is its bytes, not a path."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import trio
from msgspec import Meta

from potluck.node.operations.draw import receipts
from potluck.node.operations.fields import Word, like
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import bundle, exports, import_results, imports
from potluck.protocol.message import marked

Address = Annotated[
    str,
    like("^(https?|webcal)://", marked("an address that begins with https://")),
    Meta(max_length=1000),
]


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


_THESE = (import_file, import_calendar, verify, export_json, export_calendar, export_deck)
OPERATIONS = {each.__name__: each for each in _THESE}
