"""Where events are, by all that programs write."""

from __future__ import annotations

import pytest

from potluck.node.geography.places import resolve
from tests.node.calendar_text import draft

APPLE = 'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Old Barn":geo:48.5,9.05'


@pytest.mark.parametrize(
    ("lines", "name", "address", "point"),
    [
        (["LOCATION:Barn"], "Barn", None, None),
        (["LOCATION:Barn\\, 3 Mill Lane\\, Town"], "Barn", "3 Mill Lane, Town", None),
        (["LOCATION:Barn\\n3 Mill Lane\\nTown"], "Barn", "3 Mill Lane Town", None),
        (["LOCATION:17\\, Mill Lane\\, Town"], "17, Mill Lane, Town", None, None),
        (["LOCATION:17b\\, Mill Lane"], "17b, Mill Lane", None, None),
        (["LOCATION:Barn &amp; Mill"], "Barn & Mill", None, None),
        (["LOCATION:<a href='https://x.example'>Barn</a>"], "Barn", None, None),
        (["LOCATION:Barn", "GEO:48.5;9.05"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:Barn", "GEO:48.5\\;9.05"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:Barn", "GEO:0;0"], "Barn", None, None),
        (["LOCATION:Barn", "GEO:0.0;0.000"], "Barn", None, None),
        (["LOCATION:Barn", "GEO:95;0"], "Barn", None, None),
        (["LOCATION:Barn", "GEO:0;0", APPLE], "Barn", None, (48.5, 9.05)),
        ([APPLE], "Old Barn", None, (48.5, 9.05)),
        (["LOCATION:48.5000\\, 9.0500"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:geo:48.5\\,9.05"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:geo:48.5\\,9.05?z=16"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:Room 48\\, 9"], "Room 48", "9", None),
        (["LOCATION:(48.5000\\, 9.0500)"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:Barn (48.5000\\, 9.0500)"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:Barn (2.50\\, 9.05)"], "Barn", "2.50, 9.05", None),
        (["LOCATION:Barn", "GEO:48,5;9,05"], "Barn", None, None),
        (["LOCATION:Barn\\, 48.5000\\, 9.0500"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:Barn\\n48.5000 9.0500"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:https://maps.example/@48.5000\\,9.0500\\,15z"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:48.5 9.05"], "Tübingen", None, (48.5, 9.05)),
        (["LOCATION:Barn (48°30'N\\, 9°03'00.0\"E)"], "Barn", None, (48.5, 9.05)),
        (["LOCATION:48° 30′ S 9.05° W"], "-48.500, -9.050", None, (-48.5, -9.05)),
        (["LOCATION:Barn 48°..'N 9°E"], "Barn 48°..'N 9°E", None, None),
        (["LOCATION:Barn 99.5000\\, 9.0500"], "Barn 99.5000", "9.0500", None),
        (["LOCATION:Barn (3 Mill Lane\\, Town)"], "Barn", "3 Mill Lane, Town", None),
        (["LOCATION:Barn (left)\\, Mill Lane"], "Barn (left)", "Mill Lane", None),
        (["LOCATION:\\, 3 Mill Lane\\, Town\\, \\, Wales\\,"],
         "3 Mill Lane", "Town, Wales", None),
        ([APPLE.replace('="Old Barn', '="Old Barn";X-ADDRESS="3 Mill Lane\\nTown')],
         "Old Barn", "3 Mill Lane Town", (48.5, 9.05)),
    ],
)  # fmt: skip
def test_a_place_is_read(
    lines: list[str], name: str, address: str | None, point: tuple[float, float] | None
) -> None:
    place = draft(*lines).body.place

    assert place is not None
    assert (place.name, place.address) == (name, address)
    assert (place.lat, place.lon) == (point or (None, None))


def test_a_link_is_no_place() -> None:
    assert draft("LOCATION:https://meet.example/room/1").body.place is None
    assert draft("LOCATION:").body.place is None
    assert draft("LOCATION:0.0\\,0.0").body.place is None
    assert draft("LOCATION:geo:0\\,0").body.place is None


def test_what_says_no_place_is_in_the_town_that_the_importer_names() -> None:
    town = resolve("Tübingen")

    place = draft(spot=town).body.place
    assert place is not None
    assert (place.name, place.address) == ("Tübingen", None)
    named = draft("LOCATION:Barn", spot=town).body.place
    assert named is not None
    assert (named.name, named.lat, named.lon) == ("Barn", town.lat, town.lon)
    nameless = draft("GEO:52.52;13.405", spot=town).body.place
    assert nameless is not None
    assert (nameless.name, nameless.lat) == ("Mitte", 52.52)
    exact = draft("LOCATION:Barn", "GEO:48.1;9.1", spot=town).body.place
    assert exact is not None
    assert (exact.lat, exact.lon) == (48.1, 9.1)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/my page", "https://a.example/my%20page"),
        ("https://a.example/?q[]=1&r={2}|3", "https://a.example/?q%5B%5D=1&r=%7B2%7D%7C3"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("HTTPS://a.example/X", "https://a.example/X"),
        ("https\\://a.example/a\\,b", "https://a.example/a,b"),
        ("https://joe:sesame@a.example/x", "https://a.example/x"),
        ("a.example/x", "https://a.example/x"),
        ("https://a.example/?q=1&amp;copy=2", "https://a.example/?q=1&copy=2"),
        ("/events/5", None),
        ("mailto:a@b.example", None),
    ],
)
def test_addresses_of_pages(written: str, address: str | None) -> None:
    assert draft(f"URL:{written}").body.url == address
