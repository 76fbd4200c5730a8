"""The built-in gazetteer: names of towns in many scripts, searched inside a compressed file.

node/geography/data/gazetteer.zip holds every town of 5,000 people and more (GeoNames, CC BY 4.0;
node/geography/data/build.py makes it). Names are folded, sorted and cut into blocks, so that a
look-up unpacks one block and the node never holds the whole table: places cost it about a megabyte.
"""

from __future__ import annotations

import sys
import unicodedata
import zipfile
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path

FILE = Path(__file__).parent / "data" / "gazetteer.zip"
A_BLOCK = 2048  # lines
COORDINATE_UNIT = 1000  # coordinates are kept in thousandths of a degree: 111 m

# Letters that Unicode does not take apart but people type without their strokes.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


def fold(name: str) -> str:
    """A name without case, accents and punctuation: "Saint-Étienne" gives "saint etienne"."""
    small = unicodedata.normalize("NFKD", name).casefold()
    apart = unicodedata.normalize("NFKD", small).translate(_PLAIN)
    kept = (c for c in apart if unicodedata.category(c) != "Mn")
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in kept)
    return unicodedata.normalize("NFC", " ".join(words.split()))


@dataclass(frozen=True, slots=True)
class Town:
    """
    A populated place of the gazetteer; `country` and `region` are GeoNames codes ("DE", "16").
    """

    name: str
    country: str
    region: str
    lat: float
    lon: float
    tz: str
    population: int


def town(rank: int) -> Town:
    """The town of a rank; ranks count from 0, the most populous."""
    block, row = divmod(rank, A_BLOCK)
    name, area, zone, population = _lines(f"towns/{block:03}")[row].split("\t")
    lat, lon = point(rank)
    return Town(name, area[:2], area[2:], lat, lon, _lines("zones")[int(zone)], int(population))


def point(rank: int) -> tuple[float, float]:
    """Latitude and longitude in degrees of the town of a rank."""
    both = points()
    return both[2 * rank] / COORDINATE_UNIT, both[2 * rank + 1] / COORDINATE_UNIT


def named(folded: str) -> list[int]:
    """The ranks, ascending, of all towns that bear a folded name."""
    block = _lines(f"names/{_block_of(folded):03}")
    at = bisect_left(block, folded + "\t")
    if at < len(block) and block[at].startswith(folded + "\t"):
        return _ranks(block[at])
    return []


def beginning(folded: str) -> set[int]:
    """The ranks of all towns of which a name begins so; give at least two letters."""
    return {rank for line in _lines_beginning(folded) for rank in _ranks(line)}


def neighbours(folded: str) -> list[str]:
    """
    The folded names of the block in which a name would stand: where its misspellings are found.
    """
    return [line.partition("\t")[0] for line in _lines(f"names/{_block_of(folded):03}")]


def area_name(code: str) -> str | None:
    """The English name of a country ("DE") or of a state or province ("DE02")."""
    names = _areas().get(code)
    return names[0] if names else None


def is_in(town: Town, folded: str) -> bool:
    """Whether a folded name or code means the town's country, or its state or province."""
    areas = _areas()
    return any(
        folded in areas.get(code, [])[1:] for code in (town.country, town.country + town.region)
    )


@cache
def points() -> array[int]:
    """Latitude and longitude of all towns by rank, in turns, in thousandths of a degree."""
    both = array("i", _read("points"))
    if sys.byteorder == "big":
        both.byteswap()
    return both


def between(low: float, high: float) -> array[int]:
    """The ranks of all towns between two latitudes in degrees."""
    lats, ranks = _by_latitude()
    return ranks[
        bisect_left(lats, low * COORDINATE_UNIT) : bisect_right(lats, high * COORDINATE_UNIT)
    ]


@cache
def _by_latitude() -> tuple[array[int], array[int]]:
    """All latitudes in COORDINATE_UNITs, ascending, and whose they are."""
    lats = points()[::2]
    ranks = array("i", sorted(range(len(lats)), key=lats.__getitem__))
    return array("i", (lats[rank] for rank in ranks)), ranks


def _lines_beginning(folded: str) -> Iterator[str]:
    first = _block_of(folded)
    for number in range(first, len(_lines("names/first"))):
        block = _lines(f"names/{number:03}")
        lines = block[bisect_left(block, folded) :]
        matching = list(takewhile(lambda line: line.startswith(folded), lines))
        yield from matching
        if len(matching) < len(lines):
            return


def _block_of(folded: str) -> int:
    return max(0, bisect_right(_lines("names/first"), folded) - 1)


def _ranks(line: str) -> list[int]:
    return [int(rank) for rank in line.partition("\t")[2].split(",")]


@cache
def _areas() -> dict[str, list[str]]:
    """By code: the English name, then every folded name and code that means the area."""
    rows = (line.split("\t") for line in _lines("areas"))
    return {code: names for code, *names in rows}


@lru_cache(maxsize=16)
def _lines(member: str) -> list[str]:
    return _read(member).decode().split("\n")


def _read(member: str) -> bytes:
    with zipfile.ZipFile(FILE) as file:
        return file.read(member)
