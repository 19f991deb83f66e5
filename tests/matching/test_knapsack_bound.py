"""The bound by whole fillings: no plan is worth more, and it is nearer than the flow of persons."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.solving.bounds import persons_flow
from services.matching.engine.solving.knapsack import knapsack_bound
from tests.matching.solving_worlds import an_instance, every_choice, unit_instances


@settings(max_examples=80, deadline=None)
@given(st.one_of(unit_instances(sized=True), unit_instances(sized=True, must=True, most=4)), st.integers(1, 30))
def test_no_plan_is_worth_more_than_the_bound_after_any_number_of_steps(instance, steps):
    worths = [instance.worth(chosen) for chosen in every_choice(instance)]
    flow = persons_flow(instance)

    found = knapsack_bound(instance, flow.price, max(worths, default=-100), steps)

    assert all(worth <= found.bound for worth in worths)
    assert 0 <= found.steps <= steps


@settings(max_examples=80, deadline=None)
@given(unit_instances(sized=True), st.lists(st.floats(0, 20), min_size=4, max_size=4))
def test_any_prices_give_a_bound_that_holds(instance, prices):
    found = knapsack_bound(instance, prices[: len(instance.capacity)], target=0, steps=3)

    assert max(instance.worth(chosen) for chosen in every_choice(instance)) <= found.bound


def test_places_that_whole_households_cannot_fill_bring_the_bound_below_that_of_persons():
    instance = an_instance([3, 3], [[(0, 20), (1, 20)] for _ in range(4)], sizes=[2, 2, 2, 2])
    flow = persons_flow(instance)

    found = knapsack_bound(instance, flow.price, target=40, steps=50)

    assert (flow.bound, found.bound) == (60, 40)


def test_a_place_too_large_for_a_table_counts_by_its_fraction_and_the_bound_still_holds():
    instance = an_instance([10**8], [[(0, 10)], [(0, 9)], [(0, 8)]], sizes=[6 * 10**7, 5 * 10**7, 4 * 10**7])

    found = knapsack_bound(instance, [0.0], target=18, steps=20)

    assert max(instance.worth(chosen) for chosen in every_choice(instance)) <= found.bound <= 18 + 1


def test_the_same_input_gives_the_same_bound_and_utilities():
    instance = an_instance([4, 5], [[(0, 7), (1, 9)], [(0, 5), (1, 4)], [(1, 8)], [(0, 3), (1, 6)]], sizes=[2, 3, 4, 1])

    first, second = (knapsack_bound(instance, [1.0, 1.0], target=10, steps=25) for _ in range(2))

    assert first.bound == second.bound
    assert np.array_equal(first.utility, second.utility)
