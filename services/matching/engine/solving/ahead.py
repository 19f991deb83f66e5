"""What a place is expected to be worth to needs that are still to come: prices over futures that are drawn from the recorded past."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.matching.engine.solving.instance import Instance, Ints

Floats = NDArray[np.float64]
Present = tuple[Instance, int]
"""Who is there now and decides, as a demand of an instance."""


def expected_prices(
    left: Ints,
    seen: Instance,
    sure: int,
    mean: float,
    dice: np.random.Generator,
    futures: int,
    steps: int,
    start: Floats | None = None,
    present: Present | None = None,
) -> Floats:
    """What one more unit of each resource is expected to be worth until the end of the time ahead.

    `seen` holds demands over the resources of `left` (its own capacities mean nothing): the first `sure` of them are there and come once, each
    other was recorded in the past and stands for others like it, of which a Poisson number with that `mean` comes. Steps: draw futures; for each
    find the prices at which what is left is shared in the best way (`prices_ahead`); take their mean. The same dice, the same prices. How near to
    hindsight whoever follows these prices comes is measured (`bench.matching.arrivals`), not proven. Source: Ahani, Goelz, Procaccia, Teytelboym,
    Trapp, "Dynamic placement in refugee resettlement", Operations Research 72 (2024); prices as bids: Talluri, van Ryzin, "An analysis of bid-price
    controls", Management Science 44 (1998). O(futures x steps x uses of a future)."""
    total = np.zeros(len(left))
    for _ in range(futures):
        drawn = np.concatenate((np.ones(sure, np.int64), dice.poisson(mean, seen.demands - sure)))
        coming = np.flatnonzero(drawn)
        total += prices_ahead(left, seen, coming, drawn[coming].astype(np.float64), steps, start, present)
    mean_price: Floats = total / futures
    return mean_price


def prices_ahead(
    left: Ints, seen: Instance, demands: Ints, weights: Floats, steps: int, start: Floats | None = None, present: Present | None = None
) -> Floats:
    """What one more unit of each resource would be worth if these demands came, each `weights` times, and shared what is `left` in the best way.

    Approximate dual prices of that LP by a deflected subgradient method with Polyak steps towards a moving level (as in `lagrange`, with the best
    prices seen kept), from `start`; an option that no longer has room does not count. O(steps x uses)."""
    arrivals, number = present if present is not None else (seen, -1)
    return np.asarray(
        _prices(
            left,
            (seen.first, seen.value, seen.uses, seen.resource, seen.amount),
            demands,
            weights,
            (arrivals.first, arrivals.value, arrivals.uses, arrivals.resource, arrivals.amount),
            number,
            np.zeros(len(left)) if start is None else start,
            steps,
        )
    )


@njit(cache=True, nogil=True)
def best_at(low, high, value, uses, resource, amount, left, price, must) -> Any:  # type: ignore[no-untyped-def]
    """Of the options low..high that have room, the one with the greatest value - price x amount (the first of equals) and that margin; -1 where none
    has room or, unless it `must`, none is worth more than its price. Arrays are those of an `Instance`. O(uses of these options)."""
    best = -1
    most = -np.inf if must else 0.0
    for o in range(low, high):
        worth = float(value[o])
        fits = True
        for u in range(uses[o], uses[o + 1]):
            worth -= price[resource[u]] * amount[u]
            fits &= amount[u] <= left[resource[u]]
        if fits and worth > most:
            most = worth
            best = o
    return best, most


@njit(cache=True, nogil=True)
def _answer(i, weight, lists, left, price, slope) -> Any:  # type: ignore[no-untyped-def]
    """Let a demand take what is best for it at these prices: adds what it uses to `slope`, and answers what it gains."""
    first, value, uses, resource, amount = lists
    at, most = best_at(first[i], first[i + 1], value, uses, resource, amount, left, price, False)
    if at < 0:
        return 0.0
    for u in range(uses[at], uses[at + 1]):
        slope[resource[u]] += weight * amount[u]
    return weight * most


@njit(cache=True, nogil=True)
def _prices(left, seen, demands, weights, arrivals, number, start, steps) -> Any:  # type: ignore[no-untyped-def]
    price = start.copy()
    best = price.copy()
    least = np.inf
    delta = 0.0
    stale = 0
    way = np.zeros(len(left))
    slope = np.empty(len(left))
    for step in range(steps):
        level = 0.0
        for r in range(len(left)):
            slope[r] = -float(left[r])
            level += price[r] * left[r]
        for k in range(len(demands)):
            level += _answer(demands[k], weights[k], seen, left, price, slope)
        if number >= 0:
            level += _answer(number, 1.0, arrivals, left, price, slope)
        if step == 0:
            delta = 0.05 * level + 1.0
        if level < least:
            if least - level > 0.25 * delta:
                stale = 0
                delta *= 1.3
            least = level
            best[:] = price
        stale += 1
        if stale > 6:
            stale = 0
            delta *= 0.6
        norm = 0.0
        for r in range(len(left)):
            if price[r] <= 0.0 and slope[r] < 0.0:
                slope[r] = 0.0
            way[r] = slope[r] + 0.7 * way[r]
            norm += way[r] * way[r]
        if norm == 0.0:
            break
        for r in range(len(left)):
            price[r] = max(0.0, price[r] + (level - least + delta) / norm * way[r])
    return best
