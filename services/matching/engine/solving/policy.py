"""Places needs one by one as they arrive: a scarce place is kept free where needs that are expected would gain more from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.matching.engine.solving.instance import Instance, Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Foresight:
    """How far ahead the policy thinks. Prices are found anew every `every` arrivals, as the mean over `futures` drawn from past arrivals, in `steps`
    steps of the dual method each. As fewer arrivals are to come the problems get smaller and each matters more: prices are found more often, and
    over up to `most_futures`. With `may_wait` a need stays without a place where every one is worth more to others; without, it takes the best one
    that has room. The same `seed`, the same answers."""

    futures: int = 5
    most_futures: int = 40
    every: int = 8
    steps: int = 40
    may_wait: bool = True
    seed: int = 0


class OnlinePolicy:
    """Posted prices found from sampled futures: places each arrival at once, knowing past arrivals and how many are still expected, nothing else.

    Steps: every few arrivals, draw futures from past arrivals (bootstrap: so many as are expected, their number Poisson); for each, find the dual
    prices of its LP over what is still free, the present arrival included; take their mean. Each arrival gets the place of the greatest
    value - price x size among those that have room for all of it. Guarantee: never over a capacity, never a split demand; an urgent one gets the most
    valuable place that has room, whatever the prices, and is never left out where there is one; all prices 0 is greedy in order of arrival.
    How near to hindsight it comes is measured, not proven. Source: Ahani, Goelz, Procaccia, Teytelboym, Trapp, "Dynamic placement in refugee
    resettlement", Operations Research 72 (2024); prices as bids: Talluri, van Ryzin, "An analysis of bid-price controls", Management Science 44
    (1998). O(futures x steps x uses of a future) for new prices, O(uses of the arrival) else."""

    def __init__(self, capacity: Ints, past: Instance, foresight: Foresight = Foresight()) -> None:
        """`capacity` is what is free of each resource; `past` holds past arrivals as demands over the same resources (its own capacities mean
        nothing); without any, all prices stay 0."""
        self.left = capacity.copy()
        self.price: Floats = np.zeros(len(capacity))
        self._past = past
        self._foresight = foresight
        self._dice = np.random.default_rng(foresight.seed)
        self._since: int | None = None
        self._horizon = 1.0

    def place(self, arrivals: Instance, number: int, to_come: float, urgent: bool = False) -> int:
        """The option of demand `number` that it gets, or `UNPLACED`; its room is taken. `to_come` is how many arrivals are expected after it."""
        self._horizon = max(self._horizon, to_come)
        if self._since is None or self._since + 1 >= round(self._foresight.every * to_come / self._horizon):
            self._look_ahead(arrivals, number, to_come)
            self._since = 0
        else:
            self._since += 1
        chosen = best_option(arrivals, number, self.left, np.zeros(len(self.left)) if urgent else self.price, urgent or not self._foresight.may_wait)
        take(arrivals, chosen, self.left)
        return chosen

    def _look_ahead(self, arrivals: Instance, number: int, to_come: float) -> None:
        settings, past = self._foresight, self._past
        if to_come <= 0 or not past.demands:
            self.price = np.zeros(len(self.left))
            return
        futures = min(settings.most_futures, max(settings.futures, round(settings.futures * self._horizon / to_come)))
        total = np.zeros(len(self.left))
        for _ in range(futures):
            drawn = self._dice.poisson(to_come / past.demands, past.demands)
            known = np.flatnonzero(drawn)
            total += prices_ahead(self.left, past, known, drawn[known].astype(np.float64), settings.steps, self.price, (arrivals, number))
        self.price = total / futures


def best_option(arrivals: Instance, number: int, left: Ints, price: Floats, must: bool = False) -> int:
    """The option of a demand with the greatest value - price x amount among those that have room (the first of equals), or `UNPLACED` where none
    has room or, unless it `must`, none is worth more than its price. O(uses of the demand)."""
    low, high = arrivals.first[number], arrivals.first[number + 1]
    return int(_best(low, high, arrivals.value, arrivals.uses, arrivals.resource, arrivals.amount, left, price, must)[0])


def take(arrivals: Instance, option: int, left: Ints) -> None:
    """Take an option's room from what is left; nothing for `UNPLACED`."""
    if option >= 0:
        used = slice(arrivals.uses[option], arrivals.uses[option + 1])
        left[arrivals.resource[used]] -= arrivals.amount[used]


def prices_ahead(
    left: Ints, seen: Instance, demands: Ints, weights: Floats, steps: int, start: Floats | None = None, present: tuple[Instance, int] | None = None
) -> Floats:
    """What one more unit of each resource would be worth if these demands came, each `weights` times, and shared what is `left` in the best way.

    Approximate dual prices of that LP by a deflected subgradient method with Polyak steps towards a moving level (as in `lagrange`, with the best
    prices seen kept), from `start`; an option that no longer has room does not count. With the needs of the last round as `seen`, each weighing
    expected arrivals / needs of the round, these are the last round's prices scaled by expected arrivals. O(steps x uses)."""
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
def _best(low, high, value, uses, resource, amount, left, price, must) -> Any:  # type: ignore[no-untyped-def]
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
    at, most = _best(first[i], first[i + 1], value, uses, resource, amount, left, price, False)
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
