"""Where a place is, of which only the surroundings are known."""

from typing import Any

import pytest

from potluck.node.geography.areas import somewhere
from potluck.node.language.locale import PLAIN, locale_of
from potluck.node.web.pages.paper_ticket import named

QUARRY = {"name": "Quarry", "address": None, "lat": 39.165, "lon": -86.526}
STREET = "12 Quarry Lane, Bloomington"


@pytest.mark.parametrize(
    ("place", "town"),
    [
        ({"uncertainty": 5_000}, "Bloomington"),
        ({"uncertainty": 5_000, "address": "bloomington"}, "Bloomington"),
        ({"uncertainty": 5_000, "address": STREET}, ""),
        ({"uncertainty": 5_000, "name": "Salmon Room - 201 Locust Ln Nashville"}, ""),
        ({"uncertainty": 5_000, "name": "Room 14"}, "Bloomington"),
        ({"uncertainty": 5_000, "name": "Room 14, 201 Locust Ln"}, ""),
        ({"uncertainty": 30}, ""),
        ({"uncertainty": None}, ""),
        ({"lat": None, "lon": None, "uncertainty": None}, ""),
    ],
)
def test_it_is_somewhere_in_the_town_unless_an_address_says_more(
    place: dict[str, Any], town: str
) -> None:
    assert somewhere(QUARRY | place) == town


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"uncertainty": 5_000}, ("Quarry", "somewhere in Bloomington")),
        ({"uncertainty": 5_000, "name": "bloomington"}, ("", "somewhere in Bloomington")),
        ({"uncertainty": 5_000, "address": STREET}, ("Quarry", STREET)),
        ({"uncertainty": 5_000, "name": "Locust Ln 201"}, ("Locust Ln 201", "")),
        ({"uncertainty": None, "address": STREET}, ("Quarry", "")),
    ],
)
def test_a_ticket_says_the_address_in_place_of_a_way(
    place: dict[str, Any], said: tuple[str, str]
) -> None:
    assert named(QUARRY | place, locale_of(PLAIN)) == said


def test_no_place_is_nowhere() -> None:
    assert named({}, locale_of(PLAIN)) == ("", "")
