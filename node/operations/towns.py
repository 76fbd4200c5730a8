"""Places by name, from the gazetteer that comes with the program: nobody is asked."""

from typing import Annotated, TypedDict

from msgspec import Meta

from potluck.node.geography import places

from .fields import Word, taken
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
    return [taken(Town, spot) for spot in places.suggest(prefix, limit)]
