"""Shortest augmenting paths by prices: push one need too many out of a place, or pull the best use into one seat that came free."""

import numpy as np
from numba import njit

from services.matching.engine.solving.live.state import NONE, rise, sit


@njit(cache=True)
def _rise_up(costs, items, size, cost, item):  # type: ignore[no-untyped-def]
    """Put an entry on a binary heap of costs; the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if costs[parent] <= cost:
            break
        costs[at], items[at] = costs[parent], items[parent]
        at = parent
    costs[at], items[at] = cost, item
    return size + 1


@njit(cache=True)
def _sink_down(costs, items, size):  # type: ignore[no-untyped-def]
    """Take the cheapest entry off a heap (the caller read it); the new size."""
    size -= 1
    cost, item = costs[size], items[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and costs[child + 1] < costs[child]:
            child += 1
        if costs[child] >= cost:
            break
        costs[at], items[at] = costs[child], items[child]
        at = child
    costs[at], items[at] = cost, item
    return size


@njit(cache=True)
def _wider(costs, items):  # type: ignore[no-untyped-def]
    """A heap with twice the room."""
    more_costs, more_items = np.empty(2 * len(costs), np.int64), np.empty(2 * len(costs), np.int64)
    more_costs[: len(costs)], more_items[: len(costs)] = costs, items
    return more_costs, more_items


@njit(cache=True)
def push(state, source):  # type: ignore[no-untyped-def]
    """Relieve a place that seats one need too many at the least loss; answers the change of the plan's value (never above 0).

    Dijkstra over places with reduced costs (Ahuja, Magnanti, Orlin 1993, chapter 9): a need seated at j may move to k at
    (value_j - price_j) - (value_k - price_k), or leave the plan at value_j - price_j; both are at least 0 while prices are dual optimal. The search
    ends at the first place with room or departure that is the cheapest end; the places nearer than that become dearer by the difference, which
    keeps every invariant. O(visited options x log)."""
    clock = state.clock[0] + 1
    state.clock[0] = clock
    costs, items = np.empty(64, np.int64), np.empty(64, np.int64)
    touched = np.empty(64, np.int64)
    count = 0
    size = _rise_up(costs, items, 0, 0, source)
    state.reached[source], state.came[source], state.mark[source] = 0, NONE, clock
    best, end_need, end_place = np.int64(1) << 62, NONE, NONE
    while size:
        far, j = costs[0], items[0]
        size = _sink_down(costs, items, size)
        if far >= best:
            break
        if far > state.reached[j]:
            continue
        if state.load[j] < state.room[j]:
            best, end_need, end_place = far, NONE, j
            break
        if count == len(touched):
            more = np.empty(2 * count, np.int64)
            more[:count] = touched
            touched = more
        touched[count] = j
        count += 1
        need = state.seated[j]
        while need != NONE:
            keeps = far + state.worth[need] - state.price[j]
            if keeps < best:
                best, end_need, end_place = keeps, need, NONE
            need = state.ahead[need]
        need = state.seated[j]
        while need != NONE:
            keeps = far + state.worth[need] - state.price[j]
            option = state.head[need]
            # No price is below 0 and options stand by falling value: what follows one that cannot be cheap enough cannot be either.
            while option != NONE and keeps - state.value[option] < best:
                k = state.place[option]
                cost = keeps - state.value[option] + state.price[k]
                if k != j and cost < best and (state.mark[k] != clock or cost < state.reached[k]):
                    state.reached[k], state.came[k], state.mark[k] = cost, option, clock
                    if size == len(costs):
                        costs, items = _wider(costs, items)
                    size = _rise_up(costs, items, size, cost, k)
                option = state.follows[option]
            need = state.ahead[need]
    for at in range(count):
        j = touched[at]
        state.price[j] += best - state.reached[j]
    gain = np.int64(0)
    at = end_place
    if end_need != NONE:
        at = state.seat[end_need]
        gain -= state.worth[end_need]
        rise(state, end_need)
    while at != source:
        option = state.came[at]
        need = state.owner[option]
        at = state.seat[need]
        gain += state.value[option] - state.worth[need]
        rise(state, need)
        sit(state, need, option)
    return gain


@njit(cache=True)
def pull(state, source):  # type: ignore[no-untyped-def]
    """Fill the one free seat of a place that has a price with its best use; answers the change of the plan's value (never below 0).

    The same search backward: a need that could sit at j moves there at (its utility) - (value_j - price_j), frees its own seat at k, and so on;
    it ends at a need that had no seat, or with a seat left free at its price. The places nearer than that become cheaper by the difference."""
    clock = state.clock[0] + 1
    state.clock[0] = clock
    costs, items = np.empty(64, np.int64), np.empty(64, np.int64)
    touched = np.empty(64, np.int64)
    count = 0
    size = _rise_up(costs, items, 0, 0, source)
    state.reached[source], state.came[source], state.mark[source] = 0, NONE, clock
    best, end_option, end_place = np.int64(1) << 62, NONE, NONE
    while size:
        far, j = costs[0], items[0]
        size = _sink_down(costs, items, size)
        if far >= best:
            break
        if far > state.reached[j]:
            continue
        if count == len(touched):
            more = np.empty(2 * count, np.int64)
            more[:count] = touched
            touched = more
        touched[count] = j
        count += 1
        if far + state.price[j] < best:
            best, end_option, end_place = far + state.price[j], NONE, j
        for slot in range(state.start[j], state.start[j] + state.length[j]):
            need = state.near_need[slot]
            k = state.seat[need]
            if k == j:
                continue
            cost = far + state.price[j] - state.near_value[slot]
            if k == NONE:
                if cost < best:
                    best, end_option, end_place = cost, state.near_option[slot], j
                continue
            cost += state.worth[need] - state.price[k]
            if cost < best and (state.mark[k] != clock or cost < state.reached[k]):
                state.reached[k], state.came[k], state.mark[k] = cost, state.near_option[slot], clock
                if size == len(costs):
                    costs, items = _wider(costs, items)
                size = _rise_up(costs, items, size, cost, k)
    for at in range(count):
        j = touched[at]
        state.price[j] -= best - state.reached[j]
    gain = np.int64(0)
    at = end_place
    if end_option != NONE:
        gain += state.value[end_option]
        sit(state, state.owner[end_option], end_option)
    while at != source:
        option = state.came[at]
        need = state.owner[option]
        gain += state.value[option] - state.worth[need]
        rise(state, need)
        sit(state, need, option)
        at = state.place[option]
    return gain
