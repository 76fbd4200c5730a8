"""Where an event is: its name, its address and its coordinates, however programs write them."""

import re

from potluck.node.geography.places import spot_at
from potluck.protocol.announcement import MAX_ADDRESS, MAX_NAME, Place
from potluck.protocol.text import clean_line

from .component import Component, unescaped
from .feed import Feed

LONGEST_LOCATION = 1000  # more than what is kept
Point = tuple[float, float]
_POINT = re.compile(
    r"(geo:)?\s*([+-]?\d{1,2}(?:\.\d+)?(?:e-\d+)?)\s*[,;]"
    r"\s*([+-]?\d{1,3}(?:\.\d+)?(?:e-\d+)?)\s*(?(1)(?:[,;?].*)?)",
    re.IGNORECASE,
)
_PAIR = r"(?<![\d.])([+-]?\d{1,2}\.\d{%d,})[\s,;]+([+-]?\d{1,3}\.\d{%d,})\s*[)\]]?"
_ALONE, _AMONG_WORDS = (re.compile(_PAIR % (digits, digits)) for digits in (1, 3))
_NUMBER_OF = r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s*"
_ANGLE = rf"{_NUMBER_OF}°\s*(?:{_NUMBER_OF}['′’]\s*)?(?:{_NUMBER_OF}[\"″”]\s*)?"
_ANGLES = re.compile(rf"{_ANGLE}([NS])[\s,;]*{_ANGLE}([EW])\)?", re.IGNORECASE)
_BRACKETED = re.compile(r"([^(),\n]*[^(),\s])\s*\(([^()]*,[^()]*)\)")  # Meetup's
_BLANK_PARTS = re.compile(r",(?:\s*,)+")
_NUMBER = re.compile(r"[\d\s./-]+[a-z]?", re.IGNORECASE)
_METRES = re.compile("[0-9]{1,7}")
_LINK = re.compile(r"[a-z]+://\S+", re.IGNORECASE)


def place(event: Component, feed: Feed) -> Place | None:
    """Where it is: as it says itself, else around the spot that the importer named."""
    spot = feed.scope.spot
    written = event.text("LOCATION").strip()[:LONGEST_LOCATION]
    location, point = _parted(written)
    point = coordinates(event, feed) or point
    name, address = split_location(feed, event, "" if _LINK.fullmatch(written) else location)
    if not name:
        near = spot_at(point) if point else spot
        if near is None:
            return None
        name = near.name
    if point is not None:
        return Place(name, address, *point, _uncertainty(event, feed))
    if spot is not None:  # no more is known than that it is around there
        return Place(name, address, *spot.point, spot.uncertainty)
    return Place(name, address)


def _uncertainty(event: Component, feed: Feed) -> int | None:
    """Metres around its coordinates, in a calendar that Potluck wrote."""
    written = event.text("X-POTLUCK-UNCERTAINTY") if feed.ours else ""
    return int(written) if _METRES.fullmatch(written) else None


def split_location(feed: Feed, event: Component, location: str) -> tuple[str, str | None]:
    """Name and address: a first line, or all before the first comma, is what people call it."""
    if feed.ours and "X-POTLUCK-PLACE" in event:
        own = clean_line(event.text("X-POTLUCK-PLACE"), MAX_NAME)
        return own, clean_line(event.text("X-POTLUCK-ADDRESS"), MAX_ADDRESS) or None
    location = _BLANK_PARTS.sub(",", location.replace(" ,", ",")).strip(" ,\n")
    bracketed = _BRACKETED.fullmatch(location)
    name, _, address = location.partition("\n" if "\n" in location else ",")
    if bracketed:
        name, address = bracketed.groups()
    if _NUMBER.fullmatch(name.strip()):  # a house's number is no name
        name, address = location, ""
    structured = event.first("X-APPLE-STRUCTURED-LOCATION")
    if not name and structured is not None:
        said = (structured.params.get(each, "") for each in ("X-TITLE", "X-ADDRESS"))
        name, address = map(unescaped, said)
    return feed.line(name, MAX_NAME), feed.line(address, MAX_ADDRESS) or None


def coordinates(event: Component, feed: Feed) -> Point | None:
    """Where it is, in degrees: by GEO, or Apple's structured location."""
    for name in ("GEO", "X-APPLE-STRUCTURED-LOCATION"):
        point = _point(event.text(name).strip())
        if point is not None and (any(point) or feed.ours):
            return point  # 0;0 is how other programs say nothing
    return None


def _parted(location: str) -> tuple[str, Point | None]:
    """The words of a LOCATION, and the coordinates in it: a geo: URI, a pair with decimals, or in
    degrees, minutes and seconds."""
    if location[:4].lower() == "geo:":
        point = _point(location)
        return "", point if point and any(point) else None
    found = _ANGLES.search(location)
    if found is not None:
        parts = found.groups()
        point = _point(f"{_angle(*parts[:4])};{_angle(*parts[4:])}")
    else:
        found = _ALONE.fullmatch(location.strip("([ ")) or _AMONG_WORDS.search(location)
        point = _point(f"{found[1]};{found[2]}") if found else None
    if found is None or point is None:
        return location, None
    before, _, after = location.partition(found[0])
    return before.rstrip(" ,;(@[") + after, point if any(point) else None


def _angle(degrees: str, minutes: str | None, seconds: str | None, side: str) -> float:
    angle = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return round(-angle if side in "SWsw" else angle, 6)


def _point(text: str) -> Point | None:
    found = _POINT.fullmatch(text)
    lat, lon = (float(found[2]), float(found[3])) if found else (91.0, 181.0)
    on_the_globe = abs(lat) <= 90 and abs(lon) <= 180
    return (lat, lon) if on_the_globe else None
