"""Distances over ground: haversine on a sphere of 6 371 008.8 m (mean radius, IUGG), in whole metres so that ties and limits are stable."""

from math import asin, cos, radians, sin, sqrt

from services.matching.engine.types import Place

EARTH_RADIUS_M = 6_371_008.8


def distance_m(here: Place, there: Place) -> int:
    """Great-circle distance in whole metres; symmetric, and within 0.6 % of the ellipsoid."""
    south, north = sorted((radians(here.lat), radians(there.lat)))
    west, east = sorted((radians(here.lon), radians(there.lon)))
    a = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, a))))
