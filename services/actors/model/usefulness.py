"""Which offers help a reader most: a few points that can be said in words, for lists that people read. Pairing is the work of matching."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from uuid import UUID

from services.actors.model.directory import ALL_SLOTS

MOST_RANKED = 3000
"""Offers that are compared for one answer; of more, the newest."""
KM_PER_DEGREE = 111.195
NEAR_POINTS = ((2.0, 4), (5.0, 3), (10.0, 2), (25.0, 1))
"""Up to how many kilometres away gives how many points."""
REMOTE_POINTS = 2
LANGUAGE_POINTS = 3
HOURS_POINTS = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of an offer."""

    id: UUID
    languages: str
    """Keys between marks, as the store keeps them."""
    remote: bool
    lat: float | None
    lon: float | None
    slots: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the reader: languages that they read or speak (lower case), where they are, when they can."""

    speaks: tuple[str, ...] = ()
    near: tuple[float, float] | None = None
    slots: int | None = None


def km_between(lat: float, lon: float, other: tuple[float, float]) -> float:
    """Kilometres between two points, on a plane; good to 1 % within a region."""
    return hypot((lat - other[0]) * KM_PER_DEGREE, (lon - other[1]) * KM_PER_DEGREE * cos(radians(other[0])))


def points_of(offer: Known, asked: Asked) -> int:
    """How useful an offer is: a language of the reader, a short way or help at a distance, and hours that are fixed at the wanted time."""
    points = LANGUAGE_POINTS if any(f";{code};" in offer.languages for code in asked.speaks) else 0
    if asked.near is not None:
        points += _near_points(offer, asked.near)
    if asked.slots is not None and offer.slots != ALL_SLOTS and offer.slots & asked.slots:
        points += HOURS_POINTS
    return points


def _near_points(offer: Known, near: tuple[float, float]) -> int:
    by_way = 0
    if offer.lat is not None and offer.lon is not None:
        away = km_between(offer.lat, offer.lon, near)
        by_way = next((points for km, points in NEAR_POINTS if away <= km), 0)
    return max(by_way, REMOTE_POINTS if offer.remote else 0)


def most_useful_first(offers: Sequence[Known], asked: Asked) -> list[Known]:
    """The offers with most points first; the order that came (newest first) decides between equals."""
    return sorted(offers, key=lambda offer: -points_of(offer, asked))
