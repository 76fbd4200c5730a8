"""The bytes of a calendar to drafts, in bounded time and memory whatever the bytes are.

The calendar is cut into its VEVENTs, and few are parsed at a time: no tree of the whole is ever
held. Those that recur or share a UID go through recurring-ical-events, all others past it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.timezone import tzp

from potluck.protocol.admission import MAX_REGISTERS
from potluck.protocol.announcement import MAX_NAME
from potluck.protocol.errors import LocalError
from potluck.protocol.text import clean_line

from .drafts import WINDOW, Draft, Feed, Origin, Relay, Skipped, draft, origin_of
from .fields import Unusable, first, moment, occurrence_id, seconds, start_of, text, zone_info

MAX_BYTES = 16 << 20
MAX_EVENT_BYTES = 256 << 10
MAX_EVENTS = 100_000
MAX_OCCURRENCES = 400
OLDEST_YEAR = 1900  # each day since is a step of an expansion
MAX_TIMES_A_DAY = 24
MAX_EXPANDING_SECONDS = 60.0

_UNFINISHED = b""
_MARK = re.compile(rb"^(BEGIN|END):VEVENT[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_UID = re.compile(rb"^UID[^:\r\n]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_RECURS = re.compile(rb"^(?:RRULE|RDATE|RECURRENCE-ID)[;:]", re.IGNORECASE | re.MULTILINE)
_ZONES = re.compile(
    rb"^BEGIN:VTIMEZONE.*^END:VTIMEZONE[^\n]*\n?", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
# Lines that nothing here reads (time stamps, attendees, HTML twins): to parse them would take longest.
_UNREAD = re.compile(
    rb"^(?!(?:BEGIN|END|UID|DTSTART|DTEND|DURATION|SUMMARY|DESCRIPTION|LOCATION|GEO|URL|ORGANIZER|CATEGORIES"
    rb"|STATUS|SEQUENCE|RRULE|RDATE|EXDATE|RECURRENCE-ID|X-COST|X-POTLUCK-[A-Z]+)[;:])"
    rb"[^ \t\r\n][^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
# Real time zones change yearly. Anything finer could keep a reader busy for ever.
_WILD_ZONE = re.compile(
    rb"^RRULE:(?!FREQ=YEARLY;)|;BY(?:HOUR|MINUTE|SECOND|YEARDAY|WEEKNO)=",
    re.IGNORECASE | re.MULTILINE,
)


def count(calendar: bytes) -> int:
    """How many events a calendar seems to hold, quickly: for showing progress."""
    return calendar.count(b"BEGIN:VEVENT")


def read(calendar: bytes, relay: Relay) -> Iterator[Draft | Skipped]:
    """What to announce of a calendar's events within the window, and what was left out, and why.

    An event of a series gives one draft for each occurrence. Reading twice gives equal drafts.
    Takes seconds on a large calendar: meant for a thread, a batch at a time, one calendar at
    a time (icalendar keeps the time zones of a calendar in a global cache). Raises LocalError,
    when first asked for an item, if this is no calendar or it is too large.
    """
    head, blocks = _cut(calendar)
    feed = _feed(head, relay)
    slots: set[int] = set()
    for item in _items(_by_uid(blocks), feed):
        if isinstance(item, Skipped):
            yield item
        elif item.slot in slots:
            yield Skipped("given twice")
        elif len(slots) >= MAX_REGISTERS:
            yield Skipped("too many events for one host")
        else:
            slots.add(item.slot)
            yield item


def _cut(calendar: bytes) -> tuple[bytes, list[bytes]]:
    """The calendar without its events, and the events."""
    if len(calendar) > MAX_BYTES:
        raise LocalError(
            f"This calendar has {len(calendar) >> 20} MB; at most {MAX_BYTES >> 20} MB are read. "
            "Export a shorter range of dates."
        )
    if b"BEGIN:VCALENDAR" not in calendar[:4096].upper():
        raise LocalError(
            "This is not an iCalendar file: it has no BEGIN:VCALENDAR. Is it a web page?"
        )
    if calendar.count(b"BEGIN:VEVENT") > MAX_EVENTS:
        raise LocalError(
            f"This calendar has more than {MAX_EVENTS} events. Export a shorter range of dates."
        )
    outside, blocks, begun, ended = [], [], -1, 0
    for mark in _MARK.finditer(calendar):
        if mark[1].upper() == b"BEGIN":
            outside.append(calendar[ended : mark.start()] if begun < 0 else b"")
            blocks += [_UNFINISHED] * (begun >= 0)
            begun = mark.start()
        elif begun >= 0:
            blocks.append(calendar[begun : mark.end()])
            begun, ended = -1, mark.end() + 1
    if begun >= 0:
        return b"".join(outside), [*blocks, _UNFINISHED]
    return b"".join([*outside, calendar[ended:]]), blocks


def _feed(head: bytes, relay: Relay) -> Feed:
    """What the calendar says of itself; it also acquaints icalendar with the calendar's own time zones."""
    tzp.use_default()  # forgets the zones of calendars read before
    wild = len(head) > MAX_EVENT_BYTES or _WILD_ZONE.search(head)
    calendar = None if wild else _head(head)
    calendar = calendar or _head(_ZONES.sub(b"", head)[:MAX_EVENT_BYTES]) or Calendar()
    name = clean_line(text(calendar, "X-WR-CALNAME"), MAX_NAME) or None
    zones = (text(calendar, "X-WR-TIMEZONE"), relay.spot.tz if relay.spot else "", relay.zone)
    tz = next(zone for zone in (*zones, "UTC") if zone_info(zone))
    return Feed(relay, name, tz, cancelled=text(calendar, "METHOD").upper() == "CANCEL")


def _head(head: bytes) -> Calendar | None:
    try:
        calendar: Any = Calendar.from_ical(_decoded(head))
    except Exception:  # noqa: BLE001 - what is wrong with time zones can come up in any form
        return None
    return calendar if isinstance(calendar, Calendar) else None


def _by_uid(blocks: list[bytes]) -> Iterable[list[bytes]]:
    groups: dict[Any, list[bytes]] = {}
    for number, block in enumerate(blocks):
        uid = _UID.search(block)
        groups.setdefault(uid[1] if uid else number, []).append(block)
    return groups.values()


def _items(groups: Iterable[list[bytes]], feed: Feed) -> Iterator[Draft | Skipped]:
    spent = 0.0
    for blocks in groups:
        if any(len(block) > MAX_EVENT_BYTES for block in blocks):
            yield Skipped("too long")
        elif len(blocks) == 1 and not _RECURS.search(blocks[0]):
            yield from _guarded(partial(_single, blocks[0], feed))
        elif spent > MAX_EXPANDING_SECONDS:
            yield Skipped("the calendar repeats too much")
        else:
            began = monotonic()
            items = _guarded(partial(_expanded, blocks, feed))
            spent += monotonic() - began
            yield from items


def _guarded(make: Callable[[], list[Draft | Skipped]]) -> list[Draft | Skipped]:
    """What it makes; whatever a stranger's event makes the libraries raise costs only that event."""
    try:
        return make()
    except Unusable as reason:
        return [Skipped(str(reason))]
    except Exception:  # noqa: BLE001 - see above
        return [Skipped("unreadable")]


def _single(block: bytes, feed: Feed) -> list[Draft | Skipped]:
    event = _parsed(block)
    return [draft(event, feed, origin_of(event, feed, recurs=False))]


def _expanded(blocks: list[bytes], feed: Feed) -> list[Draft | Skipped]:
    """The occurrences of what shares a UID; without recurrence the latest of the copies."""
    recurs = any(_RECURS.search(block) for block in blocks)
    events = [_parsed(block) for block in blocks]
    main = next((event for event in events if "RECURRENCE-ID" not in event), events[0])
    origin = origin_of(main, feed, recurs=recurs)
    if not recurs:
        return [draft(_latest(events), feed, origin), *[Skipped("given twice")] * (len(events) - 1)]
    occurrences = _occurrences(events, feed)
    items: list[Draft | Skipped] = []
    for event in occurrences[:MAX_OCCURRENCES]:
        items += _guarded(partial(_occurrence, event, feed, origin))
    return items + [Skipped("repeats too often")] * (len(occurrences) - len(items))


def _occurrences(events: list[Event], feed: Feed) -> list[Event]:
    """Every occurrence within the window, in order. Raises Unusable."""
    if not all(_is_tame(rule) for event in events for rule in _rules(event)):
        raise Unusable("repeats too often")
    calendar = Calendar()
    for event in events:
        if start_of(event).year < OLDEST_YEAR:
            raise Unusable("no date")
        calendar.add_component(event)
    begin = datetime.fromtimestamp(feed.relay.since, UTC)
    query = recurring_ical_events.of(calendar)
    found: list[Event] = query.between(begin, begin + timedelta(seconds=WINDOW))
    if not found:
        raise Unusable("no date in the next 180 days")
    return sorted(found, key=lambda event: seconds(start_of(event), feed.tz))


def _occurrence(event: Event, feed: Feed, origin: Origin) -> list[Draft | Skipped]:
    original = moment(event, "RECURRENCE-ID")
    if original is None or first(event, "RECURRENCE-ID").params.get("RANGE"):
        original = start_of(event)  # a change of all that follows bears the same id throughout
    return [draft(event, feed, origin, occurrence_id(original, feed.tz))]


def _latest(events: list[Event]) -> Event:
    def sequence(event: Event) -> int:
        number = text(event, "SEQUENCE")
        return int(number) if number.isdigit() else 0

    return max(events, key=sequence)


def _rules(event: Event) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _is_tame(rule: Any) -> bool:
    """Whether a rule gives a few occurrences a day at most."""
    times_a_day = 1
    for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times_a_day *= max(1, len(rule.get(part, [])))
    daily = rule.get("FREQ", [""])[0] in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
    return daily and times_a_day <= MAX_TIMES_A_DAY


def _parsed(block: bytes) -> Event:
    event: Any = Event.from_ical(_decoded(_UNREAD.sub(b"", block)))
    if not isinstance(event, Event):
        raise Unusable("unreadable")
    return event


def _decoded(block: bytes) -> str:
    return block.decode("utf-8-sig", errors="replace").replace("\0", "")
