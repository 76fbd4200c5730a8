"""Events as words for a person: when, where, what. Nothing is computed but how it reads."""

import re
from datetime import datetime, timedelta

import click

from potluck.protocol.message import listed, marked

from .client import now
from .language import _, count, locale, translate
from .printing import Json, bold, dim, print_line


def when(event: Json) -> str:
    """When it is, in the reader's zone, named; the local time there too if it differs."""
    if event.get("start") is None:
        return _("no date yet")
    start = datetime.fromisoformat(event["start"])
    end = datetime.fromisoformat(event["end"]) if event.get("end") else start
    if event.get("all_day"):
        return _days(start, end)
    here, here_end = start.astimezone(), end.astimezone()
    text = f"{_span(here, here_end)} {here.tzname()}"
    if here.utcoffset() != start.utcoffset():
        same_day = start.date() == here.date()
        there = _hours(start, end) if same_day else _span(start, end)
        text += _(" ({there} there, {tz})", there=there, tz=event["tz"])
    return text


def organiser(event: Json) -> str:
    """Who organises it, as far as it has a name."""
    return event["source"]["id"] if event.get("source") else ""


def importer(event: Json) -> str:
    """Who imported it, or announced it."""
    if event["title"] is None:
        return ""
    if event["source"] and event["source"]["claimed_by"]:
        return _("now announced by host {host}", host=event["source"]["claimed_by"][:8])
    by = _("you") if event["mine"] else _("host {host}", host=event["host"][:8])
    if not event["source"]:
        return _("announced by {host}", host=by)
    more = event.get("importers", 1) - 1
    if more > 0:
        return _("imported by {host} and {hosts} more", host=by, hosts=count(more, "host"))
    return _("imported by {host}", host=by)


def day_and_hour(event: Json) -> tuple[str, str]:
    """The day and the hour in the reader's zone, short: ("Tue 16", "18:30"); "" for what is not."""
    if event.get("start") is None:
        return "", ""
    start = datetime.fromisoformat(event["start"])
    here = start if event.get("all_day") else start.astimezone()
    return f"{_weekday(here)} {here.day}", "" if event.get("all_day") else f"{here:%H:%M}"


def moment(text: str) -> str:
    """A day and time in the reader's zone, named."""
    here = datetime.fromisoformat(text).astimezone()
    return f"{_on(_day(here), f'{here:%H:%M}')} {here.tzname()}"


def in_words(text: str) -> str:
    """The same with the moments and days that stand in it in ISO 8601 as people write them."""
    text = re.sub(rf"{_DAY}T[\d:+-]+", lambda found: moment(found[0]), text)
    return re.sub(_DAY, lambda found: _day(datetime.fromisoformat(found[0]).astimezone()), text)


_DAY = r"\d{4}-\d\d-\d\d"


def _span(start: datetime, end: datetime) -> str:
    return _on(_day(start, end), _hours(start, end))


def _hours(start: datetime, end: datetime) -> str:
    if end == start:
        return f"{start:%H:%M}"
    if end - start < timedelta(hours=20):
        return f"{start:%H:%M}–{end:%H:%M}"
    return _("{start:%H:%M} until {end}", start=start, end=_on(_day(end, start), f"{end:%H:%M}"))


def _days(start: datetime, end: datetime) -> str:
    last = end - timedelta(seconds=1) if end > start else start
    if last.date() == start.date():
        return _("{day}, all day", day=_day(start))
    return _("{first} to {last}", first=_day(start, last), last=_day(last, start))


def _on(day: str, hours: str) -> str:
    return f"{day}, {hours}" if "," in day else f"{day} {hours}"


def _day(moment: datetime, beside: datetime | None = None) -> str:
    """A day as people call it: today, tomorrow, else its weekday; with its year unless this one
    is also that of the other day `beside` it."""
    today = now().astimezone(moment.tzinfo).date()
    years = {each.year for each in (moment, beside or moment, today)}
    date = _date(moment, with_year=len(years) > 1)
    if moment.date() == today:
        return _("today, {date}", date=date)
    if moment.date() == today + timedelta(days=1):
        return _("tomorrow, {date}", date=date)
    return date


def _date(moment: datetime, *, with_year: bool) -> str:
    words = locale()
    if words is None:
        year = f" {moment.year}" if with_year else ""
        return f"{moment:%a} {moment.day} {moment:%B}{year}"
    from babel.dates import format_skeleton

    return format_skeleton("yMMMMEd" if with_year else "MMMMEd", moment, locale=words.babel)


def _weekday(moment: datetime) -> str:
    words = locale()
    if words is None:
        return f"{moment:%a}"
    from babel.dates import format_date

    return format_date(moment, "EEE", locale=words.babel).rstrip(".")


def where(event: Json) -> str:
    """The place's name, and how far it is when that is known."""
    place = event.get("place")
    parts = [place["name"]] if place else []
    if place and place.get("address"):
        parts.append(place["address"])
    if event.get("distance_km"):
        parts.append(distance(event["distance_km"]))
    return ", ".join(parts)


def where_in_town(event: Json) -> str:
    """The same with the town, which one may not know who draws from everywhere."""
    place = event.get("place") or {}
    if place.get("lat") is None:
        return where(event)
    from potluck.node.geography.areas import is_area, somewhere
    from potluck.node.geography.places import spot_at

    if town := somewhere(place):
        area = _("somewhere in {town}", town=town)
        return area if place["name"].casefold() == town.casefold() else f"{place['name']}, {area}"
    if is_area(place):
        event = {**event, "distance_km": None}
        if event["source"]:  # whose importer named a town for all that says none
            return where(event)
    town = spot_at((place["lat"], place["lon"])).name
    is_said = town.casefold() in where(event).casefold()
    return where(event) if is_said else f"{where(event)}, {town}"


def distance(km: float) -> str:
    """Kilometres, or metres when near."""
    return _("{km:.1f} km", km=km) if km >= 1 else _("{metres:.0f} m", metres=round(km * 1000, -1))


STATUS = {
    "postponed": marked("POSTPONED"),
    "cancelled": marked("CANCELLED"),
    "withdrawn": marked("WITHDRAWN"),
}


def marks(event: Json) -> str:
    """What a reader should know at once: called off, one's own, kept."""
    found = []
    if event["status"] != "scheduled":
        found.append(click.style(translate(STATUS[event["status"]]), fg="red", bold=True))
    if event.get("mine") and not event.get("source"):
        found.append(_("yours"))
    if event.get("kept"):
        found.append(_("kept"))
    if event.get("begun"):
        found.append(_("has begun"))
    if event.get("wild"):
        found.append(_("wild card"))
    return "".join(f" [{mark}]" for mark in found)


def facts(event: Json) -> str:
    """Price, topics, language and access in one line."""
    parts = [event.get("price"), ", ".join(event.get("topics") or ())]
    parts += [
        _need(name) if yes else _("not {need}", need=_need(name))
        for name, yes in (event.get("access") or {}).items()
    ]
    return " · ".join(filter(None, parts))


NEEDS = listed("wheelchair step_free sign_language quiet children")
"""Those that have words of their own."""


def _need(name: str) -> str:
    return translate(name).replace("_", " ")


def events(found: list[Json]) -> None:
    """A plain list: one line an event."""
    if not found:
        print_line(
            "No events here yet. Bring some in: potluck import FILE; or meet others: potluck up"
        )
    for event in found:
        line = ", ".join(filter(None, (bold(event["title"]), where(event))))
        click.echo(f"{event['id'][:8]}  {when(event)}  {line}{marks(event)}")


def event_in_full(found: Json) -> None:
    """One event in full."""
    click.echo(f"{bold(found['title'] or _('A withdrawn event'))}{marks(found)}")
    lines = [when(found) if found["status"] != "withdrawn" else ""]
    lines += [where_in_town(found), facts(found)]
    lines += [organiser(found), importer(found), *(found[key] or "" for key in ("about", "url"))]
    labels = {"series": _("Series"), "capacity": _("Room for")}
    lines += [f"{label}: {found[key]}" for key, label in labels.items() if found[key]]
    if found.get("seen_at"):
        lines.append(_("Seen in its calendar on {time}", time=moment(found["seen_at"])))
    for line in filter(None, lines):
        click.echo(line)
    click.echo(dim(_("id {id}\nhost {host}", **found)))
    click.echo(dim(_("slot {slot}, revision {revision}", **found)))
