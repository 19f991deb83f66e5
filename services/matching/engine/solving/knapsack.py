"""A bound for households that is nearer than the flow of persons: each place is filled whole by whole, only the households are shared by price."""

from dataclasses import dataclass
from math import inf
from time import perf_counter

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from services.matching.engine.solving.bounds import sizes_of
from services.matching.engine.solving.instance import Instance, Ints

TABLE = 40_000_000
"""The largest table (options x units) for one place; beyond it the place counts by its fractional filling, which still bounds."""
PATIENCE = 8
"""After so many steps without a nearer bound, the steps become half as long."""


@dataclass(frozen=True, slots=True, eq=False)
class KnapsackBound:
    """`bound`: no plan is worth more. `utility`: the price of each household that proves it (`filled` confirms it). `steps`: how many were made."""

    bound: int
    utility: Ints
    steps: int


def knapsack_bound(instance: Instance, price: ArrayLike, target: int, steps: int = 100, seconds: float = inf) -> KnapsackBound:
    """An upper bound on every plan that keeps households whole, at least as near as the prices' own and mostly nearer than the LP.

    Lagrange relaxation of the other side (Martello, Toth 1990, chapter 7; Fisher 1981): households pay `utility` wherever they go and could go to
    several places at once, each place chooses the best whole households that fit it (a 0-1 knapsack, solved exactly by dynamic programming over
    its units). For any utilities, at least 0 where households may stay out, their sum and the places' gains bound every plan. Starts at the
    utilities of the unit prices given (`persons_flow(...).price`, or a search's) and goes down by Polyak's subgradient steps towards `target`,
    the value of a plan that is known; ends early where the bound meets it, or after so many seconds. Whole numbers throughout, so the bound is
    exact as it stands. A step costs O(options x units of a place). Raises `NotHouseholds`."""
    sizes_of(instance)
    until = perf_counter() + seconds
    owner, unit = instance.owner(), np.asarray(price, np.float64)
    fits = instance.amount <= instance.capacity[instance.resource]
    left = instance.value - instance.amount * unit[instance.resource]
    best = np.full(instance.demands, -np.inf if instance.must else 0.0)
    np.maximum.at(best, owner[fits], left[fits])
    if np.any(np.isneginf(best)):
        # A household that must be placed fits nowhere: there is no plan, and any bound holds.
        return KnapsackBound(target, np.zeros(instance.demands, np.int64), 0)
    utility = np.rint(best).astype(np.int64)
    order = np.argsort(instance.resource, kind="stable")
    order = order[fits[order]]
    start = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(instance.resource[order], minlength=len(instance.capacity)))))
    args = (np.maximum(instance.capacity, 0), start, owner[order], instance.value[order], instance.amount[order])
    least, kept, length, since, made = np.iinfo(np.int64).max, utility, 1.0, 0, 0
    for _ in range(max(1, steps)):
        taken = np.zeros(instance.demands, np.int64)
        bound = int(utility.sum()) + int(filled(*args, utility, taken))
        made, since = made + 1, since + 1
        if bound < least:
            least, kept, since = bound, utility, 0
        slope = 1 - taken
        if not instance.must:
            slope[(utility == 0) & (slope > 0)] = 0
        norm = int((slope * slope).sum())
        if least <= target or norm == 0 or perf_counter() > until:
            break
        if since >= PATIENCE:
            utility, length, since = kept, length / 2, 0
            continue
        moved = utility - np.rint(length * (bound - target) / norm * slope).astype(np.int64)
        utility = moved if instance.must else np.maximum(moved, 0)
    return KnapsackBound(least, kept, made)


@njit(cache=True, nogil=True)
def filled(room, start, owner, value, amount, utility, taken):  # type: ignore[no-untyped-def]
    """The summed best fillings of all places by what is left of values after utilities; counts in `taken` how often each household is chosen."""
    widest, most, table = 0, 0, 0
    for j in range(len(room)):
        count = start[j + 1] - start[j]
        widest, most = max(widest, room[j]), max(most, count)
        if count * (room[j] + 1) <= TABLE:
            table = max(table, count * (room[j] + 1))
    took, rows = np.zeros(table, np.bool_), np.empty(most, np.int64)
    best = np.empty(min(widest, TABLE) + 1, np.int64)
    total = np.int64(0)
    for j in range(len(room)):
        count, needed = 0, 0
        for row in range(start[j], start[j + 1]):
            if value[row] > utility[owner[row]]:
                rows[count] = row
                count += 1
                needed += amount[row]
        if needed <= room[j]:
            for at in range(count):
                total += value[rows[at]] - utility[owner[rows[at]]]
                taken[owner[rows[at]]] += 1
        elif (start[j + 1] - start[j]) * (room[j] + 1) > TABLE:
            total += _fraction(rows[:count], room[j], owner, value, amount, utility, taken)
        else:
            total += _knapsack(rows[:count], room[j], owner, value, amount, utility, taken, best, took)
    return total


@njit(cache=True, nogil=True)
def _knapsack(rows, room, owner, value, amount, utility, taken, best, took):  # type: ignore[no-untyped-def]
    """The best whole filling of one place: dynamic programming over its units, then the way back."""
    best[: room + 1] = 0
    for at in range(len(rows)):
        gain, size, line = value[rows[at]] - utility[owner[rows[at]]], amount[rows[at]], at * (room + 1)
        for units in range(room, size - 1, -1):
            better = best[units - size] + gain > best[units]
            took[line + units] = better
            if better:
                best[units] = best[units - size] + gain
    units = room
    for at in range(len(rows) - 1, -1, -1):
        size = amount[rows[at]]
        if units >= size and took[at * (room + 1) + units]:
            taken[owner[rows[at]]] += 1
            units -= size
    return best[room]


@njit(cache=True, nogil=True)
def _fraction(rows, room, owner, value, amount, utility, taken):  # type: ignore[no-untyped-def]
    """What a place could hold if its last household were divided, rounded upward (Dantzig's bound)."""
    density = np.empty(len(rows))
    for at in range(len(rows)):
        density[at] = -(value[rows[at]] - utility[owner[rows[at]]]) / amount[rows[at]]
    gain, left = np.int64(0), room
    for at in np.argsort(density, kind="mergesort"):
        row = rows[at]
        worth = value[row] - utility[owner[row]]
        if amount[row] > left:
            return gain + -(-worth * left // amount[row])
        gain += worth
        left -= amount[row]
        taken[owner[row]] += 1
    return gain
