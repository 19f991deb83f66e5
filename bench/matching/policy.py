"""Places needs one by one as they arrive, at prices that look ahead to the end of a year: the hub's prices with the horizon of a quota."""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.solving.ahead import Floats, best_at, expected_prices
from services.matching.engine.solving.instance import Instance, Ints


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
        mean = to_come / past.demands
        self.price = expected_prices(self.left, past, 0, mean, self._dice, futures, settings.steps, self.price, (arrivals, number))


def best_option(arrivals: Instance, number: int, left: Ints, price: Floats, must: bool = False) -> int:
    """The option of a demand with the greatest value - price x amount among those that have room (the first of equals), or `UNPLACED` where none
    has room or, unless it `must`, none is worth more than its price. O(uses of the demand)."""
    low, high = arrivals.first[number], arrivals.first[number + 1]
    return int(best_at(low, high, arrivals.value, arrivals.uses, arrivals.resource, arrivals.amount, left, price, must)[0])


def take(arrivals: Instance, option: int, left: Ints) -> None:
    """Take an option's room from what is left; nothing for `UNPLACED`."""
    if option >= 0:
        used = slice(arrivals.uses[option], arrivals.uses[option + 1])
        left[arrivals.resource[used]] -= arrivals.amount[used]
