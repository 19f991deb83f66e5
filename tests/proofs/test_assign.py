"""Rounds: never over capacity, groups whole, pins and bans kept, the urgency floor, the optimum itself, and the same answer in any order."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine import assign
from services.matching.engine.assign import RoundNotSolved, greedy, solve
from services.matching.engine.index import Index
from services.matching.engine.plan import Plan, plan_from, plan_to_plain
from services.matching.engine.problem import Problem, RoundNeed, RoundOffer, RoundPair, problem_from, problem_of, to_plain, worth
from services.matching.engine.seating import all_groups
from services.matching.engine.solver_process import solve_here
from services.matching.engine.types import MOST_URGENT_FIRST, Link, LinkKind, Urgency
from tests.matching.worlds import NOW, a_need, an_id, an_offer

U, H, N, L = MOST_URGENT_FIRST


def a_round(
    offers: dict[int, int], needs: dict[int, tuple[int, Urgency] | tuple[int, Urgency, int]], values: dict[tuple[int, int], int], **more: object
) -> Problem:
    return Problem(
        tuple(RoundOffer(an_id(key), places) for key, places in offers.items()),
        tuple(RoundNeed(an_id(key), row[0], row[1], an_id(row[2]) if len(row) > 2 else None) for key, row in needs.items()),
        tuple(RoundPair(an_id(need), an_id(offer), value) for (need, offer), value in values.items()),
        **more,
    )


def seats(plan: Plan) -> dict[int, int]:
    return {pair.need_id.int: pair.offer_id.int for pair in plan.seats}


@st.composite
def problems(draw: st.DrawFn, most_needs: int = 7, most_offers: int = 4) -> Problem:
    offers = draw(st.integers(1, most_offers))
    needs = draw(st.integers(1, most_needs))
    pairs = [(101 + need, 1 + offer) for need in range(needs) for offer in range(offers)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    pins = draw(st.lists(st.sampled_from(pairs), max_size=2, unique_by=lambda pair: pair[0]))
    bans = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True))
    return Problem(
        tuple(RoundOffer(an_id(1 + offer), draw(st.integers(0, 6))) for offer in range(offers)),
        tuple(
            RoundNeed(an_id(101 + need), draw(st.integers(1, 4)), draw(st.sampled_from(Urgency)), draw(st.sampled_from([None, None, an_id(900)])))
            for need in range(needs)
        ),
        tuple(RoundPair(an_id(need), an_id(offer), draw(st.integers(1, 60))) for need, offer in chosen),
        frozenset((an_id(need), an_id(offer)) for need, offer in pins),
        frozenset((an_id(need), an_id(offer)) for need, offer in bans),
    )


def used(problem: Problem, chosen: dict[UUID, UUID]) -> dict[UUID, int]:
    sizes = {need.id: need.size for need in problem.needs}
    totals = {offer.id: 0 for offer in problem.offers}
    for need_id, offer_id in chosen.items():
        totals[offer_id] += sizes[need_id]
    return totals


def fits(problem: Problem, chosen: dict[UUID, UUID]) -> bool:
    return all(used(problem, chosen)[offer.id] <= offer.places for offer in problem.offers)


def levels_of(problem: Problem) -> dict[UUID, int]:
    return {need.id: min(MOST_URGENT_FIRST.index(one.urgency) for one in group) for group in all_groups(problem) for need in group}


def worth_of(problem: Problem, chosen: dict[UUID, UUID]) -> tuple[int, ...]:
    value, level = {pair.key: pair.value for pair in problem.pairs}, levels_of(problem)
    totals = [0] * 4
    for pair in chosen.items():
        totals[level[pair[0]]] += value[pair]
    return sum(pair in problem.pinned for pair in chosen.items()), *totals


def options_of(problem: Problem, need: RoundNeed) -> list[UUID]:
    return [pair.offer_id for pair in problem.pairs if pair.need_id == need.id and pair.key not in problem.forbidden]


def every_plan(problem: Problem) -> list[dict[UUID, UUID]]:
    """All feasible plans, by trying everything."""
    choices = [[None, *options_of(problem, need)] for need in problem.needs]
    found = []
    for picks in product(*choices):
        chosen = {need.id: pick for need, pick in zip(problem.needs, picks, strict=True) if pick is not None}
        whole = all(len({need.id in chosen for need in group}) == 1 for group in all_groups(problem))
        if whole and fits(problem, chosen):
            found.append(chosen)
    return found


def floor_breaks(problem: Problem, chosen: dict[UUID, UUID]) -> list[UUID]:
    """Needs without a seat whose group could be seated by removing only less urgent, unpinned groups."""
    level, found = levels_of(problem), []
    for group in all_groups(problem):
        if group[0].id in chosen:
            continue
        mine = level[group[0].id]
        kept_groups = [
            other
            for other in all_groups(problem)
            if other[0].id in chosen and (level[other[0].id] <= mine or any((need.id, chosen[need.id]) in problem.pinned for need in other))
        ]
        kept = {need.id: chosen[need.id] for other in kept_groups for need in other}
        ways = product(*(options_of(problem, need) for need in group))
        if any(fits(problem, kept | {need.id: pick for need, pick in zip(group, way, strict=True)}) for way in ways):
            found.append(group[0].id)
    return found


def holds(problem: Problem, chosen: dict[UUID, UUID]) -> None:
    eligible = {pair.key for pair in problem.pairs}
    assert fits(problem, chosen)
    assert set(chosen.items()) <= eligible - problem.forbidden
    assert all(len({need.id in chosen for need in group}) == 1 for group in all_groups(problem))
    assert floor_breaks(problem, chosen) == []


@settings(max_examples=150, deadline=None)
@given(problems())
def test_every_plan_keeps_the_promises_and_so_does_the_greedy(problem):
    plan = solve_here(problem, 10)

    chosen = {pair.need_id: pair.offer_id for pair in plan.seats}
    holds(problem, chosen)
    holds(problem, {pair.need_id: pair.offer_id for pair in greedy(problem).values()})
    assert plan.certificate.proven
    assert plan.certificate.value == plan.certificate.bound == sum(pair.value for pair in plan.seats)
    assert {one.need_id for one in plan.unplaced} == {need.id for need in problem.needs} - chosen.keys()
    assert {(one.need_id, one.offer_id) for one in plan.pins_lost} == problem.pinned - set(chosen.items())


@settings(max_examples=60, deadline=None)
@given(problems(most_needs=5, most_offers=3))
def test_a_proven_plan_is_the_best_of_all_plans(problem):
    plan = solve_here(problem, 10)

    best = max(worth_of(problem, chosen) for chosen in every_plan(problem))
    assert worth_of(problem, {pair.need_id: pair.offer_id for pair in plan.seats}) == best


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_round_in_any_order_gives_the_same_plan(problem, random):
    def shuffled(rows: tuple) -> tuple:
        return tuple(random.sample(rows, len(rows)))

    again = replace(problem, offers=shuffled(problem.offers), needs=shuffled(problem.needs), pairs=shuffled(problem.pairs))

    one, two = solve_here(problem, 10), solve_here(again, 10)
    assert (one.seats, one.unplaced, one.pins_lost) == (two.seats, two.unplaced, two.pins_lost)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_without_any_time_the_promises_still_hold_and_nothing_is_claimed_as_proven(problem):
    plan = solve_here(problem, 0)

    holds(problem, {pair.need_id: pair.offer_id for pair in plan.seats})
    assert plan.certificate.proven is (plan.certificate.value == plan.certificate.bound and not pins_may_rise(problem, plan))
    assert plan.certificate.value <= plan.certificate.bound


def pins_may_rise(problem: Problem, plan: Plan) -> bool:
    exact = solve_here(problem, 10)
    assert plan.certificate.bound >= exact.certificate.value or len(plan.pins_lost) > len(exact.pins_lost)
    return not plan.certificate.proven and plan.certificate.value == plan.certificate.bound


def test_many_small_needs_beat_the_greedy_choice_of_one_large():
    problem = a_round({1: 4}, {101: (4, N), 102: (2, N), 103: (2, N)}, {(101, 1): 50, (102, 1): 40, (103, 1): 40})

    plan = solve_here(problem, 10)

    assert seats(plan) == {102: 1, 103: 1}
    assert (plan.certificate.value, plan.greedy_value, plan.certificate.gap) == (80, 50, 0.0)


def test_no_urgent_need_is_left_out_for_less_urgent_ones_however_much_they_are_worth():
    problem = a_round({1: 4}, {101: (4, U), 102: (2, N), 103: (2, H)}, {(101, 1): 1, (102, 1): 1000, (103, 1): 1000})

    plan = solve_here(problem, 10)

    assert seats(plan) == {101: 1}
    assert [(level.urgency, level.value) for level in plan.certificate.levels] == [(U, 1), (H, 0), (N, 0), (L, 0)]


def test_each_unplaced_need_says_why():
    problem = a_round(
        {1: 2, 2: 1},
        {101: (1, N), 102: (1, N), 103: (3, N), 104: (2, N), 105: (1, L), 106: (2, N, 900), 107: (2, N, 900), 108: (1, N, 901), 109: (1, N, 901)},
        {(101, 2): 9, (103, 2): 9, (104, 1): 9, (105, 2): 9, (106, 1): 9, (107, 1): 9, (102, 2): 9, (108, 1): 9},
        forbidden=frozenset({(an_id(102), an_id(2))}),
    )

    plan = solve_here(problem, 10)

    assert {one.need_id.int: one.reason.code for one in plan.unplaced} == {
        102: "unplaced.forbidden",
        103: "unplaced.too_large",
        105: "unplaced.contested",
        106: "unplaced.together",
        107: "unplaced.together",
        108: "unplaced.together",
        109: "unplaced.no_offer",
    }


def test_a_pin_is_kept_against_value_and_a_lost_pin_says_why():
    pinned = frozenset({(an_id(101), an_id(1)), (an_id(102), an_id(1)), (an_id(103), an_id(2)), (an_id(104), an_id(2))})
    problem = a_round(
        {1: 1, 2: 1},
        {101: (1, L), 102: (1, L), 103: (1, N), 104: (1, N)},
        {(101, 1): 5, (102, 1): 4, (103, 1): 99, (104, 2): 9},
        pinned=pinned,
        forbidden=frozenset({(an_id(104), an_id(2))}),
    )

    plan = solve_here(problem, 10)

    assert seats(plan) == {101: 1}
    assert [(one.need_id.int, one.code) for one in plan.pins_lost] == [(102, "no_room"), (103, "not_eligible"), (104, "forbidden")]


def test_a_round_is_built_from_the_verdicts_with_groups_and_waiting():
    index = Index()
    link = (Link(LinkKind.TOGETHER, an_id(102)),)
    needs = [
        a_need(id=an_id(101), links=link),
        a_need(id=an_id(102), posted_at=NOW - timedelta(days=60), urgency=U),
        a_need(id=an_id(103), category="housing"),
    ]

    problem = problem_of(needs, [an_offer()], lambda need, offer: index.verdict(need, offer, NOW), NOW)

    score = index.verdict(needs[1], an_offer(), NOW).score
    assert {need.id.int: need.together and need.together.int for need in problem.needs} == {101: 101, 102: 101, 103: None}
    assert [pair.need_id.int for pair in problem.pairs] == [101, 102]
    assert problem.pairs[1].value == worth(score, 60) == 1 + 2 * score
    assert worth(score, 30) < worth(score, 31) <= worth(score, 60) == worth(score, 600)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_problems_and_plans_survive_the_way_to_the_worker_and_back(problem):
    plan = solve_here(problem, 10)

    assert problem_from(to_plain(problem)) == problem
    assert plan_from(plan_to_plain(plan)) == plan


async def test_the_worker_process_gives_the_plan_of_the_solver():
    problem = a_round({1: 4}, {101: (4, N), 102: (2, N), 103: (2, N)}, {(101, 1): 50, (102, 1): 40, (103, 1): 40})

    plan = await solve(problem, 10)

    assert plan.seats == solve_here(problem, 10).seats
    assert plan.certificate.proven


async def test_a_worker_that_dies_or_hangs_is_a_named_refusal_and_leaves_no_process(monkeypatch):
    problem = a_round({1: 1}, {101: (1, N)}, {(101, 1): 5})
    started = []
    start = asyncio.create_subprocess_exec

    async def spawn(*command: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await start(*command, **options))
        return started[-1]

    monkeypatch.setattr(assign.asyncio, "create_subprocess_exec", spawn)
    with pytest.raises(RoundNotSolved):
        await solve(problem, 0, grace=0.01)
    with pytest.raises(RoundNotSolved):
        await solve(replace(problem, pairs=(RoundPair(an_id(101), an_id(1), "no number"),)), 1)

    assert all(process.returncode not in (None, 0) for process in started)


def test_a_larger_round_is_solved_within_its_time():
    numbers = range(60)
    problem = a_round(
        {1 + offer: 3 + offer % 5 for offer in range(15)},
        {101 + need: (1 + need % 4, MOST_URGENT_FIRST[need % 4]) for need in numbers},
        {(101 + need, 1 + offer): 1000 + (need * 7919 + offer * 104729) % 90_000 for need in numbers for offer in range(15) if (need + offer) % 3},
    )

    plan = solve_here(problem, 3)

    assert plan.certificate.value <= plan.certificate.bound
    assert plan.certificate.seconds < 5
    holds(problem, {pair.need_id: pair.offer_id for pair in plan.seats})
