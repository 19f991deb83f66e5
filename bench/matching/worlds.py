"""Made-up towns, needs and offers for measurements: geographic, supply slightly below demand, each need with its best candidates."""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.solving.instance import Instance, Ints

MOST = 100_000
"""The value of a perfect pair a person."""
WIDTH_KM, HEIGHT_KM, REACH_KM = 120.0, 110.0, 50.0
ELIGIBLE = 60
"""How many offers the hard rules (category, language, times, tags) leave to a need, before distance."""
SIZES = np.array([0.38, 0.24, 0.16, 0.11, 0.06, 0.03, 0.01, 0.006, 0.004])
"""The shares of households of 1 to 9 persons: 2.4 in the mean."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """An instance, and the size of each of its demands."""

    instance: Instance
    sizes: Ints


def a_world(needs: int, offers: int, candidates: int = 20, households: bool = False, share: float = 0.95, seed: int = 1) -> World:
    """Needs and offers in towns whose sizes follow Zipf's law, offers more in the small ones; a pair is worth 1 to 100 000 by distance (0 at 50 km)
    and random taste, times the household's size. Of the offers that the hard rules leave to it, each need has the `candidates` most valuable.
    `share` is how much of the demand (in persons) the offers can take together; every offer takes at least one. The same seed, the same world."""
    dice = np.random.default_rng(seed)
    towns, rank = dice.random((300, 2)) * (WIDTH_KM, HEIGHT_KM), np.arange(1, 301)
    needs_at, offers_at = _around(dice, towns, 1 / rank, needs), _around(dice, towns, 1 / np.sqrt(rank), offers)
    sizes = (dice.choice(np.arange(1, 10), needs, p=SIZES / SIZES.sum()) if households else np.ones(needs)).astype(np.int64)
    place = np.sort(dice.integers(0, offers, (needs, ELIGIBLE)), axis=1)
    away = np.hypot(*np.moveaxis(needs_at[:, None, :] - offers_at[place], 2, 0))
    value = (MOST * (1 - away / REACH_KM) * (0.4 + 0.6 * dice.random(place.shape))).astype(np.int64)
    value[:, 1:][place[:, 1:] == place[:, :-1]] = 0
    least = np.partition(value, -candidates, axis=1)[:, -candidates, None] if candidates < ELIGIBLE else 0
    kept = (value >= np.maximum(least, 1)) & (np.cumsum(value >= least, axis=1) <= candidates)
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept.sum(axis=1))))
    each = np.repeat(sizes, np.diff(first))
    capacity = _shares(dice, offers, max(offers, int(share * sizes.sum())))
    return World(Instance(capacity, first, value[kept] * each, np.arange(int(first[-1]) + 1), place[kept], each), sizes)


def _around(dice: np.random.Generator, towns: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    town = dice.choice(len(towns), count, p=weight / weight.sum())
    return towns[town] + dice.normal(0, 2.5, (count, 2))


def _shares(dice: np.random.Generator, offers: int, total: int) -> Ints:
    """Whole places that sum to `total`, at least one an offer, unequal."""
    raw = dice.gamma(1.5, size=offers)
    capacity: Ints = 1 + np.floor(raw / raw.sum() * (total - offers)).astype(np.int64)
    capacity[np.argsort(-raw, kind="stable")[: total - int(capacity.sum())]] += 1
    return capacity
