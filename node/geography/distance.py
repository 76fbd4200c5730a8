"""
Distance, direction and the H3 cells that cover a circle. Points are (latitude, longitude) in
degrees.
"""

import math
from functools import lru_cache

import h3.api.basic_int as h3
from geopy.distance import geodesic

Point = tuple[float, float]

EARTH_RADIUS_KM = 6371.0088  # the mean radius of WGS 84
RESOLUTION = 5  # H3: about 253 km² a cell
# No point of a resolution-5 cell is this far from the cell's centre (10.9 km measured:
# test_distance.py).
CELL_REACH_KM = 12.0
# Each ring of cells around a cell is at least so wide (11.0 km measured: test_distance.py).
RING_KM = 10.0
# The haversine's error is below 0.6 %: within 1 % of the radius the geodesic decides.
DOUBT = 0.01

_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def distance_km(a: Point, b: Point) -> float:
    """The great-circle distance by the haversine formula (error below 0.6 %)."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half_chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half_chord)))


def within(a: Point, b: Point, km: float) -> bool:
    """
    Whether b is at most `km` from a: on the WGS 84 ellipsoid wherever that could make a difference.
    """
    distance = distance_km(a, b)
    if abs(distance - km) > DOUBT * km:
        return distance <= km
    return bool(geodesic(a, b).km <= km)


def may_be_within(a: Point, b: Point, km: float, uncertainty: int | None) -> bool:
    """Whether what lies at b, or anywhere up to so many metres around it, may be `km` from a."""
    return within(a, b, km + (uncertainty or 0) / 1_000)


def direction(a: Point, b: Point) -> str:
    """The way from a to b as one of eight winds, such as "north-east"."""
    return _WINDS[round(bearing(a, b) / 45) % 8]


def bearing(a: Point, b: Point) -> float:
    """The great circle's first bearing from a to b, in degrees from north by east (-180 to 180)."""
    lat_a, lat_b, lon = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    east = math.sin(lon) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(lon)
    return math.degrees(math.atan2(east, north))


def cell(point: Point) -> int:
    """The resolution-5 H3 cell of a point; it fits a signed 64-bit integer."""
    return int(h3.latlng_to_cell(*point, RESOLUTION))


def cells_within(centre: Point, km: float) -> set[int]:
    """Cells that together hold every point at most `km` from the centre, and few others.

    A flood from the centre's own cell: it needs no special case at the poles, the antimeridian or
    a pentagon. About 20 cells for 25 km, 200 for 200 km, 4,000 for 1,000 km.
    """
    reach = km * (1 + DOUBT) + CELL_REACH_KM
    start = cell(centre)
    covering, edge = {start}, [start]
    while edge:
        around = {beside for each in edge for beside in h3.grid_disk(each, 1)} - covering
        edge = [each for each in around if distance_km(centre, h3.cell_to_latlng(each)) <= reach]
        covering.update(edge)
    return covering


@lru_cache(maxsize=64)
def around(cells: frozenset[int], km: float) -> frozenset[int]:
    """The cells that hold every point at most `km` from a point of these, and some others."""
    rings = math.ceil(km / RING_KM)
    return frozenset(beside for each in cells for beside in h3.grid_disk(each, rings))
