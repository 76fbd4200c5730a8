"""An event as a ticket shows it: words and figures, nothing to be worked out in a template."""

import math
from typing import Any

from potluck.node.geography import distance as geo
from potluck.node.geography.areas import is_area, somewhere
from potluck.node.geography.distance import Point
from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.service import Json
from potluck.protocol.candidate import who
from potluck.protocol.message import listed, marked

from .view import View
from .walks import walk

STOCKS = 5
_RINGS = 30 / math.log(5)
_NEAREST, _FARTHEST = 10.0, 94.0

# Which mark stands for a topic. One that is not here has the plain square.
_MARKS = {
    "food": "food cooking drink kitchen",
    "company": "company neighbours neighbors meetup social community friends",
    "craft": "craft crafts knitting making workshop diy",
    "water": "water swimming boats sea river",
    "nature": "nature garden gardening plants birds outdoors",
    "night": "night stars astronomy moths",
    "music": "music concert singing song choir",
    "repair": "repair mending bicycles bikes",
    "words": "words books reading poetry writing literature language languages",
    "walk": "walk walking hiking running sport sports",
    "talk": "talk talks debate politics lecture discussion history science",
    "screen": "film films cinema theatre theater stage comedy",
    "art": "art arts drawing painting photography exhibition gallery museum",
    "play": "games play children kids family chess",
    "dance": "dance dancing tango",
}
MARK_OF = {topic: mark for mark, topics in _MARKS.items() for topic in topics.split()}
TOPIC_WORDS = {
    word.lower(): word
    for word in listed(
        "Food Music Craft Nature Repair Words Walk Company Talk Art Play Dance Night Water"
    )
}
OFFERED = tuple(TOPIC_WORDS)[:12]


def marks(topics: list[str] | tuple[str, ...], locale: Locale) -> list[tuple[str, str]]:
    """The mark and the word of each topic."""
    return [(MARK_OF.get(topic.casefold(), "plain"), topic_word(topic, locale)) for topic in topics]


def topic_word(topic: str, locale: Locale) -> str:
    """A topic as people read it: ours in their language, a stranger's as it was written."""
    known = TOPIC_WORDS.get(topic.casefold())
    return locale.gettext(known) if known else topic[:1].upper() + topic[1:]


PAPERS = (
    marked("the yellow one"),
    marked("the orange one"),
    marked("the blue one"),
    marked("the green one"),
    marked("the purple one"),
)
"""What a ticket is called, by its place in the hand."""

_UNDEALT: Json = {
    **dict.fromkeys(("wild", "kept", "begun", "changed"), False),
    "odds": None,
    "importers": 0,
    "versions": [],
    "walk": None,
    "warnings": [],
}


def point_of(deck: Json) -> Point | None:
    """Where one looked from, if anywhere."""
    return (deck["lat"], deck["lon"]) if deck["near"] else None


def ticket(
    view: View, event: Json, place_in_hand: int = 0, here: Point | None = None
) -> dict[str, Any]:
    """All that a ticket shows of an event, in a hand or not. `here`: where the reader looks
    from."""
    locale = view.locale
    event = {**_UNDEALT, **event}
    spoken, figures = words.when(event, view.today_at(event["tz"]), locale)
    name, area = named(event["place"] or {}, locale)
    km, wind, degrees = _direction(event, here or view.point)
    return {
        "event": event,
        "skipped": _register(event) in view.skipped,
        "put_back": _item(event) in view.put_back,
        "id": event["id"],
        "anchor": f"t-{event['id'][:8]}",
        "stock": f"s{place_in_hand % STOCKS + 1}",
        "paper": locale.gettext(PAPERS[place_in_hand % STOCKS]),
        "title": event["title"] or locale.gettext("Withdrawn by its host"),
        "lang": event["lang"] if event["lang"] and event["lang"] != locale.code else None,
        "marks": marks(event["topics"] or [], locale),
        "when": spoken,
        "figures": figures,
        "place": name,
        "area": area,
        "km": km,
        "away": words.away(km, wind, locale),
        "degrees": degrees,
        "organiser": organiser(event, locale),
        "importer": importer(event, locale),
        "versions": [(announcer(each, locale), says(view, each)) for each in event["versions"]],
        "facts": facts(event, locale),
        "walk": walk(event["walk"], locale),
    }


def _register(event: Json) -> tuple[bytes, int]:
    return bytes.fromhex(event["host"]), int(event["slot"], 16)


def named(place: Json, locale: Locale) -> tuple[str, str]:
    """Its name and, of an area, where in that it is: its address, else somewhere in the town."""
    name = place.get("name", "")
    if not (town := somewhere(place)):
        return name, place["address"] or "" if is_area(place) else ""
    said = locale.gettext("somewhere in %(town)s", town=town)
    return "" if name.casefold() == town.casefold() else name, said


def _item(event: Json) -> bytes:
    """The item of the event (`Candidate.event`)."""
    host, slot = _register(event)
    return who(host, event["source"] and event["source"]["id"]) + slot.to_bytes(8, "big")


def organiser(event: Json, locale: Locale) -> str:
    """Who organises it, where a calendar names somebody, or oneself; a key has no name."""
    if event["source"]:
        return str(event["source"]["id"])
    return locale.gettext("You") if event["mine"] else ""


def importer(event: Json, locale: Locale) -> str:
    """Who imported it, and that others did; nothing if nobody did."""
    if not event["source"]:
        return ""
    if event["source"]["claimed_by"]:
        claimed = words.key(event["source"]["claimed_by"][:8])
        return locale.gettext("now announced by host %(key)s", key=claimed)
    mine = event["mine"]
    by = locale.gettext("imported by you") if mine else locale.gettext("imported from a calendar")
    others = event["importers"] - 1
    return by if others < 1 else by + locale.ngettext(" and another", " and %(num)s others", others)


def announcer(event: Json, locale: Locale) -> str:
    """Who says otherwise; a key has no name."""
    return locale.gettext("You") if event["mine"] else locale.gettext("Another importer")


def says(view: View, other: Json) -> str:
    """What another version says otherwise, in words."""
    locale, differs = view.locale, set(other["differs"])
    parts = []
    if "status" in differs:
        state = _STATES[other["status"]]
        parts.append(locale.gettext(state))
    if differs & {"start", "end", "all_day"}:
        parts += words.when(other, view.today_at(other["tz"]), locale)
    if "place" in differs:
        parts.append((other["place"] or {}).get("name") or locale.gettext("Where is not said"))
    if "title" in differs:
        parts.append(other["title"])
    return " ".join(words.sentence(part) for part in parts if part)


_STATES = {
    "scheduled": marked("It takes place"),
    "postponed": marked("Postponed"),
    "cancelled": marked("Cancelled"),
}


def facts(event: Json, locale: Locale) -> str:
    """Price and access, as far as they were said."""
    price = event["price"]
    if price and price.casefold() == "free":
        price = locale.gettext("Free")
    access = words.access(event["access"] or {}, locale)
    return " ".join(filter(None, (words.sentence(price), words.sentence(access))))


def _direction(event: Json, here: Point | None) -> tuple[float | None, str | None, float | None]:
    """Distance in km, wind and bearing in degrees."""
    place = event["place"] or {}
    if here is None or place.get("lat") is None or is_area(place):
        return None, None, None
    there = (place["lat"], place["lon"])
    return geo.distance_km(here, there), geo.direction(here, there), geo.bearing(here, there)


def rose(ticket: dict[str, Any], locale: Locale) -> dict[str, Any] | None:
    """Where the dot of the compass rose lies, x and y of a 240-unit square, and what its rings say.

    Rings are at 1, 5 and 25 km, or as many miles.
    """
    if ticket["km"] is None:
        return None
    away = ticket["km"] / (words.KM_A_MILE if words.in_miles(locale) else 1)
    radius = min(_FARTHEST, max(_NEAREST, 34 + _RINGS * math.log(max(away, 0.01))))
    angle = math.radians(ticket["degrees"])
    x, y = round(radius * math.sin(angle), 1), round(-radius * math.cos(angle), 1)
    outermost = 25 * (words.KM_A_MILE if words.in_miles(locale) else 1)
    return {"x": x, "y": y, "outermost": words.distance(outermost, locale)}


def used_marks(tickets: list[dict[str, Any]]) -> list[str]:
    """The marks that a page needs, each once."""
    return sorted({mark for each in tickets for mark, _ in each["marks"]})
