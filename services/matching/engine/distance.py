"""Distances over ground: the chord between points of a sphere of 6 371 008.8 m (mean radius, IUGG), in whole metres, the same on every machine.

A place is turned into a unit vector once; from there on only additions, products, a square root and a truncation follow, which IEEE 754 rounds in
one way only. A compiled kernel that starts from the same vectors therefore finds the same metre, where the sines of a haversine would not agree."""

from math import cos, radians, sin, sqrt

from services.matching.engine.types import Place

EARTH_RADIUS_M = 6_371_008.8
Vector = tuple[float, float, float]


def unit_vector(place: Place) -> Vector:
    """A place as the point (x, y, z) of the unit sphere."""
    lat, lon = radians(place.lat), radians(place.lon)
    flat = cos(lat)
    return flat * cos(lon), flat * sin(lon), sin(lat)


def metres_between(here: Vector, there: Vector) -> int:
    """The chord between two points in metres, rounded half up; symmetric."""
    x, y, z = here[0] - there[0], here[1] - there[1], here[2] - there[2]
    return int(EARTH_RADIUS_M * sqrt(x * x + y * y + z * z) + 0.5)


def distance_m(here: Place, there: Place) -> int:
    """The distance in whole metres; symmetric. Below the arc by less than 9 m at 200 km and less than 0.5 % at 2 000 km; the sphere itself is
    within 0.6 % of the ellipsoid."""
    return metres_between(unit_vector(here), unit_vector(there))
