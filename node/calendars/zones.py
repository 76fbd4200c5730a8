"""Which time zone a calendar means by a name: IANA's, another's, or one that it describes."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from dateutil import rrule
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from .component import component
from .recurrence import Budget, Rule, TooOften, Unreadable, read_rule

UTC_NAMES = frozenset({"UTC", "Z", "GMT", "ETC/UTC", "ETC/GMT", "TZONE://MICROSOFT/UTC"})
LONGEST_NAME = 200
MAX_DESCRIBED = 100  # zones that one calendar describes
ZONE_COST = 2_000_000  # microseconds for all of them
FIRST, LAST = datetime(1970, 1, 1), datetime(2106, 1, 1)  # noqa: DTZ001 - local times, see Observed
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?")
_DISPLAY = re.compile(  # Outlook's names
    r"\((?:UTC|GMT)\s*(?:([+-])(\d{1,2})[:.](\d{2}))?\)\s*(.*)"
)
_PART = re.compile(
    r"^BEGIN:(STANDARD|DAYLIGHT)[ \t]*$.*?^END:\1[ \t]*$", re.IGNORECASE | re.MULTILINE | re.DOTALL
)


class Zone(NamedTuple):
    """A time zone, with its IANA name if it has one; `guessed` for one that nobody knows."""

    info: tzinfo
    name: str | None
    guessed: bool = False


UTC = Zone(ZoneInfo("UTC"), "UTC")


class Observed(tzinfo):
    """A zone that a calendar describes, by when each offset begins on the clock on the wall."""

    def __init__(self, onsets: Iterable[tuple[datetime, timedelta]]) -> None:
        ordered = sorted(onsets)
        self._begins = [begin for begin, _ in ordered]
        self._offsets = [offset for _, offset in ordered]

    def utcoffset(self, when: datetime | None, /) -> timedelta:
        if when is None:
            return self._offsets[0]
        return self._offsets[max(0, bisect_right(self._begins, when.replace(tzinfo=None)) - 1)]

    def dst(self, _when: datetime | None, /) -> timedelta:
        return timedelta(0)

    def tzname(self, _when: datetime | None, /) -> str:
        return "local"


class Described:
    """The zones that the calendars of a file describe: each text is read once, in bounded time."""

    def __init__(self) -> None:
        self._zones: dict[str, Zone | None] = {}
        self._budget = Budget(ZONE_COST)

    def read(self, text: str) -> Zone | None:
        """The zone of a VTIMEZONE, None if it cannot be read, or there were too many before it."""
        if text not in self._zones and len(self._zones) < MAX_DESCRIBED:
            place = known(component(_PART.sub("", text)).text("X-LIC-LOCATION"))
            with suppress(ValueError, IndexError, Unreadable, TooOften):
                place = place or Zone(Observed(_onsets(text, self._budget)), None)
            self._zones[text] = place
        return self._zones.get(text)


class Zones:
    """The zones of one calendar, by name. `texts` are its VTIMEZONEs."""

    def __init__(self, texts: Iterable[str] = (), described: Described | None = None) -> None:
        described = described or Described()
        zones = ((_named(text), described.read(text)) for text in texts)
        self._described = {name: zone for name, zone in zones if zone is not None}

    def find(self, tzid: str) -> Zone | None:
        """The zone of this name; None if neither the calendar nor anybody else knows it."""
        name = tzid.replace("\\", "").strip(' "')
        return known(name) or self._described.get(name) or _guessed(name)

    @property
    def only(self) -> Zone | None:
        """The zone of a calendar that describes no other."""
        return self.find(next(iter(self._described))) if len(self._described) == 1 else None


def _named(text: str) -> str:
    return component(_PART.sub("", text)).text("TZID").strip(' "')


def _onsets(text: str, budget: Budget) -> list[tuple[datetime, timedelta]]:
    """When each offset begins. Raises ValueError, IndexError, Unreadable, TooOften."""
    found: list[tuple[datetime, timedelta]] = []
    for part in _PART.finditer(text):
        observed = component(part[0])
        offset = _offset(observed.text("TZOFFSETTO"))
        start = datetime.fromisoformat(observed.text("DTSTART"))
        dates = [start.replace(tzinfo=None)]
        for each in observed.all("RDATE"):
            dates += [datetime.fromisoformat(date).replace(tzinfo=None) for date in each.items]
        for each in observed.all("RRULE"):
            dates += _yearly(each.value).dates(dates[0], FIRST, _until(each.value), budget)
        found += [(date, offset) for date in dates]
    found[0]  # a zone without any offset is none
    return found


def _yearly(text: str) -> Rule:
    """The rule of an offset: clocks change once a year. Raises Unreadable, TooOften."""
    rule = read_rule(text)
    if rule.freq != rrule.YEARLY or rule.parts.keys() & {"byhour", "byminute", "bysecond"}:
        raise Unreadable
    return rule


def _until(rule: str) -> datetime:
    """When a rule of a zone ends."""
    written = read_rule(rule).until
    return LAST if written is None else datetime.fromisoformat(written).replace(tzinfo=None)


def _offset(text: str) -> timedelta:
    """Of +0100 or -033000. Raises ValueError."""
    moment = datetime.strptime(text.strip(), "%z")
    return moment.utcoffset() or timedelta(0)


@lru_cache(maxsize=512)
def known(tzid: str) -> Zone | None:
    """The zone of a name that everybody knows: of IANA, of Windows, of Outlook, or an offset."""
    name = tzid.strip().strip('"')
    if len(name) > LONGEST_NAME:
        return None
    if name.upper() in UTC_NAMES:
        return UTC
    for guess in _guesses(name):
        iana = _iana().get(guess.strip().replace(" ", "_").casefold())
        if iana is not None:
            return Zone(ZoneInfo(iana), iana)
    return _of_offset(name) or _of_display_name(name)


def _guesses(name: str) -> Iterator[str]:
    """A name, also without what stands before and behind it, and as Windows calls it."""
    plain = re.sub(r"\s+\d+$", "", name)  # Exchange counts zones of the same name
    for each in dict.fromkeys((name, plain)):
        yield each
        yield WINDOWS_TO_OLSON.get(each, "")
    parts = name.strip("/").split("/")
    for begin in range(len(parts)):
        yield "/".join(parts[begin:])  # /freeassociation.sourceforge.net/Europe/Berlin


@lru_cache(maxsize=1)
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _of_offset(name: str) -> Zone | None:
    """UTC+02:00 or GMT-0330."""
    found = _OFFSET.fullmatch(name.upper())
    return None if found is None else fixed(_delta(found[1], found[2], found[3]))


def _of_display_name(name: str) -> Zone | None:
    """(UTC+01:00) Amsterdam, Berlin, …: the first town that IANA knows with this winter time."""
    found = _DISPLAY.fullmatch(name)
    return found and _of_towns(found[4], _delta(found[1] or "+", found[2] or "0", found[3]))


def _of_towns(names: str, winter: timedelta | None) -> Zone | None:
    """The zone of the first of these towns with this winter time, or of the only one of its name.

    Or of Eastern Time (US & Canada), which is Eastern Standard Time to Windows.
    """
    windows = re.sub(r" Time( \(.*\))?$", " Standard Time", names)
    if windows in WINDOWS_TO_OLSON:
        return known(windows)
    for town in re.split("[,/]", names):
        there = _towns().get(town.strip().replace(" ", "_").casefold(), [])
        fitting = [iana for iana in there if winter in (None, _winter(ZoneInfo(iana)))]
        if len(fitting) == 1 or (fitting and winter is not None):
            return Zone(ZoneInfo(fitting[0]), fitting[0])
    return None


def _guessed(name: str) -> Zone | None:
    """(UTC-07:00) Nowhere: at least how far from UTC it is in winter. Berlin: as Rails says it."""
    found = _DISPLAY.fullmatch(name)
    if found is None:
        return _of_towns(name, None)
    return fixed(_delta(found[1] or "+", found[2] or "0", found[3]))


@lru_cache(maxsize=1)
def _towns() -> Mapping[str, list[str]]:
    """The IANA zones by the towns that they are named after."""
    towns: dict[str, list[str]] = defaultdict(list)
    for folded, iana in _iana().items():
        towns[folded.rpartition("/")[2]].append(iana)
    return towns


def _winter(info: ZoneInfo) -> timedelta | None:
    """The offset without summer time."""
    january, july = (datetime(2026, month, 1, tzinfo=info).utcoffset() for month in (1, 7))
    return min(january, july) if january is not None and july is not None else None


def _delta(sign: str, hours: str, minutes: str | None) -> timedelta:
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -delta if sign == "-" else delta


def fixed(delta: timedelta) -> Zone | None:
    """The zone of a constant offset; it has a name if it is of whole hours."""
    hours, rest = divmod(delta, timedelta(hours=1))
    name = None if rest else f"Etc/GMT{-hours:+d}" if hours else "UTC"
    try:
        return Zone(timezone(delta), name if name in available_names() else None)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def available_names() -> frozenset[str]:
    """The names of all IANA zones."""
    return frozenset(_iana().values())
