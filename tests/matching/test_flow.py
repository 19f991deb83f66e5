"""Exact assignment, its proof, its bounds and its levels: equal to trying every choice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.linear_solver import pywraplp

from services.matching.engine.solving.auction import auctioned
from services.matching.engine.solving.bounds import NotHouseholds, persons_bound, persons_flow, priced_bound
from services.matching.engine.solving.flow import best_flow, solve_flow
from services.matching.engine.solving.instance import Instance
from services.matching.engine.solving.lexicographic import solve_levels
from services.matching.engine.solving.network import Duals, NotUnitDemand, certify, prices_of, unit_network
from tests.matching.solving_worlds import a_unit_instance, an_instance, every_choice, ints, unit_instances


@settings(max_examples=80, deadline=None)
@given(st.one_of(unit_instances(most=5), unit_instances(must=True, most=4)))
def test_the_flow_finds_what_trying_every_choice_finds_and_proves_it(instance):
    choices = every_choice(instance)

    answer = solve_flow(instance)

    if not choices:
        assert answer.chosen is None and answer.proven
        return
    assert answer.value == answer.bound == max(instance.worth(chosen) for chosen in choices)
    assert instance.faults(answer.chosen) == []
    assert certify(instance, answer.chosen, prices_of(instance, answer.chosen)) == []


@settings(max_examples=60, deadline=None)
@given(unit_instances(most=5), st.data())
def test_a_choice_that_is_not_optimal_has_no_proof(instance, data):
    best = solve_flow(instance).value
    chosen = data.draw(st.sampled_from(every_choice(instance)))

    missing = certify(instance, chosen, prices_of(instance, chosen))

    assert bool(missing) == (instance.worth(chosen) < best)


def test_duals_that_are_off_by_one_prove_nothing():
    instance = a_unit_instance(np.random.default_rng(1), needs=50, places=8, candidates=4)
    chosen = solve_flow(instance).chosen
    duals = prices_of(instance, chosen)

    for utility, price in ((duals.utility + 1, duals.price), (duals.utility, duals.price + 1), (duals.utility - 1, duals.price)):
        assert certify(instance, chosen, Duals(utility, price)) != []


def test_a_common_amount_above_one_counts_whole_demands():
    instance = an_instance([5, 3], [[(0, 4), (1, 1)], [(0, 3)], [(0, 2), (1, 2)]], sizes=[2, 2, 2])

    answer = solve_flow(instance)

    assert answer.value == 9
    assert instance.faults(answer.chosen) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 5, 100, 10**6]), st.sampled_from([1, 3, 8]))
def test_the_auction_and_the_flow_find_the_same_value_whatever_the_ties(seed, most, candidates):
    instance = a_unit_instance(np.random.default_rng(seed), needs=80, places=12, candidates=candidates)
    network = unit_network(replace(instance, value=instance.value * most // 1000))

    chosen = auctioned(network)

    if chosen is not None:
        assert network.value[chosen[chosen >= 0]].sum() == (network.value * best_flow(network)).sum()
        assert np.all(np.bincount(network.place[chosen[chosen >= 0]], minlength=12) <= network.room)


def test_an_auction_without_end_is_given_up_and_the_flow_still_finds_the_optimum():
    instance = an_instance([1] * 10, [[(place, 10**6) for place in range(10)] for _ in range(12)])

    answer = solve_flow(instance)

    assert auctioned(unit_network(instance)) is None
    assert answer.value == 10 * 10**6


def test_a_round_of_two_thousand_needs_is_proven_whole():
    instance = a_unit_instance(np.random.default_rng(2), needs=2000, places=150, candidates=10)

    answer = solve_flow(instance)

    assert auctioned(unit_network(instance)) is not None
    assert certify(instance, answer.chosen, prices_of(instance, answer.chosen)) == []


def test_amounts_that_differ_are_refused():
    with pytest.raises(NotUnitDemand):
        solve_flow(an_instance([5], [[(0, 4)], [(0, 3)]], sizes=[1, 2]))


def test_an_instance_without_options_has_an_empty_plan():
    answer = solve_flow(an_instance([2], [[], []]))

    assert (answer.value, answer.chosen.tolist(), answer.gap) == (0, [-1, -1], 0.0)


def the_relaxation(instance: Instance) -> float | None:
    """The LP over the options that fit, by the simplex method; None where it has no solution."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    fits = instance.amount <= instance.capacity[instance.resource]
    shares = [solver.NumVar(0, 1 if each else 0, "") for each in fits]
    for demand in range(instance.demands):
        solver.Add(sum(shares[instance.first[demand] : instance.first[demand + 1]]) <= 1)
        if instance.must:
            solver.Add(sum(shares[instance.first[demand] : instance.first[demand + 1]]) >= 1)
    for place, room in enumerate(instance.capacity.tolist()):
        solver.Add(sum(int(instance.amount[o]) * shares[o] for o in np.flatnonzero(instance.resource == place)) <= room)
    solver.Maximize(sum(value * share for value, share in zip(instance.value.tolist(), shares, strict=True)))
    return solver.Objective().Value() if solver.Solve() == pywraplp.Solver.OPTIMAL else None


@settings(max_examples=60, deadline=None)
@given(st.one_of(unit_instances(sized=True), unit_instances(sized=True, must=True, most=4)))
def test_the_persons_bound_is_the_relaxation_and_no_whole_plan_is_worth_more(instance):
    flow = persons_flow(instance)

    relaxed = the_relaxation(instance)

    assert flow.feasible == (relaxed is not None)
    if relaxed is not None:
        assert flow.bound == np.floor(relaxed + 1e-6)
        assert priced_bound(instance, flow.price) == pytest.approx(relaxed, abs=1e-6)
        assert all(instance.worth(chosen) <= flow.bound for chosen in every_choice(instance))


def test_a_bound_of_values_too_large_for_an_exact_scale_still_holds():
    sizes = [7, 11, 13, 17, 19, 23, 29, 31]
    instance = an_instance([40, 50], [[(0, 10**15 + size), (1, 10**15 - 7)] for size in sizes], sizes=sizes)

    bound = persons_bound(instance)

    best = max(instance.worth(chosen) for chosen in every_choice(instance))
    relaxed = the_relaxation(instance)
    assert best <= bound
    assert relaxed <= bound + 10 and bound <= relaxed * 1.000001


def test_a_demand_that_needs_more_at_one_place_than_at_another_is_no_household():
    instance = an_instance([5, 5], [[(0, 4), (1, 4)]])

    with pytest.raises(NotHouseholds):
        persons_flow(replace(instance, amount=ints([1, 2])))


def by_level(instance: Instance, level: list[int], chosen: np.ndarray) -> tuple[int, ...]:
    values = np.where(chosen >= 0, instance.value[chosen] if instance.options else 0, 0)
    return tuple(int(values[ints(level) == each].sum()) for each in sorted(set(level)))


@settings(max_examples=120, deadline=None)
@given(st.one_of(unit_instances(most=5), unit_instances(must=True, most=4)), st.data())
def test_levels_are_served_in_their_order_as_trying_every_choice_shows(instance, data):
    level = data.draw(st.lists(st.integers(0, 3), min_size=instance.demands, max_size=instance.demands))
    choices = every_choice(instance)

    answer = solve_levels(instance, ints(level))

    if not choices:
        assert answer.chosen is None
        return
    assert instance.faults(answer.chosen) == []
    assert answer.values == by_level(instance, level, answer.chosen) == max(by_level(instance, level, chosen) for chosen in choices)


def test_levels_of_values_near_ten_to_the_eleven_stay_exact():
    dice = np.random.default_rng(5)
    instance = a_unit_instance(dice, needs=300, places=30, candidates=5)
    large = replace(instance, value=instance.value * 10**8 + dice.integers(0, 9, instance.options))
    level = dice.integers(0, 3, 300)

    answer = solve_levels(large, level)

    assert answer.values[0] == solve_flow(replace(large, value=np.where(level[large.owner()] == 0, large.value, -1))).value
    assert sum(answer.values) == large.worth(answer.chosen) <= solve_flow(large).value
