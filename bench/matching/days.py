"""A year day by day as a hub lives it: prices found every morning from what is recorded, needs that may wait, places that open bit by bit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.matching.policy import best_option, take
from services.matching.engine.potentials import PATIENCE_DAYS
from services.matching.engine.scarcity.ahead import FUTURES, STEPS
from services.matching.engine.solving.ahead import Floats, expected_prices
from services.matching.engine.solving.bounds import persons_flow
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.use_cases.scarcity import LOOKED_AHEAD, LOOKED_BACK

DAYS = 365
LEAVES = 2 * PATIENCE_DAYS
"""A family that has no place after so many days goes elsewhere; from `PATIENCE_DAYS` on it takes any."""
BACK, AHEAD = LOOKED_BACK.days, LOOKED_AHEAD.days


@dataclass(frozen=True, slots=True, eq=False)
class Morning:
    """What a hub knows in the morning: what is free, who waits, who came lately (as demands), how many times each is expected again within the time
    ahead, and the dice of the day."""

    left: Ints
    waiting: Instance
    lately: Instance
    times: float
    dice: np.random.Generator


Prices = Callable[[Morning], Floats]
"""A way to find the prices of a day."""


def no_prices(morning: Morning) -> Floats:
    """Greedy: nothing is kept free."""
    return np.zeros(len(morning.left))


def of_open_needs(morning: Morning) -> Floats:
    """What one more place would be worth to those who wait, and to nobody else (one dimension only)."""
    return persons_flow(morning.waiting).price if morning.waiting.demands else np.zeros(len(morning.left))


def ahead(morning: Morning) -> Floats:
    """As the hub finds them: `scarcity.ahead`."""
    seen = joined((morning.waiting, None), (morning.lately, None))
    return expected_prices(morning.left, seen, morning.waiting.demands, morning.times, np.random.default_rng(0), FUTURES, STEPS)


def opened(capacity: Ints, times: int) -> Ints:
    """What opens of each place (columns) at each of so many times of the year (rows): all at once, or each unit at a time of its own."""
    dice = np.random.default_rng(5)
    return np.stack([dice.multinomial(each, np.full(times, 1 / times)) for each in capacity.tolist()], axis=1).astype(np.int64)


def lived(arrivals: Instance, day: Floats, before: Instance, openings: Ints, prices: Prices) -> Ints:
    """Who has which place at the end of a year in which families come on the days `day`. `before` are those who came in the weeks before it."""
    left = np.zeros(openings.shape[1], np.int64)
    chosen = np.full(arrivals.demands, -1, np.int64)
    came_before = np.linspace(-BACK, 0, before.demands, endpoint=False)
    waiting: list[int] = []
    for today in range(DAYS):
        if (turns := today * len(openings)) % DAYS < len(openings):
            left += openings[turns // DAYS]
        lately = joined((before, np.flatnonzero(came_before >= today - BACK)), (arrivals, np.flatnonzero((day >= today - BACK) & (day < today))))
        waits = joined((arrivals, np.array(waiting, np.int64)))
        price = prices(Morning(left, waits, lately, AHEAD / BACK, np.random.default_rng(today)))
        waiting += np.flatnonzero((day >= today) & (day < today + 1)).tolist()
        for number in waiting:
            waited = today - day[number]
            must = waited >= PATIENCE_DAYS
            chosen[number] = best_option(arrivals, number, left, np.zeros(len(left)) if must else price, must)
            take(arrivals, int(chosen[number]), left)
        waiting = [number for number in waiting if chosen[number] < 0 and today - day[number] < LEAVES]
    return chosen


def known_from_the_start(arrivals: Instance, day: Floats, openings: Ints) -> Instance:
    """The year as whoever knows it from the start could plan it, relaxed: a family takes of all that opens until the day on which it leaves."""
    turns, places = openings.shape
    if turns == 1:
        return arrivals
    last = np.minimum((day + LEAVES + 1) * turns // DAYS, turns - 1).astype(np.int64)
    owner = np.repeat(arrivals.owner(), np.diff(arrivals.uses))
    counts = turns - last[owner]
    turn = np.concatenate([np.arange(first, turns, dtype=np.int64) for first in last[owner].tolist()])
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    return Instance(
        np.cumsum(openings, axis=0).reshape(-1),
        arrivals.first,
        arrivals.value,
        ends[arrivals.uses],
        turn * places + np.repeat(arrivals.resource, counts),
        np.repeat(arrivals.amount, counts),
    )


def joined(*parts: tuple[Instance, Ints | None]) -> Instance:
    """Demands of several instances over the same resources (None: all of them) as one."""
    first, value, uses, resource, amount = ([np.zeros(0, np.int64)] for _ in range(5))
    for instance, numbers in parts:
        every = np.arange(instance.demands, dtype=np.int64) if numbers is None else numbers
        options = _ranges(instance.first[every], instance.first[every + 1])
        used = _ranges(instance.uses[options], instance.uses[options + 1])
        first.append(instance.first[every + 1] - instance.first[every])
        value.append(instance.value[options])
        uses.append(instance.uses[options + 1] - instance.uses[options])
        resource.append(instance.resource[used])
        amount.append(instance.amount[used])
    ends = [np.concatenate((np.zeros(1, np.int64), np.cumsum(np.concatenate(each)))) for each in (first, uses)]
    return Instance(parts[0][0].capacity, ends[0], np.concatenate(value), ends[1], np.concatenate(resource), np.concatenate(amount))


def _ranges(low: Ints, high: Ints) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *(np.arange(a, b, dtype=np.int64) for a, b in zip(low.tolist(), high.tolist(), strict=True))])
