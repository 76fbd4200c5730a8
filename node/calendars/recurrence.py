"""The dates of a recurrence rule (RFC 5545, section 3.3.10), in a known number of steps.

dateutil expands the rules. It looks for the next date until the year 9999, however long that takes;
so its interval counts the steps here, and ends them where the days that are wanted end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self, SupportsInt

from dateutil import rrule

MAX_TIMES_A_DAY = 24
MAX_VALUES = 400  # of one part of a rule: as many as a year has days, and some
# Microseconds that a step of each frequency takes, about: a yearly one looks at 366 days.
_COST = {rrule.YEARLY: 150, rrule.MONTHLY: 40, rrule.WEEKLY: 15, rrule.DAILY: 10}
_FREQUENCIES: dict[str, Frequency] = {
    "YEARLY": rrule.YEARLY,
    "MONTHLY": rrule.MONTHLY,
    "WEEKLY": rrule.WEEKLY,
    "DAILY": rrule.DAILY,
}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2,})")
_NUMBERS = {
    "BYSETPOS": "bysetpos",
    "BYMONTH": "bymonth",
    "BYMONTHDAY": "bymonthday",
    "BYYEARDAY": "byyearday",
    "BYWEEKNO": "byweekno",
    "BYHOUR": "byhour",
    "BYMINUTE": "byminute",
    "BYSECOND": "bysecond",
}

Frequency = Literal[0, 1, 2, 3]


class Unreadable(Exception):
    """No rule that RFC 5545 knows."""


class TooOften(Exception):
    """A rule of several dates an hour, or one that takes more steps than are left."""


@dataclass(slots=True)
class Budget:
    """The microseconds of expansion that are left for a whole calendar, counted in steps."""

    left: int = 20_000_000

    def spend(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            raise TooOften


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `until` is as it is written: a date, a local time, or one in UTC if it ends in Z."""

    freq: Frequency
    interval: int
    count: int | None
    until: str | None
    parts: dict[str, Any]

    def dates(
        self, start: datetime, since: datetime, until: datetime, budget: Budget
    ) -> Iterator[datetime]:
        """The dates from `since` (about) to `until` (included), of a rule that begins at `start`.

        All times are local ones without a zone. Raises TooOften, ValueError.
        """
        begin = self._later(start, since) if self.count is None else start
        most = self._steps(begin, until)
        cost = _COST[self.freq] * (1 + len(self.parts.get("bysetpos", ())))
        ticks = _Ticks(self.interval, most, cost, budget)
        dates = rrule.rrule(
            self.freq, dtstart=begin, interval=ticks, count=self.count, **self.parts
        )
        try:
            for date in dates:
                if date > until:
                    return
                budget.spend(2)
                yield date
        except _Over:
            return

    def _later(self, start: datetime, since: datetime) -> datetime:
        """A start nearer to `since` from which the same dates follow."""
        days = {rrule.DAILY: 1, rrule.WEEKLY: 7}.get(self.freq, 0) * self.interval
        steps = (since - start).days // days - 1 if days else 0
        return start + timedelta(days=max(0, steps) * days)

    def _steps(self, start: datetime, until: datetime) -> int:
        months = (until.year - start.year) * 12 + until.month - start.month
        units = {
            rrule.YEARLY: until.year - start.year,
            rrule.MONTHLY: months,
            rrule.WEEKLY: (until - start).days // 7 + 1,
            rrule.DAILY: (until - start).days + 1,
        }[self.freq]
        return max(0, units) // self.interval + 2


class _Over(Exception):
    """The days that are wanted are over."""


class _Ticks(int):
    """An interval that counts how often a rule adds it."""

    def __new__(cls, interval: int, most: int, cost: int, budget: Budget) -> Self:
        self = super().__new__(cls, interval)
        self.most, self.cost, self.budget = most, cost, budget
        return self

    most: int
    cost: int
    budget: Budget

    def _tick(self) -> None:
        self.most -= 1
        if self.most < 0:
            raise _Over
        self.budget.spend(self.cost)

    def __radd__(self, other: int) -> int:
        self._tick()
        return other + int(self)

    def __mul__(self, other: SupportsInt) -> int:
        self._tick()
        return int(self) * int(other)


def read_rule(text: str) -> Rule:
    """A rule as calendars write it, with what is plainly meant. Raises Unreadable, TooOften."""
    parts = _parts(text)
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT":
        raise Unreadable
    freq = parts.get("FREQ", "")
    if freq in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise TooOften
    if freq not in _FREQUENCIES:
        raise Unreadable
    try:
        named = {_NUMBERS[name]: _numbers(parts[name]) for name in parts.keys() & _NUMBERS.keys()}
        interval = max(1, int(parts.get("INTERVAL", 1)))
        count = int(parts["COUNT"]) if "COUNT" in parts else None
        until = _until(parts["UNTIL"]) if "UNTIL" in parts else None
    except ValueError:
        raise Unreadable from None
    if count is not None and count < 1:
        raise Unreadable
    times = [len(named.get(each, ())) or 1 for each in ("byhour", "byminute", "bysecond")]
    if times[0] * times[1] * times[2] > MAX_TIMES_A_DAY:
        raise TooOften
    days = {"byweekday": _weekdays(parts["BYDAY"])} if "BYDAY" in parts else {}
    week = {"wkst": _weekday(parts["WKST"])} if "WKST" in parts else {}
    return _checked(Rule(_FREQUENCIES[freq], interval, count, until, named | days | week))


def _parts(text: str) -> dict[str, str]:
    """By name, in capitals, without spaces and escapes; empty parts and X- names are dropped."""
    pairs = (part.partition("=") for part in re.sub(r'[\s\\"]', "", text).upper().split(";"))
    return {name: value for name, _, value in pairs if value and not name.startswith("X-")}


def _until(text: str) -> str:
    """A date or a time; of what is no time, as 20270101T90000Z, its day. Raises ValueError."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        day = text[: 10 if "-" in text else 8]
        datetime.fromisoformat(day)
        return day
    return text


def _checked(rule: Rule) -> Rule:
    """The rule, if dateutil takes it."""
    try:
        start = datetime(2000, 1, 1)  # noqa: DTZ001 - on the wall
        rrule.rrule(rule.freq, dtstart=start, interval=1, **rule.parts)
    except Exception:  # noqa: BLE001 - dateutil says no in many ways
        raise Unreadable from None
    return rule


def _numbers(text: str) -> list[int]:
    found = [int(number) for number in text.split(",") if number]
    if not 0 < len(found) <= MAX_VALUES:
        raise ValueError
    return found


def _weekdays(text: str) -> list[rrule.weekday]:
    found = [_BYDAY.fullmatch(day) for day in text.split(",") if day]
    if not 0 < len(found) <= MAX_VALUES or None in found:
        raise Unreadable
    return [
        rrule.weekday(_weekday(day[2]), int(day[1]) if day[1] else None) for day in found if day
    ]


def _weekday(name: str) -> int:
    """0 for Monday, by two letters. Who writes a whole name makes other faults, too."""
    if name not in _WEEKDAYS:
        raise Unreadable
    return _WEEKDAYS.index(name)
