"""The portfolio: never beyond a capacity, proven where it says so, and equal to trying everything on tiny instances."""

import numpy as np
import pytest
from hypothesis import given, settings

from bench.matching.gap_instances import a_gap
from bench.matching.worlds import a_world
from services.matching.engine.solving import portfolio
from services.matching.engine.solving.instance import Answer, Instance
from tests.matching.instances import an_instance, by_trying_all, tiny


@pytest.fixture(scope="module", autouse=True)
def warmed() -> None:
    portfolio.warm()


@settings(max_examples=150, deadline=None)
@given(tiny())
def test_a_tiny_instance_is_solved_as_if_all_were_tried(instance: Instance) -> None:
    most = by_trying_all(instance)

    answer = portfolio.best(instance, 2.0)

    assert answer.proven
    if most is None:
        assert answer.chosen is None
    else:
        assert answer.chosen is not None
        assert instance.faults(answer.chosen) == []
        assert answer.value == answer.bound == most == instance.worth(answer.chosen)


@settings(max_examples=30, deadline=None)
@given(tiny())
def test_the_same_instance_has_the_same_answer(instance: Instance) -> None:
    before = portfolio.best(instance, 2.0)

    again = portfolio.best(instance, 2.0)

    assert (before.value, before.bound) == (again.value, again.bound)
    assert (before.chosen is None) == (again.chosen is None)
    assert before.chosen is None or again.chosen is None or before.chosen.tolist() == again.chosen.tolist()


@pytest.mark.parametrize("must", [False, True])
def test_an_instance_without_demands_is_worth_nothing(must: bool) -> None:
    nothing = an_instance([3], [], must)

    answer = portfolio.best(nothing, 1.0)

    assert (answer.value, answer.bound, answer.gap, answer.proven) == (0, 0, 0.0, True)
    assert answer.chosen is not None and len(answer.chosen) == 0


def test_what_is_worth_less_than_nothing_is_left_out_unless_it_must_be_placed() -> None:
    demands = [[(-5, {0: 1}), (-3, {0: 2})]]

    free, bound = portfolio.best(an_instance([2], demands), 1.0), portfolio.best(an_instance([2], demands, must=True), 1.0)

    assert (free.value, bound.value) == (0, -3)
    assert free.proven and bound.proven


def test_where_all_must_be_placed_and_cannot_be_the_answer_says_so() -> None:
    crowded = an_instance([5], [[(9, {0: 3})], [(9, {0: 3})]], must=True)

    answer = portfolio.best(crowded, 1.0)

    assert answer.chosen is None
    assert answer.proven


def test_values_beyond_32_bits_are_counted_exactly() -> None:
    large = 3_000_000_000_000
    instance = an_instance([5, 4], [[(large + 1, {0: 3}), (large, {1: 3})], [(large, {0: 3}), (2, {1: 2})], [(7, {0: 2})]])

    answer = portfolio.best(instance, 1.0)

    assert answer.proven
    assert answer.value == 2 * large + 7


@pytest.mark.parametrize(("kind", "agents", "jobs"), [("A", 5, 40), ("B", 5, 40), ("C", 5, 30), ("D", 3, 15)])
def test_published_recipes_in_their_small_sizes_are_proven(kind: str, agents: int, jobs: int) -> None:
    instance = a_gap(kind, agents, jobs)

    answer = portfolio.best(instance, 10.0)

    assert answer.proven
    assert answer.chosen is not None and instance.faults(answer.chosen) == []


def test_a_large_one_has_a_small_gap_and_progress_is_told() -> None:
    instance, heard = a_gap("E", 10, 200), list[Answer]()

    answer = portfolio.best(instance, 2.5, tell=heard.append)

    assert answer.chosen is not None and instance.faults(answer.chosen) == []
    assert answer.gap < 0.01
    assert answer.seconds < 4
    assert heard and all(each.value <= answer.value and each.bound >= answer.bound for each in heard)


def test_households_come_near_the_bound() -> None:
    instance = a_world(600, 120, households=True).instance

    answer = portfolio.best(instance, 2.0)

    assert answer.chosen is not None and instance.faults(answer.chosen) == []
    assert answer.gap < 0.015


def test_needs_that_use_several_resources_come_near_the_bound() -> None:
    dice = np.random.default_rng(5)
    demands = [
        [(int(dice.integers(20, 99)), {int(r): int(dice.integers(1, 5)) for r in dice.choice(30, 3, replace=False)}) for _ in range(6)]
        for _ in range(200)
    ]
    instance = an_instance([25] * 30, demands)

    answer = portfolio.best(instance, 2.0)

    assert answer.chosen is not None and instance.faults(answer.chosen) == []
    assert answer.gap < 0.03


@settings(max_examples=30, deadline=None)
@given(tiny())
def test_a_start_never_makes_it_worse(instance: Instance) -> None:
    start = portfolio.best(instance, 0.5)

    answer = portfolio.best(instance, 0.0, start=start.chosen)

    assert start.chosen is None or answer.value >= start.value


def test_unit_demand_is_exact() -> None:
    instance = a_world(300, 60).instance

    answer = portfolio.best(instance, 2.0)

    assert answer.proven
    assert answer.gap == 0
