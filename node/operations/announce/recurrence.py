"""When a recurring event happens: its rule expanded in its own zone, day by day.

Libraries look for an occurrence that never comes until the year 9999 (every seventh day on a Tuesday, begun
on a Monday): seconds of each draw, for any stranger who announces that. Here a rule costs at most the 400
days that an announcement lives. protocol.recurrence has the grammar; RFC 5545 the meaning.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from potluck.node.clock import known, zone
from potluck.protocol.announcement import MAX_LIFETIME, Body
from potluck.protocol.recurrence import MAX_COUNT

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ONE_DAY = timedelta(days=1)


def starts(rule: str, start: int, tz: str) -> Iterator[int]:
    """The starts (UTC seconds) of all occurrences, in order; the hour on the wall stays the same."""
    there = zone(known(tz))
    parts = dict(part.split("=") for part in rule.split(";"))
    last = min(start + MAX_LIFETIME, _until(parts, there))
    first = datetime.fromtimestamp(start, there)
    for day in islice(_days(parts, first.date()), int(parts.get("COUNT", MAX_COUNT))):
        seconds = int(datetime.combine(day, first.time(), there).timestamp())
        if seconds > last:
            return
        yield seconds


def _until(parts: Mapping[str, str], there: ZoneInfo) -> float:
    """When a rule's UNTIL is: with a time in UTC, a day alone as its midnight there."""
    until = parts.get("UNTIL")
    if until is None:
        return float("inf")
    if "T" in until:
        return datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    return datetime.strptime(until, "%Y%m%d").replace(tzinfo=there).timestamp()


def _days(parts: Mapping[str, str], first: date) -> Iterator[date]:
    """The days from the first on at which the rule says that it happens, as long as an announcement lives."""
    in_turn = _in_turn(parts, first)
    by_day, by_month_day = parts.get("BYDAY"), parts.get("BYMONTHDAY")
    if by_day is None and by_month_day is None:
        by_day = _DAYS[first.weekday()] if parts["FREQ"] == "WEEKLY" else None
        by_month_day = str(first.day) if parts["FREQ"] == "MONTHLY" else None
    weekdays = by_day and set(by_day.split(","))
    month_days = by_month_day and {int(number) for number in by_month_day.split(",")}
    for number in range(MAX_LIFETIME // 86_400 + 2):
        day = first + number * _ONE_DAY
        if not in_turn(day):
            continue
        if (not weekdays or weekdays & _names(day)) and (
            not month_days or month_days & _numbers(day)
        ):
            yield day


def _in_turn(parts: Mapping[str, str], first: date) -> Callable[[date], bool]:
    """Whether a day lies in a day, week or month that INTERVAL does not leave out."""
    every = int(parts.get("INTERVAL", 1))
    if parts["FREQ"] == "DAILY":
        return lambda day: (day - first).days % every == 0
    if parts["FREQ"] == "MONTHLY":
        return lambda day: (12 * (day.year - first.year) + day.month - first.month) % every == 0
    begins = 1 + _DAYS.index(parts.get("WKST", "MO"))  # the proleptic first day is a Monday
    first_week = (first.toordinal() - begins) // 7
    return lambda day: ((day.toordinal() - begins) // 7 - first_week) % every == 0


def _names(day: date) -> set[str]:
    """What BYDAY may call a day: TU, and in its month the 2nd and the last but three: 2TU, -4TU."""
    name, left = _DAYS[day.weekday()], monthrange(day.year, day.month)[1] - day.day
    return {name, f"{1 + (day.day - 1) // 7}{name}", f"-{1 + left // 7}{name}"}


def _numbers(day: date) -> set[int]:
    """What BYMONTHDAY may call a day: 28, and in a month of 31 days -4."""
    return {day.day, day.day - monthrange(day.year, day.month)[1] - 1}


def next_start(rule: str, start: int, tz: str, after: int) -> int | None:
    """The first start at or after a time; None when there is no more."""
    return next((each for each in starts(rule, start, tz) if each >= after), None)


def last_end(body: Body) -> int | None:
    """When the last occurrence is over; None for an event that does not recur."""
    if body.rrule is None or body.start is None or body.ends is None:
        return None
    last = max(starts(body.rrule, body.start, body.tz), default=body.start)
    return last + body.ends - body.start
