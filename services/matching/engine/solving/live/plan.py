"""The live plan: needs and places come, go and change, and after each change the plan is again the best there is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chassis.errors import Invalid, NotFound
from services.matching.engine.solving.instance import Instance, Ints
from services.matching.engine.solving.live.state import NEAR, NEEDS, NONE, OPTIONS, PLACES, State, blank, grown
from services.matching.engine.solving.live.steps import attach_all, by_value, enter, follow_all, leave, listed, resize, shut, sit_all
from services.matching.engine.solving.network import Duals, prices_of, unit_network


class NotInPlan(NotFound):
    """No such need or place is in the live plan."""


class OptionsNotValid(Invalid):
    """Options name each place, or each need, once, one that exists, and have as many values."""


Whole = Ints | Sequence[int]


class LivePlan:
    """An assignment of unit demands to places that is optimal after every operation, with prices that prove it.

    Each operation runs one shortest augmenting path a unit that changes (successive shortest paths with prices: Ahuja, Magnanti, Orlin 1993,
    chapter 9), microseconds to a millisecond at 100 000 needs and two million options. `value` always equals what a full solve would find.
    Needs may stay out of the plan where that is best. Needs and places are numbered; the number of one that left is given again later.
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
        self._open = np.ones(places, np.bool_)
        self._spare_needs: list[int] = []
        self._spare_places: list[int] = []
        self._spare_options: list[int] = []
        self.value = 0

    @classmethod
    def from_answer(cls, instance: Instance, chosen: Ints) -> "LivePlan":
        """Begin from an optimal choice (`flow.solve_flow`), whose prices are computed here; need and place numbers are those of the instance.
        Raises `NotUnitDemand`. A choice that is not optimal stays so: check it with `network.certify` where it comes from elsewhere."""
        network = unit_network(instance)
        n, m, p = instance.demands, len(instance.capacity), instance.options
        plan = cls(network.room, n + n // 8 + 16, p + p // 8 + 64)
        state = plan._state
        state.price[:m] = prices_of(instance, chosen).price
        order = by_value(instance.first, instance.value)
        state.owner[:p], state.place[:p], state.value[:p] = network.owner, network.place[order], network.value[order]
        state.follows[:p] = np.arange(1, p + 1)
        some = np.diff(instance.first) > 0
        state.head[:n][some] = instance.first[:-1][some]
        state.follows[instance.first[1:][some] - 1] = NONE
        length = np.bincount(network.place, minlength=m)
        state.space[:m] = length + length // 4 + 4
        state.start[:m] = np.cumsum(state.space[:m]) - state.space[:m]
        plan._near, plan._needs, plan._options = int(state.space[:m].sum()), n, p
        plan._state = grown(state, NEAR, plan._near)
        plan._there = np.zeros(len(state.seat), np.bool_)
        plan._there[:n] = True
        attach_all(plan._state, np.arange(p))
        moved_to = np.empty(p, np.int64)
        moved_to[order] = np.arange(p)
        sit_all(plan._state, np.where(chosen >= 0, moved_to[np.maximum(chosen, 0)], NONE) if p else chosen)
        plan.value = instance.worth(chosen)
        return plan

    def copy(self) -> "LivePlan":
        """The same plan apart, to try things on."""
        twin = LivePlan.__new__(LivePlan)
        twin.__dict__.update({name: each.copy() if isinstance(each, np.ndarray | list) else each for name, each in self.__dict__.items()})
        twin._state = State._make(column.copy() for column in self._state)
        return twin

    def insert(self, places: Whole, values: Whole) -> int:
        """Take in a need with its options (distinct places, and what each is worth); answers its number. Raises `NotInPlan`."""
        places, values = _options(places, values)
        self._known(places, self._open[: self._places])
        need = self._spare_needs.pop() if self._spare_needs else self._needs
        if need == self._needs:
            self._needs += 1
            self._state = grown(self._state, NEEDS, self._needs)
            self._there = _as_long(self._there, len(self._state.seat))
        self._there[need] = True
        self._add_options(np.full(len(places), need), places, values)
        self.value += enter(self._state, need)
        return need

    def withdraw(self, need: int) -> None:
        """Take a need out for good; its seat goes to the best use. Raises `NotInPlan`."""
        self._known([need], self._there[: self._needs])
        gain, freed = leave(self._state, need)
        self.value += gain
        self._spare_options.extend(freed.tolist())
        self._spare_needs.append(need)
        self._there[need] = False

    def set_capacity(self, place: int, room: int) -> None:
        """A place takes `room` demands from now on, more or fewer than before: a path for each unit that matters. Raises `NotInPlan`."""
        self._known([place], self._open[: self._places])
        if room < 0:
            raise OptionsNotValid("A place has room for 0 or more.")
        self.value += resize(self._state, place, room)

    def open_place(self, room: int, needs: Whole, values: Whole) -> int:
        """Add a place that some needs could use, at these values; answers its number. Raises `NotInPlan`."""
        needs, values = _options(needs, values)
        self._known(needs, self._there[: self._needs])
        place = self._spare_places.pop() if self._spare_places else self._places
        if place == self._places:
            self._places += 1
            self._state = grown(self._state, PLACES, self._places)
            self._open = _as_long(self._open, len(self._state.room))
        self._open[place] = True
        if len(needs) > self._state.space[place]:
            self._make_space(place, len(needs) + 4)
        self._add_options(needs, np.full(len(needs), place), values)
        # Without room nobody can sit there, and at this price nobody wants to: the plan is optimal, and grows from here a unit at a time.
        self._state.price[place] = max(0, int((values - self._utility(needs)).max(initial=0)))
        self.set_capacity(place, room)
        return place

    def close_place(self, place: int) -> None:
        """Take a place out for good: who sits there finds the best seat elsewhere, or leaves the plan. Raises `NotInPlan`."""
        self.set_capacity(place, 0)
        self._spare_options.extend(shut(self._state, place).tolist())
        self._spare_places.append(place)
        self._open[place] = False

    def seat(self, need: int) -> int | None:
        """The place of a need, or None where it is better left out. Raises `NotInPlan`."""
        self._known([need], self._there[: self._needs])
        place = int(self._state.seat[need])
        return None if place == NONE else place

    def seats(self) -> Ints:
        """The place of every need by number, -1 where it has none (or was withdrawn)."""
        return self._state.seat[: self._needs].astype(np.int64)

    def seated(self) -> int:
        """How many needs have a seat."""
        return int(self._state.load[: self._places].sum())

    def needs(self) -> Ints:
        """The numbers of the needs in the plan."""
        return np.flatnonzero(self._there[: self._needs])

    def duals(self) -> Duals:
        """Utilities and prices that prove the plan optimal: what one fewer and one more are worth at most and at least lies around them."""
        return Duals(self._utility(np.arange(self._needs)), self.prices())

    def prices(self) -> Ints:
        """A price of each place that holds the plan together: dual optimal after every operation."""
        return self._state.price[: self._places].copy()

    def instance(self) -> tuple[Instance, Ints]:
        """The plan as it stands now as an instance, with the number of the need of each demand: for a full solve, or a check."""
        state, numbers = self._state, self.needs()
        first, order = listed(state, numbers)
        count = len(order)
        ones, uses = np.ones(count, np.int64), np.arange(count + 1, dtype=np.int64)
        return Instance(state.room[: self._places].copy(), first, state.value[order], uses, state.place[order].astype(np.int64), ones), numbers

    def _known(self, rows: Whole, there: NDArray[np.bool_]) -> None:
        found = np.asarray(rows, np.int64)
        if len(found) and not (found.min() >= 0 and found.max() < len(there) and there[found].all()):
            raise NotInPlan("There is no such need or place in the plan.")

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
            self._make_space(place, 2 * int(self._state.space[place]) + 4)
        state = self._state
        state.owner[slots], state.place[slots], state.value[slots] = needs, places, values
        attach_all(state, slots)
        follow_all(state, slots)

    def _make_space(self, place: int, space: int) -> None:
        """Move a place's block to the end of the store, with so much space."""
        state, length = self._state, int(self._state.length[place])
        old, new = int(state.start[place]), self._near
        self._near += space
        self._state = state = grown(state, NEAR, self._near)
        for name in NEAR:
            block = getattr(state, name)
            block[new : new + length] = block[old : old + length]
        state.at[state.near_option[new : new + length]] = np.arange(new, new + length)
        state.start[place], state.space[place] = new, space


def _options(rows: Whole, values: Whole) -> tuple[Ints, Ints]:
    rows, values = np.asarray(rows, np.int64), np.asarray(values, np.int64)
    if len(rows) != len(values) or len(set(rows.tolist())) < len(rows):
        raise OptionsNotValid("Name each place or need once, with a value for each.")
    return rows, values


def _as_long(flags: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    return flags if len(flags) >= length else np.concatenate((flags, np.zeros(length - len(flags), np.bool_)))
