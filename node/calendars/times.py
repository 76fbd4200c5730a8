"""When a component takes place: moments on a wall's clock, in the zone that the calendar names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from .component import Component, Property
from .draft import Unusable
from .zones import UTC, Zone, Zones, fixed

_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.IGNORECASE,
)
_ALL_DAY = (
    "X-MICROSOFT-CDO-ALLDAYEVENT X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT X-FUNAMBOL-ALLDAY".split()
)
_MIDNIGHT = re.compile(r"(.+[T ])24(:?00.*)")  # 24:00, of the day that ends


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the wall (midnight if all day) in a zone."""

    wall: datetime
    all_day: bool
    zone: Zone

    @property
    def doubtful(self) -> bool:
        """Whether it is at a time of a zone that nobody knows."""
        return self.zone.guessed and not self.all_day

    @property
    def seconds(self) -> int:
        """UTC seconds. Raises Unusable for what an announcement cannot name."""
        return seconds(self.wall, self.zone)

    def at(self, wall: datetime) -> Moment:
        """Another time of the same kind."""
        return replace(self, wall=wall)

    def within(self, zone: Zone) -> datetime:
        """The time on the wall that another zone shows then. Raises Unusable."""
        if self.all_day or zone == self.zone:
            return self.wall
        try:
            there = self.wall.replace(tzinfo=self.zone.info).astimezone(zone.info)
        except OverflowError:
            raise Unusable("no date") from None
        return there.replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Length:
    """How long by the clock on the wall, then seconds: a night in which clocks change has others
    than its hours, and a day not 86,400."""

    wall: timedelta
    seconds: int = 0


def seconds(wall: datetime, zone: Zone) -> int:
    """UTC seconds of a time on the wall. A time that clocks skip is as long after the jump."""
    try:
        result = int(wall.replace(tzinfo=zone.info).timestamp())
    except (OverflowError, ValueError):
        raise Unusable("no date") from None
    if not 0 <= result < 1 << 32:
        raise Unusable("no date")
    return result


def moment(found: Property, zones: Zones, zone: Zone) -> Moment:
    """What a property says; `zone` is that of times without one. Raises Unusable."""
    return read_moment(found.value, found.params.get("TZID"), zones, zone)


def read_moment(value: str, tzid: str | None, zones: Zones, zone: Zone) -> Moment:
    """20270301, 20270301T190000, or with Z; also as ISO 8601 writes them. Raises Unusable."""
    value = value.strip().upper()
    midnight = _MIDNIGHT.fullmatch(value)
    try:
        when = datetime.fromisoformat(f"{midnight[1]}00{midnight[2]}" if midnight else value)
        when += timedelta(days=1 if midnight else 0)
    except (ValueError, OverflowError):
        raise Unusable("no date") from None
    if when.year < 2:
        raise Unusable("no date")
    if "T" not in value and " " not in value:
        return Moment(when.replace(tzinfo=None), all_day=True, zone=zone)
    if when.tzinfo is not None:
        return Moment(when.replace(tzinfo=None), all_day=False, zone=_of_offset(when, zone))
    own_zone = zones.find(tzid) if tzid else zone
    return Moment(when, all_day=False, zone=own_zone or zone._replace(guessed=True))


def _of_offset(when: datetime, zone: Zone) -> Zone:
    """The zone of a time with an offset: the calendar's, if clocks there show this time then."""
    delta = when.utcoffset() or timedelta(0)
    if not delta:
        return UTC
    fits = when.replace(tzinfo=zone.info).utcoffset() == delta
    return zone if fits else fixed(delta) or UTC


def start_of(event: Component, zones: Zones, zone: Zone) -> Moment:
    """DTSTART, all day if it or Outlook says so of its midnight. Raises Unusable."""
    found = event.first("DTSTART")
    if found is None:
        raise Unusable("no date")
    start = moment(found, zones, zone)
    is_date = found.params.get("VALUE", "").upper() == "DATE"
    if is_date or any(event.word(name) in ("TRUE", "1") for name in _ALL_DAY):
        for each in (start.wall, start.within(zone)):
            if each.time() == time():
                return Moment(each, all_day=True, zone=zone)
    return start


def length_of(event: Component, start: Moment, zones: Zones, zone: Zone) -> Length | None:
    """How long each date of a series lasts, by DTEND or DURATION; None if neither says so."""
    end = _end(event, start, zones, zone)
    if end is None:
        return _duration(event.text("DURATION"))
    apart = end.within(start.zone) - start.wall
    if apart <= timedelta():
        return None
    return Length(timedelta(days=apart.days) if start.all_day else apart)


def end_of(event: Component, start: Moment, zones: Zones, zone: Zone) -> int | None:
    """UTC seconds of the end of a single date; None if it says none."""
    end = _end(event, start, zones, zone)
    if end is None or start.all_day:
        return end_after(start, length_of(event, start, zones, zone))
    return _after(start, end.seconds)


def _end(event: Component, start: Moment, zones: Zones, zone: Zone) -> Moment | None:
    """DTEND, if it is one that goes with the start."""
    found = event.first("DTEND")
    try:
        end = None if found is None else moment(found, zones, zone)
        return None if end is None or (end.all_day and not start.all_day) else end
    except Unusable:
        return None


def _duration(text: str) -> Length | None:
    found = _DURATION.fullmatch(text.strip())
    if found is None or found[1] == "-":
        return None
    weeks, days, hours, minutes, secs = (int(part or 0) for part in found.groups()[1:])
    return Length(timedelta(days=weeks * 7 + days), hours * 3600 + minutes * 60 + secs)


def end_after(start: Moment, length: Length | None) -> int | None:
    """UTC seconds of the end after a length, if there is one."""
    if length is None:
        return None
    try:  # from where the clocks show it: they skip a time that is not; but a day is a day
        shown = datetime.fromtimestamp(start.seconds, start.zone.info).replace(tzinfo=None)
        wall = start.wall if start.all_day else shown
        return _after(start, seconds(wall + length.wall, start.zone) + length.seconds)
    except (OverflowError, Unusable):
        return None


def _after(start: Moment, end: int) -> int | None:
    return end if start.seconds < end < 1 << 32 else None
