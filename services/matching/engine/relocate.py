"""Relocation: households rank municipalities and state what they need there. Two mechanisms, and what each costs against the other."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from services.matching.engine.solving.instance import Answer, Instance, Ints
from services.matching.engine.solving.stable import Market, blocking_pairs, defer, wasted_pairs

Solve = Callable[[Instance, float], Answer]
"""What solves an instance within so many seconds: `solving.portfolio.best`, or anything of its shape."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A matching and what it means. `chosen` holds the pair of each household or -1; `value` is its welfare and `bound` what no matching exceeds;
    `blocking` counts the pairs of household and place that would both rather have each other, `wasted` those of them where the place even has
    free room; `placed` and `first_choice` count households; `mean_rank` is the mean position (from 1) of the place in the list of those placed,
    0 where nobody is."""

    chosen: Ints
    value: int
    bound: int
    seconds: float
    blocking: int
    wasted: int
    placed: int
    first_choice: int
    mean_rank: float

    @property
    def stable(self) -> bool:
        """Whether no household and place would both rather have each other."""
        return self.blocking == 0

    @property
    def proven(self) -> bool:
        """Whether no matching is worth more."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Both mechanisms on one market, and what each costs the other."""

    stable: Outcome
    welfare: Outcome

    @property
    def welfare_given_up(self) -> int:
        """What the stable matching is worth less than the best welfare found; below 0 only where that was not solved to its optimum."""
        return self.welfare.value - self.stable.value

    @property
    def share_given_up(self) -> float:
        """The same as a share of the welfare."""
        return self.welfare_given_up / self.welfare.value if self.welfare.value else 0.0

    @property
    def blocking_given_up(self) -> int:
        """How many more pairs block the welfare matching than the stable one."""
        return self.welfare.blocking - self.stable.blocking


def rank_values(market: Market) -> Ints:
    """The welfare of a pair where nothing else is said: the first choice of a household is worth the length of the longest list of all, each
    later one 1 less. Whole numbers from 1."""
    longest = int(np.max(np.diff(market.first), initial=0))
    return longest - positions(market)


def positions(market: Market) -> Ints:
    """The position of each pair in the list of its household, from 0."""
    return np.arange(len(market.place), dtype=np.int64) - market.first[market.owner()]


def instance_of(market: Market, value: Ints) -> Instance:
    """The market as a knapsack problem: each place has a resource a dimension (place x d + dimension); pairs that use nothing use no resource."""
    dimensions = market.size.shape[1]
    used = market.size > 0
    pair, dimension = np.nonzero(used)
    return Instance(
        capacity=np.maximum(market.capacity, 0).reshape(-1).astype(np.int64),
        first=market.first,
        value=value,
        uses=np.concatenate((np.zeros(1, np.int64), np.cumsum(used.sum(axis=1)))).astype(np.int64),
        resource=(market.place[pair] * dimensions + dimension).astype(np.int64),
        amount=market.size[pair, dimension].astype(np.int64),
    )


def stable(market: Market, value: Ints | None = None) -> Outcome:
    """Deferred acceptance (`solving.stable.defer` says what is guaranteed, and what with sizes). Its bound is plain: everybody's best."""
    started = perf_counter()
    worth = rank_values(market) if value is None else value
    matched = defer(market)
    return outcome(market, worth, matched.chosen, _everyones_best(market, worth), perf_counter() - started)


def welfare(market: Market, value: Ints | None = None, seconds: float = 10.0, solve: Solve | None = None) -> Outcome:
    """The largest summed value over all matchings: a multiple multidimensional knapsack, exact where the bound is met. With sizes alike it is a
    minimum-cost flow; otherwise the portfolio's best within `seconds`, with its proven bound. No household is split, no capacity exceeded."""
    worth = rank_values(market) if value is None else value
    if solve is None:
        # On demand: what it needs is large, and a stable matching does without.
        from services.matching.engine.solving.portfolio import best

        solve = best
    answer = solve(instance_of(market, worth), seconds)
    assert answer.chosen is not None  # Nobody must be placed, so that there is always a way.
    return outcome(market, worth, answer.chosen, answer.bound, answer.seconds)


def compare(market: Market, value: Ints | None = None, seconds: float = 10.0, solve: Solve | None = None) -> Comparison:
    """Both mechanisms side by side; the bound of the welfare holds for the stable matching as well."""
    best = welfare(market, value, seconds, solve)
    calm = stable(market, value)
    return Comparison(outcome(market, rank_values(market) if value is None else value, calm.chosen, best.bound, calm.seconds), best)


def outcome(market: Market, value: Ints, chosen: Ints, bound: int, seconds: float) -> Outcome:
    """What a matching means: everything is counted anew from the matching alone."""
    picked = chosen[chosen >= 0]
    position = positions(market)[picked]
    return Outcome(
        chosen=chosen,
        value=int(value[picked].sum()),
        bound=bound,
        seconds=seconds,
        blocking=len(blocking_pairs(market, chosen)),
        wasted=len(wasted_pairs(market, chosen)),
        placed=len(picked),
        first_choice=int(np.sum(position == 0)),
        mean_rank=float(position.mean()) + 1 if len(picked) else 0.0,
    )


def _everyones_best(market: Market, value: Ints) -> int:
    """The sum of everybody's best value: above the welfare of every matching."""
    if not len(value):
        return 0
    best = np.zeros(market.households, np.int64)
    np.maximum.at(best, market.owner(), value)
    return int(best.sum())
