"""The table's hand as a sheet of paper: A5, black on white, with a code that opens the site."""

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno

from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.service import Json
from potluck.node.web.pages.templates import environment
from potluck.protocol.errors import Refused
from potluck.protocol.message import Message

from .edition import announcements_of
from .pages import WHY, dealt, events_of
from .vocabulary import spoken

HERE = Path(__file__).parent
LONG_TITLE, LONG_LINE = 42, 62
"""Characters above which the letters get smaller, so that five tickets stay on one sheet."""


def poster(content: Json) -> bytes:
    """A page to print, of what a site says (operations/sharing/publish.py). Raises Refused if it
    has no address, or no hand of its table today."""
    locale = spoken(content["language"])
    table = content.get("table")
    if table is None:
        raise Refused("a poster shows a table's hand; name the table with --table")
    if not content["base"]:
        raise Refused("a poster leads to the site; say its address with --base")
    if not table["cards"]:
        why = WHY[table["why"]]
        raise Refused("{why} Leave the node up over midnight, and print it then", why=Message(why))
    events = _events(content, locale)
    day = date.fromisoformat(table["date"])
    printed = datetime.fromtimestamp(content["published"], UTC).astimezone(ZoneInfo(content["tz"]))
    values = {
        "site": content,
        "locale": locale,
        "style": (HERE / "poster.css").read_text(encoding="utf-8"),
        "events": events,
        "day": words.capital(words.long_date(day, locale)),
        "weekday": words.weekday(day, locale),
        "organisers": table["cards"][0]["odds"]["organisers"],
        "printed": f"{words.long_date(printed.date(), locale)}, {words.time(printed, locale)}",
        "code": segno.make(content["base"], error="m", micro=False).svg_data_uri(border=4),
        "address": urlsplit(content["base"]).netloc + urlsplit(content["base"]).path.rstrip("/"),
        "tight": _is_tight(events),
    }
    template = environment(locale, HERE).get_template("poster.html")
    return template.render(values).encode()


def _events(content: Json, locale: Locale) -> list[Json]:
    """The cards that are still held, in the order dealt."""
    held = events_of(content, announcements_of(content), locale)
    dated = (event for event in held if event.content["start"])
    return [event.shown for _, event in dealt(content["table"], dated)]


def _is_tight(events: list[Json]) -> bool:
    long_titles = sum(len(event["title"]) > LONG_TITLE for event in events)
    lines = (line for event in events for line in (event["facts"], event["on_paper"]))
    return long_titles > 1 or any(len(line) > LONG_LINE for line in lines)
