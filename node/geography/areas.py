"""Places of which no more is known than the area in which they lie."""

import re
from collections.abc import Mapping
from typing import Any

from .places import spot_at

_ROOM = re.compile(r"(room|hall|studio|raum|saal|halle|zimmer|salle|sala) *[0-9]+", re.IGNORECASE)
AREA_M = 500
"""A place that is uncertain by so much is an area: it has no direction from anywhere."""


def is_area(place: Mapping[str, Any]) -> bool:
    """Whether it lies somewhere in an area, and not on a spot of the map."""
    return place.get("lat") is not None and (place.get("uncertainty") or 0) >= AREA_M


def somewhere(place: Mapping[str, Any]) -> str:
    """The town of which it lies somewhere; "" for a spot, and where an address says more.

    Calendars write an address where the name stands, too, which has a figure in it; a numbered
    room has one as well.
    """
    if not is_area(place):
        return ""
    if re.search(r"[0-9]", place["name"]) and not _ROOM.fullmatch(place["name"]):
        return ""
    town, address = spot_at((place["lat"], place["lon"])).name, place.get("address") or ""
    return town if address.casefold() in ("", town.casefold()) else ""
