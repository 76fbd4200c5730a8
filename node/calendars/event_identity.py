"""Which event of a calendar is which: its source, its slot, and what it was announced as before.

Whoever imports an event, from whatever copy of the calendar, gives it the same source and slot
(PROTOCOL.md, Imported events). A calendar that names it otherwise next time does not make it
another one: an importer keeps what it announced of each calendar, and matches.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from potluck.node.store.feeds import FeedEvent
from potluck.protocol.announcement import DAY, MAX_NAME
from potluck.protocol.imported import imported_slot, slot_space
from potluck.protocol.text import clean_source_id

from .component import Component
from .draft import Draft
from .plain_text import web_address

T = TypeVar("T")
_OWN: tuple[Callable[[FeedEvent], Hashable], ...] = (
    lambda each: (each.slot, each.uid, each.occurrence, each.title),  # calendars may share a UID
    lambda each: (each.uid, each.occurrence, each.title),
    lambda each: (each.uid, each.start, each.title),  # in another order several are named otherwise
    lambda each: (each.uid, each.occurrence),
)
UNNAMED = "#"
"""What the name of an event begins with that has no UID in its calendar."""
FARTHEST = 31 * DAY
"""How far a date of a series moves, at most: what is farther apart is another date."""
MOST_LOOKED_AT = 32
"""Of how many dates on each side the nearest is sought: each with each takes minutes."""

_PLACEHOLDERS = (
    "noreply@",
    "no-reply@",
    "donotreply@",
    "do-not-reply@",
    "unknownorganizer@",  # Google, of what it was given itself
    "@example.",
    "@localhost",
    ".invalid",
)


def source_id(event: Component, uid: str, calendar: str | None, meant: Callable[[str], str]) -> str:
    """The organiser's name or address, else the calendar's name, else the host of page or UID;
    `meant` is a name without what its program escaped."""
    names = _source_names(event, uid, calendar)
    cleaned = (clean_source_id(meant(name), MAX_NAME) for name in names)
    return next(name for name in cleaned if name)


def _source_names(event: Component, uid: str, calendar: str | None) -> Iterator[str]:
    organiser = event.first("ORGANIZER")
    if organiser is not None:
        name = organiser.params.get("CN", "")
        address = re.sub("^mailto:", "", organiser.value.strip(), flags=re.IGNORECASE)
        yield "" if "@" in name and is_placeholder(name) else name
        yield "" if "@" not in address or is_placeholder(address) else address
    yield calendar or ""
    page = web_address(event.text("URL"))
    if page:
        yield urlsplit(page).hostname or ""
    yield uid.rpartition("@")[2] if "@" in uid else ""
    yield "calendar"


def is_placeholder(address: str) -> bool:
    """Whether an e-mail address is nobody's."""
    lower = address.lower()
    return any(
        lower.startswith(mark) if mark[-1] == "@" else mark in lower for mark in _PLACEHOLDERS
    )


def slot_of(source: str, calendar: str | None, uid: str, occurrence: str) -> int:
    """The slot of an event that was not known before."""
    return imported_slot(slot_space(uid, calendar or "", source), uid, occurrence)


def event_of(draft: Draft, slot: int) -> FeedEvent:
    """What to remember of a draft that goes by this slot."""
    place = draft.body.place.name if draft.body.place else ""
    return FeedEvent(draft.uid, draft.occurrence, draft.body.title, draft.start, place, slot)


def match(
    known: Collection[FeedEvent],
    drafts: Sequence[Draft],
    gone: Callable[[FeedEvent], bool],
    told: Callable[[FeedEvent], bool],
) -> list[FeedEvent | None]:
    """What each draft was announced as before, if it was.

    `gone` tells whether something known can have been lost: what is merely over was not; `told`
    whether the calendar says so. Matched are (1) equal UID and date, by title first, (2) equal
    title and start where as many were lost as are new, by place first, (3) an equal UID, and (4)
    an equal title of what it says is lost, the nearest starts first.
    """
    found: list[FeedEvent | None] = [None] * len(drafts)
    left = {each.slot: each for each in known}
    events = [event_of(draft, draft.slot) for draft in drafts]
    for own in _OWN:
        by_key = {own(each): each for each in left.values()}
        for number, event in enumerate(events):
            if found[number] is None and (before := by_key.pop(own(event), None)) is not None:
                found[number] = left.pop(before.slot)
    lost = {each.slot: each for each in left.values() if gone(each)}
    if not lost:
        return found
    new = {number: events[number] for number, before in enumerate(found) if before is None}
    for same in (lambda e: (e.title, e.start, e.place), lambda e: (e.title, e.start)):
        for number, before in _equal_pairs(new, lost, same):
            found[number] = before
            del new[number], lost[before.slot]
    for number, before in [*_nearest_pairs(new, lost, lambda each: each.uid)]:
        found[number] = before
        del new[number], lost[before.slot]
    lost = {slot: before for slot, before in lost.items() if told(before)}
    for number, before in _nearest_pairs(new, lost, lambda each: each.title):
        found[number] = before
    return found


def _equal_pairs(
    new: dict[int, FeedEvent], lost: dict[int, FeedEvent], key: Callable[[FeedEvent], Hashable]
) -> list[tuple[int, FeedEvent]]:
    """Those of a key, where as many of it were lost as are new."""
    olds, news = _grouped(lost, key), _grouped(new, key)
    return [
        (number, lost[slot])
        for same in news
        if len(news[same]) == len(olds.get(same, ()))
        for number, slot in zip(news[same], olds[same], strict=True)
    ]


def _nearest_pairs(
    new: dict[int, FeedEvent], lost: dict[int, FeedEvent], key: Callable[[FeedEvent], str]
) -> Iterator[tuple[int, FeedEvent]]:
    """Of a key those whose starts are nearest, each once; not what went earlier."""
    olds, news = _grouped(lost, key), _grouped(new, key)
    for same in news:
        left = {slot: lost[slot] for slot in olds.get(same, ()) if not lost[slot].gone}
        in_order = sorted(left.values(), key=lambda e: e.start)
        starts = [before.start for before in in_order]
        apart: list[tuple[int, int, int, int]] = []
        for number in news[same]:
            start = new[number].start
            at = bisect_left(starts, start)
            apart += (
                (abs(start - before.start), start, before.slot, number)
                for before in in_order[max(0, at - MOST_LOOKED_AT) : at + MOST_LOOKED_AT]
                if abs(start - before.start) <= FARTHEST
            )
        done: set[int] = set()
        for _, _, slot, number in sorted(apart):
            if slot in left and number not in done:
                done.add(number)
                yield number, left.pop(slot)


def _grouped(each: dict[int, FeedEvent], key: Callable[[FeedEvent], T]) -> dict[T, list[int]]:
    groups: dict[T, list[int]] = defaultdict(list)
    for number, one in each.items():
        groups[key(one)].append(number)
    return groups
