"""Which dates a repeated event has: by its rules and beside them, and without those taken away."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from potluck.protocol.message import Message

from .component import Component, Property
from .draft import WINDOW, Unusable
from .feed import Feed
from .recurrence import Budget, Rule, Unreadable, read_rule
from .times import Length, Moment, length_of, moment, read_moment, start_of

LONGEST = timedelta(days=400)
_VALUE = re.compile(r"[^,;\\]+")  # of several: some programs escape the comma, or mistake it


@dataclass(frozen=True, slots=True)
class Series:
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
        begin = datetime.fromtimestamp(since, zone) - lasting
        end = datetime.fromtimestamp(since + WINDOW, zone) + timedelta(days=2)
        return datetime.combine(begin, time()), datetime.combine(end, time())

    def wall(self, moment: Moment) -> datetime:
        """A moment on the series' clock: of a date alone, the time at which it begins.

        A midnight, of whatever zone, is the date of an event that lasts all day.
        """
        is_date = self.start.all_day and moment.wall.time() == time()
        wall = moment.wall if is_date else moment.within(self.start.zone)
        dated = moment.all_day or self.start.all_day
        return datetime.combine(wall, self.start.wall.time()) if dated else wall


class Walls:
    """The dates of a series on its clock, before any is taken away."""

    def __init__(self, walls: Iterable[datetime]) -> None:
        self.all = frozenset(walls)
        self._by_day: dict[date, list[datetime]] = defaultdict(list)
        for wall in sorted(self.all):
            self._by_day[wall.date()].append(wall)

    def nearest(self, original: Moment, series: Series) -> datetime:
        """The date that is meant: of the same time, else the only one on that day, else another."""
        wall = series.wall(original)
        same_day = self._by_day.get(wall.date(), [wall])
        is_only = original.all_day or len(same_day) == 1
        return same_day[0] if is_only and wall not in self.all else wall


def named_by_day(walls: Iterable[datetime]) -> Callable[[datetime], str]:
    """How dates are called: by their day, with the time only where there are several on it."""
    a_day = Counter(wall.date() for wall in set(walls))
    return lambda wall: f"{wall:%Y%m%dT%H%M}" if a_day[wall.date()] > 1 else f"{wall:%Y%m%d}"


def rules_of(event: Component, name: str) -> tuple[list[Rule], bool]:
    """The rules that can be read, and whether there are others. Raises TooOften."""
    rules, unreadable = [], False
    for each in event.all(name):
        try:
            rules.append(read_rule(each.value))
        except Unreadable:
            unreadable = True
    return rules, unreadable


def walls_of(series: Series, rules: list[Rule], added: Iterable[datetime], budget: Budget) -> Walls:
    """The dates of the rules and beside them, within reach."""
    begin, end = series.reach
    walls: set[datetime] = set()
    for rule in rules:
        dates = rule.dates(series.start.wall, begin, _until(series, rule, end), budget)
        walls.update(date for date in dates if date >= begin)
    walls.add(series.start.wall)  # also of a rule that does not meet its own first date
    walls.update(added)
    return Walls(wall for wall in walls if begin <= wall <= end)


def _until(series: Series, rule: Rule, end: datetime) -> datetime:
    """When a rule ends at the latest: UNTIL comes as a date, in UTC, or on the wall's clock."""
    if rule.until is None:
        return end
    try:
        last = read_moment(rule.until, None, series.feed.zones, series.start.zone)
        wall = series.wall(last)
    except Unusable:  # the year 9999
        return end
    if last.all_day or series.start.all_day:
        wall = datetime.combine(wall, time.max)
    return min(wall, end)


def added_to(series: Series) -> dict[datetime, Length | None]:
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


def left_out_of(series: Series, walls: Walls, budget: Budget) -> set[datetime]:
    """The dates that EXDATE or EXRULE take away; a date alone takes the whole day."""
    begin, end = series.reach
    out: set[datetime] = set()
    days: set[date] = set()
    for each in series.main.all("EXDATE"):
        for value in _VALUE.findall(each.value):
            with suppress(Unusable):
                single = each._replace(value=value.partition("/")[0])
                left_out = moment(single, series.feed.zones, series.start.zone)
                wall = walls.nearest(left_out, series)
                if left_out.all_day:
                    days.add(wall.date())
                out.add(wall)
    for rule in rules_of(series.main, "EXRULE")[0]:
        out.update(rule.dates(series.start.wall, begin, _until(series, rule, end), budget))
    return {wall for wall in walls.all if wall in out or wall.date() in days}
