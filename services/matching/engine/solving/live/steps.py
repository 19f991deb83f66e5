"""One change of a live plan each: a need enters or leaves, a place gains or loses room."""

import numpy as np
from numba import njit

from services.matching.engine.solving.live.paths import pull, push
from services.matching.engine.solving.live.state import NONE, attach, detach, rise, sit


@njit(cache=True)
def attach_all(state, options):  # type: ignore[no-untyped-def]
    """List options in the blocks of their places."""
    for option in options:
        attach(state, option)


@njit(cache=True)
def follow_all(state, options):  # type: ignore[no-untyped-def]
    """Put options into their needs' lists, which stand by falling value."""
    for option in options:
        need, value = state.owner[option], state.value[option]
        before, after = NONE, state.head[need]
        while after != NONE and state.value[after] >= value:
            before, after = after, state.follows[after]
        state.follows[option] = after
        if before == NONE:
            state.head[need] = option
        else:
            state.follows[before] = option


@njit(cache=True)
def by_value(first, value):  # type: ignore[no-untyped-def]
    """The options of an instance, need by need, each need's by falling value."""
    order = np.arange(len(value))
    for need in range(len(first) - 1):
        for at in range(first[need] + 1, first[need + 1]):
            option, slot = order[at], at
            while slot > first[need] and value[order[slot - 1]] < value[option]:
                order[slot] = order[slot - 1]
                slot -= 1
            order[slot] = option
    return order


@njit(cache=True)
def sit_all(state, chosen):  # type: ignore[no-untyped-def]
    """Seat every need by the option chosen for it."""
    for need in range(len(chosen)):
        if chosen[need] >= 0:
            sit(state, need, chosen[need])


@njit(cache=True)
def enter(state, need):  # type: ignore[no-untyped-def]
    """Seat a new need where it is best served at today's prices, and relieve that place if it is full; the gain."""
    best, most = NONE, np.int64(0)
    option = state.head[need]
    while option != NONE and state.value[option] > most:
        left = state.value[option] - state.price[state.place[option]]
        if left > most:
            best, most = option, left
        option = state.follows[option]
    if best == NONE:
        return np.int64(0)
    place = state.place[best]
    sit(state, need, best)
    gain = state.value[best]
    if state.load[place] > state.room[place]:
        gain += push(state, place)
    return gain


@njit(cache=True)
def leave(state, need):  # type: ignore[no-untyped-def]
    """Take a need and its options out; the gain (not above 0) and the freed options."""
    place, gain = state.seat[need], -state.worth[need]
    if place != NONE:
        rise(state, need)
    count = 0
    option = state.head[need]
    while option != NONE:
        count += 1
        option = state.follows[option]
    freed = np.empty(count, np.int64)
    option = state.head[need]
    for at in range(count):
        freed[at] = option
        detach(state, option)
        option = state.follows[option]
    state.head[need] = NONE
    if place != NONE and state.price[place] > 0:
        gain += pull(state, place)
    return gain, freed


@njit(cache=True)
def resize(state, place, room):  # type: ignore[no-untyped-def]
    """Give or take room a unit at a time; the gain."""
    gain = np.int64(0)
    while state.room[place] > room:
        if state.load[place] <= room:
            state.room[place] = room
            break
        state.room[place] = state.load[place] - 1
        gain += push(state, place)
    while state.room[place] < room:
        if state.price[place] == 0:
            state.room[place] = room
            break
        state.room[place] += 1
        gain += pull(state, place)
    return gain


@njit(cache=True)
def shut(state, place):  # type: ignore[no-untyped-def]
    """Take an empty place's options from their needs; answers them."""
    freed = state.near_option[state.start[place] : state.start[place] + state.length[place]].copy()
    for option in freed:
        need = state.owner[option]
        if state.head[need] == option:
            state.head[need] = state.follows[option]
            continue
        before = state.head[need]
        while state.follows[before] != option:
            before = state.follows[before]
        state.follows[before] = state.follows[option]
    state.length[place] = 0
    state.price[place] = 0
    return freed


@njit(cache=True)
def listed(state, needs):  # type: ignore[no-untyped-def]
    """The options of some needs, need by need: where each begins, and the options."""
    first = np.zeros(len(needs) + 1, np.int64)
    for at in range(len(needs)):
        count, option = 0, state.head[needs[at]]
        while option != NONE:
            count += 1
            option = state.follows[option]
        first[at + 1] = first[at] + count
    order = np.empty(first[-1], np.int64)
    for at in range(len(needs)):
        slot, option = first[at], state.head[needs[at]]
        while option != NONE:
            order[slot] = option
            slot += 1
            option = state.follows[option]
    return first, order
