"""Unit demand exactly, several times faster than a flow from nothing: an auction comes near, shortest augmenting paths finish."""

import numpy as np
from numba import njit

from services.matching.engine.solving.instance import UNPLACED, Ints
from services.matching.engine.solving.live.paths import pull
from services.matching.engine.solving.live.state import NONE, attach, blank, sit
from services.matching.engine.solving.live.steps import by_value, enter
from services.matching.engine.solving.network import Network

STEPS = 400
"""The least step of a bid is the largest value divided by this: smaller steps cost bids, larger ones leave more to the paths."""
BIDS_A_NEED = 60
"""Where needs outbid one another longer than this (many equal values at few places), the auction is given up."""
LATE_SHARE = 4
"""Where more than one need in so many is left to the paths, a flow is faster."""


def auctioned(network: Network) -> Ints | None:
    """The optimal choice for demands of one unit that may stay out (`bound`, `full` and `supply` are not read); None where a flow is the better way.

    Steps: (1) an auction with one step (Bertsekas 1992, with several units a place): each need bids for its best option what the second best leaves
    it, and a step; a full place drops its lowest bid and costs the next. (2) Needs whose seat is not exactly their best at those prices stand up.
    (3) Each is seated by a shortest augmenting path, and each place left with room and a price gets its best use by one, as in the live plan: the
    invariants of min-cost flow hold from (2) on, so the end is the optimum whatever the auction did, and prices are near enough that a path is short.
    Same input, same output."""
    demands, options = len(network.supply), len(network.place)
    step = max(1, int(network.value.max(initial=0)) // STEPS)
    price, seat, bids = _auction(network.first, network.place, network.value, network.room, step, BIDS_A_NEED * demands + 1000)
    if bids < 0:
        return None
    state = blank(demands, len(network.room), options, options)
    order = _built(state, network.first, network.place, network.value, network.room, price)
    if not _settled(state, network.first, order, seat, demands // LATE_SHARE + 10):
        return None
    taken = state.option[:demands]
    return np.where(taken == NONE, UNPLACED, order[np.maximum(taken, 0)]) if options else np.full(demands, UNPLACED, np.int64)


@njit(cache=True)
def _sift(bid, who, start, at, size, offered, need):  # type: ignore[no-untyped-def]
    """Put a bid at slot `at` of a place's heap (lowest on top), and let it sink to where it belongs."""
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and bid[start + child + 1] < bid[start + child]:
            child += 1
        if bid[start + child] >= offered:
            break
        bid[start + at], who[start + at] = bid[start + child], who[start + child]
        at = child
    bid[start + at], who[start + at] = offered, need


@njit(cache=True)
def _lift(bid, who, start, at, offered, need):  # type: ignore[no-untyped-def]
    """Put a bid at the end of a place's heap, and let it rise to where it belongs."""
    while at > 0 and bid[start + (at - 1) // 2] > offered:
        above = (at - 1) // 2
        bid[start + at], who[start + at] = bid[start + above], who[start + above]
        at = above
    bid[start + at], who[start + at] = offered, need


@njit(cache=True)
def _favourite(first, place, value, price, need):  # type: ignore[no-untyped-def]
    """The option that leaves a need most, what it leaves, and what the next one (or staying out) leaves."""
    best, second, at = np.int64(0), np.int64(0), NONE
    for option in range(first[need], first[need + 1]):
        left = value[option] - price[place[option]]
        if left <= second:
            continue
        if left > best:
            best, second, at = left, best, option
        else:
            second = left
    return at, best, second


@njit(cache=True)
def _auction(first, place, value, room, step, limit):  # type: ignore[no-untyped-def]
    """Prices and seats of an auction, and the bids that it took (negative: given up)."""
    needs, places = len(first) - 1, len(room)
    # No place can hold more than the needs that could use it.
    start, price = np.zeros(places + 1, np.int64), np.zeros(places, np.int64)
    for option in range(len(place)):
        start[place[option] + 1] += 1
        if room[place[option]] == 0:
            price[place[option]] = max(price[place[option]], value[option])
    for j in range(places):
        start[j + 1] = start[j] + min(start[j + 1], room[j])
    bid, who = np.empty(start[places], np.int64), np.empty(start[places], np.int64)
    load, seat = np.zeros(places, np.int64), np.full(needs, NONE, np.int64)
    bids = 0
    for newcomer in range(needs):
        need = newcomer
        while need != NONE:
            at, best, second = _favourite(first, place, value, price, need)
            if at == NONE:
                break
            bids += 1
            if bids > limit:
                return price, seat, np.int64(-1)
            j = place[at]
            offered = price[j] + best - second + step
            seat[need] = at
            if load[j] < start[j + 1] - start[j]:
                _lift(bid, who, start[j], load[j], offered, need)
                load[j] += 1
                need = NONE
            else:
                out = who[start[j]]
                _sift(bid, who, start[j], 0, load[j], offered, need)
                seat[out] = NONE
                need = out
            if load[j] == room[j]:
                price[j] = bid[start[j]]
    return price, seat, np.int64(bids)


@njit(cache=True)
def _built(state, first, place, value, room, price):  # type: ignore[no-untyped-def]
    """Fill a blank state: options of each need by falling value, blocks of places, rooms and prices; answers where each option came from."""
    order = by_value(first, value)
    for need in range(len(first) - 1):
        for option in range(first[need], first[need + 1]):
            came = order[option]
            state.owner[option], state.place[option], state.value[option] = need, place[came], value[came]
            state.follows[option] = option + 1
            state.length[place[came]] += 1
        if first[need] < first[need + 1]:
            state.head[need] = first[need]
            state.follows[first[need + 1] - 1] = NONE
    at = 0
    for j in range(len(room)):
        state.start[j], state.space[j] = at, state.length[j]
        at += state.length[j]
        state.length[j] = 0
        state.room[j], state.price[j] = room[j], price[j]
    for option in range(len(place)):
        attach(state, option)
    return order


@njit(cache=True)
def _settled(state, first, order, seat, most):  # type: ignore[no-untyped-def]
    """Keep exact seats, seat the rest and fill priced rooms by paths; False where more than `most` needs are left to the paths."""
    needs = len(first) - 1
    late, todo = 0, np.empty(needs, np.int64)
    for need in range(needs):
        best, kept = np.int64(0), NONE
        for option in range(first[need], first[need + 1]):
            left = state.value[option] - state.price[state.place[option]]
            best = max(best, left)
            if order[option] == seat[need]:
                kept = option
        if kept != NONE and state.value[kept] - state.price[state.place[kept]] == best:
            sit(state, need, kept)
        elif best > 0:
            todo[late] = need
            late += 1
    if late > most:
        return False
    for at in range(late):
        enter(state, todo[at])
    for j in range(len(state.room)):
        while state.load[j] < state.room[j] and state.price[j] > 0:
            pull(state, j)
    return True
