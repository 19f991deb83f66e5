"""Prices of resources by Lagrangian relaxation, and the upper bound that they prove."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import Ints

Floats = NDArray[np.float64]
ROOM = 1 << 61
"""Sums of scaled values stay below this."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices a unit of each resource in whole parts of `scale`, the reduced value of each option at them (same parts), what each demand is worth
    at them, and the upper bound of each part of the core in value units. Whole numbers throughout, so the bound holds without rounding errors."""

    price: Ints
    scale: int
    reduced: Ints
    utility: Ints
    exact: Ints
    bound: Ints

    @property
    def total(self) -> int:
        """The upper bound of the whole instance."""
        return int(self.bound.sum())


def scale_of(core: Core) -> int:
    """The finest power of two that prices can be counted in without leaving 64 bits."""
    instance = core.instance
    largest = int(np.abs(instance.value).max(initial=1)) * (instance.demands + 1)
    scale = 1 << 24
    while scale > 1 and scale * largest * 4 > ROOM:
        scale >>= 1
    return scale


def priced(core: Core, price: Floats) -> Prices:
    """The exact bound that prices (in value units, not below 0) prove: sum of price x capacity, and of the best reduced value of each demand (at
    least 0 where it may stay out). Weak duality (Geoffrion 1974; Fisher 1981). O(uses)."""
    instance, scale = core.instance, scale_of(core)
    # A price that makes capacity x price leave 64 bits cannot belong to a good bound: it is cut, which keeps the bound valid.
    ceiling = ROOM // 4 / np.maximum(instance.capacity, 1) / max(len(instance.capacity), 1)
    whole = np.minimum(np.maximum(np.rint(price * scale), 0), ceiling).astype(np.int64)
    # The running sum may leave 64 bits and wrap around; its differences are exact all the same.
    cost = np.concatenate((np.zeros(1, np.int64), np.cumsum(whole[instance.resource] * instance.amount)))
    reduced = instance.value * scale - (cost[instance.uses[1:]] - cost[instance.uses[:-1]])
    utility = best_of(instance.first, reduced, instance.must)
    if float(np.abs(utility.astype(np.float64)).sum()) > ROOM and np.any(price > 0):
        return priced(core, np.zeros(len(price)))
    exact = np.zeros(core.parts, np.int64)
    np.add.at(exact, core.part, utility)
    np.add.at(exact, core.part_of_resource, whole * np.maximum(instance.capacity, 0))
    return Prices(whole, scale, reduced, utility, exact, exact // scale)


@njit(cache=True)
def best_of(first, reduced, must):  # type: ignore[no-untyped-def]
    """The best reduced value of each demand; at least 0 where it may stay out (and where it has no option)."""
    best = np.zeros(len(first) - 1, np.int64)
    for i in range(len(best)):
        if first[i] < first[i + 1]:
            most = reduced[first[i]] if must else max(reduced[first[i]], 0)
            for o in range(first[i] + 1, first[i + 1]):
                most = max(most, reduced[o])
            best[i] = most
    return best


def subgradient(core: Core, steps: int, start: Floats | None = None) -> Prices:
    """Good prices by the subgradient method, each part of the core with its own step size, and the bound they prove.

    Steps: each demand takes its best option at the current prices; prices move along (used - capacity), deflected by the direction before, with
    Polyak's step towards a level somewhat below the best bound, the level brought closer where a part did not improve for a while (Held, Wolfe,
    Crowder 1974; Fisher 1981; levels: Brannlund 1993; deflection: Camerini, Fratta, Maffioli 1975). The best prices of each part are kept, so the
    bound never worsens. O(steps x uses)."""
    instance = core.instance
    price = np.zeros(len(instance.capacity)) if start is None else start.astype(np.float64)
    best = _subgradient(
        np.maximum(instance.capacity, 0),
        instance.first,
        instance.value.astype(np.float64),
        instance.uses,
        instance.resource,
        instance.amount.astype(np.float64),
        instance.must,
        core.part,
        core.part_of_resource,
        core.parts,
        price,
        steps,
        max(6, steps // 40),
    )
    return priced(core, best)


@njit(cache=True, nogil=True)
def _subgradient(  # type: ignore[no-untyped-def]
    capacity, first, value, uses, resource, amount, must, part, part_of_resource, parts, price, steps, patience
) -> Any:
    resources, demands = len(capacity), len(first) - 1
    least = np.full(parts, np.inf)
    best = price.copy()
    delta = np.zeros(parts)
    stale = np.zeros(parts, np.int64)
    way = np.zeros(resources)
    slope = np.empty(resources)
    for _ in range(steps):
        level = np.zeros(parts)
        norm = np.zeros(parts)
        for r in range(resources):
            slope[r] = -float(capacity[r])
            level[part_of_resource[r]] += price[r] * capacity[r]
        for i in range(demands):
            most = -np.inf if must else 0.0
            at = -1
            for o in range(first[i], first[i + 1]):
                worth = value[o]
                for u in range(uses[o], uses[o + 1]):
                    worth -= price[resource[u]] * amount[u]
                if worth > most:
                    most = worth
                    at = o
            if at >= 0:
                level[part[i]] += most
                for u in range(uses[at], uses[at + 1]):
                    slope[resource[u]] += amount[u]
        moving = False
        for r in range(resources):
            if price[r] <= 0.0 and slope[r] < 0.0:
                slope[r] = 0.0
            way[r] = slope[r] + 0.7 * way[r]
            norm[part_of_resource[r]] += way[r] * way[r]
        better = np.zeros(parts, np.bool_)
        for c in range(parts):
            if least[c] == np.inf:
                delta[c] = 0.1 * abs(level[c]) + 1.0
            if level[c] < least[c]:
                better[c] = True
                if least[c] - level[c] > 0.25 * delta[c]:
                    stale[c] = 0
                    delta[c] *= 1.3
                least[c] = level[c]
            stale[c] += 1
            if stale[c] > patience:
                stale[c] = 0
                delta[c] *= 0.6
        for r in range(resources):
            c = part_of_resource[r]
            if better[c]:
                best[r] = price[r]
            if norm[c] > 0.0 and delta[c] > 1e-9 * abs(least[c]):
                moving = True
                price[r] = max(0.0, price[r] + (level[c] - least[c] + delta[c]) / norm[c] * way[r])
        if not moving:
            break
    return best
