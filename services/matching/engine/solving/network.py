"""Transport problems of matching: their shape, the least prices that go with an optimal flow, and a proof that anyone can check."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from chassis.errors import Invalid
from services.matching.engine.solving.instance import UNPLACED, Instance, Ints

Flags = NDArray[np.bool_]
FAR = np.int64(1) << 60
"""Beyond every value and every path of values."""


class NotUnitDemand(Invalid):
    """The instance has an option that uses several resources, or amounts that differ: a flow of whole demands cannot model it."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A transport problem: demand i sends `supply[i]` units (all of them where `bound[i]`) over its options (`first`, `place`, `value` per unit)
    to places that take `room[j]` units (exactly that many where `full[j]`), for the largest summed value. Options must fit: no amount above it."""

    first: Ints
    place: Ints
    value: Ints
    supply: Ints
    bound: Flags
    room: Ints
    full: Flags

    @property
    def owner(self) -> Ints:
        """The demand of each option."""
        return np.repeat(np.arange(len(self.supply), dtype=np.int64), np.diff(self.first))


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """What a solved plan says of worth: `utility` per demand (what its presence adds) and `price` per unit of each place (what one more adds)."""

    utility: Ints
    price: Ints


def unit_network(instance: Instance) -> Network:
    """The network of an instance whose options each use one resource in one common amount; raises `NotUnitDemand`."""
    if not instance.single or np.any(instance.amount != (amount := instance.amount[0] if instance.options else 1)):
        raise NotUnitDemand("Every option must use one resource, and all in the same amount.")
    demands = instance.demands
    return Network(
        instance.first,
        instance.resource,
        instance.value,
        np.ones(demands, np.int64),
        np.full(demands, instance.must),
        np.maximum(instance.capacity, 0) // amount,
        np.zeros(len(instance.capacity), np.bool_),
    )


def picked(network: Network, units: Ints) -> Ints:
    """The option that each demand of one unit takes in a flow, or `UNPLACED`."""
    chosen = np.full(len(network.supply), UNPLACED, np.int64)
    taken = np.flatnonzero(units > 0)
    chosen[network.owner[taken]] = taken
    return chosen


def least_duals(network: Network, units: Ints) -> Duals:
    """The dual optimum with the least prices (and so the largest utilities) that proves a flow optimal.

    An extra unit at place j is worth the best chain of moves that starts there: some demand moves in and its old place becomes free in turn. Those
    values are the longest paths in the residual network, found from 0 upward by a queue (Bellman-Ford-Moore), which ends at the least fixed
    point. The duals of a transport problem form a lattice (Shapley, Shubik 1971), so the least prices exist, and price j is exactly the gain of
    one more unit at j. Places that must be full start below all others: they may cost less than nothing.
    O(places x options) at worst, mostly a few visits a place. Prices of a flow that is not optimal prove nothing: `certify` would say so."""
    price = np.where(network.full, -FAR // 4, 0).astype(np.int64)
    owner = network.owner
    left = network.supply - np.bincount(owner, weights=units, minlength=len(network.supply)).astype(np.int64)
    loss = np.where(network.bound, FAR, np.where(left > 0, 0, FAR)).astype(np.int64)
    carried = np.flatnonzero(units > 0)
    carried = carried[np.argsort(network.place[carried], kind="stable")]
    start = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(network.place[carried], minlength=len(price)))))
    _raise_prices(network.first, network.place, network.value, owner, start, carried, loss, price)
    return Duals(_utilities(network.first, network.place, network.value, network.bound, price), price)


@njit(cache=True)
def _raise_prices(first, place, value, owner, start, carried, loss, price):  # type: ignore[no-untyped-def]
    """Least fixed point of price[j] = max(price[j], value - loss of a demand that could move in), loss[i] = min over its seats of value - price."""
    places, demands = len(price), len(loss)
    waiting = np.zeros(places, np.bool_)
    queue = np.empty(places + 1, np.int64)
    visits = np.zeros(places, np.int64)
    head = tail = 0
    for at in range(len(carried)):
        option = carried[at]
        i = owner[option]
        loss[i] = min(loss[i], value[option] - price[place[option]])
    for i in range(demands):
        if loss[i] < FAR:
            for option in range(first[i], first[i + 1]):
                price[place[option]] = max(price[place[option]], value[option] - loss[i])
    for j in range(places):
        queue[tail] = j
        tail += 1
        waiting[j] = True
    while head != tail:
        j = queue[head]
        head = (head + 1) % (places + 1)
        waiting[j] = False
        visits[j] += 1
        if visits[j] > places + 1:
            return  # A chain that gains for ever: the flow was not optimal.
        for at in range(start[j], start[j + 1]):
            moved = carried[at]
            i = owner[moved]
            less = value[moved] - price[j]
            if less >= loss[i]:
                continue
            loss[i] = less
            for option in range(first[i], first[i + 1]):
                k = place[option]
                if value[option] - less > price[k]:
                    price[k] = value[option] - less
                    if not waiting[k]:
                        waiting[k] = True
                        queue[tail] = k
                        tail = (tail + 1) % (places + 1)


@njit(cache=True)
def _utilities(first, place, value, bound, price):  # type: ignore[no-untyped-def]
    """What the best option leaves to each demand after its price; at least 0 for those that may stay out."""
    utility = np.zeros(len(first) - 1, np.int64)
    for i in range(len(utility)):
        best = -FAR if bound[i] and first[i] < first[i + 1] else 0
        for option in range(first[i], first[i + 1]):
            best = max(best, value[option] - price[place[option]])
        utility[i] = best
    return utility


def prices_of(instance: Instance, chosen: Ints) -> Duals:
    """The least prices of an optimal choice, with the largest utilities: `least_duals` of its flow. A price counts per demand seated."""
    units = np.zeros(instance.options, np.int64)
    units[chosen[chosen >= 0]] = 1
    return least_duals(unit_network(instance), units)


def certify(instance: Instance, chosen: Ints, duals: Duals) -> list[str]:
    """What is missing for a proof that the choice is optimal, in words; none when it is proven.

    Checks by complementary slackness, in one pass over the options and without trusting any solver: the choice holds; no price below 0 (nor
    utility, where demands may stay out); no option is worth more than utility and price together; what is chosen is worth exactly that; a place
    with room left costs nothing; a demand left out has utility 0. Then no choice is worth more than the sum of all prices and utilities, and
    this one is worth as much."""
    network = unit_network(instance)
    wrong = list(instance.faults(chosen))
    if wrong:
        return wrong
    seated = chosen >= 0
    taken = chosen[seated]
    over = instance.value - duals.utility[network.owner] - duals.price[network.place]
    load = np.bincount(network.place[taken], minlength=len(network.room))
    checks = (
        ("a price is below 0", np.any(duals.price < 0)),
        ("a utility is below 0", not instance.must and np.any(duals.utility < 0)),
        ("an option is worth more than utility and price", np.any(over > 0)),
        ("a chosen option is worth less than utility and price", np.any(over[taken] < 0)),
        ("a place with room left has a price", np.any((load < network.room) & (duals.price != 0))),
        ("a demand left out has a utility", np.any(duals.utility[~seated] != 0)),
    )
    return [words for words, failed in checks if failed]
