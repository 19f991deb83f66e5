"""Unit demand exactly: an auction finished by paths, and the minimum-cost flow that never fails."""

from time import perf_counter

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from chassis.errors import Invalid
from services.matching.engine.solving.auction import auctioned
from services.matching.engine.solving.instance import Answer, Instance, Ints
from services.matching.engine.solving.network import Network, picked, unit_network


class ValuesTooLarge(Invalid):
    """The values are so large that the flow's costs would leave 64 bits."""


def best_flow(network: Network) -> Ints | None:
    """Units on each option in an optimal flow; None where the bound demands and full places cannot all be satisfied.

    Steps: demand -> place arcs that cost minus their value, a free way out for each demand that is not bound, place -> sink arcs with the room;
    then cost-scaling push-relabel (Goldberg 1997, as implemented by OR-tools). Bound and full are supplies without a way out, so no big number is
    needed. O(n m log(n C)); seconds at two million options. Raises `ValuesTooLarge`."""
    demands, places = len(network.supply), len(network.room)
    sink = demands + places
    owner, free = network.owner, np.flatnonzero(~network.bound)
    slack = np.flatnonzero(~network.full & (network.room > 0))
    into, out_of = owner, network.place + demands
    tail = np.concatenate((into, free, slack + demands))
    head = np.concatenate((out_of, np.full(len(free) + len(slack), sink, np.int64)))
    room = np.concatenate((np.minimum(network.supply[owner], network.room[network.place]), network.supply[free], network.room[slack]))
    cost = np.zeros(len(tail), np.int64)
    cost[: len(owner)] = -network.value
    supplies = np.zeros(sink + 1, np.int64)
    supplies[:demands] = network.supply
    supplies[demands:sink] = np.where(network.full, -network.room, 0)
    supplies[sink] = -supplies[:sink].sum()
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
    solver.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    status = solver.solve()
    if status in (solver.INFEASIBLE, solver.UNBALANCED):
        return None
    if status != solver.OPTIMAL:
        raise ValuesTooLarge("The values are too large to be solved exactly; scale them down.")
    units: Ints = solver.flows(arcs[: len(owner)])
    return units


def solve_flow(instance: Instance) -> Answer:
    """The best assignment of unit demands to places with capacities, exactly: value and bound are the same integer.

    By auction and augmenting paths (`auction.auctioned`), by a minimum-cost flow where needs outbid one another too long or must all be placed. Where
    they must and cannot be, `chosen` is None and `proven` holds. Raises `NotUnitDemand`, `ValuesTooLarge`."""
    started = perf_counter()
    network = unit_network(instance)
    chosen = None if instance.must else auctioned(network)
    if chosen is None:
        units = best_flow(network)
        if units is None:
            return Answer(None, 0, 0, perf_counter() - started, proven=True)
        chosen = picked(network, units)
    value = instance.worth(chosen)
    return Answer(chosen, value, value, perf_counter() - started, proven=True)
