"""A repeated event to the drafts of its dates, and of those that were changed."""

from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from potluck.protocol.message import Message

from .component import Component
from .draft import (
    NO_DATE,
    TWICE,
    UNKNOWN_RULE,
    UNREADABLE,
    WINDOW,
    Item,
    Skipped,
    Unusable,
    in_window,
)
from .feed import Feed
from .properties import Date, draft, hidden, is_private, series_of
from .recurrence import Budget, TooOften
from .series import Series, Walls, added_to, left_out_of, named_by_day, rules_of, walls_of
from .times import Length, Moment, end_after, end_of, length_of, moment, start_of
from .zones import Zone

MAX_DATES = 400  # of one event
OLDEST_YEAR = 1900  # each day since may be a step of an expansion
TOO_OFTEN = Message("repeats too often")


def guarded(make: Callable[[], list[Item]], uid: str, occurrence: str | None = None) -> list[Item]:
    """What it makes; whatever a stranger's event makes libraries raise costs only that event."""
    try:
        return make()
    except Unusable as reason:
        return [Skipped(reason.message, uid, occurrence)]
    except TooOften:
        return [Skipped(TOO_OFTEN, uid, occurrence)]
    except Exception:  # noqa: BLE001 - see above
        return [Skipped(UNREADABLE, uid, occurrence)]


def single(event: Component, feed: Feed, uid: str, occurrence: str) -> list[Item]:
    if is_private(event):
        return [hidden(event, feed, uid, occurrence or None)]
    start = start_of(event, feed.zones, feed.zone)
    date = Date(occurrence, start, end_of(event, start, feed.zones, feed.zone))
    return [in_window(draft(event, feed, date, uid, None), feed.scope.since)]


def alone(change: Component, feed: Feed, uid: str) -> list[Item]:
    """A changed date of a series that is not in the calendar."""
    start = start_of(change, feed.zones, feed.zone)
    occurrence = f"{_original(change, feed, start.zone).within(start.zone):%Y%m%d}"
    if is_private(change):
        return [hidden(change, feed, uid, occurrence)]
    date = Date(occurrence, start, end_of(change, start, feed.zones, feed.zone))
    series = series_of(change, feed, uid)
    return [in_window(draft(change, feed, date, uid, series), feed.scope.since)]


def _original(change: Component, feed: Feed, zone: Zone) -> Moment:
    """The date that is changed; a time without a zone is one of this zone. Raises Unusable."""
    found = change.first("RECURRENCE-ID")
    assert found is not None  # noqa: S101 - this is what makes it a change
    return moment(found, feed.zones, zone)


def dates_of(
    main: Component, changes: list[Component], feed: Feed, uid: str, budget: Budget
) -> list[Item]:
    """Every date within the window, in order, and the changed ones wherever they are."""
    if is_private(main):
        return [hidden(main, feed, uid)] * (1 + len(changes))
    start = start_of(main, feed.zones, feed.zone)
    if start.wall.year < OLDEST_YEAR:
        raise Unusable("no date")
    rules, doubtful = rules_of(main, "RRULE")
    if doubtful and "RDATE" not in main and not changes:
        (item,) = single(main, feed, uid, "")
        return [item if isinstance(item, Skipped) else replace(item, doubtful=UNKNOWN_RULE)]
    length = length_of(main, start, feed.zones, feed.zone)
    series = Series(main, feed, uid, start, length, UNKNOWN_RULE if doubtful else None)
    added = added_to(series)
    walls = walls_of(series, rules, added, budget)
    named = named_by_day(walls.all)
    changed, unplaced = _changed(series, changes, walls, named)
    left_out = left_out_of(series, walls, budget)
    later = _later_changes(series, changes)
    dates = {
        wall: make
        for wall in sorted(walls.all - left_out - changed.keys())
        if (make := _date(series, wall, added.get(wall), named, later)) is not None
    }
    kept = dict(list(dates.items())[:MAX_DATES]) | changed
    items = [each for _, make in sorted(kept.items()) for each in guarded(make, uid)]
    items += unplaced + [Skipped(TOO_OFTEN, uid)] * (len(dates) - MAX_DATES)
    return items or [Skipped(NO_DATE, uid)]


def _changed(
    series: Series,
    changes: list[Component],
    walls: Walls,
    named: Callable[[datetime], str],
) -> tuple[dict[datetime, Callable[[], list[Item]]], list[Item]]:
    """How to make each date that was changed; and the changes of which the date cannot be read."""
    changed: dict[datetime, Callable[[], list[Item]]] = {}
    unplaced: list[Item] = []
    for change in changes:
        try:
            original = _original(change, series.feed, series.start.zone)
        except Unusable as reason:
            unplaced.append(Skipped(reason.message, series.uid))
            continue
        wall = walls.nearest(original, series)
        if wall in changed:
            unplaced.append(Skipped(TWICE, series.uid, named(wall)))
        changed[wall] = partial(_change, series, change, wall, named(wall))
    return changed, unplaced


def _change(series: Series, change: Component, wall: datetime, occurrence: str) -> list[Item]:
    feed = series.feed
    if is_private(change):
        return [hidden(change, feed, series.uid, occurrence)]
    if "DTSTART" in change:
        start = start_of(change, feed.zones, feed.zone)
        end = end_of(change, start, feed.zones, feed.zone)
    else:  # only what differs is said
        change, start = change.over(series.main), series.start.at(wall)
        end = end_after(start, series.length)
    date = Date(occurrence, start, end)
    made = draft(change, feed, date, series.uid, series_of(series.main, feed, series.uid))
    return [in_window(made, feed.scope.since)]


class _Later(NamedTuple):
    """What all dates after one are: so much later than by the rule, if `moved` is there."""

    after: datetime
    event: Component
    moved: Moment | None = None
    shift: timedelta = timedelta()
    length: Length | None = None


def _later_changes(series: Series, changes: list[Component]) -> list[_Later]:
    """The changes of a date and all that follow it, in order; unreadable ones count nothing."""
    feed = series.feed
    found: list[_Later] = []
    for change in changes:
        recurrence = change.first("RECURRENCE-ID")
        if recurrence and recurrence.params.get("RANGE", "").upper() == "THISANDFUTURE":
            with suppress(Unusable):
                later = _Later(series.wall(_original(change, feed, series.start.zone)), change)
                if "DTSTART" in change:
                    start = start_of(change, feed.zones, feed.zone)
                    length = length_of(change, start, feed.zones, feed.zone)
                    later = _Later(later.after, change, start, start.wall - later.after, length)
                found.append(later)
    found.sort(key=lambda later: later.after)
    before = _Later(series.start.wall, series.main)
    for number, later in enumerate(found):
        if later.moved is None:  # only what differs is said
            found[number] = before._replace(after=later.after, event=later.event.over(before.event))
        before = found[number]
    return found


def _date(
    series: Series,
    wall: datetime,
    length: Length | None,
    named: Callable[[datetime], str],
    later: list[_Later],
) -> Callable[[], list[Item]] | None:
    """How to make the draft of a date, if it is within the window; `length` is its own."""
    feed, uid = series.feed, series.uid
    event, start, length = series.main, series.start.at(wall), length or series.length
    number = bisect_left(later, wall, key=lambda each: each.after)
    if number:
        now = later[number - 1]
        event = now.event
        if now.moved is not None:
            start, length = now.moved.at(wall + now.shift), now.length
    end = end_after(start, length)
    lasts = end or start.seconds + (86_400 if start.all_day else 0)
    since = feed.scope.since
    if lasts <= since or start.seconds > since + WINDOW:
        return None
    dated = Date(named(wall), start, end, series.doubtful)
    if is_private(event):
        return lambda: [hidden(event, feed, uid, dated.occurrence)]
    name = series_of(series.main, feed, uid)
    return lambda: [draft(event, feed, dated, uid, name)]
