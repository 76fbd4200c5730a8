"""A second copy of the home for who has only the page, and leaving for good."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from potluck.node.operations.announce.announce import withdraw_all
from potluck.node.operations.service import Json, Service
from potluck.node.operations.sharing.exports import export_calendar, export_deck, export_json
from potluck.node.operations.trust.vouches import unvouch, vouches
from potluck.protocol.errors import LocalError, Refused

from .backup import backup

EXPORTS = {"events.json": export_json, "events.ics": export_calendar, "events.deck": export_deck}


async def backup_beside(service: Service, folder: Path, day: str) -> Json:
    """As `backup`, into a new file of this folder that names the day: {file, bytes}."""
    return await backup(service, str(_free(folder, f"potluck-backup-{day}", ".tar.gz")))


async def leave_into(service: Service, folder: Path, day: str) -> Json:
    """As `leave`, into a new folder within this one that names the day: {folder, withdrawn}."""
    return await leave(service, str(_free(folder, f"potluck-farewell-{day}", "")))


async def leave(service: Service, folder: str) -> Json:
    """Export the events into a folder, and withdraw what was announced here: {folder, withdrawn}.

    A node that runs then waits until others have heard, stops, and deletes its home with all keys.
    Without one, `homes.wipe` does that once the store is closed.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(
            "cannot make the folder {folder}: {strerror}", folder=folder, strerror=error.strerror
        ) from None
    for name in EXPORTS:
        if (target / name).exists():  # of a leave that was cut short, perhaps after it withdrew
            raise Refused("{file} is already there; choose another folder", file=target / name)
    for name, export in EXPORTS.items():
        await export(service, str(target / name))
    withdrawn = (await withdraw_all(service))["withdrawn"]
    for each in await vouches(service):
        if each["public"]:
            await unvouch(service, each["host"])
    if service.connections is not None:
        service.connections.leave()
    return {"folder": folder, "withdrawn": withdrawn}


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A path that is not taken yet."""
    names = (folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in count(1))
    return next(path for path in names if not path.exists())
