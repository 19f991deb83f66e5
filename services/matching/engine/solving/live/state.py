"""The arrays of a live plan: who sits where, which options lead where, prices; and the small steps that keep them linked."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from services.matching.engine.solving.instance import Ints

Numbers = NDArray[np.int32]
"""Row numbers."""
NONE = -1
"""No need, no place, no option."""


class State(NamedTuple):
    """Needs are rows of `seat` (place or NONE), `option` (the one taken), `worth` (its value), `head` (first option), `ahead` and `behind` (the
    others at the same place). Places are rows of `room`, `load`, `price`, `seated` (first need there) and `start`, `length`, `space`: their block in
    `near_need`, `near_value` and `near_option`, which lists the options that lead there, side by side because freed places read them all.
    Options are rows of `owner`, `place`, `value`, `follows` (the need's next option) and `at` (where in the place's block).
    `reached`, `came` and `mark` (per place) are the search's own; `clock` counts searches."""

    seat: Numbers
    option: Ints
    worth: Ints
    head: Ints
    ahead: Numbers
    behind: Numbers
    room: Ints
    load: Ints
    price: Ints
    seated: Ints
    start: Ints
    length: Ints
    space: Ints
    owner: Numbers
    place: Numbers
    value: Ints
    follows: Numbers
    at: Numbers
    near_need: Numbers
    near_value: Ints
    near_option: Numbers
    reached: Ints
    came: Ints
    mark: Ints
    clock: Ints


NEEDS = ("seat", "option", "worth", "head", "ahead", "behind")
PLACES = ("room", "load", "price", "seated", "start", "length", "space", "reached", "came", "mark")
OPTIONS = ("owner", "place", "value", "follows", "at")
NEAR = ("near_need", "near_value", "near_option")
SMALL = frozenset({"owner", "place", "follows", "at", "ahead", "behind", "seat", "near_need", "near_option"})
"""The columns of row numbers that a search reads most: half as wide, so that more of them fit the processor's cache."""
EMPTY = frozenset({"seat", "option", "head", "ahead", "behind", "seated", "follows", "came"})
"""The columns whose blank is NONE; elsewhere it is 0."""


def blank(needs: int, places: int, options: int, near: int) -> State:
    """A state with room for so many rows, all blank."""
    columns: dict[str, Any] = {}
    for names, count in ((NEEDS, needs), (PLACES, places), (OPTIONS, options), (NEAR, near), (("clock",), 1)):
        for name in names:
            columns[name] = np.full(max(count, 1), NONE if name in EMPTY else 0, np.int32 if name in SMALL else np.int64)
    return State(**columns)


def grown(state: State, names: tuple[str, ...], least: int) -> State:
    """The same state with at least so many rows in these columns: twice as many as now, so that growth costs O(1) a row over time."""
    now = len(getattr(state, names[0]))
    if least <= now:
        return state
    wide = max(least, 2 * now)
    columns = {}
    for name in names:
        old = getattr(state, name)
        new = np.full(wide, NONE if name in EMPTY else 0, old.dtype)
        new[:now] = old
        columns[name] = new
    return state._replace(**columns)


@njit(cache=True)
def sit(state, need, option):  # type: ignore[no-untyped-def]
    """Seat a need by one of its options, whatever the place's room."""
    place = state.place[option]
    state.seat[need], state.option[need], state.worth[need] = place, option, state.value[option]
    first = state.seated[place]
    state.ahead[need], state.behind[need] = first, NONE
    if first != NONE:
        state.behind[first] = need
    state.seated[place] = need
    state.load[place] += 1


@njit(cache=True)
def rise(state, need):  # type: ignore[no-untyped-def]
    """Take a need out of its seat."""
    place, ahead, behind = state.seat[need], state.ahead[need], state.behind[need]
    if behind == NONE:
        state.seated[place] = ahead
    else:
        state.ahead[behind] = ahead
    if ahead != NONE:
        state.behind[ahead] = behind
    state.seat[need], state.option[need], state.worth[need] = NONE, NONE, 0
    state.load[place] -= 1


@njit(cache=True)
def attach(state, option):  # type: ignore[no-untyped-def]
    """List an option in the block of its place, which has space for it."""
    place = state.place[option]
    slot = state.start[place] + state.length[place]
    state.near_need[slot], state.near_value[slot], state.near_option[slot] = state.owner[option], state.value[option], option
    state.at[option] = slot
    state.length[place] += 1


@njit(cache=True)
def detach(state, option):  # type: ignore[no-untyped-def]
    """Strike an option from the block of its place; the block's last entry takes its slot."""
    place, slot = state.place[option], state.at[option]
    state.length[place] -= 1
    last = state.start[place] + state.length[place]
    moved = state.near_option[last]
    state.near_need[slot], state.near_value[slot], state.near_option[slot] = state.near_need[last], state.near_value[last], moved
    state.at[moved] = slot
