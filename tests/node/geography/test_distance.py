"""Distance, direction and covering cells, at home and at the edges of the map."""

from __future__ import annotations

import math
import random

import h3.api.basic_int as h3
import pytest
from geopy.distance import geodesic
from hypothesis import assume, example, given
from hypothesis import strategies as st

from potluck.node.geography.distance import (
    CELL_REACH_KM,
    Point,
    cell,
    cells_within,
    direction,
    distance_km,
    within,
)

BERLIN, LISBON, FIJI = (52.52, 13.405), (38.725, -9.15), (-17.7, 179.99)

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_the_haversine_is_within_its_error_of_the_ellipsoid(a: Point, b: Point) -> None:
    exact = geodesic(a, b).km

    assert math.isclose(distance_km(a, b), exact, rel_tol=0.006, abs_tol=0.001)


@given(points, points, st.floats(0.98, 1.02))
def test_within_agrees_with_the_ellipsoid_near_the_radius(a: Point, b: Point, share: float) -> None:
    exact = geodesic(a, b).km
    assume(exact > 0.001)

    assert within(a, b, exact * share) == (exact <= exact * share)


def test_the_ellipsoid_decides_where_the_haversine_would_be_wrong() -> None:
    north = (BERLIN[0] + 1, BERLIN[1])
    exact = geodesic(BERLIN, north).km

    assert distance_km(BERLIN, north) < exact - 0.05
    assert not within(BERLIN, north, exact - 0.01)
    assert within(BERLIN, north, exact + 0.01)


@pytest.mark.parametrize(
    ("there", "wind"),
    [
        ((53.52, 13.405), "north"),
        ((53.12, 14.405), "north-east"),
        ((52.52, 14.405), "east"),
        ((51.52, 13.405), "south"),
        ((52.52, 12.405), "west"),
        ((53.12, 12.405), "north-west"),
        (LISBON, "south-west"),
    ],
)
def test_directions_have_words(there: Point, wind: str) -> None:
    assert direction(BERLIN, there) == wind


def test_a_direction_across_the_antimeridian_takes_the_short_way() -> None:
    assert direction(FIJI, (-17.7, -179.9)) == "east"


def cells_around_pentagons() -> set[int]:
    return {each for pentagon in h3.get_pentagons(5) for each in h3.grid_disk(pentagon, 4)}


def test_no_cell_reaches_farther_than_assumed() -> None:
    rng = random.Random(5)
    cells = {
        cell((math.degrees(math.asin(rng.uniform(-1, 1))), rng.uniform(-180, 180)))
        for _ in range(2000)
    }
    reach = max(
        distance_km(h3.cell_to_latlng(each), corner)
        for each in cells | cells_around_pentagons()
        for corner in h3.cell_to_boundary(each)
    )

    assert 10 < reach < CELL_REACH_KM


@given(points, st.floats(0.1, 120), st.floats(0, 360), st.floats(0, 1))
@example((90.0, 0.0), 50.0, 123.0, 1.0)
@example((-89.95, 17.0), 100.0, 300.0, 1.0)
@example(FIJI, 30.0, 90.0, 1.0)
@example(h3.cell_to_latlng(h3.get_pentagons(5)[3]), 40.0, 77.0, 1.0)
def test_the_cells_hold_every_point_of_the_circle(
    centre: Point, km: float, bearing: float, share: float
) -> None:
    found = geodesic(kilometers=km * share).destination(centre, bearing)
    there = (found.latitude, found.longitude)

    assert cell(there) in cells_within(centre, km)


@pytest.mark.parametrize("centre", [BERLIN, (90.0, 0.0), FIJI])
def test_the_cells_are_not_many_more_than_needed(centre: Point) -> None:
    assert 10 <= len(cells_within(centre, 25)) <= 45
    assert len(cells_within(centre, 500)) <= 5000
