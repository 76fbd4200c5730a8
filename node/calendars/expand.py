"""What shares a UID to drafts: single events, copies of them, and the dates of what repeats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from .component import Component
from .draft import TWICE, Item, Skipped, Unusable
from .event_identity import slot_of
from .feed import Feed
from .occurrences import alone, dates_of, guarded, single
from .recurrence import Budget
from .sequence import newest, newest_changes
from .series import named_by_day
from .times import start_of


def expand(events: Sequence[Component], feed: Feed, uid: str, budget: Budget) -> list[Item]:
    """The drafts of what shares a UID, and what was left out of it. Never raises."""
    feed = feed.of(events[0])
    changes = newest_changes([event for event in events if "RECURRENCE-ID" in event])
    mains = newest([event for event in events if "RECURRENCE-ID" not in event])
    items: list[Item] = [Skipped(TWICE, uid)] * (len(events) - len(mains) - len(changes))
    repeated = next((main for main in mains if changes or _repeats(main)), None)
    if not mains:
        return _told_apart(items + _by_themselves(changes, feed, uid))
    names = _names(mains, feed)
    for main, name in zip(mains, names, strict=True):
        its_changes = changes if main is repeated else []
        if its_changes or _repeats(main):
            make = partial(dates_of, main, its_changes, feed, uid, budget)
        else:
            make = partial(single, main, feed, uid, name)
        made = guarded(make, uid, None if _repeats(main) else name)
        items += made
        if main is repeated and len(made) == 1 and made[0].occurrence is None:  # unreadable
            items += _by_themselves(changes, feed, uid)
    return _told_apart(items)


def _by_themselves(changes: Sequence[Component], feed: Feed, uid: str) -> list[Item]:
    """The dates of a series of which no more is known."""
    return [each for one in changes for each in guarded(partial(alone, one, feed, uid), uid)]


def _told_apart(items: list[Item]) -> list[Item]:
    """Where others of a UID are on the same date, their titles tell which is which."""
    titles: dict[str, str] = {}
    named: set[str] = set()
    found: list[Item] = []
    for item in items:
        if isinstance(item, Skipped):
            found.append(item)
            continue
        told = item
        if titles.setdefault(item.occurrence, item.body.title) != item.body.title:
            name = f"{item.occurrence} {item.body.title}"
            slot = slot_of(item.origin.id, item.origin.name, item.uid, name)
            told = replace(item, occurrence=name, slot=slot)
        twice = told.occurrence in named
        found.append(Skipped(TWICE, item.uid, told.occurrence) if twice else told)
        named.add(told.occurrence)
    return found


def _repeats(event: Component) -> bool:
    return "RRULE" in event or "RDATE" in event


def _names(mains: list[Component], feed: Feed) -> list[str]:
    """The occurrence of each event: empty, unless several have the UID; then its date tells."""
    if len(mains) == 1:
        return [""]
    walls = [_wall(main, feed) for main in mains]
    named = named_by_day([wall for wall in walls if wall is not None])
    return [named(wall) if wall is not None else "" for wall in walls]


def _wall(event: Component, feed: Feed) -> datetime | None:
    try:
        return start_of(event, feed.zones, feed.zone).wall
    except Unusable:
        return None
