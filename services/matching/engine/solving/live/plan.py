"""The live plan: needs and places come, go and change, and after each change the plan is again the best there is."""

import numpy as np
from numba import njit

from chassis.errors import Invalid, NotFound
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.live.paths import pull, push
from services.matching.engine.solving.live.state import NEAR, NEEDS, NONE, OPTIONS, PLACES, State, attach, blank, detach, grown, rise, sit
from services.matching.engine.solving.network import Duals, prices_of, unit_network


class NotInPlan(NotFound):
    """No such need or place is in the live plan."""


class OptionsNotValid(Invalid):
    """Options name each place, or each need, once, one that exists, and have as many values."""


class LivePlan:
    """An assignment of unit demands to places that is optimal after every operation, with prices that prove it.

    Each operation runs one shortest augmenting path a unit that changes (successive shortest paths with prices: Ahuja, Magnanti, Orlin 1993,
    chapter 9), microseconds to a millisecond at 100 000 needs and two million options. `value` always equals what a full solve would find.
    Needs may stay out of the plan where that is best. Needs and places are numbered; the number of a withdrawn need is given again later.
    Values are integers of at most 2^40. Same operations in the same order, same plan. Not for several threads."""

    def __init__(self, capacity: Ints, needs: int = 0, options: int = 0) -> None:
        """A plan of places and no needs yet, with memory for so many needs and options (it grows by itself)."""
        places = len(capacity)
        near = max(4 * places, options + options // 4 + 4 * places)
        self._state = blank(needs, places, options, near)
        self._state.room[:places] = np.maximum(capacity, 0)
        self._state.space[:places] = 4
        self._state.start[:places] = np.arange(places) * 4
        self._near, self._needs, self._places, self._options = 4 * places, 0, places, 0
        self._there = np.zeros(max(needs, 1), np.bool_)
        self._spare_needs: list[int] = []
        self._spare_options: list[int] = []
        self.value = 0

    @classmethod
    def from_answer(cls, instance: Instance, chosen: Ints) -> "LivePlan":
        """Begin from an optimal choice (`flow.solve_flow`), whose prices are computed here; need and place numbers are those of the instance.
        Raises `NotUnitDemand`. A choice that is not optimal stays so: check it with `network.certify` where it comes from elsewhere."""
        network = unit_network(instance)
        n, p = instance.demands, instance.options
        plan = cls(network.room, n + n // 8 + 16, p + p // 8 + 64)
        state = plan._state
        state.price[:] = prices_of(instance, chosen).price
        state.owner[:p], state.place[:p], state.value[:p] = network.owner, network.place, network.value
        state.follows[:p] = np.arange(1, p + 1)
        some = np.diff(instance.first) > 0
        state.head[:n][some] = instance.first[:-1][some]
        state.follows[instance.first[1:][some] - 1] = NONE
        length = np.bincount(network.place, minlength=plan._places)
        state.space[:] = length + length // 4 + 4
        state.start[:] = np.concatenate((np.zeros(1, np.int64), np.cumsum(state.space)[:-1]))
        plan._near, plan._needs, plan._options = int(state.space.sum()), n, p
        plan._state = grown(state, NEAR, plan._near)
        plan._there = np.zeros(len(state.seat), np.bool_)
        plan._there[:n] = True
        _attach_all(plan._state, np.arange(p))
        _sit_all(plan._state, chosen)
        plan.value = instance.worth(chosen)
        return plan

    def insert(self, places: Ints, values: Ints) -> int:
        """Take in a need with its options (distinct places, and what each is worth); answers its number."""
        self._check(places, values, self._places)
        need = self._spare_needs.pop() if self._spare_needs else self._needs
        if need == self._needs:
            self._needs += 1
            self._state = grown(self._state, NEEDS, self._needs)
            if len(self._there) < len(self._state.seat):
                self._there = np.concatenate((self._there, np.zeros(len(self._state.seat) - len(self._there), np.bool_)))
        self._there[need] = True
        self._add_options(np.full(len(places), need), places, values)
        self.value += _enter(self._state, need)
        return need

    def withdraw(self, need: int) -> None:
        """Take a need out for good; its seat goes to the best use. Raises `NotInPlan`."""
        self._known(need)
        gain, freed = _leave(self._state, need)
        self.value += gain
        self._spare_options.extend(freed.tolist())
        self._spare_needs.append(need)
        self._there[need] = False

    def set_capacity(self, place: int, room: int) -> None:
        """A place takes `room` demands from now on, more or fewer than before: a path for each unit that matters. Raises `NotInPlan`."""
        if not 0 <= place < self._places:
            raise NotInPlan("There is no such place in the plan.")
        if room < 0:
            raise OptionsNotValid("A place has room for 0 or more.")
        self.value += _resize(self._state, place, room)

    def open_place(self, room: int, needs: Ints, values: Ints) -> int:
        """Add a place that some needs could use, at these values; answers its number. Raises `NotInPlan`."""
        self._check(needs, values, self._needs)
        if len(needs) and not self._there[needs].all():
            raise NotInPlan("There is no such need in the plan.")
        place = self._places
        self._places += 1
        self._state = grown(self._state, PLACES, self._places)
        state, space = self._state, len(needs) + 4
        state.start[place], state.space[place] = self._near, space
        self._near += space
        self._state = grown(state, NEAR, self._near)
        self._add_options(needs, np.full(len(needs), place), values)
        # Without room nobody can sit there, and at this price nobody wants to: the plan is optimal, and grows from here a unit at a time.
        self._state.price[place] = max(0, int((values - self._utility(needs)).max(initial=0)))
        self.set_capacity(place, room)
        return place

    def close_place(self, place: int) -> None:
        """Give a place no room: who sits there finds the best seat elsewhere, or leaves the plan. `set_capacity` opens it again."""
        self.set_capacity(place, 0)

    def seat(self, need: int) -> int | None:
        """The place of a need, or None where it is better left out. Raises `NotInPlan`."""
        self._known(need)
        place = int(self._state.seat[need])
        return None if place == NONE else place

    def seats(self) -> Ints:
        """The place of every need by number, -1 where it has none (or was withdrawn)."""
        return self._state.seat[: self._needs].copy()

    def duals(self) -> Duals:
        """Utilities and prices that prove the plan optimal: what one fewer and one more are worth at most and at least lies around them."""
        return Duals(self._utility(np.arange(self._needs)), self.prices())

    def prices(self) -> Ints:
        """A price of each place that holds the plan together: dual optimal after every operation."""
        return self._state.price[: self._places].copy()

    def instance(self) -> tuple[Instance, Ints]:
        """The plan as it stands now as an instance, with the number of the need of each demand: for a full solve, or a check."""
        state, numbers = self._state, np.flatnonzero(self._there[: self._needs])
        first, order = _listed(state, numbers)
        count = len(order)
        ones, uses = np.ones(count, np.int64), np.arange(count + 1, dtype=np.int64)
        return Instance(state.room[: self._places].copy(), first, state.value[order], uses, state.place[order], ones), numbers

    def _known(self, need: int) -> None:
        if not (0 <= need < self._needs and self._there[need]):
            raise NotInPlan("There is no such need in the plan.")

    def _check(self, rows: Ints, values: Ints, below: int) -> None:
        if len(rows) != len(values) or len(set(rows.tolist())) < len(rows) or (len(rows) and not (0 <= rows.min() and rows.max() < below)):
            raise OptionsNotValid("Name each place or need once, one that exists, with a value for each.")

    def _utility(self, needs: Ints) -> Ints:
        seat = self._state.seat[needs]
        utility: Ints = np.where(seat == NONE, 0, self._state.worth[needs] - self._state.price[np.maximum(seat, 0)])
        return utility

    def _add_options(self, needs: Ints, places: Ints, values: Ints) -> None:
        again = min(len(needs), len(self._spare_options))
        fresh = len(needs) - again
        slots = np.array([self._spare_options.pop() for _ in range(again)] + list(range(self._options, self._options + fresh)), np.int64)
        self._options += fresh
        self._state = grown(self._state, OPTIONS, self._options)
        for place in places[self._state.length[places] >= self._state.space[places]].tolist():
            self._make_space(place)
        state = self._state
        state.owner[slots], state.place[slots], state.value[slots] = needs, places, values
        _attach_all(state, slots)
        _follow_all(state, slots)

    def _make_space(self, place: int) -> None:
        """Move a place's block to the end of the store, with twice the space."""
        state, length = self._state, int(self._state.length[place])
        old, new, space = int(state.start[place]), self._near, 2 * int(state.space[place])
        self._near += space
        self._state = state = grown(state, NEAR, self._near)
        for name in NEAR:
            block = getattr(state, name)
            block[new : new + length] = block[old : old + length]
        state.at[state.near_option[new : new + length]] = np.arange(new, new + length)
        state.start[place], state.space[place] = new, space


@njit(cache=True)
def _attach_all(state, options):  # type: ignore[no-untyped-def]
    for option in options:
        attach(state, option)


@njit(cache=True)
def _follow_all(state, options):  # type: ignore[no-untyped-def]
    for at in range(len(options) - 1, -1, -1):
        need = state.owner[options[at]]
        state.follows[options[at]] = state.head[need]
        state.head[need] = options[at]


@njit(cache=True)
def _sit_all(state, chosen):  # type: ignore[no-untyped-def]
    for need in range(len(chosen)):
        if chosen[need] >= 0:
            sit(state, need, chosen[need])


@njit(cache=True)
def _enter(state, need):  # type: ignore[no-untyped-def]
    """Seat a new need where it is best served at today's prices, and relieve that place if it is full; the gain."""
    best, most = NONE, np.int64(0)
    option = state.head[need]
    while option != NONE:
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
def _leave(state, need):  # type: ignore[no-untyped-def]
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
def _resize(state, place, room):  # type: ignore[no-untyped-def]
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
def _listed(state, needs):  # type: ignore[no-untyped-def]
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
