"""The bytes of a calendar to drafts, in bounded time and memory whatever the bytes are."""

from collections.abc import Iterator
from dataclasses import dataclass

from potluck.protocol.admission import MAX_REGISTERS
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message

from .decode import text_of
from .draft import TWICE, Item, Scope, Skipped
from .formats import icalendar, schema_org

MAX_BYTES = 16 << 20
MAX_EVENTS = 100_000
LARGEST_PAGE = 4 << 20  # bytes of a web page


@dataclass(frozen=True, slots=True)
class Reading:
    """A calendar being read. `total` counts its events; `whole` is False if some may be missing.

    `items` are the drafts within the window, and what was left out and why: an event of a series
    gives one draft for each date, and no two drafts have the same slot. Reading twice gives equal
    items. It takes seconds for a large calendar: meant for a thread, a batch at a time.
    """

    total: int
    whole: bool
    items: Iterator[Item]


def read(content: bytes, scope: Scope, charset: str | None = None) -> Reading:
    """Read iCalendar, or a page with events. Raises LocalError if it is neither, or too large."""
    if len(content) > MAX_BYTES:
        raise LocalError(
            "This calendar has {size} MB; at most {most} MB are read. "
            "Export a shorter range of dates.",
            size=len(content) >> 20,
            most=MAX_BYTES >> 20,
        )
    text = text_of(content, charset)
    cuts = icalendar.cut(text) if icalendar.is_calendar(text) else []
    if cuts:
        total = sum(len(each.events) + each.broken for each in cuts)
        whole = all(each.whole for each in cuts)
        _check_number(total)
        return Reading(total, whole, _distinct(icalendar.items(cuts, scope)))
    if not text.strip():
        raise LocalError("This calendar is empty: nothing came at all. Try again later.")
    events, whole = schema_org.components(text) if len(content) <= LARGEST_PAGE else ([], False)
    if not events:
        raise LocalError(
            "This is not an iCalendar file: it has no BEGIN:VCALENDAR, and as a web page it tells "
            "of no events (schema.org). Look for a link to iCalendar, .ics or webcal there."
        )
    _check_number(len(events))
    return Reading(len(events), whole, _distinct(schema_org.items(events, scope)))


def _check_number(events: int) -> None:
    if events > MAX_EVENTS:
        raise LocalError(
            "This calendar has more than {most} events. Export a shorter range of dates.",
            most=MAX_EVENTS,
        )


def _distinct(items: Iterator[Item]) -> Iterator[Item]:
    """Each slot once, and no more of them than a host may have."""
    slots: set[int] = set()
    for item in items:
        if isinstance(item, Skipped):
            yield item
        elif item.slot in slots:
            yield Skipped(TWICE, item.uid, item.occurrence)
        elif len(slots) >= MAX_REGISTERS:
            yield Skipped(Message("too many events for one host"), item.uid, item.occurrence)
        else:
            slots.add(item.slot)
            yield item
