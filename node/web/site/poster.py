"""The table's hand as a sheet of paper: A5, black on white, with a code that opens the site."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno

from potluck.node.language import format as words
from potluck.node.language.locale import Tongue
from potluck.node.operations import Json
from potluck.node.web.pages.view import environment
from potluck.protocol.errors import Refused

from .edition import announcements_of
from .pages import WHY, dealt, events_of
from .vocabulary import spoken

HERE = Path(__file__).parent
LONG_TITLE, LONG_LINE = 42, 62
"""Characters above which the letters get smaller, so that five tickets stay on one sheet."""


def poster(said: Json) -> bytes:
    """A page to print, of what a site says (operations/sharing/publish.py). Raises Refused if it
    has no address, or no hand of its table today."""
    speaking = spoken(said["language"])
    table = said.get("table")
    if table is None:
        raise Refused("a poster shows a table's hand; name the table with --table")
    if not said["base"]:
        raise Refused("a poster leads to the site; say its address with --base")
    if not table["cards"]:
        why = WHY[table["why"]]
        raise Refused(why)
    events = _events(said, speaking)
    day = date.fromisoformat(table["date"])
    printed = datetime.fromtimestamp(said["published"], UTC).astimezone(ZoneInfo(said["tz"]))
    values = {
        "site": said,
        "tongue": speaking,
        "style": (HERE / "poster.css").read_text(encoding="utf-8"),
        "events": events,
        "day": words.capital(words.long_date(day, speaking)),
        "weekday": words.weekday(day, speaking),
        "organisers": table["cards"][0]["odds"]["organisers"],
        "printed": f"{words.long_date(printed.date(), speaking)}, {words.time(printed, speaking)}",
        "code": segno.make(said["base"], error="m", micro=False).svg_data_uri(border=4),
        "address": urlsplit(said["base"]).netloc + urlsplit(said["base"]).path.rstrip("/"),
        "tight": _is_tight(events),
    }
    template = environment(speaking, HERE).get_template("poster.html")
    return template.render(values).encode()


def _events(said: Json, speaking: Tongue) -> list[Json]:
    """The cards that are still held, in the order dealt."""
    held = events_of(said, announcements_of(said), speaking)
    dated = (event for event in held if event.said["start"])
    return [event.shown for _, event in dealt(said["table"], dated)]


def _is_tight(events: list[Json]) -> bool:
    long_titles = sum(len(event["title"]) > LONG_TITLE for event in events)
    lines = (line for event in events for line in (event["facts"], event["address"]))
    return long_titles > 1 or any(len(line) > LONG_LINE for line in lines)
