"""What time it is: the clocks of a node, and times as people write and read them.

Local times are in a named zone, with the clock's jumps made plain.
"""

import os
import re
import time as system_time
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import trio

from . import limits
from .errors import Unfit

_DURATION = re.compile("(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,8})m(?:in)?)?")


class Clock:
    """The real clock, and the one that draws, lists and import windows read.

    The second starts at `pretended` (UTC seconds, from POTLUCK_NOW) when the clock is made.
    """

    def __init__(self, pretended: float | None = None) -> None:
        self._shift = 0.0 if pretended is None else pretended - system_time.time()

    def real(self) -> int:
        """UTC seconds: for issued_at, admission, expiry and rates."""
        return int(system_time.time())

    def now(self) -> int:
        """UTC seconds: for draws, lists and import windows."""
        return int(system_time.time() + self._shift)


async def notice_sleep(clock: Callable[[], float], woke: Callable[[], None]) -> None:
    """
    Call woke() after each sleep, until cancelled: the wall clock (`clock`, UTC seconds) went on
    while trio's stood still. A wall clock that is set forward looks the same, and does no harm.
    """
    while True:
        wall, steady = clock(), trio.current_time()
        await trio.sleep(limits.SLEEP_CHECK)
        if (clock() - wall) - (trio.current_time() - steady) > limits.SLEPT:
            woke()


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of this name; raises Unfit("tz") if nobody knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(
            "tz", "there is no time zone {name!r}; write it as Europe/Berlin", name=name
        ) from None


@lru_cache(maxsize=256)
def known(name: str) -> str:
    """The same zone, or UTC when nobody here knows it: in an announcement a host may name any."""
    try:
        return zone(name).key
    except Unfit:
        return "UTC"


@lru_cache(maxsize=1)
def machine_zone() -> str:
    """The IANA name of this machine's zone, as far as it can be told; else UTC."""

    for name in (os.environ.get("TZ", "").lstrip(":"), _linked_zone()):
        try:
            if name:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"


def _linked_zone() -> str:
    target = str(Path("/etc/localtime").resolve())
    return target.partition("/zoneinfo/")[2]


def read_moment(field: str, text: str, zone_name: str) -> int:
    """A local time such as 2027-03-01T19:00 in the zone (or with its own offset), in UTC seconds.

    Raises Unfit for a time that the zone's clocks skip, or show twice.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(field, "{text!r} is no time; write it as 2027-03-01T19:00", text=text) from None
    if moment.tzinfo is not None:
        return _seconds(field, moment)
    first = moment.replace(tzinfo=zone(zone_name))
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return _seconds(field, first)
    if first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) != moment:
        later = first.astimezone(UTC).astimezone(first.tzinfo)
        raise Unfit(
            field,
            "{text} does not exist in {zone_name}: the clocks jump over it; perhaps "
            "{later:%Y-%m-%dT%H:%M}?",
            text=text,
            zone_name=zone_name,
            later=later,
        )
    one, other = first.isoformat(timespec="minutes"), second.isoformat(timespec="minutes")
    raise Unfit(
        field,
        "{text} happens twice in {zone_name}, when the clocks go back: write {one} or {other}",
        text=text,
        zone_name=zone_name,
        one=one,
        other=other,
    )


def _seconds(field: str, moment: datetime) -> int:
    seconds = int(moment.timestamp())
    if not 0 <= seconds < 1 << 32:
        raise Unfit(field, "{moment} is out of range", moment=moment.isoformat())
    return seconds


def read_date(field: str, text: str) -> date:
    """A date such as 2027-03-01, in the years that an announcement may name."""
    try:
        moment = date.fromisoformat(text)
    except ValueError:
        raise Unfit(field, "{text!r} is no date; write it as 2027-03-01", text=text) from None
    if not 1970 <= moment.year < 2106:
        raise Unfit(field, "{moment} is out of range", moment=moment.isoformat())
    return moment


def is_date(text: str) -> bool:
    """Whether the text is a date without a time of day."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def midnight(day: date, zone_name: str) -> int:
    """When a day begins there, in UTC seconds (some days begin at one o'clock)."""
    start = datetime.combine(day, time.min, zone(zone_name))
    return int(start.astimezone(UTC).timestamp())


def read_duration(field: str, text: str) -> int:
    """Seconds of a duration such as 2h, 90m, 1h30m or 3d."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise Unfit(field, "{text!r} is no duration; write it as 2h, 90m, 1h30m or 3d", text=text)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return int(timedelta(days=days, hours=hours, minutes=minutes).total_seconds())


def iso(seconds: int | None, zone_name: str) -> str | None:
    """UTC seconds as ISO 8601 with the zone's offset at that time; unknown zones count as UTC."""
    return (
        None
        if seconds is None
        else datetime.fromtimestamp(seconds, zone(known(zone_name))).isoformat()
    )


def local_date(seconds: int, zone_name: str) -> date:
    """The date there at that time."""
    return datetime.fromtimestamp(seconds, zone(zone_name)).date()
