"""A second copy of the home for who has only the page, and leaving for good."""

import json
from contextlib import suppress
from itertools import count
from pathlib import Path

from potluck.node.home.files import write_new, writing
from potluck.node.limits import MAX_RECEIPTS
from potluck.node.operations.announce.announce import withdraw_all
from potluck.node.operations.draw.plan import plan
from potluck.node.operations.draw.receipts import receipt_file
from potluck.node.operations.draw.saved_filters import saved_filters
from potluck.node.operations.draw.went import diary
from potluck.node.operations.service import Json, Service
from potluck.node.operations.sharing.exports import export_calendar, export_deck, export_json
from potluck.node.operations.tables.tables import table_list
from potluck.node.operations.trust.blocks import blocks
from potluck.node.operations.trust.vouches import unvouch, vouches
from potluck.protocol.errors import Refused

from .backup import backup

EXPORTS = {"events.json": export_json, "events.ics": export_calendar, "events.deck": export_deck}
YOURS, RECEIPTS = "yours.json", "receipts"
"""What a home alone knows, and the folder of its receipts, which anybody can verify."""


async def backup_beside(service: Service, folder: Path, day: str) -> Json:
    """As `backup`, into a new file of this folder that names the day: {file, bytes}."""
    return await backup(service, str(_free(folder, f"potluck-backup-{day}", ".tar.gz")))


async def leave_into(service: Service, folder: Path, day: str) -> Json:
    """As `leave`, into a new folder within this one that names the day: {folder, withdrawn}."""
    return await leave(service, str(_free(folder, f"potluck-farewell-{day}", "")))


async def leave(service: Service, folder: str) -> Json:
    """Write all that is here into a folder, and withdraw what was announced: {folder, withdrawn}.

    A node that runs then waits until others have heard, stops, and deletes its home with all keys.
    Without one, `homes.wipe` does that once the store is closed.
    """
    target = Path(folder)
    with writing(folder):
        target.mkdir(parents=True, exist_ok=True)
    for name in (*EXPORTS, YOURS, RECEIPTS):
        if (target / name).exists():  # of a leave that was cut short, perhaps after it withdrew
            raise Refused("{file} is already there; choose another folder", file=target / name)
    for name, export in EXPORTS.items():
        await export(service, str(target / name))
    with writing(folder):
        await _write_own(service, target)
    withdrawn = (await withdraw_all(service))["withdrawn"]
    for each in await vouches(service):
        if each["public"]:
            await unvouch(service, each["host"])
    if service.connections is not None:
        service.connections.leave()
    return {"folder": folder, "withdrawn": withdrawn}


async def _write_own(service: Service, folder: Path) -> None:
    """Plan, diary, tables (with their secrets), vouches, blocks and saved filters; and each
    receipt: as in the home, for its owner's eyes. Raises OSError, LocalError."""
    own = {
        "plan": await plan(service),
        "went": await diary(service),
        "tables": await table_list(service),
        "vouches": await vouches(service),
        **await blocks(service),
        "filters": await saved_filters(service),
    }
    text = json.dumps(own, ensure_ascii=False, indent=2)
    write_new(folder / YOURS, f"{text}\n".encode())
    (folder / RECEIPTS).mkdir(0o700)
    for head in service.store.receipts.latest(MAX_RECEIPTS):
        with suppress(Refused):  # of an earlier rule, which nobody can check any more
            receipt = await receipt_file(service, head.id.hex(), with_filters=True)
            (folder / RECEIPTS / f"{head.id.hex()[:12]}.json").write_bytes(receipt)


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A path that is not taken yet."""
    names = (folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in count(1))
    return next(path for path in names if not path.exists())
