"""Places by name, from the gazetteer that comes with the program: nobody is asked."""

from __future__ import annotations

from potluck.node.geography import places

from .service import Json, Service


async def towns(_service: Service, prefix: str, limit: int = 8) -> list[Json]:
    """Towns of which a name begins so, the most populous first: [{label, name, country, lat, lon, tz}…]."""
    return [
        {
            "label": spot.label,
            "name": spot.name,
            "country": spot.country,
            "lat": spot.lat,
            "lon": spot.lon,
        }
        | {"tz": spot.tz}
        for spot in places.suggest(prefix, limit)
    ]
