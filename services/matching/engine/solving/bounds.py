"""Households: an upper bound that is proven, from the flow of single persons, with prices a bed that guide a search."""

from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import NDArray

from chassis.errors import Invalid
from services.matching.engine.solving.flow import best_flow
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.network import Network, least_duals

COST_LIMIT = 1 << 60
"""The flow solver multiplies costs by the count of its nodes: the product must stay below this."""


class NotHouseholds(Invalid):
    """The instance has a demand whose amount differs between its options, or an option that uses several resources."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonsFlow:
    """The best plan if households could be split over places: `bound` (no whole plan is worth more), `price` of one unit of each resource (in the
    instance's values), `persons` on each option, and `feasible`: False where not even split households can all be placed (then bound is 0)."""

    bound: int
    price: NDArray[np.float64]
    persons: Ints
    feasible: bool = True


def sizes_of(instance: Instance) -> Ints:
    """The size of each demand (1 for one without options); raises `NotHouseholds`."""
    sizes = np.ones(instance.demands, np.int64)
    if not instance.single:
        raise NotHouseholds("Every option must use one resource.")
    owner = instance.owner()
    sizes[owner] = instance.amount
    if np.any(sizes[owner] != instance.amount):
        raise NotHouseholds("A demand must need the same amount at every option.")
    return sizes


def persons_flow(instance: Instance) -> PersonsFlow:
    """The LP relaxation of households at places, exactly, as a minimum-cost flow of persons.

    Where a demand of size s needs s units wherever it goes, y = s x turns the LP into a transport problem: s persons a demand, each worth
    value / s, capacities as they are. Options that do not fit alone are left out, which only tightens the bound. Values a person are made whole by a
    common scale: the least common multiple of the sizes where costs stay within 64 bits (then the bound is the LP's optimum, rounded down), else
    the largest scale that fits, rounded upward, so that the bound always holds. Steps and complexity as `flow.best_flow`; prices are the least."""
    sizes = sizes_of(instance)
    fits = (instance.amount <= instance.capacity[instance.resource]) & (instance.must | (instance.value > 0))
    kept = np.flatnonzero(fits)
    owner = instance.owner()[kept]
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner, minlength=instance.demands))))
    value, amount = instance.value[kept], instance.amount[kept]
    scale = _scale(value, amount, instance.demands + len(instance.capacity) + 1)
    # -(-a // b) rounds upward, also below 0.
    each = -(-value * scale // amount)
    room = np.maximum(instance.capacity, 0)
    bound_demands = np.full(instance.demands, instance.must)
    network = Network(first, instance.resource[kept], each, sizes, bound_demands, room, np.zeros(len(room), np.bool_))
    units = best_flow(network)
    persons = np.zeros(instance.options, np.int64)
    if units is None:
        return PersonsFlow(0, np.zeros(len(room)), persons, feasible=False)
    persons[kept] = units
    total = sum(map(int, (units * each)[units > 0].tolist()))
    return PersonsFlow(total // scale, least_duals(network, units).price / scale, persons)


def persons_bound(instance: Instance) -> int:
    """An upper bound on the value of every plan that keeps households whole: `persons_flow` (0 where no plan can place all that must be)."""
    return persons_flow(instance).bound


def priced_bound(instance: Instance, price: NDArray[np.float64]) -> float:
    """The bound that any prices from 0 prove by themselves (Lagrange): every demand takes its best option after prices, and every unit is sold.
    Confirms a bound without trusting the flow; least at the prices of `persons_flow`. O(options)."""
    owner = instance.owner()
    best = np.full(instance.demands, -np.inf if instance.must else 0.0)
    fits = instance.amount <= instance.capacity[instance.resource]
    np.maximum.at(best, owner[fits], (instance.value - instance.amount * price[instance.resource])[fits])
    return float(best.sum() + (price * np.maximum(instance.capacity, 0)).sum())


def _scale(value: Ints, amount: Ints, nodes: int) -> int:
    """The common scale of values a person: exact where it can be, else as large as 64 bits allow, at least 1."""
    most = int(np.abs(value).max(initial=1)) * (nodes + 1)
    exact = 1
    for size in np.unique(amount).tolist():
        exact = lcm(exact, size)
        if exact * most > COST_LIMIT:
            return max(1, COST_LIMIT // most)
    return exact
