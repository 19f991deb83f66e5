"""Shadow prices: what one more place is worth, there or anywhere, and how many open needs it would serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class OptimalPlan(Protocol):
    """What is asked of a plan that stays optimal (`solving.live.LivePlan`)."""

    value: int

    def open_place(self, room: int, needs: Sequence[int], values: Sequence[int]) -> int:
        """Add a place; its number."""

    def close_place(self, place: int) -> None:
        """Take it out again."""

    def set_capacity(self, place: int, room: int) -> None:
        """Give a place room."""

    def seated(self) -> int:
        """How many needs have a seat."""


@dataclass(frozen=True, slots=True)
class ShadowPrices:
    """What an optimal plan of unit demand says of scarcity, in the unit of its values: `price` per place, `utility` per need.

    They must be the least prices of the plan, with the utilities that go with them (`solving.network.prices_of`): then `price[j]` is exactly what
    one more unit at place j adds to the plan's value, and `utility[i]` exactly what need i adds by being there (0 where it has no seat)."""

    price: tuple[int, ...]
    utility: tuple[int, ...]

    def gain_of_new_place(self, values: Mapping[int, int]) -> int:
        """What the plan's value gains from one new place of one unit that needs could use at these values (by need; others cannot use it).

        Exactly max(0, max over needs of value - utility). Proof. Utilities that go with the least prices are the largest of all dual optima, and
        there utility[i] = V - V(without i), for V, as a function of how much of need i there is, is concave and its slope to the left at one is the
        largest subgradient, which integrality makes a whole unit's difference. A new plan either leaves the place empty and is worth V, or seats
        one need i there and the others as well as they can be seated without i: value[i] + V(without i) = V + value[i] - utility[i]. O(needs)."""
        return max(0, max((value - self.utility[need] for need, value in values.items()), default=0))


@dataclass(frozen=True, slots=True)
class NewPlaces:
    """What new places of one kind would do, unit by unit: `gains` of each unit (never rising; units without a gain are left out) and `served`, how
    many needs without a seat have one after each."""

    gains: tuple[int, ...]
    served: tuple[int, ...]

    @property
    def serves(self) -> int:
        """How many more needs all of them serve."""
        return self.served[-1] if self.served else 0


def served_by_new_places(plan: OptimalPlan, values: Mapping[int, int], most: int) -> NewPlaces:
    """What a new place of up to `most` units would do, if needs could use it at these values (by need number).

    Opens it in the plan, gives it room unit by unit (one shortest augmenting path each), and takes it out again: exact after every unit, for the
    plan is optimal after each operation. A unit seats at most one more need and never unseats one: a chain of moves ends where a need without a
    seat is seated, or where a seat stays free. The plan's value is the same afterwards, yet needs that are worth the same may have changed seats:
    pass a copy of a plan that is in use. O(most) augmentations and O(needs)."""
    numbers = sorted(values)
    place = plan.open_place(0, numbers, [values[number] for number in numbers])
    before, worth = plan.seated(), plan.value
    gains: list[int] = []
    served: list[int] = []
    for room in range(1, most + 1):
        plan.set_capacity(place, room)
        if plan.value == worth:
            break
        gains.append(plan.value - worth)
        served.append(plan.seated() - before)
        worth = plan.value
    plan.close_place(place)
    return NewPlaces(tuple(gains), tuple(served))
