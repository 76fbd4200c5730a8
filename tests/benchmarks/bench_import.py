"""
Reading a town's calendar, beside icalendar alone (aim: at least 0.7 of its rate), and finding
places.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from icalendar import Calendar

from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.read import read
from potluck.node.geography import places

SINCE = int(datetime(2027, 2, 19, 5, tzinfo=UTC).timestamp())


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and what the task gave."""
    began = process_time()
    result = task()
    return process_time() - began, result


def bench_reading_a_calendar(shared: Path) -> None:
    calendar = (shared / "data" / "bloomington.ics").read_bytes()
    scope = Scope(SINCE, spot=places.resolve("Bloomington, Indiana"))
    alone, _ = timed(lambda: Calendar.from_ical(calendar))
    ours, items = timed(lambda: list(read(calendar, scope).items))
    drafts = sum(isinstance(item, Draft) for item in items)
    events = len(items)
    print(
        f"\nimport: {drafts} drafts of {events} events at {events / ours:,.0f}/s of CPU;"
        f" icalendar alone {events / alone:,.0f}/s; ratio {alone / ours:.2f} (aim 0.7)"
    )


def bench_finding_places() -> None:
    first, _ = timed(lambda: places.resolve("Lisboa"))
    again, _ = timed(lambda: [places.resolve("Lisboa") for _ in range(100)])
    near, _ = timed(lambda: [places.spot_at((38.7, -9.1)) for _ in range(10)])
    print(
        f"\nplaces: first look-up {first * 1e3:.0f} ms, then {again * 1e4:.0f} us;"
        f" nearest town {near * 1e2:.1f} ms"
    )
