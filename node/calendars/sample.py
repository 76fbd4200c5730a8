"""The calendar of the demonstration: 60 invented events of 25 invented hosts in one town, soon."""

import tomllib
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vGeo

FILE = Path(__file__).parent / "sample.toml"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def sample_calendar(today: date) -> bytes:
    """An iCalendar file whose events begin between tomorrow and three weeks from now."""
    sample = tomllib.loads(FILE.read_text("utf-8"))
    calendar = Calendar()
    calendar.add("PRODID", "-//Potluck//Sample//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", f"Invented events in {sample['town']}")
    calendar.add("X-WR-TIMEZONE", sample["tz"])
    event_of = partial(_event, sample, today)
    for number, facts in enumerate(sample["event"]):
        calendar.add_component(event_of(number, facts))
    return bytes(calendar.to_ical())


def _event(sample: dict[str, Any], today: date, number: int, facts: dict[str, Any]) -> Event:
    place = sample["places"][facts["place"]]
    start, end = _times(facts, today, ZoneInfo(sample["tz"]))
    access = facts.get("access", {})
    organiser = vCalAddress("MAILTO:noreply@example.org")
    organiser.params["CN"] = facts["host"]
    event = Event()
    event.add("UID", f"{number}@sample.example")
    event.add("DTSTAMP", datetime.combine(today, time(), ZoneInfo("UTC")))
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", facts["title"], parameters={"LANGUAGE": facts.get("lang", "en")})
    event.add("DESCRIPTION", facts["about"])
    event.add("LOCATION", "\n".join(place[part] for part in ("name", "address") if part in place))
    event.add("GEO", vGeo(tuple(place["at"])))
    event.add("CATEGORIES", facts["topics"])
    event.add("ORGANIZER", organiser)
    event.add("X-COST", facts["price"])
    event.add("STATUS", facts.get("status", "confirmed").upper())
    if access:
        answers = (f"{need}={'yes' if met else 'no'}" for need, met in access.items())
        event.add("X-POTLUCK-ACCESS", ",".join(answers))
    if "capacity" in facts:
        event.add("X-POTLUCK-CAPACITY", str(facts["capacity"]))
    if "repeat" in facts:
        event.add("RRULE", {"FREQ": "WEEKLY", "COUNT": facts["repeat"]})
    return event


def _times(facts: dict[str, Any], today: date, zone: ZoneInfo) -> tuple[date, date]:
    weekday, _, clock = facts["when"].partition(" ")
    tomorrow = today + timedelta(days=1)
    wait = (_WEEKDAYS.index(weekday) - tomorrow.weekday()) % 7
    day = tomorrow + timedelta(days=wait, weeks=facts.get("week", 0))
    if not clock:
        return day, day + timedelta(days=facts["days"])
    start = datetime.combine(day, time.fromisoformat(clock), zone)
    return start, start + timedelta(hours=facts["hours"])
