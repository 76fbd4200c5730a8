"""The repetitions of this home: rules by which one's own events take place again and again."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from potluck.node import clock
from potluck.node.calendars.recurrence import Budget, Rule, TooOften, Unreadable, read_rule
from potluck.node.calendars.recurrence_words import rule_of
from potluck.node.errors import Unfit
from potluck.node.operations.service import Service
from potluck.protocol.imported import imported_slot

NOTE = "repetitions"
NEVER = frozenset({"never", "no more", "once"})
_MOST_STEPS = 2_000_000  # microseconds, about
_DAY = timedelta(days=1)
_FAR = 10 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Repetition:
    """A rule (RFC 5545) and the local time of its first date, on the wall of `tz`.

    `key` is random; `series` is what its dates have in common. `slots` has, by original local day
    (YYYYMMDD), the slot in hex of each date announced: a date that was moved keeps its own.
    """

    key: str
    series: str
    rule: str
    first: str
    tz: str
    slots: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The first date, on the wall."""
        return datetime.fromisoformat(self.first)

    def slot(self, day: str) -> int:
        """Where this date is announced: the same when it is asked again after a power cut."""
        known = self.slots.get(day)
        return int(known, 16) if known else imported_slot(self.key, self.series, day)

    def day_of(self, slot: int) -> str | None:
        """The original day of the date that is announced there."""
        return next((day for day, known in self.slots.items() if int(known, 16) == slot), None)

    def dates(self, since: int, until: int) -> Iterator[tuple[str, int]]:
        """The days (YYYYMMDD) on which it takes place in [since, until], with their starts.

        All in UTC seconds; the hour on the wall stays the same. Raises Unfit.
        """
        zone, rule = clock.zone(self.tz), _read(self.rule)
        first, last = (_wall(seconds, self.tz) for seconds in (since, until))
        try:
            end = min(last, _until(rule, self.tz))
            for wall in rule.dates(self.start, first - _DAY, end, Budget(_MOST_STEPS)):
                seconds = int(wall.replace(tzinfo=zone).timestamp())
                if since <= seconds <= until:
                    yield f"{wall:%Y%m%d}", seconds
        except (TooOften, ValueError):
            raise Unfit("repeat", "this rule gives too many dates") from None


def whole(repetition: Repetition, since: int) -> tuple[str, list[tuple[str, int]]]:
    """The rule without COUNT as it goes on from that moment, and its dates so far.

    Days are YYYYMMDD, times UTC seconds.
    """
    last = max(repetition.slots, default="")
    far = list(repetition.dates(since, since + _FAR))
    dates = [(day, start) for day, start in far if day <= last]
    parts = [part for part in repetition.rule.split(";") if not part.startswith("COUNT=")]
    if len(parts) < repetition.rule.count(";") + 1 and far:
        parts.append(f"UNTIL={datetime.fromtimestamp(far[-1][1], UTC):%Y%m%dT%H%M%SZ}")
    return ";".join(parts), dates


def new_key() -> str:
    """A key that no other repetition has."""
    return secrets.token_hex(8)


def parsed(text: str) -> str:
    """A rule as RFC 5545 writes it, from that or from words. Raises Unfit."""
    rule = rule_of(text) or text.strip().removeprefix("RRULE:").upper()
    _read(rule)
    return rule


def all_of(service: Service) -> list[Repetition]:
    """The repetitions of this home."""
    noted = service.store.choices.noted(NOTE)
    return [Repetition(**each) for each in json.loads(noted or "[]")]


def of_slot(service: Service, slot: int) -> Repetition | None:
    """The repetition that the own event at this slot is a date of."""
    return next((each for each in all_of(service) if each.day_of(slot)), None)


async def remember(service: Service, repetition: Repetition) -> None:
    """Keep it, in place of what it was."""
    others = [each for each in all_of(service) if each.key != repetition.key]
    await _write(service, [*others, repetition])


async def forget(service: Service, repetition: Repetition) -> None:
    """It takes place no more."""
    await _write(service, [each for each in all_of(service) if each.key != repetition.key])


def with_slots(repetition: Repetition, slots: dict[str, int]) -> Repetition:
    """The same, with dates announced at these slots, too."""
    known = {day: f"{slot:016x}" for day, slot in slots.items()}
    return replace(repetition, slots=repetition.slots | known)


async def _write(service: Service, repetitions: list[Repetition]) -> None:
    noted = json.dumps([asdict(each) for each in repetitions])
    await service.store.choices.note(NOTE, noted)


def _read(text: str) -> Rule:
    try:
        rule = read_rule(text)
    except (Unreadable, TooOften):
        raise Unfit(
            "repeat",
            "write a rule of RFC 5545, such as FREQ=WEEKLY;COUNT=8, or: every thursday 8 times",
        ) from None
    if rule.parts.keys() & {"byhour", "byminute", "bysecond"}:
        raise Unfit("repeat", "a rule names days; the hour is that of the start")
    return rule


def _wall(seconds: int, tz: str) -> datetime:
    return datetime.fromtimestamp(seconds, clock.zone(tz)).replace(tzinfo=None)


def _until(rule: Rule, tz: str) -> datetime:
    """The last moment that a rule names, on the wall."""
    if rule.until is None:
        return datetime(9999, 12, 31)  # noqa: DTZ001 - on the wall
    moment = datetime.fromisoformat(rule.until)
    if len(rule.until) == len("20270301"):
        return datetime.combine(date.fromisoformat(rule.until), time.max)
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).astimezone(clock.zone(tz)).replace(tzinfo=None)
