"""Relocation: stable where it can be, never over capacity, nobody split, and the report of what each mechanism costs the other."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matching.relocation import plain, popular_market
from services.matching.engine.relocate import compare, instance_of, outcome, positions, rank_values, stable, welfare
from services.matching.engine.solving.flow import solve_flow
from services.matching.engine.solving.instance import Answer, Instance, Ints
from services.matching.engine.solving.stable import Market, blocking_pairs, defer, free_room, propose, wasted_pairs

NOBODY_BLOCKS: list[int] = []


def a_market(lists: list[list[int]], standing: list[list[int]], sizes: list[list[int]], capacity: list[list[int]]) -> Market:
    counts = [len(each) for each in lists]
    dimensions = len(capacity[0])
    return Market(
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        place=np.array([place for each in lists for place in each], np.int64),
        standing=np.array([rank for each in standing for rank in each], np.int64),
        size=np.array([size for size, each in zip(sizes, lists, strict=True) for _ in each], np.int64).reshape(-1, dimensions),
        capacity=np.array(capacity, np.int64),
    )


@st.composite
def markets(draw: st.DrawFn, most: int = 5, sizes: int = 1, dimensions: int = 1) -> Market:
    households, places = draw(st.integers(1, most)), draw(st.integers(1, 3))
    lists = [draw(st.permutations(range(places)))[: draw(st.integers(0, places))] for _ in range(households)]
    standing = [[draw(st.integers(0, 3)) for _ in each] for each in lists]
    size = [[draw(st.integers(0 if dimensions > 1 else 1, sizes)) for _ in range(dimensions)] for _ in range(households)]
    capacity = [[draw(st.integers(0, 2 * sizes)) for _ in range(dimensions)] for _ in range(places)]
    return a_market(lists, standing, size, capacity)


def every_matching(market: Market) -> Iterator[Ints]:
    ways = [[-1, *range(market.first[each], market.first[each + 1])] for each in range(market.households)]
    for way in product(*ways):
        chosen = np.array(way, np.int64)
        if np.all(free_room(market, chosen) >= 0):
            yield chosen


def blocks_by_definition(market: Market, chosen: Ints) -> list[int]:
    found, owner = [], market.owner()
    for pair, household in enumerate(owner):
        if 0 <= chosen[household] <= pair:
            continue
        better = [
            other
            for other in chosen[chosen >= 0]
            if market.place[other] == market.place[pair] and (market.standing[other], owner[other]) < (market.standing[pair], household)
        ]
        if np.all(market.size[better].sum(axis=0) + market.size[pair] <= market.capacity[market.place[pair]]):
            found.append(pair)
    return found


@given(markets())
@settings(max_examples=150, deadline=None)
def test_with_sizes_alike_nobody_blocks_and_every_household_is_as_well_off_as_in_any_stable_matching(market: Market) -> None:
    everything = [chosen for chosen in every_matching(market) if blocks_by_definition(market, chosen) == NOBODY_BLOCKS]

    matched = defer(market)

    assert matched.blocking == 0 and blocks_by_definition(market, matched.chosen) == NOBODY_BLOCKS
    worst = np.iinfo(np.int64).max
    for other in everything:
        assert np.all(np.where(matched.chosen < 0, worst, matched.chosen) <= np.where(other < 0, worst, other))


@given(markets(sizes=3), st.data())
@settings(max_examples=100, deadline=None)
def test_the_check_for_blocking_pairs_is_the_definition(market: Market, data: st.DataObject) -> None:
    matchings = list(every_matching(market))
    chosen = data.draw(st.sampled_from(matchings[:200]))

    found = blocking_pairs(market, chosen)

    assert found.tolist() == blocks_by_definition(market, chosen)


@given(st.one_of(markets(sizes=3), markets(sizes=3, dimensions=2)))
@settings(max_examples=150, deadline=None)
def test_with_sizes_no_capacity_is_exceeded_no_room_is_wasted_and_what_blocks_is_counted(market: Market) -> None:
    matched = defer(market)

    owner = market.owner()
    assert all(owner[pair] == household for household, pair in enumerate(matched.chosen) if pair >= 0)
    assert np.all(free_room(market, matched.chosen) >= 0)
    assert wasted_pairs(market, matched.chosen).tolist() == NOBODY_BLOCKS
    assert matched.blocking == len(blocks_by_definition(market, matched.chosen))


def test_with_sizes_a_stable_matching_is_mostly_found_where_there_is_one() -> None:
    draw, found, there = np.random.default_rng(1), 0, 0
    for _ in range(150):
        lists = [draw.permutation(3).tolist() for _ in range(5)]
        standing = [draw.permutation(3).tolist() for _ in range(5)]
        market = a_market(lists, standing, draw.integers(1, 4, (5, 1)).tolist(), draw.integers(2, 6, (3, 1)).tolist())
        exists = any(len(blocking_pairs(market, chosen)) == 0 for chosen in every_matching(market))

        there += exists
        found += defer(market).blocking == 0

    assert found >= 0.95 * there and there > 100


def test_a_large_family_that_lost_its_place_to_a_small_one_lets_the_next_back_in() -> None:
    # One place of 4. The third household (2) is refused beside the second (3); the first (2), ranked above both, then drives the second out.
    market = a_market(lists=[[0, 1], [1, 0], [1, 0]], standing=[[0, 0], [1, 2], [2, 3]], sizes=[[3], [2], [2]], capacity=[[0], [4]])
    market = Market(market.first, market.place, np.array([0, 1, 0, 1, 2, 2]), market.size, market.capacity)

    matched = defer(market)

    assert matched.blocking == 0
    assert [market.place[pair] if pair >= 0 else -1 for pair in matched.chosen] == [-1, 1, 1]


def test_the_compiled_mechanism_matches_as_plain_python_does() -> None:
    market = popular_market(3_000, 40, 10, seed=2)

    matched = propose(market)

    assert matched.tolist() == plain(market).tolist()
    assert len(blocking_pairs(market, matched)) == 0


def test_the_order_of_the_households_does_not_matter_where_sizes_are_alike() -> None:
    market = popular_market(400, 8, 5, seed=4)
    order = np.random.default_rng(0).permutation(400)
    rows = (order[:, None] * 5 + np.arange(5)).reshape(-1)
    turned = Market(market.first, market.place[rows], market.standing[rows], market.size[rows], market.capacity)

    here, there = propose(market), propose(turned)

    placed = [market.place[pair] if pair >= 0 else -1 for pair in here]
    assert [placed[each] for each in order] == [turned.place[pair] if pair >= 0 else -1 for pair in there]


def test_ranks_may_be_any_whole_numbers() -> None:
    market = popular_market(400, 8, 5, seed=4)
    far = Market(market.first, market.place, market.standing * 2**40 - 2**50, market.size, market.capacity)

    assert propose(far).tolist() == propose(market).tolist()


def by_hand(instance: Instance, seconds: float) -> Answer:
    best = max(every_choice(instance), key=instance.worth)
    return Answer(best, instance.worth(best), instance.worth(best), seconds, proven=True)


def every_choice(instance: Instance) -> Iterator[Ints]:
    ways = [[-1, *range(instance.first[each], instance.first[each + 1])] for each in range(instance.demands)]
    for way in product(*ways):
        chosen = np.array(way, np.int64)
        if not instance.faults(chosen):
            yield chosen


@given(st.one_of(markets(most=4), markets(most=4, sizes=3, dimensions=2)))
@settings(max_examples=60, deadline=None)
def test_the_report_says_what_each_mechanism_costs_the_other(market: Market) -> None:
    value = rank_values(market)

    both = compare(market, solve=by_hand)

    most = max(int(value[chosen[chosen >= 0]].sum()) for chosen in every_matching(market))
    assert both.welfare.value == both.welfare.bound == most and both.welfare.proven
    assert both.stable.bound == most and both.welfare_given_up == most - both.stable.value >= 0
    assert both.blocking_given_up == len(blocks_by_definition(market, both.welfare.chosen)) - both.stable.blocking


def test_the_welfare_of_unit_households_is_the_flow_optimum_and_more_pairs_block_it() -> None:
    market = popular_market(500, 10, 6, seed=6)

    both = compare(market, solve=lambda instance, _: solve_flow(instance))

    assert both.stable.stable and not both.welfare.stable
    assert both.welfare.proven and 0 < both.share_given_up < 1
    assert both.welfare.mean_rank < both.stable.mean_rank and both.welfare.first_choice > both.stable.first_choice


def test_ranks_count_from_the_longest_list_and_positions_from_nought() -> None:
    market = a_market(lists=[[1, 0], [0], []], standing=[[0, 0], [0], []], sizes=[[1], [1], [1]], capacity=[[1], [1]])

    both = stable(market)

    assert rank_values(market).tolist() == [2, 1, 2] and positions(market).tolist() == [0, 1, 0]
    assert (both.placed, both.first_choice, both.mean_rank, both.value) == (2, 2, 1.0, 4)


def test_a_market_without_anyone_is_no_problem() -> None:
    market = a_market(lists=[], standing=[], sizes=[], capacity=[[2]])

    calm = stable(market)

    assert (calm.value, calm.bound, calm.placed, calm.blocking, calm.mean_rank) == (0, 0, 0, 0, 0.0)
    assert instance_of(market, rank_values(market)).demands == 0


@pytest.mark.parametrize("dimensions", [1, 2])
def test_an_instance_holds_what_the_market_says(dimensions: int) -> None:
    market = popular_market(60, 4, 3, seed=8, sizes=True, dimensions=dimensions)

    instance = instance_of(market, rank_values(market))
    chosen = defer(market).chosen

    assert instance.faults(chosen) == []
    assert (instance.capacity - instance.used(chosen)).tolist() == free_room(market, chosen).reshape(-1).tolist()
    assert outcome(market, rank_values(market), chosen, 0, 0.0).value == instance.worth(chosen)


def test_welfare_is_found_by_the_portfolio() -> None:
    market = popular_market(40, 4, 3, seed=9)

    best = welfare(market, seconds=1.0)

    assert best.value == solve_flow(instance_of(market, rank_values(market))).value and best.proven
