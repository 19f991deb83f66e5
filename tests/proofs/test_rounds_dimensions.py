"""Rounds over everything: several dimensions, what is left out, a plan to start from, and the comparison with today; against trying everything."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.assign import solve
from services.matching.engine.plan import Progress
from services.matching.engine.problem import Problem, RoundNeed, RoundOffer, RoundPair, problem_from, to_plain
from services.matching.engine.rounds import exact
from services.matching.engine.rounds.compared import compared
from services.matching.engine.rounds.helper import Helper
from services.matching.engine.seating import all_groups, asked_of, room_of
from services.matching.engine.solver_process import solve_here
from services.matching.engine.solving.instance import Instance
from services.matching.engine.types import MOST_URGENT_FIRST, Urgency
from tests.matching.worlds import NOW, a_need, an_id, an_offer
from tests.proofs.test_assign import a_round, levels_of, seats, worth_of

U, H, N, L = MOST_URGENT_FIRST
DIMENSIONS = ("care", "school_seat")


@st.composite
def wide_problems(draw: st.DrawFn) -> Problem:
    """Tiny rounds with places in up to three dimensions, bundles, pins, bans, and needs and offers left out."""
    offers = [
        RoundOffer(an_id(1 + at), draw(st.integers(0, 5)), tuple((name, draw(st.integers(0, 3))) for name in DIMENSIONS if draw(st.booleans())))
        for at in range(draw(st.integers(1, 3)))
    ]
    needs = [
        RoundNeed(
            an_id(101 + at),
            draw(st.integers(1, 3)),
            draw(st.sampled_from(Urgency)),
            draw(st.sampled_from([None, None, an_id(900)])),
            tuple((name, draw(st.integers(0, 2))) for name in DIMENSIONS if draw(st.booleans())),
        )
        for at in range(draw(st.integers(1, 5)))
    ]
    keys = [(need.id, offer.id) for need in needs for offer in offers]
    some = st.lists(st.sampled_from(keys), max_size=2, unique_by=lambda pair: pair[0])
    return Problem(
        tuple(offers),
        tuple(needs),
        tuple(RoundPair(*key, draw(st.integers(1, 30))) for key in draw(st.lists(st.sampled_from(keys), unique=True, max_size=12))),
        pinned=frozenset(draw(some)),
        forbidden=frozenset(draw(some)),
        without=frozenset(draw(st.lists(st.sampled_from([each.id for each in (*needs, *offers)]), max_size=1))),
        start=frozenset(draw(some)),
    )


def holds(problem: Problem, chosen: dict[UUID, UUID]) -> bool:
    """Whether a choice keeps to every dimension, to whole groups, and to what is ruled out."""
    left = {offer.id: room_of(offer) for offer in problem.offers}
    for need in problem.needs:
        for name, amount in asked_of(need) if need.id in chosen else ():
            left[chosen[need.id]][name] = left[chosen[need.id]].get(name, 0) - amount
    allowed = {pair.key for pair in problem.pairs} - problem.forbidden
    return (
        all(amount >= 0 for room in left.values() for amount in room.values())
        and all(len({need.id in chosen for need in group}) == 1 for group in all_groups(problem))
        and set(chosen.items()) <= allowed
        and not any(problem.without.intersection(pair) for pair in chosen.items())
    )


def best_of_all(problem: Problem) -> tuple[int, ...]:
    """The worth of the best plan, by trying everything."""
    options = [[None, *(pair.offer_id for pair in problem.pairs if pair.need_id == need.id)] for need in problem.needs]
    plans = ({need.id: pick for need, pick in zip(problem.needs, picks, strict=True) if pick} for picks in product(*options))
    return max(worth_of(problem, plan) for plan in plans if holds(problem, plan))


@settings(max_examples=120, deadline=None)
@given(wide_problems())
def test_a_proven_plan_over_several_dimensions_is_the_best_of_all(problem: Problem):
    plan = solve_here(problem, 60)

    chosen = {seat.need_id: seat.offer_id for seat in plan.seats}
    assert holds(problem, chosen)
    assert plan.certificate.proven
    assert worth_of(problem, chosen) == best_of_all(problem)


@settings(max_examples=60, deadline=None)
@given(wide_problems())
def test_a_plan_is_never_worse_than_the_one_it_started_from(problem: Problem):
    best = solve_here(problem, 60)
    onwards = replace(problem, start=frozenset(seat.key for seat in best.seats))

    again = solve_here(onwards, 0)

    assert worth_of(problem, {seat.need_id: seat.offer_id for seat in again.seats}) == worth_of(
        problem, {seat.need_id: seat.offer_id for seat in best.seats}
    )
    assert problem_from(to_plain(onwards)) == onwards


@settings(max_examples=60, deadline=None)
@given(wide_problems())
def test_the_bound_of_each_level_holds_beside_the_seats_above_it(problem: Problem):
    plan = solve_here(problem, 0.001)

    level = levels_of(problem)
    mine = {seat.need_id: seat.offer_id for seat in plan.seats}
    options = [[None, *(pair.offer_id for pair in problem.pairs if pair.need_id == need.id)] for need in problem.needs]
    plans = [{need.id: pick for need, pick in zip(problem.needs, picks, strict=True) if pick} for picks in product(*options)]
    for at, certificate in enumerate(plan.certificate.levels):
        kept = {key: offer for key, offer in mine.items() if level[key] < at or (key, offer) in problem.pinned}
        beside = [other for other in plans if kept.items() <= other.items() and holds(problem, other)]
        assert max(worth_of(problem, other)[1 + at] for other in beside) <= certificate.bound


def test_a_household_that_lacks_a_school_seat_somewhere_goes_where_there_is_one():
    family = RoundNeed(an_id(101), 4, further=(("school_seat", 2),))
    alone = RoundNeed(an_id(102), 1)
    problem = Problem(
        (RoundOffer(an_id(1), 4, (("school_seat", 1),)), RoundOffer(an_id(2), 4, (("school_seat", 2),))),
        (family, alone),
        tuple(RoundPair(an_id(need), an_id(offer), value) for need, offer, value in ((101, 1, 90), (101, 2, 10), (102, 1, 5), (102, 2, 9))),
    )

    plan = solve_here(problem, 60)
    nowhere = solve_here(replace(problem, without=frozenset({an_id(2)})), 10)

    assert seats(plan) == {101: 2, 102: 1}
    assert [(row.need_id.int, row.reason.code) for row in nowhere.unplaced] == [(101, "unplaced.lacks_room_for_all")]


def test_a_pin_on_what_is_left_out_is_lost_for_that_reason():
    problem = a_round({1: 1}, {101: (1, N)}, {(101, 1): 5}, pinned=frozenset({(an_id(101), an_id(1))}), without=frozenset({an_id(101)}))

    plan = solve_here(problem, 60)

    assert [(row.need_id.int, row.code) for row in plan.pins_lost] == [(101, "left_out")]
    assert [row.reason.code for row in plan.unplaced] == ["unplaced.left_out"]


def a_large_round(needs: int, offers: int, sizes: int) -> Problem:
    return a_round(
        {1 + offer: 2 + offer % 5 for offer in range(offers)},
        {10_001 + need: (1 + need % sizes, MOST_URGENT_FIRST[need % 4]) for need in range(needs)},
        {(10_001 + need, 1 + offer): 1000 + (need * 7919 + offer * 104729) % 90_000 for need in range(needs) for offer in range(need % 3, offers, 3)},
    )


def test_single_places_are_proven_alike_by_flows_and_by_branch_and_bound(monkeypatch: pytest.MonkeyPatch):
    problem = a_large_round(120, 40, 1)
    problem = replace(problem, pinned=frozenset({problem.pairs[0].key}))

    by_branch = solve_here(problem, 60)
    monkeypatch.setattr(exact, "FLOWING", 100)
    by_flow = solve_here(problem, 60)

    assert by_flow.certificate.proven and by_branch.certificate.proven
    assert by_flow.pins_lost == ()
    assert [level.value for level in by_flow.certificate.levels] == [level.value for level in by_branch.certificate.levels]


def test_a_level_of_many_pairs_is_searched_before_it_is_proven(monkeypatch: pytest.MonkeyPatch):
    problem = a_large_round(60, 20, 4)
    families = tuple(replace(need, together=an_id(900 + at // 2)) if at < 12 else need for at, need in enumerate(problem.needs))
    problem = replace(problem, needs=families)
    proven = solve_here(problem, 60)
    monkeypatch.setattr(exact, "MANY", 20)
    monkeypatch.setattr(exact, "WORTHWHILE", 0.0)

    searched = solve_here(problem, 60)

    assert proven.certificate.proven and searched.certificate.proven
    assert [level.value for level in searched.certificate.levels] == [level.value for level in proven.certificate.levels]


def test_a_helper_that_dies_leaves_the_start_as_it_is():
    helper = Helper(grace=60.0)

    answer = helper.best("no instance", 1, "no start")  # type: ignore[arg-type]

    assert answer is None
    assert helper.best(Instance(*(np.zeros(size, np.int64) for size in (0, 1, 0, 1, 0, 0))), 0.1, np.zeros(0, np.int64)) is not None
    helper.close()


def test_a_helper_that_is_late_is_given_up_for_good():
    helper = Helper(grace=0.0)
    nothing = Instance(*(np.zeros(size, np.int64) for size in (0, 1, 0, 1, 0, 0)))

    first = helper.best(nothing, 0.0, np.zeros(0, np.int64))
    started = helper._process

    assert first is None and started is None
    assert helper.best(nothing, 60.0, np.zeros(0, np.int64)) is None


async def test_progress_is_told_and_a_stop_takes_the_best_so_far():
    problem = a_large_round(300, 150, 4)
    stop, told = asyncio.Event(), list[Progress]()

    async def tell(progress: Progress) -> None:
        told.append(progress)
        stop.set()

    plan = await solve(problem, 60, tell=tell, stop=stop)

    assert plan.certificate.seconds < 20
    assert told and all(0 <= each.value <= each.bound for each in told)
    assert plan.certificate.value >= told[0].value


def test_figures_show_who_gains_by_planning_together():
    needs = {
        an_id(101): a_need(id=an_id(101), posted_at=NOW - timedelta(days=9)),
        an_id(102): a_need(id=an_id(102), posted_at=NOW - timedelta(days=1), urgency=U),
    }
    offers = {an_id(1): an_offer(id=an_id(1)), an_id(2): an_offer(id=an_id(2), provider_id="actor:2", place=None, remote=True)}
    problem = a_round({1: 1, 2: 1}, {101: (1, N), 102: (1, U)}, {(101, 1): 9, (101, 2): 8, (102, 1): 7})

    found = compared(problem, solve_here(problem, 60).seats, needs, offers, NOW)

    assert (found.plan.placed, found.plan.value, found.plan.providers, found.plan.most_asked) == (2, 15, 2, 1)
    assert (found.plan.mean_days_waited, found.plan.mean_metres) == (5.0, 0)
    assert (found.proposals.placed, found.proposals.value, found.proposals.levels[0].placed) == (1, 9, 0)
    assert found.one_by_one.value == 15
