"""Shadow prices: exactly what one more unit would add, and how many needs it would serve, as solving again shows."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.prices import NewPlaces, ShadowPrices, served_by_new_places
from services.matching.engine.solving.flow import solve_flow
from services.matching.engine.solving.instance import Instance
from services.matching.engine.solving.live import LivePlan
from services.matching.engine.solving.network import prices_of
from tests.matching.solving_worlds import an_instance, ints, unit_instances


def shadow(instance: Instance) -> ShadowPrices:
    duals = prices_of(instance, solve_flow(instance).chosen)
    return ShadowPrices(tuple(duals.price.tolist()), tuple(duals.utility.tolist()))


def without(instance: Instance, demand: int) -> Instance:
    """The same instance in which a demand has no use for anything."""
    value = instance.value.copy()
    value[instance.first[demand] : instance.first[demand + 1]] = -1
    return replace(instance, value=value)


def with_place(instance: Instance, values: dict[int, int], room: int) -> Instance:
    options = [
        [(int(instance.resource[o]), int(instance.value[o])) for o in range(instance.first[i], instance.first[i + 1])]
        + ([(len(instance.capacity), values[i])] if i in values else [])
        for i in range(instance.demands)
    ]
    return an_instance([*instance.capacity.tolist(), room], options)


@st.composite
def worlds_and_places(draw: st.DrawFn) -> tuple[Instance, dict[int, int]]:
    instance = draw(unit_instances(most=7))
    return instance, draw(st.dictionaries(st.integers(0, instance.demands - 1), st.integers(-2, 15)))


@settings(max_examples=80, deadline=None)
@given(unit_instances(most=7))
def test_a_price_is_what_one_more_unit_adds_and_a_utility_what_a_need_adds(instance):
    found, value = shadow(instance), solve_flow(instance).value

    more = [
        solve_flow(replace(instance, capacity=instance.capacity + (np.arange(len(instance.capacity)) == j))).value for j in range(len(found.price))
    ]
    fewer = [solve_flow(without(instance, i)).value for i in range(instance.demands)]

    assert [value + price for price in found.price] == more
    assert [value - utility for utility in found.utility] == fewer


@settings(max_examples=80, deadline=None)
@given(worlds_and_places())
def test_the_gain_of_a_new_place_is_what_solving_again_gains(world):
    instance, values = world

    gain = shadow(instance).gain_of_new_place(values)

    assert gain == solve_flow(with_place(instance, values, 1)).value - solve_flow(instance).value


@settings(max_examples=60, deadline=None)
@given(worlds_and_places(), st.integers(0, 4))
def test_new_places_gain_and_serve_as_solving_again_does_and_leave_the_plan_as_it_was(world, most):
    instance, values = world
    plan = LivePlan.from_answer(instance, solve_flow(instance).chosen)
    value = plan.value

    found = served_by_new_places(plan, values, most)

    assert [value + sum(found.gains[: unit + 1]) for unit in range(len(found.gains))] == [
        solve_flow(with_place(instance, values, unit + 1)).value for unit in range(len(found.gains))
    ]
    assert value + sum(found.gains) == solve_flow(with_place(instance, values, most)).value
    assert list(found.gains) == sorted(found.gains, reverse=True)
    assert plan.value == value == solve_flow(plan.instance()[0]).value


def test_a_place_that_frees_a_seat_for_another_serves_that_other_need():
    instance = an_instance([1, 0], [[(0, 10)], [(0, 6)], [(1, 4)]])
    plan = LivePlan.from_answer(instance, solve_flow(instance).chosen)

    found = served_by_new_places(plan, {0: 9, 2: 3}, most=5)

    assert found == NewPlaces(gains=(5, 3), served=(1, 2))
    assert found.serves == 2


def test_without_anyone_who_could_use_it_a_place_gains_nothing():
    assert ShadowPrices((), (3,)).gain_of_new_place({}) == 0
    assert ShadowPrices((), (3,)).gain_of_new_place({0: 2}) == 0
    assert served_by_new_places(LivePlan(ints([1])), {}, 3) == NewPlaces((), ())
