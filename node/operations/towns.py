"""Places by name, from the gazetteer that comes with the program: nobody is asked."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from potluck.node.geography import places

from .fields import Word
from .service import Service

Limit = Annotated[int, Meta(ge=1, le=500)]


class Town(TypedDict):
    """A town: all its names in one line, degrees, its time zone."""

    label: str
    name: str
    country: str
    lat: float
    lon: float
    tz: str


async def towns(_service: Service, prefix: Word, limit: Limit = 8) -> list[Town]:
    """Towns of which a name begins so, the most populous first."""
    return [
        {
            "label": spot.label,
            "name": spot.name,
            "country": spot.country,
            "lat": spot.lat,
            "lon": spot.lon,
            "tz": spot.tz,
        }
        for spot in places.suggest(prefix, limit)
    ]
