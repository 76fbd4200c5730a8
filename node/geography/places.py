"""
From what people write ("Kreuzberg, Berlin", "東京", "52.52,13.40") to a spot on the map.

A name that several towns bear is settled only when the largest has at least ten times the people of
the next: "Paris" is the one in France, but "Bloomington" is asked back, with what to type for each.
Y in "X, Y" is a country, a state or province, or a larger place within 50 km; "X Y" is read so
where no town bears the whole name. Of several, those of this machine's time zone come first.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache, partial
from heapq import nsmallest

from potluck.node import clock
from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.message import Message

from . import gazetteer
from .distance import Point, distance_km
from .gazetteer import Town, fold

CLEARLY_LARGER = 10
BESIDE_KM = 50.0
ASHORE_KM = 300.0  # farther from any town, the time zone follows the longitude alone
CLOSE_KM = 30.0
KM_A_DEGREE = 111.0  # of latitude, a little less than it is
CHOICES_SHOWN = 8
SIMILAR_SHOWN = 3  # of the towns that bear one of the names that are written nearly so
LOOKED_THROUGH = 64
"""
Of so many towns that begin alike, the most populous, those near this machine's zone come first.
"""

_COORDINATES = re.compile(r"\s*([+-]?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")


_SEVERAL = Message("Several places are called {text!r}. Write one of: {shown}.")


class Ambiguous(LocalError):
    """Several places bear the name; `choices` says what to type for each, and its label."""

    def __init__(self, text: str, choices: dict[str, str]) -> None:
        shown = (
            typed if typed == label else f"{typed} ({label})" for typed, label in choices.items()
        )
        super().__init__(_SEVERAL.template, text=text, shown="; ".join(shown))
        self.choices = choices


class Unknown(NotFound):
    """No place bears the name; `choices` has the labels of places that are written nearly so."""

    def __init__(self, text: str, choices: tuple[str, ...]) -> None:
        message = Message(
            "No place called {text!r} is known here. Name a larger town near it (5,000 people or "
            "more), or give coordinates such as 52.52,13.40.",
            text=text,
        )
        if choices:
            message = Message(
                "No place called {text!r} is known here. Did you mean: {spots}? Else name a "
                "larger town "
                "near it (5,000 people or more), or give coordinates such as 52.52,13.40.",
                text=text,
                spots="; ".join(choices),
            )
        super().__init__(message)
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Spot:
    """
    A place on the map: names in English where they are not its own, degrees, an IANA time zone.
    """

    name: str
    region: str | None
    country: str
    lat: float
    lon: float
    tz: str
    uncertainty: int | None = None
    """Metres within which it may lie, where no more is known than a town's name."""

    @property
    def point(self) -> Point:
        return self.lat, self.lon

    @property
    def label(self) -> str:
        """All names in one line, such as "Bloomington, Indiana, United States"."""
        region = self.region or ""
        repeated = self.name.casefold() in region.casefold()
        return ", ".join(
            name for name in (self.name, "" if repeated else region, self.country) if name
        )


@lru_cache(maxsize=256)
def resolve(text: str) -> Spot:
    """The spot that a name or "LAT,LON" means.

    Raises Unknown (with similar names) and Ambiguous (with what to type for each choice).
    """
    point = coordinates(text)
    if point is not None:
        return spot_at(point)
    towns = _towns_meant(text)
    if not towns:
        raise Unknown(text, _similar(text))
    if len(towns) > 1 and towns[0].population < CLEARLY_LARGER * towns[1].population:
        raise Ambiguous(text, _choices(towns))
    return _spot(towns[0])


def coordinates(text: str) -> Point | None:
    """
    Latitude and longitude if the text is such a pair; raises LocalError if they are off the globe.
    """
    pair = _COORDINATES.fullmatch(text)
    if pair is None:
        return None
    lat, lon = float(pair[1]), float(pair[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise LocalError(
            "{text!r} is not on the globe: write latitude (-90 to 90), longitude (-180 to 180)",
            text=text,
        )
    return lat, lon


@lru_cache(maxsize=256)
def spot_at(point: Point) -> Spot:
    """The spot at exact coordinates, with the name and time zone of the nearest town."""
    nearest = _nearest(point)
    if nearest is None:
        hours = round(point[1] / 15)
        return Spot(f"{point[0]:.3f}, {point[1]:.3f}", None, "", *point, f"Etc/GMT{-hours:+d}")
    town = _spot(nearest)
    return Spot(town.name, town.region, town.country, *point, town.tz)


def suggest(beginning: str, limit: int = 8) -> list[Spot]:
    """The towns of which a name, in any language, begins so; none for a single letter.

    Those of this machine's zone come first, then the most populous. Where no name begins so, the
    towns that the text means, such as "Bloomington IN".
    """
    folded = fold(beginning)
    if len(folded) < 2 and folded.isascii():
        return []
    ranks = nsmallest(LOOKED_THROUGH, gazetteer.beginning(folded))
    towns = [gazetteer.town(rank) for rank in ranks] or _towns_meant(beginning)
    here = clock.machine_zone()
    return [_spot(town) for town in sorted(towns, key=lambda town: town.tz != here)[:limit]]


def _towns_meant(text: str) -> list[Town]:
    """The towns that a text may mean, the most populous first."""
    whole = _towns_named(text)
    if whole:
        return _without_bynames(text, whole)
    if "," in text:
        return _towns_of(*text.split(","))
    words = text.split()
    cuts = range(len(words) - 1, 0, -1)
    readings = (_towns_of(" ".join(words[:at]), " ".join(words[at:])) for at in cuts)
    return next(filter(None, readings), [])


def _towns_of(name: str, *qualifiers: str) -> list[Town]:
    fitting = [
        town for town in _towns_named(name) if all(_belongs(town, each) for each in qualifiers)
    ]
    return _without_bynames(name, fitting)


def _without_bynames(name: str, towns: list[Town]) -> list[Town]:
    """Leave out who bears a name only beside its own, where a larger town has it for its own.

    So "Portland" does not mean Sandusky, Ohio, but "Roma" means Rome and not Roma in Texas.
    """
    own = [town.population for town in towns if fold(town.name) == fold(name)]
    return [
        town
        for town in towns
        if fold(town.name) == fold(name) or town.population > max(own, default=0)
    ]


def _towns_named(name: str) -> list[Town]:
    return [gazetteer.town(rank) for rank in gazetteer.named(fold(name))]


def _belongs(town: Town, qualifier: str) -> bool:
    return gazetteer.is_in(town, fold(qualifier)) or any(
        larger.population > town.population
        and distance_km((town.lat, town.lon), (larger.lat, larger.lon)) <= BESIDE_KM
        for larger in _towns_named(qualifier)
    )


def _radius(town: Town) -> int:
    """Metres from its middle to its edge, if 1,500 people lived on each square kilometre."""
    return round(1000 * max(1.0, math.sqrt(town.population / (1_500 * math.pi))))


def _spot(town: Town) -> Spot:
    region = gazetteer.area_name(town.country + town.region)
    country = gazetteer.area_name(town.country) or town.country
    return Spot(town.name, region, country, town.lat, town.lon, town.tz, _radius(town))


def _choices(towns: list[Town]) -> dict[str, str]:
    """By what to type, which is the label or else the coordinates: the label."""
    towns = _nearest_first(towns)
    labels = [_spot(town).label for town in towns]
    return {
        label if labels.count(label) == 1 else f"{town.lat},{town.lon}": label
        for town, label in zip(towns[:CHOICES_SHOWN], labels, strict=False)
    }


def _nearest_first(towns: list[Town]) -> list[Town]:
    """Those of this machine's zone first, then by how many hours away they live; else as they were.

    A machine that keeps UTC says nothing of where it is.
    """
    here, now = clock.machine_zone(), datetime.now(UTC)
    if here == "UTC":
        return towns

    def hours_away(town: Town) -> float:
        there, own = (now.astimezone(clock.zone(name)).utcoffset() for name in (town.tz, here))
        return abs((there - own).total_seconds()) if there is not None and own is not None else 0.0

    return sorted(towns, key=lambda town: (town.tz != here, hours_away(town)))


def _similar(text: str) -> tuple[str, ...]:
    folded = fold(text.partition(",")[0])
    names = get_close_matches(folded, gazetteer.neighbours(folded), n=3, cutoff=0.8)
    towns = [_without_bynames(name, _towns_named(name))[:SIMILAR_SHOWN] for name in names]
    labels = (_spot(town).label for near in towns for town in near)
    return tuple(dict.fromkeys(labels))[:CHOICES_SHOWN]


def _nearest(point: Point) -> Town | None:
    """
    The nearest town within ASHORE_KM: looked for close by first, for that is where it mostly is.
    """
    for km in (CLOSE_KM, ASHORE_KM):
        reach = km / KM_A_DEGREE
        ranks = gazetteer.between(point[0] - reach, point[0] + reach)
        rank = min(ranks, key=partial(_squared, point), default=None)
        if rank is not None:
            town = gazetteer.town(rank)
            if distance_km(point, (town.lat, town.lon)) <= km:
                return town
    return None


def _squared(point: Point, rank: int) -> float:
    """
    How far a town is, squared and in degrees, on the plane that touches the globe at the point.
    """
    lat, lon = gazetteer.point(rank)
    east = ((lon - point[1] + 180) % 360 - 180) * math.cos(math.radians(point[0]))
    return (lat - point[0]) ** 2 + float(east) ** 2
