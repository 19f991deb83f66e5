"""The live plan: after any sequence of operations it is worth exactly what a full solve finds, and its prices prove it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.solving.flow import solve_flow
from services.matching.engine.solving.live import LivePlan, NotInPlan
from services.matching.engine.solving.live.plan import OptionsNotValid
from services.matching.engine.solving.network import Duals, certify, prices_of
from tests.matching.solving_worlds import a_unit_instance, an_instance, ints, unit_instances


def assert_optimal(plan: LivePlan) -> None:
    instance, numbers = plan.instance()
    seats, duals = plan.seats()[numbers], plan.duals()
    chosen = np.full(instance.demands, -1)
    for demand, place in enumerate(seats):
        mine = range(instance.first[demand], instance.first[demand + 1])
        chosen[demand] = next((option for option in mine if instance.resource[option] == place), -1)
    assert certify(instance, chosen, Duals(duals.utility[numbers], duals.price)) == []
    assert plan.value == instance.worth(chosen) == solve_flow(instance).value


def an_operation(data: st.DataObject, plan: LivePlan, needs: list[int], places: list[int]) -> None:
    def options(of: list[int]) -> tuple[Any, Any]:
        rows = data.draw(st.lists(st.sampled_from(of), unique=True, max_size=5)) if of else []
        return ints(rows), ints(data.draw(st.lists(st.integers(-3, 12), min_size=len(rows), max_size=len(rows))))

    kind = data.draw(st.sampled_from(["insert", "insert", "withdraw", "capacity", "open", "close"]))
    if kind == "insert":
        needs.append(plan.insert(*options(places)))
    elif kind == "withdraw" and needs:
        plan.withdraw(needs.pop(data.draw(st.integers(0, len(needs) - 1))))
    elif kind == "capacity" and places:
        plan.set_capacity(data.draw(st.sampled_from(places)), data.draw(st.integers(0, 5)))
    elif kind == "open":
        places.append(plan.open_place(data.draw(st.integers(0, 3)), *options(needs)))
    elif kind == "close" and places:
        plan.close_place(places.pop(data.draw(st.integers(0, len(places) - 1))))


@settings(max_examples=80, deadline=None)
@given(unit_instances(), st.data())
def test_after_each_of_any_operations_the_plan_is_the_optimum_of_a_full_solve(instance, data):
    plan = LivePlan.from_answer(instance, solve_flow(instance).chosen)
    needs, places = list(range(instance.demands)), list(range(len(instance.capacity)))

    for _ in range(data.draw(st.integers(1, 12))):
        an_operation(data, plan, needs, places)

        assert_optimal(plan)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_plan_that_begins_empty_grows_to_the_optimum(data):
    plan = LivePlan(ints([1, 2]))
    needs: list[int] = []
    places = [0, 1]

    for _ in range(data.draw(st.integers(1, 25))):
        an_operation(data, plan, needs, places)

    assert_optimal(plan)


def test_a_hundred_changes_of_a_larger_plan_keep_it_optimal():
    dice = np.random.default_rng(7)
    instance = a_unit_instance(dice, needs=400, places=40, candidates=6)
    plan = LivePlan.from_answer(instance, solve_flow(instance).chosen)

    for _ in range(100):
        plan.withdraw(int(dice.choice(plan.needs())))
        plan.insert(np.sort(dice.choice(40, 6, replace=False)), dice.integers(1, 100, 6))
        plan.set_capacity(int(dice.integers(40)), int(dice.integers(20)))

    assert_optimal(plan)


def test_a_need_that_is_worth_more_takes_the_seat_and_the_other_moves_on():
    plan = LivePlan(ints([1, 1]))
    first = plan.insert(ints([0, 1]), ints([10, 8]))

    second = plan.insert(ints([0]), ints([5]))

    assert (plan.seat(first), plan.seat(second), plan.value) == (1, 0, 13)


def test_a_withdrawn_need_leaves_its_seat_to_the_best_of_those_without_one():
    plan = LivePlan(ints([1]))
    winner, low, high = (plan.insert(ints([0]), ints([value])) for value in (9, 3, 7))

    plan.withdraw(winner)

    assert (plan.seat(low), plan.seat(high), plan.value) == (None, 0, 7)


def test_unknown_needs_places_and_repeated_options_are_refused():
    plan = LivePlan(ints([1]))
    gone = plan.insert(ints([0]), ints([4]))
    plan.withdraw(gone)

    for refused, call in (
        (NotInPlan, lambda: plan.withdraw(gone)),
        (NotInPlan, lambda: plan.seat(5)),
        (NotInPlan, lambda: plan.set_capacity(1, 2)),
        (NotInPlan, lambda: plan.open_place(1, ints([gone]), ints([2]))),
        (OptionsNotValid, lambda: plan.insert(ints([0, 0]), ints([1, 2]))),
        (OptionsNotValid, lambda: plan.set_capacity(0, -1)),
    ):
        with pytest.raises(refused):
            call()


def test_a_plan_without_places_takes_needs_and_waits_for_places():
    plan = LivePlan.from_answer(an_instance([], [[]]), ints([-1]))
    need = plan.insert([], [])

    place = plan.open_place(1, [need], [5])

    assert (plan.seat(need), plan.seat(0), plan.value) == (place, None, 5)


def test_a_copy_changes_apart():
    plan = LivePlan(ints([1]))
    need = plan.insert(ints([0]), ints([4]))

    twin = plan.copy()
    twin.withdraw(need)

    assert (plan.seat(need), plan.value, twin.value) == (0, 4, 0)


def test_a_plan_made_from_an_answer_begins_with_its_value_and_its_prices():
    instance = a_unit_instance(np.random.default_rng(3), needs=60, places=8, candidates=4)
    answer = solve_flow(instance)

    plan = LivePlan.from_answer(instance, answer.chosen)

    assert plan.value == answer.value
    assert np.array_equal(plan.prices(), prices_of(instance, answer.chosen).price)
