"""What the portfolio is made of: each bound holds for every choice, each repair keeps to the capacities, the worker ends with its parent."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matching.gap_instances import a_gap
from services.matching.engine.solving.branch import branched
from services.matching.engine.solving.core import core_of
from services.matching.engine.solving.greedy import greedy, repaired
from services.matching.engine.solving.instance import UNPLACED, Instance
from services.matching.engine.solving.lagrange import priced, subgradient
from services.matching.engine.solving.mip import Worker
from services.matching.engine.solving.nearer import NearerBound
from services.matching.engine.solving.search import NONE, Search
from tests.matching.instances import by_trying_all, ints, tiny


@settings(max_examples=100, deadline=None)
@given(tiny())
def test_the_core_of_an_instance_has_the_same_optimum(instance: Instance) -> None:
    core = core_of(instance)

    most = by_trying_all(core.instance)

    assert most == by_trying_all(instance)


@settings(max_examples=100, deadline=None)
@given(tiny(), st.lists(st.floats(0, 1e6), min_size=4, max_size=4))
def test_any_prices_prove_a_bound(instance: Instance, price: list[float]) -> None:
    core = core_of(instance)
    most = by_trying_all(instance)

    prices = priced(core, np.array(price[: len(instance.capacity)]))

    assert most is None or prices.total >= most


@settings(max_examples=100, deadline=None)
@given(tiny())
def test_the_nearer_bound_holds_too(instance: Instance) -> None:
    core = core_of(instance)
    most = by_trying_all(instance)
    prices = subgradient(core, 20)
    bound = NearerBound(core, prices, -1000, 5.0)

    if np.all(np.diff(core.instance.uses) <= 1):
        bound.run()

    assert most is None or bound.least is None or bound.least >= most


@settings(max_examples=100, deadline=None)
@given(tiny(), st.integers(0, 2**32 - 1))
def test_any_choice_is_repaired_to_one_that_keeps_to_the_capacities(instance: Instance, seed: int) -> None:
    dice, core = np.random.default_rng(seed), core_of(instance)
    core_instance = core.instance
    chosen = np.where(
        np.diff(core_instance.first) > 0, core_instance.first[:-1] + dice.integers(0, np.maximum(np.diff(core_instance.first), 1)), UNPLACED
    )
    prices = subgradient(core, 20)

    whole = repaired(core_instance, chosen, prices.reduced)

    assert np.all(core_instance.used(whole) <= np.maximum(core_instance.capacity, core_instance.used(np.full(core_instance.demands, UNPLACED))))


@settings(max_examples=100, deadline=None)
@given(tiny())
def test_branch_and_bound_alone_finds_the_optimum_of_tiny_ones(instance: Instance) -> None:
    core = core_of(instance)
    if instance.must and np.any(np.diff(core.instance.first) == 0):
        return
    prices, nothing = subgradient(core, 20), np.full(core.instance.demands, UNPLACED, np.int64)
    parts = np.arange(core.parts)

    chosen, status = branched(core, prices, parts, np.full(core.parts, NONE), nothing)

    most = by_trying_all(instance)
    assert (most is None) == bool(np.any(status == 2))
    assert most is None or (core.instance.faults(chosen) == [] and core.instance.worth(chosen) == most)


def test_the_search_repeats_itself_with_the_same_seed() -> None:
    core = core_of(a_gap("C", 10, 100))
    prices = subgradient(core, 100)
    start = repaired(core.instance, greedy(core.instance), prices.reduced)
    one, two = Search(core, prices, start, seed=3), Search(core, prices, start, seed=3)

    for each in (one, two):
        each.run(50_000, 0.5)

    assert np.array_equal(one.now, two.now)
    assert one.best_value == two.best_value


def test_the_best_of_the_search_holds_and_has_the_value_that_it_says() -> None:
    instance = a_gap("E", 10, 100)
    core = core_of(instance)
    prices = subgradient(core, 200)
    search = Search(core, prices, repaired(core.instance, greedy(core.instance), prices.reduced))

    for firm in (0.05, 0.2, 1.0, 2.0):
        search.run(100_000, search.unit * 0.01, firm)

    assert search.found
    assert instance.faults(core.back(search.best)) == []
    assert instance.worth(core.back(search.best)) == search.best_value


def test_the_worker_ends_when_nobody_speaks_to_it_any_more() -> None:
    worker = Worker()
    instance = a_gap("D", 10, 100)
    worker.ask(instance, np.full(instance.demands, UNPLACED, np.int64), 60.0)
    assert worker.process.stdin is not None

    worker.process.stdin.close()

    assert worker.process.wait(10) == 0


def test_the_worker_proves_what_it_finishes() -> None:
    worker, instance = Worker(), a_gap("A", 5, 30)
    worker.ask(instance, np.full(instance.demands, UNPLACED, np.int64), 20.0)
    heard = []

    until = time.monotonic() + 20
    while worker.busy and time.monotonic() < until:
        heard += worker.news()
        time.sleep(0.01)
    worker.close()

    assert int(heard[-1]["done"][0]) == 1
    assert instance.faults(heard[-1]["chosen"]) == []
    assert int(heard[-1]["bound"][0]) == instance.worth(heard[-1]["chosen"])


@pytest.mark.parametrize("kind", list("ABCDE"))
def test_a_recipe_makes_what_was_published(kind: str) -> None:
    instance = a_gap(kind, 10, 100)

    again = a_gap(kind, 10, 100)

    least = {"A": 5, "B": 5, "C": 5, "D": 1, "E": 1}[kind]
    assert instance.single and instance.must and instance.options == 1000
    assert instance.amount.min() >= least and (kind == "E" or instance.amount.max() <= (100 if kind == "D" else 25))
    assert np.array_equal(instance.value, again.value) and np.array_equal(instance.capacity, again.capacity)
    if kind in "CDE":
        load = instance.amount.reshape(100, 10).sum(axis=0)
        assert np.array_equal(instance.capacity, ints(*(load * 0.8 / 10).astype(int)))
