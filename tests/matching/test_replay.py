"""Replays: the recorded history run again obeys places, refusals and counters, gives the same twice, and shows what other weights would do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.testing import TestClock
from contracts.people import ConsentWithdrawnV1
from services.matching.engine.replay.compare import assumptions, compare, sentences
from services.matching.engine.replay.estimates import estimates_of, median_stay
from services.matching.engine.replay.figures import figures_of, gini, percentile
from services.matching.engine.replay.history import History
from services.matching.engine.replay.outcome import really
from services.matching.engine.replay.policies import Policy, UnknownPolicy, policy_of
from services.matching.engine.replay.simulate import Simulation, replay
from services.matching.engine.types import Place, Urgency
from services.matching.engine.weights import BUILT_IN, DEFAULT
from services.matching.use_cases.replay import REMOVED, WITHDRAWN, read_history
from tests.matching.bench import World
from tests.matching.past_worlds import a_history, a_match, a_need, a_town, an_offer, day

NEAR, FAIR, LOYAL = BUILT_IN["near-first-1"], BUILT_IN["fair-load-1"], BUILT_IN["continuity-1"]
FAR = Place(45.30, 5.72)
POLICIES = pytest.mark.parametrize("policy", [Policy(), Policy(7)], ids=["greedy", "round"])


@POLICIES
def test_the_same_history_gives_the_same_outcome_twice_in_whatever_order_it_is_told(policy: Policy) -> None:
    history = a_town(120, 40, seed=3)
    shuffled = replace(history, needs=history.needs[::-1], offers=history.offers[::-1], matches=history.matches[::-1])

    outcomes = [replay(each, FAIR, policy) for each in (history, history, shuffled)]

    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert 20 < len(outcomes[0].placed) < 120


@POLICIES
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_offer_ever_holds_more_than_its_places(policy: Policy, seed: int) -> None:
    history = a_town(100, 20, seed)
    half = replace(history, needs=history.needs[::2])
    run = Simulation(half, DEFAULT, policy, estimates_of(half))
    held: list[tuple[int, int]] = []

    run.run(lambda done, days: held.extend((offer.places_used, offer.places) for offer in run.town.index.offers.values()))

    assert held and all(0 <= used <= places for used, places in held)
    assert max(used for used, _ in held) > 0


def test_after_the_desk_no_need_waits_for_an_offer_that_it_could_have() -> None:
    history = a_town(100, 30, seed=5)
    run = Simulation(history, DEFAULT, Policy(), estimates_of(history))
    run._work_at_the_desk = _then_look(run, overlooked := [])  # type: ignore[method-assign]

    run.run()

    assert set(overlooked) == {0}


def _then_look(run: Simulation, overlooked: list[int]) -> Any:
    work = run._work_at_the_desk

    def worked() -> None:
        work()
        overlooked.append(sum(bool(run.town.index.best(need, 1, run.now)) for need in run.town.waiting.values()))

    return worked


def test_near_first_shortens_the_way_and_fair_load_spreads_the_requests() -> None:
    needs = [a_need(number, posted=number % 3) for number in range(1, 13)]
    offers = [an_offer(101, "actor:near", places=12), *(an_offer(102 + at, f"actor:{at}", places=12, place=FAR) for at in range(3))]
    history = a_history(needs, offers)

    near, fair = (figures_of(history, replay(history, weights)) for weights in (NEAR, FAIR))

    assert near.total.matched == fair.total.matched == 12
    assert near.distance_median is not None and fair.distance_median is not None and near.distance_median < fair.distance_median
    assert (near.gini, near.most_loaded) == (0.75, 12)
    assert fair.gini < near.gini and fair.most_loaded < near.most_loaded


def test_continuity_keeps_a_household_with_who_helps_it() -> None:
    case = UUID(int=77)
    needs = [a_need(1, posted=0, case_id=case), a_need(2, posted=10, case_id=case)]
    offers = [an_offer(101, "actor:known", places=3, place=FAR), an_offer(102, "actor:near", places=3, posted=5)]
    history = a_history(needs, offers)

    second = {weights.version: replay(history, weights).placed[UUID(int=2)].offer_id.int for weights in (LOYAL, NEAR)}

    assert second == {"continuity-1": 101, "near-first-1": 102}


def test_a_declined_pair_stays_declined_and_the_need_goes_to_the_next() -> None:
    need = a_need(1)
    near, far = an_offer(101, "actor:a"), an_offer(102, "actor:b", place=FAR)
    history = a_history([need], [near, far], a_match(need, near, asked=2, ended=5))

    outcome = replay(history, NEAR)

    assert outcome.placed[need.facts.id].offer_id == far.facts.id
    assert outcome.requests == {"actor:a": 1, "actor:b": 1}
    assert outcome.placed[need.facts.id].accepted_at > day(3)


def test_an_unanswered_pair_costs_the_whole_time_to_answer_and_counts_against_the_provider() -> None:
    need = a_need(1)
    silent, other = an_offer(101, "actor:a"), an_offer(102, "actor:b", place=FAR)
    history = a_history([need], [silent, other], a_match(need, silent, asked=2, ended=9, expired=True))
    run = Simulation(history, NEAR, Policy(), estimates_of(history))

    outcome = run.run()

    record = run.town.index._records["actor:a"]
    assert outcome.placed[need.facts.id].accepted_at >= day(7)
    assert (record.open_requests, record.answered_in_time, record.asked) == (0, 0, 1)


def test_a_place_comes_back_after_the_median_stay_and_one_that_is_used_up_never() -> None:
    needs = [a_need(number, posted=0) for number in (1, 2)]
    before = [a_need(number, posted=-100) for number in range(10, 15)]
    past = an_offer(200, "actor:past", places=9, posted=-200, closed=-1)
    stays = [a_match(need, past, asked=-90, accepted=-89, ended=-69) for need in before]
    outcomes = [
        replay(a_history(needs, [an_offer(101, "actor:a", places=1, returns=returns), past], *stays), DEFAULT).placed for returns in (True, False)
    ]

    waited = sorted(each.accepted_at - day(0) for each in outcomes[0].values())

    assert (len(outcomes[0]), len(outcomes[1])) == (2, 1)
    assert timedelta(days=20) <= waited[1] - waited[0] <= timedelta(days=22)


def test_the_more_urgent_comes_first_where_only_one_place_is_left() -> None:
    needs = [a_need(1, urgency=Urgency.LOW), a_need(2, urgency=Urgency.URGENT)]
    history = a_history(needs, [an_offer(101, "actor:a", returns=False)])

    placed = [replay(history, DEFAULT, policy).placed for policy in (Policy(), Policy(3))]

    assert [set(each) for each in placed] == [{UUID(int=2)}] * 2


def test_a_need_leaves_when_it_was_withdrawn_and_an_offer_when_it_was_closed() -> None:
    needs = [a_need(1, posted=0, withdrawn=5), a_need(2, posted=12)]
    offers = [an_offer(101, "actor:a", posted=8), an_offer(102, "actor:b", posted=-5, closed=-1)]
    history = a_history(needs, [offers[0], replace(offers[1])], days=40)

    outcome = replay(history, DEFAULT)

    assert {key.int: placed.offer_id.int for key, placed in outcome.placed.items()} == {2: 101}


def test_matches_of_needs_outside_the_window_hold_their_places_as_they_did() -> None:
    early, late = a_need(1, posted=-20), a_need(2, posted=0)
    offer = an_offer(101, "actor:a", posted=-30)
    matches = [a_match(early, offer, asked=-19, accepted=-18, ended=30)]

    outcome = replay(a_history([late], [offer], *matches), DEFAULT)

    assert outcome.placed[late.facts.id].accepted_at > day(30)
    assert outcome.requests == {"actor:a": 1}


def test_what_happened_counts_the_first_yes_within_the_time() -> None:
    need, later = a_need(1), a_need(2)
    offer = an_offer(101, "actor:a", places=5)
    history = a_history(
        [need, later], [offer], a_match(need, offer, 1, 3, 8, called_off=True), a_match(need, offer, 9, 10), a_match(later, offer, 99, 101)
    )

    figures = figures_of(history, really(history))

    assert (figures.total.matched, figures.total.waiting_median, figures.requests) == (1, 3.0, 3)
    assert figures.by_category["housing.room"].share == 0.5


def test_durations_that_still_run_are_not_taken_for_short_ones() -> None:
    days = [timedelta(days=number) for number in range(50)]

    medians = [
        median_stay([(days[2], True), (days[4], True), (days[6], True)]),
        median_stay([(days[2], True), (days[4], False), (days[4], False), (days[6], True), (days[9], True)]),
        median_stay([(days[2], True), (days[4], False), (days[4], False)]),
    ]

    assert medians == [days[4], days[6], None]


@pytest.mark.parametrize(("loads", "expected"), [([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([], 0.0), ([0, 0], 0.0), ([1, 2, 3], 4 / 18)])
def test_the_gini_coefficient_is_that_of_the_books(loads: list[int], expected: float) -> None:
    found = gini(loads)

    assert found == pytest.approx(expected)


def test_a_percentile_is_a_value_that_occurs() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 7.0, 8.0, 9.0, 10.0]

    found = [percentile(values, 0.5), percentile(values, 0.9), percentile([], 0.5)]

    assert found == [5.0, 9.0, None]


@pytest.mark.parametrize("text", ["", "round", "round:", "round:0", "round:400", "round:-1", "round:1.5", "greedy:2", "best"])
def test_an_unknown_policy_is_refused(text: str) -> None:
    with pytest.raises(UnknownPolicy):
        policy_of(text)

    assert (policy_of("greedy"), policy_of("round:7")) == (Policy(), Policy(7))


def test_the_same_weights_change_nothing_and_an_empty_history_says_so() -> None:
    history = a_town(40, 12, seed=8)

    same = compare(history, DEFAULT, replace(DEFAULT, version="again-1"), Policy())
    empty = compare(a_history([], []), DEFAULT, NEAR, Policy())

    assert sentences(same) == ["With again-1 everything that is measured here comes out as with default-1."]
    assert sentences(empty) == ["No need was posted in this time, so there is nothing to compare."]
    assert len(assumptions(history, Policy())) == 5


async def test_the_history_is_read_as_it_was_recorded(world: World, clock: TestClock) -> None:
    offers = [await world.an_offer(places=3, valid_until=None), await world.an_offer(world.member, places=3, valid_until=None)]
    case, other = await world.a_case(), await world.a_case()
    needs = [await world.a_need(case), await world.a_need(other), await world.a_need(other)]
    clock.forward(days=2)
    declined, kept = await world.a_match(needs[0], offers[0]), await world.a_match(needs[1], offers[1])
    clock.forward(days=1)
    await world.do(world.volunteer, declined, "matches", "decline")
    await world.do(world.member, kept, "matches", "accept")
    await world.do(world.coordinator, needs[2], "needs", "withdraw")
    refused = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())
    await world.do(world.coordinator, refused, "offers", "refuse")
    clock.forward(days=5)

    history = await read(world)

    found = {str(need.facts.id): need for need in history.needs}
    by_offer = {str(match.offer_id): match for match in history.matches}
    assert set(found) == {need["id"] for need in needs} and all(need.facts.is_open for need in history.needs)
    assert [bool(found[need["id"]].withdrawn_at) for need in needs] == [False, False, True]
    assert {str(offer.facts.id) for offer in history.offers} == {offer["id"] for offer in offers}
    assert all(offer.facts.is_open and offer.facts.places_used == 0 for offer in history.offers)
    assert by_offer[offers[0]["id"]].declined and by_offer[offers[0]["id"]].gave_back
    assert by_offer[offers[1]["id"]].accepted_at == clock.at - timedelta(days=5)
    assert figures_of(history, really(history)).total.matched == 1


async def test_households_that_were_removed_or_agree_no_longer_are_left_out_and_counted(world: World, clock: TestClock) -> None:
    cases = [await world.a_case() for _ in range(3)]
    for case in cases:
        await world.a_need(case)
    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=cases[1]["id"], version=2, match=False, share_contact=False))
    for need in (await world.get(world.coordinator, f"/api/v1/needs?case_id={cases[0]['id']}"))["items"]:
        await world.do(world.coordinator, need, "needs", "withdraw")
    await world.do(world.coordinator, cases[0], "cases", "close")
    clock.forward(days=4000)
    await world.bench.run_timer("keep retention")

    history = await read(world)

    assert history.left_out == {REMOVED: 1, WITHDRAWN: 1}
    assert [str(need.facts.case_id) for need in history.needs] == [cases[2]["id"]]


async def read(world: World) -> History:
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        return await read_history(work, None, work.now)
