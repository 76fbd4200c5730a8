"""Calendars of a few events, and their import with what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import imports

HERE = ImportForm(near="Berlin")


def calendar(*events_: str) -> bytes:
    """An iCalendar file of these events."""
    inside = "".join(f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT\r\n" for each in events_)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nX-WR-CALNAME:Town\r\n"
    return f"{head}{inside}END:VCALENDAR\r\n".encode()


def event(number: int, title: str = "Soup", start: str = "20261201T190000Z", more: str = "") -> str:
    """One event of the club."""
    said = f"UID:{number}@club.example\r\nDTSTART:{start}\r\nSUMMARY:{title} {number}"
    said += "\r\nORGANIZER;CN=Club:MAILTO:a@club.example"
    return f"{said}\r\n{more}" if more else said


async def result_of(service: Service, file: Path, form: ImportForm) -> dict[str, Any]:
    """All that an import of this file says."""
    return dict(await imports.import_calendar(service, str(file), form))


async def bring(
    service: Service, file: Path, content: bytes, form: ImportForm = HERE
) -> dict[str, object]:
    """Import this content from the file: the counts."""
    file.write_bytes(content)
    done = await result_of(service, file, form)
    assert sum(done["skipped"].values()) == len(done.pop("left_out"))
    assert done.pop("doubtful") == {}
    del done["given"]
    return done


def counts(
    imported: int = 0,
    updated: int = 0,
    unchanged: int = 0,
    cancelled: int = 0,
    withdrawn: int = 0,
    **skipped: int,
) -> object:
    """What an import says."""
    why = {words.replace("_", " "): number for words, number in skipped.items()}
    return {
        "imported": imported,
        "updated": updated,
        "unchanged": unchanged,
        "cancelled": cancelled,
        "withdrawn": withdrawn,
        "skipped": why,
    }
