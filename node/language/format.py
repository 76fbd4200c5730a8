"""Times, places and facts in words, as one person would tell another."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from functools import lru_cache
from typing import Any

from babel import dates, numbers, units

from potluck.protocol.message import listed, marked

from .locale import Locale

_ISO = re.compile(r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?\b")
_KILOMETRES = re.compile(r"\b(\d+(?:\.\d+)?) km\b")
MILES = frozenset({"US", "LR", "MM"})
KM_A_MILE = 1.609344
FEET_A_KM = 3280.84


HOURS = listed("twelve one two three four five six seven eight nine ten eleven")
# What the clock shows in steps of five minutes. {hour} is the hour that was, {next} the hour to
# come.
FIVES = [
    marked("%(hour)s"),
    marked("five past %(hour)s"),
    marked("ten past %(hour)s"),
    marked("a quarter past %(hour)s"),
    marked("twenty past %(hour)s"),
    marked("twenty-five past %(hour)s"),
    marked("half past %(hour)s"),
    marked("twenty-five to %(next)s"),
    marked("twenty to %(next)s"),
    marked("a quarter to %(next)s"),
    marked("ten to %(next)s"),
    marked("five to %(next)s"),
]
PARTS = [  # from which hour on
    (0, marked("%(time)s at night")),
    (5, marked("%(time)s in the morning")),
    (12, marked("%(time)s in the afternoon")),
    (18, marked("%(time)s in the evening")),
    (22, marked("%(time)s at night")),
]
WINDS = listed("north north-east east south-east south south-west west north-west")
ACCESS = {
    "wheelchair": (marked("wheelchair access"), marked("no wheelchair access")),
    "step_free": (marked("step-free"), marked("not step-free")),
    "sign_language": (marked("sign language"), marked("no sign language")),
    "quiet": (marked("quiet"), marked("not quiet")),
    "children": (marked("children welcome"), marked("not for children")),
}
NEEDS = {
    "wheelchair": marked("Wheelchair"),
    "step_free": marked("Step-free"),
    "sign_language": marked("Sign language"),
    "quiet": marked("Quiet"),
    "children": marked("Children"),
}


def when(event: Mapping[str, Any], today: date, locale: Locale) -> tuple[str, str]:
    """When it is, twice: as a friend would say it, and in figures with the zone.

    `today` is the date there.
    """
    if event["start"] is None:
        return locale.gettext("A new date is not known yet"), ""
    start = datetime.fromisoformat(event["start"])
    end = datetime.fromisoformat(event["end"]) if event["end"] else start
    if event["all_day"]:
        return _all_day(start, end, today, locale)
    beside = today, end.date()
    spoken = locale.gettext(
        "%(day)s, %(time)s", day=_day(start.date(), locale, *beside), time=clock(start, locale)
    )
    figures = locale.gettext(
        "%(hours)s local time (%(zone)s)", hours=hours(start, end, locale), zone=zone(start)
    )
    return capital(spoken), ", ".join(
        filter(None, (_date_unsaid(start.date(), locale, *beside), figures))
    )


def _date_unsaid(day: date, locale: Locale, today: date, last: date) -> str:
    """What of the date the words left out."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return written(day, locale, today, last)
    return short_date(day, locale) if 1 < ahead < 7 else ""


def _all_day(start: datetime, end: datetime, today: date, locale: Locale) -> tuple[str, str]:
    first = start.date()
    last = (end - timedelta(seconds=1)).date() if end > start else first
    spoken = locale.gettext("%(day)s, all day", day=_day(first, locale, today, last))
    figures = written(first, locale, today, last)
    if last > first:
        until = written(last, locale, today, first)
        figures = locale.gettext("%(first)s to %(last)s", first=figures, last=until)
    return capital(spoken), figures


def capital(text: str) -> str:
    """The same, beginning as a sentence does."""
    return text[:1].upper() + text[1:]


def _day(day: date, locale: Locale, today: date, last: date) -> str:
    ahead = (day - today).days
    if ahead in (0, 1):
        return locale.gettext("today") if ahead == 0 else locale.gettext("tomorrow")
    if 1 < ahead < 7:
        return weekday(day, locale)
    return written(day, locale, today, last)


def clock(moment: datetime, locale: Locale) -> str:
    """A time of day in words: half past six in the evening."""
    if moment.minute % 5:
        return time(moment, locale)
    if moment.hour % 12 == 0 and moment.minute == 0:
        return locale.gettext("noon") if moment.hour else locale.gettext("midnight")
    hour = locale.gettext(HOURS[moment.hour % 12])
    following = locale.gettext(HOURS[(moment.hour + 1) % 12])
    # All values are handed over: a language says which of the two hours it counts from.
    spoken = locale.catalogue.gettext(FIVES[moment.minute // 5]) % {"hour": hour, "next": following}
    part = [words for first, words in PARTS if first <= moment.hour][-1]
    return locale.gettext(part, time=spoken)


def hours(start: datetime, end: datetime, locale: Locale) -> str:
    """From when to when, in figures."""
    if end == start:
        return time(start, locale)
    until = time(end, locale)
    if end.date() > start.date() and end - start >= timedelta(hours=12):
        until = f"{briefly(end.date(), locale, start.date())}, {until}"
    return locale.gettext("%(first)s to %(last)s", first=time(start, locale), last=until)


def time(moment: datetime, locale: Locale) -> str:
    """A time of day in figures."""
    return _time(moment.time(), locale)


# A list says the same days and hours again and again, and Babel takes a tenth of a millisecond
# each.
@lru_cache(maxsize=1024)
def _time(hour: time_of_day, locale: Locale) -> str:
    return dates.format_time(hour, "short", locale=locale.babel)


@lru_cache(maxsize=1024)
def weekday(day: date, locale: Locale) -> str:
    """Friday."""
    return dates.format_date(day, "EEEE", locale=locale.babel)


@lru_cache(maxsize=1024)
def long_date(day: date, locale: Locale) -> str:
    """Friday 12 June."""
    return locale.gettext(
        "%(weekday)s %(day)s", weekday=weekday(day, locale), day=short_date(day, locale)
    )


def written(day: date, locale: Locale, *beside: date) -> str:
    """A date beside others, as today's: with its year unless all are of one."""
    same_year = all(other.year == day.year for other in beside)
    return (long_date if same_year else full_date)(day, locale)


def briefly(day: date, locale: Locale, *beside: date) -> str:
    """The same without the weekday where no year is needed."""
    same_year = all(other.year == day.year for other in beside)
    return (short_date if same_year else full_date)(day, locale)


@lru_cache(maxsize=1024)
def short_date(day: date, locale: Locale) -> str:
    """12 June."""
    return dates.format_skeleton("MMMMd", day, locale=locale.babel)


@lru_cache(maxsize=1024)
def full_date(day: date, locale: Locale) -> str:
    """Friday, 12 June 2026."""
    return dates.format_date(day, "full", locale=locale.babel)


def zone(moment: datetime) -> str:
    """UTC+1, UTC+5:30, UTC."""
    offset = moment.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    whole, rest = divmod(abs(minutes), 60)
    return "UTC" if not minutes else f"UTC{sign}{whole}" + (f":{rest:02}" if rest else "")


def moment(text: str, there: tzinfo, locale: Locale) -> str:
    """A moment in ISO 8601 as day and time in a zone, which is named."""
    here = datetime.fromisoformat(text).astimezone(there)
    return locale.gettext(
        "%(day)s, %(time)s",
        day=long_date(here.date(), locale),
        time=f"{time(here, locale)} {zone(here)}",
    )


def ago(text: str, now: int, locale: Locale) -> str:
    """How long a moment in ISO 8601 is past: "2 hours ago"."""
    past = datetime.fromisoformat(text) - utc(now)
    return str(dates.format_timedelta(past, add_direction=True, locale=locale.babel))


def dated(text: str, locale: Locale) -> str:
    """The same with days and moments as people write them, where they stand in ISO 8601; and with
    miles, where people have them."""
    years = {found[0][:4] for found in _ISO.finditer(text)}

    def formatted(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0])
        day = (short_date if len(years) == 1 else full_date)(moment.date(), locale)
        return f"{day}, {time(moment, locale)} {zone(moment)}" if "T" in found[0] else day

    text = _ISO.sub(formatted, text)
    if not in_miles(locale):
        return text
    return _KILOMETRES.sub(lambda found: distance(float(found[1]), locale), text)


def utc(seconds: float) -> datetime:
    """A moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def spelled(value: int, locale: Locale) -> str:
    """A small number as a word, at the beginning of a sentence."""
    return capital(locale.gettext(HOURS[value % 12])) if 1 <= value <= 12 else number(value, locale)


def in_miles(locale: Locale) -> bool:
    """Whether people there have miles."""
    return locale.babel.territory in MILES


def distance(km: float, locale: Locale) -> str:
    """Kilometres or metres; where people have miles, miles or feet."""
    if in_miles(locale):
        miles = km / KM_A_MILE
        if miles < 0.2:
            return _measure(round(km * FEET_A_KM, -2), "foot", locale)
        return _measure(_rounded(miles), "mile", locale)
    if km < 0.995:
        return _measure(max(10.0, round(km * 1000, -1)), "meter", locale)
    return _measure(_rounded(km), "kilometer", locale)


def _rounded(value: float) -> float:
    return round(value, 1) if value < 10 else float(round(value))


@lru_cache(maxsize=1024)
def _measure(value: float, unit: str, locale: Locale) -> str:
    figure = int(value) if value == int(value) else value
    return (
        units.format_unit(figure, f"length-{unit}", "short", locale=locale.babel)
        or f"{figure} {unit}"
    )


def away(km: float | None, wind: str | None, locale: Locale) -> str:
    """How far and whither: 2.4 km north-east."""
    if km is None or wind is None:
        return ""
    if km < 0.05:
        return locale.gettext("right here")
    return locale.gettext(
        "%(distance)s %(wind)s", distance=distance(km, locale), wind=locale.gettext(wind)
    )


@lru_cache(maxsize=1024)
def number(value: float, locale: Locale) -> str:
    """A number as that country writes it."""
    return numbers.format_decimal(value, locale=locale.babel)


def access(answers: dict[str, bool], locale: Locale) -> str:
    """Only what was said, in one line: Step-free, children welcome."""
    parts = [
        locale.gettext(words[0 if answers[need] else 1])
        for need, words in ACCESS.items()
        if need in answers
    ]
    return capital(", ".join(parts))


def key(text: str) -> str:
    """A key in groups of four, so that two people can compare it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def sentence(text: str | None) -> str:
    """Someone's words, closed by a full stop."""
    if not text:
        return ""
    return text if text.rstrip()[-1:] in ".!?…" else f"{text}."
