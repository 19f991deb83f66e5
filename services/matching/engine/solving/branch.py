"""Depth-first branch and bound for small parts: proves in microseconds to milliseconds what needs no solver process."""

import numpy as np
from numba import njit

from services.matching.engine.solving.core import Core
from services.matching.engine.solving.instance import Ints
from services.matching.engine.solving.lagrange import Prices

NODES = 300_000
"""Nodes tried in one part before it is left to stronger methods."""


def branched(core: Core, prices: Prices, parts: Ints, value: Ints, chosen: Ints, nodes: int = NODES) -> tuple[Ints, Ints]:
    """Search some parts (numbers, rising) completely where that takes at most so many nodes. `value`: the value of each part of the core so far,
    `chosen` a choice that has it; very low where a part has none. Returns the choice improved, and per asked part 1 where it is now optimal, 2
    where it cannot be filled though it must, 0 where the nodes ran out.

    Steps: demands by falling regret (what the second-best option loses), options by falling reduced value; a node is cut where the bound at fixed
    prices (Fisher 1981: sum of price x capacity, reduced values of what is chosen, best reduced values of what is open) cannot beat the best
    known. Whole numbers throughout. The same input gives the same answer."""
    instance = core.instance
    wanted = np.zeros(core.parts, np.bool_)
    wanted[parts] = True
    demands = np.flatnonzero(wanted[core.part])
    second = _regret(instance.first, prices.reduced, demands, instance.must)
    demands = demands[np.lexsort((demands, -second, core.part[demands]))]
    starts = np.searchsorted(core.part[demands], np.append(parts, core.parts))
    order = np.lexsort((np.arange(instance.options), -prices.reduced, core.owner))
    chosen = chosen.copy()
    status = _branch(
        demands.astype(np.int64),
        starts.astype(np.int64),
        parts,
        order.astype(np.int64),
        instance.first,
        instance.value,
        instance.uses,
        instance.resource,
        instance.amount,
        np.maximum(instance.capacity, 0),
        prices.reduced,
        prices.utility,
        prices.exact,
        prices.scale,
        instance.must,
        value.copy(),
        chosen,
        nodes,
    )
    return chosen, status


@njit(cache=True)
def _regret(first, reduced, demands, must):  # type: ignore[no-untyped-def]
    regret = np.zeros(len(demands), np.int64)
    for at in range(len(demands)):
        low = np.int64(-(1 << 61))
        best, second = low, low
        if not must:
            best = np.int64(0)
        for o in range(first[demands[at]], first[demands[at] + 1]):
            if reduced[o] > best:
                best, second = reduced[o], best
            elif reduced[o] > second:
                second = reduced[o]
        regret[at] = best - second if second > low else np.int64(1 << 61)
    return regret


@njit(cache=True, nogil=True)
def _branch(  # type: ignore[no-untyped-def]
    demands, starts, parts, order, first, value, uses, resource, amount, capacity, reduced, utility, exact, scale, must, best, chosen, nodes
):
    status = np.zeros(len(parts), np.int64)
    left = capacity.copy()
    for p in range(len(parts)):
        begin, end = starts[p], starts[p + 1]
        size = end - begin
        part = parts[p]
        # position in the demand's options; == count: stay out; taken: what the position before had taken
        where = np.full(size + 1, -1, np.int64)
        taken = np.full(size + 1, -1, np.int64)
        bound = np.empty(size + 1, np.int64)
        worth = np.zeros(size + 1, np.int64)
        keep = np.full(size, -1, np.int64)
        bound[0] = exact[part]
        found = best[part]
        improved = False
        depth = 0
        count = 0
        while depth >= 0 and count < nodes:
            if depth == size:
                if worth[depth] > found:
                    found = worth[depth]
                    improved = True
                    for at in range(size):
                        keep[at] = taken[at]
                depth -= 1
                continue
            i = demands[begin + depth]
            if taken[depth] >= 0:
                for u in range(uses[taken[depth]], uses[taken[depth] + 1]):
                    left[resource[u]] += amount[u]
                taken[depth] = -1
            options = first[i + 1] - first[i]
            moved = False
            while where[depth] < options + (-1 if must else 0):
                where[depth] += 1
                count += 1
                at = where[depth]
                o = order[first[i] + at] if at < options else -1
                if o >= 0:
                    below = bound[depth] - utility[i] + reduced[o]
                    if below // scale <= found:
                        # The rest loses more; staying out may still be worth it.
                        where[depth] = options - 1
                        if must:
                            break
                        continue
                    fits = True
                    for u in range(uses[o], uses[o + 1]):
                        if amount[u] > left[resource[u]]:
                            fits = False
                            break
                    if not fits:
                        continue
                    worth[depth + 1] = worth[depth] + value[o]
                    for u in range(uses[o], uses[o + 1]):
                        left[resource[u]] -= amount[u]
                else:
                    below = bound[depth] - utility[i]
                    if below // scale <= found:
                        continue
                    worth[depth + 1] = worth[depth]
                taken[depth] = o
                bound[depth + 1] = below
                moved = True
                break
            if moved:
                depth += 1
                where[depth] = -1
                taken[depth] = -1
            else:
                depth -= 1
        if depth < 0:
            status[p] = 2 if must and found <= -(1 << 61) else 1
        for at in range(size):
            if depth >= 0 and at < size and at <= depth and taken[at] >= 0:
                for u in range(uses[taken[at]], uses[taken[at] + 1]):
                    left[resource[u]] += amount[u]
        if improved:
            for at in range(size):
                chosen[demands[begin + at]] = keep[at]
    return status
