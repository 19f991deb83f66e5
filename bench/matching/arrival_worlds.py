"""Made-up years of resettlement: families that arrive one by one, municipalities with yearly quotas, and what each place would be worth to each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.solving.instance import Instance, Ints

SIZES = np.array([0.41, 0.20, 0.13, 0.11, 0.07, 0.045, 0.02, 0.01, 0.005])
"""The shares of families of 1 to 9 persons: 2.5 in the mean, as in the placement data of resettlement agencies."""
NEED = np.array([2.53, 0.55, 0.5])
"""What a family needs in the mean by `a_year`: persons, school seats, hours of care or language support."""
PROFILES = 12
"""Kinds of skill and language: families of one kind do well in the same places."""
JOB = 1000
"""The value of one adult who is sure to find work."""


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """What stays the same over the years. `chance` holds log-odds of finding work by profile and place, `speaks` whether a place can support a
    profile's languages, `share` how many of all families have each profile."""

    places: int
    dimensions: int
    chance: NDArray[np.float64]
    speaks: NDArray[np.bool_]
    share: NDArray[np.float64]
    quota: NDArray[np.float64]
    cares: NDArray[np.bool_]


def a_land(places: int, dimensions: int, seed: int) -> Land:
    """Places with a common quality, and by profile better or worse; each supports about 3 of 4 profiles; quotas are unequal; where there are three
    dimensions, 3 of 4 places offer care at all."""
    dice = np.random.default_rng(seed)
    quality = dice.normal(0.0, 0.9, places)
    chance = -0.6 + quality + dice.normal(0.0, 1.0, (PROFILES, places))
    speaks = dice.random((PROFILES, places)) < 0.75
    share = dice.dirichlet(np.full(PROFILES, 3.0))
    quota = dice.dirichlet(np.full(places, 6.0))
    cares = np.argsort(dice.random(places)) < max(1, 3 * places // 4)
    return Land(places, dimensions, chance, speaks, share, quota, cares)


def a_year(land: Land, families: int, capacity: Ints, seed: int) -> Instance:
    """So many families in the order in which they arrive, each with the places that may take it, as an instance of `capacity`.

    Persons: 1 to 9, two adults in four of five families of more than one, others children with 3 of 4. School seats: 7 of 10 children. Care or
    language support: one family in four, 1 to 3 hours a day. A place is eligible where it supports the profile's languages and has the services at
    all. Its value is the number of adults who are expected to find work there, in thousandths: a logistic chance by quality of the place, profile
    and place, the adult's own skill, and the pair's own luck; and at least a twentieth of a job a person, for being housed."""
    dice = np.random.default_rng(seed)
    size = dice.choice(np.arange(1, 10), families, p=SIZES / SIZES.sum()).astype(np.int64)
    second = (size > 1) & (dice.random(families) < 0.8)
    children = dice.binomial(np.maximum(size - 1 - second, 0), 0.75)
    adults = size - children
    school = dice.binomial(children, 0.7)
    care = np.where(dice.random(families) < 0.25, dice.integers(1, 4, families), 0)
    profile = dice.choice(PROFILES, families, p=land.share)
    odds = land.chance[profile] + dice.normal(0.0, 0.8, (families, 1)) + dice.normal(0.0, 0.8, (families, land.places))
    value = np.rint(JOB * adults[:, None] / (1.0 + np.exp(-odds)) + JOB / 20 * size[:, None]).astype(np.int64)
    needs = np.stack([size, school, care], axis=1)[:, : land.dimensions]
    fits = land.speaks[profile]
    if land.dimensions > 2:
        fits = fits & (land.cares | (care == 0)[:, None])
    return _instance(fits, value, needs, capacity)


def quotas(land: Land, families: int, share: float = 1.0) -> Ints:
    """What all places can take in a year, place by place and dimension by dimension: `share` of what so many families need in the mean."""
    mean = NEED[: land.dimensions] * families * share
    dice = np.random.default_rng(7)
    quota = np.stack([land.quota * np.exp(dice.normal(0, 0.2 * (d > 0), land.places)) for d in range(land.dimensions)], axis=1)
    if land.dimensions > 2:
        quota[:, 2] *= land.cares
    capacity: Ints = np.rint(quota / quota.sum(axis=0) * mean).astype(np.int64).reshape(-1)
    return capacity


def _instance(fits: NDArray[np.bool_], value: Ints, needs: Ints, capacity: Ints) -> Instance:
    family, place = np.nonzero(fits)
    dimensions = needs.shape[1]
    amount = needs[family]
    used = amount > 0
    resource = place[:, None] * dimensions + np.arange(dimensions)
    return Instance(
        capacity,
        np.concatenate((np.zeros(1, np.int64), np.cumsum(fits.sum(axis=1)))).astype(np.int64),
        value[family, place],
        np.concatenate((np.zeros(1, np.int64), np.cumsum(used.sum(axis=1)))).astype(np.int64),
        resource[used].astype(np.int64),
        amount[used].astype(np.int64),
    )
