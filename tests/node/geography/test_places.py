"""What people write for a place, and what it means."""

from __future__ import annotations

import zipfile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.node import clock
from potluck.node.geography import gazetteer
from potluck.node.geography.distance import distance_km
from potluck.node.geography.gazetteer import fold
from potluck.node.geography.places import Ambiguous, Unknown, resolve, spot_at, suggest
from potluck.protocol.errors import LocalError, NotFound


@pytest.mark.parametrize(
    ("text", "label", "zone"),
    [
        ("Lisboa", "Lisbon, Portugal", "Europe/Lisbon"),
        ("東京", "Tokyo, Japan", "Asia/Tokyo"),
        ("Москва", "Moscow, Russia", "Europe/Moscow"),
        ("القاهرة", "Cairo, Egypt", "Africa/Cairo"),
        ("서울", "Seoul, South Korea", "Asia/Seoul"),
        ("Köln", "Köln, North Rhine-Westphalia, Germany", "Europe/Berlin"),
        ("koln", "Köln, North Rhine-Westphalia, Germany", "Europe/Berlin"),
        ("  COLOGNE ", "Köln, North Rhine-Westphalia, Germany", "Europe/Berlin"),
        ("Lodz", "Łódź, Poland", "Europe/Warsaw"),
        ("Kreuzberg, Berlin", "Kreuzberg, State of Berlin, Germany", "Europe/Berlin"),
        (
            "Bloomington, Indiana",
            "Bloomington, Indiana, United States",
            "America/Indiana/Indianapolis",
        ),
        ("bloomington,in", "Bloomington, Indiana, United States", "America/Indiana/Indianapolis"),
        ("Bloomington, IL, USA", "Bloomington, Illinois, United States", "America/Chicago"),
        ("München, Bayern", "Munich, Bavaria, Germany", "Europe/Berlin"),
        ("London, ON", "London, Ontario, Canada", "America/Toronto"),
        ("Cambridge, UK", "Cambridge, England, United Kingdom", "Europe/London"),
        ("Toledo, España", "Toledo, Castille-La Mancha, Spain", "Europe/Madrid"),
        ("Paris, Texas", "Paris, Texas, United States", "America/Chicago"),
        ("Washington, D.C.", "Washington, District of Columbia, United States", "America/New_York"),
    ],
)
def test_a_name_resolves(text: str, label: str, zone: str) -> None:
    spot = resolve(text)

    assert (spot.label, spot.tz) == (label, zone)


@pytest.mark.parametrize(
    ("text", "country"),
    [("Berlin", "Germany"), ("Paris", "France"), ("London", "United Kingdom"), ("Roma", "Italy")],
)
def test_a_name_means_the_place_that_is_ten_times_larger(text: str, country: str) -> None:
    assert resolve(text).country == country


@pytest.mark.parametrize("text", ["Bloomington", "Springfield", "Portland", "Valencia", "Halle"])
def test_an_ambiguous_name_is_asked_back_with_what_to_type(text: str) -> None:
    with pytest.raises(Ambiguous) as asked:
        resolve(text)

    assert len(asked.value.choices) > 1
    for typed, label in asked.value.choices.items():
        assert typed in str(asked.value)
        assert resolve(typed).label == label


def test_the_choices_for_bloomington() -> None:
    with pytest.raises(Ambiguous, match="Several places are called 'Bloomington'") as asked:
        resolve("Bloomington")

    states = [typed.split(", ")[1] for typed in asked.value.choices]
    assert sorted(states) == ["California", "Illinois", "Indiana", "Minnesota"]


def test_a_byname_gives_way_to_a_larger_town_of_that_very_name() -> None:
    with pytest.raises(Ambiguous) as asked:
        resolve("Portland")

    assert not any("Sandusky" in typed for typed in asked.value.choices)
    assert resolve("Freiburg, Switzerland").name == "Fribourg"


@pytest.mark.parametrize("text", ["Berln", "Xqzzyplace", "", ",", "Kreuzberg, Paris", "🎉"])
def test_an_unknown_name_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match=r"52\.52,13\.40"):
        resolve(text)


def test_a_misspelt_name_gets_its_neighbours() -> None:
    with pytest.raises(NotFound, match="Did you mean: Berlin, Germany"):
        resolve("Berln")


@pytest.mark.parametrize("text", ["Bloomington, Ohio", "Blomington"])
def test_the_largest_towns_of_a_near_name_are_all_suggested(text: str) -> None:
    with pytest.raises(NotFound, match=r"Minnesota.*; Bloomington, Indiana"):
        resolve(text)


@pytest.mark.parametrize("text", ["52.52,13.40", " 52.52 , 13.40 ", "52.52 13.40", "+52.520;13.4"])
def test_coordinates_are_kept_and_named_after_the_nearest_town(text: str) -> None:
    spot = resolve(text)

    assert spot.point == (52.52, 13.4)
    assert (spot.name, spot.country, spot.tz) == ("Mitte", "Germany", "Europe/Berlin")


@pytest.mark.parametrize("text", ["95,3", "0,181", "-90.001,0"])
def test_coordinates_off_the_globe_are_refused(text: str) -> None:
    with pytest.raises(LocalError, match="not on the globe"):
        resolve(text)


@pytest.mark.parametrize(
    ("point", "zone"),
    [((0.0, -140.0), "Etc/GMT+9"), ((-48.0, 100.0), "Etc/GMT-7"), ((0.0, -180.0), "Etc/GMT+12")],
)
def test_at_sea_the_zone_follows_the_longitude(point: tuple[float, float], zone: str) -> None:
    assert spot_at(point).tz == zone


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_spot_on_the_globe_has_a_time_zone(lat: float, lon: float) -> None:
    spot = spot_at((lat, lon))

    assert ZoneInfo(spot.tz).key == spot.tz
    assert spot.label


def test_the_nearest_town_is_found_across_the_antimeridian() -> None:
    spot = spot_at((-16.8, -179.99))

    assert spot.country == "Fiji"


def test_suggestions_are_the_largest_towns_first() -> None:
    assert [spot.name for spot in suggest("berl", 1)] == ["Berlin"]
    assert [spot.name for spot in suggest("東", 1)] == ["Tokyo"]
    assert suggest("b") == []
    assert suggest("") == []
    assert len(suggest("san", 5)) == 5


@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_folding_takes_case_accents_and_strokes_away() -> None:
    assert [
        fold(name) for name in ("Saint-Étienne", "ŁÓDŹ", "Tromsø", "İstanbul", "  St.  Louis ")
    ] == [
        "saint etienne",
        "lodz",
        "tromso",
        "istanbul",
        "st louis",
    ]


def test_the_file_is_small_sound_and_says_whose_data_it_is() -> None:
    assert gazetteer.FILE.stat().st_size <= 3_000_000
    with zipfile.ZipFile(gazetteer.FILE) as file:
        assert file.testzip() is None
        assert "GeoNames" in file.read("README.txt").decode()
        assert "CC BY 4.0" in file.read("README.txt").decode()


def test_every_kept_town_is_found_by_its_own_name_and_has_a_real_zone() -> None:
    for rank in range(0, len(gazetteer.points()) // 2, 2003):
        town = gazetteer.town(rank)

        assert rank in gazetteer.named(fold(town.name))
        assert ZoneInfo(town.tz).key == town.tz
        assert gazetteer.area_name(town.country)
        assert distance_km(spot_at((town.lat, town.lon)).point, (town.lat, town.lon)) == 0


def test_populations_fall_with_the_rank() -> None:
    towns = [gazetteer.town(rank) for rank in range(0, 60_000, 5_000)]

    assert [town.population for town in towns] == sorted(
        (town.population for town in towns), reverse=True
    )


def test_a_qualifier_may_be_a_larger_place_nearby_but_not_a_smaller_one() -> None:
    assert resolve("Neukölln, Berlin").name == "Neukölln"
    with pytest.raises(NotFound):
        resolve("Köln, Leverkusen")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Bloomington IN", "Bloomington, Indiana, United States"),
        ("bloomington indiana", "Bloomington, Indiana, United States"),
        ("Frankfurt am Main Germany", "Frankfurt am Main, Hesse, Germany"),
        ("New York", "New York City, New York, United States"),
        ("Cambridge United Kingdom", "Cambridge, England, United Kingdom"),
    ],
)
def test_a_name_needs_no_comma_before_its_state_or_country(text: str, label: str) -> None:
    assert resolve(text).label == label
    assert label in [spot.label for spot in suggest(text)]


def test_of_several_places_those_in_the_zone_of_this_machine_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget = (resolve.cache_clear, clock.machine_zone.cache_clear)
    monkeypatch.setenv("TZ", "America/Chicago")
    for each in forget:
        each()
    with pytest.raises(Ambiguous) as asked:
        resolve("Bloomington")
    assert [typed.split(", ")[1] for typed in asked.value.choices][:2] == ["Minnesota", "Illinois"]
    assert suggest("Bloomington")[0].region == "Minnesota"

    monkeypatch.setenv("TZ", "America/Indiana/Indianapolis")
    for each in forget:
        each()
    with pytest.raises(Ambiguous) as asked:
        resolve("Bloomington")
    assert next(iter(asked.value.choices)) == "Bloomington, Indiana, United States"
    assert suggest("Bloomi")[0].region == "Indiana"
    for each in forget:
        each()


def test_an_unknown_name_is_asked_back_with_what_is_written_nearly_so() -> None:
    with pytest.raises(Unknown) as asked:
        resolve("Berln")
    assert "Berlin, Germany" in asked.value.choices
