"""A repeated event to the drafts of its dates, and of those that were changed."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from potluck.protocol.message import Message

from .component import Component, Property
from .draft import (
    NO_DATE,
    PRIVATE,
    TWICE,
    UNKNOWN_RULE,
    UNREADABLE,
    WINDOW,
    Item,
    Skipped,
    Unusable,
    in_window,
)
from .properties import Date, Feed, draft, is_private, series_of
from .recurrence import Budget, Rule, TooOften, Unreadable, read_rule
from .times import Length, Moment, end_after, end_of, length_of, moment, read_moment, start_of
from .zones import Zone

MAX_DATES = 400  # of one event
OLDEST_YEAR = 1900  # each day since may be a step of an expansion
LONGEST = timedelta(days=400)
_VALUE = re.compile(r"[^,;\\]+")  # of several: some programs escape the comma, or mistake it
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


def named_by_day(walls: Iterable[datetime]) -> Callable[[datetime], str]:
    """How dates are called: by their day, with the time only where there are several on it."""
    a_day = Counter(wall.date() for wall in set(walls))
    return lambda wall: f"{wall:%Y%m%dT%H%M}" if a_day[wall.date()] > 1 else f"{wall:%Y%m%d}"


def single(event: Component, feed: Feed, uid: str, occurrence: str) -> list[Item]:
    if is_private(event):
        return [Skipped(PRIVATE, uid, occurrence)]
    start = start_of(event, feed.zones, feed.zone)
    date = Date(occurrence, start, end_of(event, start, feed.zones, feed.zone))
    return [in_window(draft(event, feed, date, uid, None), feed.scope.since)]


def alone(change: Component, feed: Feed, uid: str) -> list[Item]:
    """A changed date of a series that is not in the calendar."""
    start = start_of(change, feed.zones, feed.zone)
    occurrence = f"{_original(change, feed, start.zone).within(start.zone):%Y%m%d}"
    if is_private(change):
        return [Skipped(PRIVATE, uid, occurrence)]
    date = Date(occurrence, start, end_of(change, start, feed.zones, feed.zone))
    series = series_of(change, feed, uid)
    return [in_window(draft(change, feed, date, uid, series), feed.scope.since)]


def _original(change: Component, feed: Feed, zone: Zone) -> Moment:
    """The date that is changed; a time without a zone is one of this zone. Raises Unusable."""
    found = change.first("RECURRENCE-ID")
    assert found is not None  # noqa: S101 - this is what makes it a change
    return moment(found, feed.zones, zone)


@dataclass(frozen=True, slots=True)
class _Series:
    """A repeated event: the component, its first date, and how long each lasts."""

    main: Component
    feed: Feed
    uid: str
    start: Moment
    length: Length | None
    doubtful: Message | None = None

    @property
    def reach(self) -> tuple[datetime, datetime]:
        """The whole days of the window, and those before it whose dates may still last."""
        since, zone = self.feed.scope.since, self.start.zone.info
        length = self.length or Length(timedelta())
        lasting = min(length.wall + timedelta(days=2, seconds=length.seconds), LONGEST)
        first, last = (datetime.fromtimestamp(at, zone) for at in (since, since + WINDOW))
        midnights = (
            datetime.combine(day, time()) for day in (first - lasting, last + timedelta(days=2))
        )
        begin, end = midnights
        return begin, end

    def wall(self, moment: Moment) -> datetime:
        """A moment on the series' clock: of a date alone, the time at which it begins."""
        wall = moment.within(self.start.zone)
        dated = moment.all_day or self.start.all_day
        return datetime.combine(wall, self.start.wall.time()) if dated else wall


def dates_of(
    main: Component, changes: list[Component], feed: Feed, uid: str, budget: Budget
) -> list[Item]:
    """Every date within the window, in order, and the changed ones wherever they are."""
    if is_private(main):
        return [Skipped(PRIVATE, uid)] * (1 + len(changes))
    start = start_of(main, feed.zones, feed.zone)
    if start.wall.year < OLDEST_YEAR:
        raise Unusable("no date")
    rules, doubtful = _rules(main, "RRULE")
    if doubtful and "RDATE" not in main and not changes:
        return [_doubtful(each) for each in single(main, feed, uid, "")]
    length = length_of(main, start, feed.zones, feed.zone)
    series = _Series(main, feed, uid, start, length, UNKNOWN_RULE if doubtful else None)
    added = _added(series)
    walls = _walls(series, rules, added, budget)
    named = named_by_day(walls)
    by_day: dict[date, list[datetime]] = defaultdict(list)
    for wall in walls:
        by_day[wall.date()].append(wall)
    changed, unplaced = _changed(series, changes, by_day, named)
    left_out = _left_out(series, walls, by_day, budget)
    later = _later_changes(series, changes)
    dates = {
        wall: make
        for wall in sorted(walls - left_out - changed.keys())
        if (make := _date(series, wall, added.get(wall), named, later)) is not None
    }
    kept = dict(list(dates.items())[:MAX_DATES]) | changed
    items = [each for _, make in sorted(kept.items()) for each in guarded(make, uid)]
    items += unplaced + [Skipped(TOO_OFTEN, uid)] * (len(dates) - MAX_DATES)
    return items or [Skipped(NO_DATE, uid)]


def _doubtful(item: Item) -> Item:
    if isinstance(item, Skipped):
        return item
    return replace(item, doubtful=UNKNOWN_RULE)


def _rules(event: Component, name: str) -> tuple[list[Rule], bool]:
    """The rules that can be read, and whether there are others. Raises TooOften."""
    rules, unreadable = [], False
    for each in event.all(name):
        try:
            rules.append(read_rule(each.value))
        except Unreadable:
            unreadable = True
    return rules, unreadable


def _walls(
    series: _Series, rules: list[Rule], added: Iterable[datetime], budget: Budget
) -> set[datetime]:
    """The dates of the rules and beside them, before any is taken away."""
    begin, end = series.reach
    walls: set[datetime] = set()
    for rule in rules:
        dates = rule.dates(series.start.wall, begin, _until(series, rule, end), budget)
        walls.update(date for date in dates if date >= begin)
    walls.add(series.start.wall)  # also of a rule that does not meet its own first date
    walls.update(added)
    return {wall for wall in walls if begin <= wall <= end}


def _until(series: _Series, rule: Rule, end: datetime) -> datetime:
    """When a rule ends at the latest: UNTIL comes as a date, in UTC, or on the wall's clock."""
    if rule.until is None:
        return end
    try:
        last = read_moment(rule.until, None, series.feed.zones, series.start.zone)
    except Unusable:
        return end
    wall = last.within(series.feed.zone if series.start.all_day else series.start.zone)
    if last.all_day or series.start.all_day:
        wall = datetime.combine(wall, time.max)
    return min(wall, end)


def _added(series: _Series) -> dict[datetime, Length | None]:
    """The dates of RDATE, and how long one lasts that is a period."""
    feed, zone = series.feed, series.start.zone
    found: dict[datetime, Length | None] = {}
    for each in series.main.all("RDATE"):
        for value in _VALUE.findall(each.value):
            begin, _, end = value.partition("/")
            name = "DURATION" if "P" in end.upper() else "DTEND"
            said = (("DTSTART", begin), (name, end))
            period = Component(Property(name, each.params, value) for name, value in said)
            with suppress(Unusable):
                start = start_of(period, feed.zones, zone)
                found[series.wall(start)] = length_of(period, start, feed.zones, zone)
    return found


def _left_out(
    series: _Series,
    walls: set[datetime],
    by_day: Mapping[date, list[datetime]],
    budget: Budget,
) -> set[datetime]:
    """The dates that EXDATE or EXRULE take away; a date alone takes the whole day."""
    begin, end = series.reach
    out: set[datetime] = set()
    for each in series.main.all("EXDATE"):
        for value in _VALUE.findall(each.value):
            with suppress(Unusable):
                single = each._replace(value=value.partition("/")[0])
                left_out = moment(single, series.feed.zones, series.start.zone)
                wall = _nearest(left_out, series, by_day)
                out.update(by_day.get(wall.date(), ()) if left_out.all_day else [wall])
    for rule in _rules(series.main, "EXRULE")[0]:
        out.update(rule.dates(series.start.wall, begin, _until(series, rule, end), budget))
    return walls & out


def _changed(
    series: _Series,
    changes: list[Component],
    by_day: Mapping[date, list[datetime]],
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
        wall = _nearest(original, series, by_day)
        if wall in changed:
            unplaced.append(Skipped(TWICE, series.uid, named(wall)))
        changed[wall] = partial(_change, series, change, wall, named(wall))
    return changed, unplaced


def _nearest(original: Moment, series: _Series, by_day: Mapping[date, list[datetime]]) -> datetime:
    """The date that is meant: of the same time, else the only one on that day, else another one."""
    wall = series.wall(original)
    same_day = by_day.get(wall.date(), [wall])
    if wall in same_day or not (original.all_day or len(same_day) == 1):
        return wall
    return min(same_day)


def _change(series: _Series, change: Component, wall: datetime, occurrence: str) -> list[Item]:
    feed = series.feed
    if is_private(change):
        return [Skipped(PRIVATE, series.uid, occurrence)]
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


def _later_changes(series: _Series, changes: list[Component]) -> list[_Later]:
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
    series: _Series,
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
        return lambda: [Skipped(PRIVATE, uid, dated.occurrence)]
    name = series_of(series.main, feed, uid)
    return lambda: [draft(event, feed, dated, uid, name)]
