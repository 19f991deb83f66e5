"""The desk through the door: each thing once, the most pressing first, to those who may see it; and what is done from it."""

import pytest

from chassis.testing import TestClock, account
from contracts.matching import MatchRemindedV1, OfferRefusedV1
from tests.matching.bench import World


async def desk(world: World, query: str = "", who: object = None) -> list[tuple[str, str]]:
    found = await world.get(who or world.coordinator, f"/api/v1/desk{query}")  # type: ignore[arg-type]
    return [(line["kind"], line["id"]) for line in found["items"]]


async def test_what_waits_is_one_list_with_the_most_pressing_first(either_world: World, clock: TestClock) -> None:
    world = either_world
    offer = await world.an_offer(places=9)
    silent = await world.a_need(urgency="urgent")
    await world.a_match(need=silent, offer=offer)
    slow = await world.a_match(offer=offer)
    await world.do(world.volunteer, slow, "matches", "accept")
    clock.forward(days=8)
    await world.bench.run_timer("expire matches")
    due = await world.a_match(offer=offer)
    clock.forward(days=6)
    fits = await world.a_need()
    lacking = await world.a_need(category="housing.room", topics=[], urgency="urgent")
    await world.settled()
    waiting = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())

    found = await world.get(world.coordinator, "/api/v1/desk")
    first = await world.bench.get(world.coordinator, "/api/v1/desk?limit=2")
    rest = await world.bench.get(world.coordinator, first.links["next"]["url"])

    assert [(line["kind"], line["id"]) for line in found["items"]] == [
        ("answer_missed", silent["id"]), ("nothing_fits", lacking["id"]), ("answer_due", due["id"]), ("to_confirm", fits["id"]),
        ("to_approve", waiting["id"]), ("not_begun", slow["id"]),
    ]  # fmt: skip
    assert found["counts"] == dict.fromkeys([line["kind"] for line in found["items"]], 1)
    assert (found["items"][3]["offer"]["id"], found["items"][3]["score"] > 0) == (offer["id"], True)
    assert [line["id"] for line in [*first.json()["items"], *rest.json()["items"]]] == [line["id"] for line in found["items"]][:4]


async def test_a_case_without_consent_or_without_any_change_is_on_the_desk(either_world: World, clock: TestClock) -> None:
    world = either_world
    consent = {"match": False, "share_contact": False, "purpose": "matching", "text_version": "2026-11"}
    dumb = await world.a_case(consent=consent)
    await world.a_need(dumb)
    quiet = await world.a_case()
    clock.forward(days=31)

    found = await desk(world)

    assert found == [("consent_missing", dumb["id"]), ("quiet", quiet["id"])]


async def test_mine_team_and_all_are_three_lists_and_strangers_see_nothing_of_them(world: World) -> None:
    own = await world.a_need(urgency="urgent")
    await world.make(world.volunteer, "/api/v1/offers", world.offer_body())
    await world.settled()

    lists = {scope: [kind for kind, _ in await desk(world, f"?scope={scope}")] for scope in ("mine", "team", "all")}
    of_colleague = [len(await desk(world, f"?scope={scope}", world.colleague)) for scope in ("mine", "team", "all")]
    of_stranger = await desk(world, "", world.stranger)
    of_admin = await desk(world, "", world.admin)
    approvals = await desk(world, "?kind=to_approve")

    assert lists == {"mine": ["nothing_fits"], "team": ["nothing_fits"], "all": ["nothing_fits", "to_approve"]}
    assert of_colleague == [0, 1, 2]
    assert [kind for kind, _ in of_stranger] == [kind for kind, _ in of_admin] == [kind for kind, _ in approvals] == ["to_approve"]
    assert own["id"] in {key for _, key in await desk(world)}


@pytest.mark.parametrize("role", ["volunteer", "member", "observer"])
async def test_the_desk_is_for_coordinators_and_administrators(world: World, role: str) -> None:
    answer = await world.bench.get(account(role), "/api/v1/desk")

    assert answer.status_code == 403


@pytest.mark.parametrize("query", ["scope=x", "kind=x", "cursor=x", "limit=0"])
async def test_a_desk_that_is_asked_for_wrongly_is_refused(world: World, query: str) -> None:
    answer = await world.bench.get(world.coordinator, f"/api/v1/desk?{query}")

    assert answer.status_code == 422


async def test_a_reminder_is_sent_once_a_day(world: World, clock: TestClock) -> None:
    match = await world.a_match()

    await world.do(world.coordinator, match, "matches", "remind")
    again = await world.bench.post(world.coordinator, f"/api/v1/matches/{match['id']}/remind")
    clock.forward(hours=25)
    later = await world.bench.post(world.coordinator, f"/api/v1/matches/{match['id']}/remind")

    assert (again.status_code, later.status_code) == (409, 200)
    assert len([event for event in await world.bench.queued() if event.type_name == MatchRemindedV1.type_name]) == 2


async def test_more_time_for_an_answer_keeps_the_request_alive_within_bounds(world: World, clock: TestClock) -> None:
    match = await world.a_match()
    path = f"/api/v1/matches/{match['id']}/extend"

    longer = await world.do(world.coordinator, match, "matches", "extend", {"days": 14})
    refused = [(await world.bench.post(world.coordinator, path, {"days": days})).status_code for days in (0, 31)]
    for _ in range(2):
        await world.bench.post(world.coordinator, path, {"days": 14})
    too_far = await world.bench.post(world.coordinator, path, {"days": 30})
    clock.forward(days=8)
    await world.bench.run_timer("expire matches")

    assert longer["answer_by"] > match["answer_by"]
    assert (refused, too_far.status_code) == ([422, 422], 409)
    assert (await world.get(world.coordinator, f"/api/v1/matches/{match['id']}"))["state"] == "confirmed"


@pytest.mark.parametrize("verb", ["remind", "extend"])
async def test_the_provider_and_strangers_neither_remind_nor_extend(world: World, verb: str) -> None:
    match = await world.a_match()
    path = f"/api/v1/matches/{match['id']}/{verb}"

    answers = [(await world.bench.post(who, path)).status_code for who in (world.volunteer, world.stranger, world.member)]

    assert answers == [403, 404, 403]


async def test_a_closed_case_goes_on_until_its_household_is_removed(world: World, clock: TestClock) -> None:
    case = await world.a_case()
    await world.do(world.coordinator, case, "cases", "close")

    opened = await world.do(world.coordinator, case, "cases", "reopen")
    twice = await world.bench.post(world.coordinator, f"/api/v1/cases/{case['id']}/reopen")
    stranger = await world.bench.post(world.stranger, f"/api/v1/cases/{case['id']}/reopen")
    await world.do(world.coordinator, case, "cases", "close")
    clock.forward(days=31)
    await world.bench.run_timer("keep retention")
    late = await world.bench.post(world.coordinator, f"/api/v1/cases/{case['id']}/reopen")

    assert (opened["state"], twice.status_code, stranger.status_code, late.status_code) == ("open", 409, 404, 409)


async def test_the_history_of_a_case_tells_acts_and_times_to_those_who_see_the_case(either_world: World) -> None:
    world = either_world
    case = await world.a_case()
    match = await world.a_match(need=await world.a_need(case))
    await world.do(world.volunteer, match, "matches", "accept")
    path = f"/api/v1/cases/{case['id']}/history"

    lines = (await world.get(world.colleague, path))["items"]
    own = (await world.get(world.coordinator, f"{path}?limit=1"))["items"]
    answers = [(await world.bench.get(who, path)).status_code for who in (world.stranger, world.volunteer, world.other_member)]

    assert [line["action"] for line in lines] == ["match.accepted", "match.confirmed", "need.posted", "case.recorded"]
    assert ({line["by"] for line in lines}, own[0]["by"]) == ({"person"}, "person")
    assert answers == [404, 404, 404]


async def test_a_case_is_found_by_its_code_by_its_team_only(world: World) -> None:
    case = await world.a_case()
    path = f"/api/v1/cases?code={case['code']}"

    own = (await world.get(world.colleague, path))["items"]
    other = (await world.get(world.stranger, path))["items"]

    assert ([row["id"] for row in own], other) == ([case["id"]], [])


async def test_a_moderator_says_why_and_only_the_provider_reads_it(world: World) -> None:
    offer = await world.make(world.volunteer, "/api/v1/offers", world.offer_body())

    refused = await world.bench.post(world.coordinator, f"/api/v1/offers/{offer['id']}/refuse", {"reason": "unclear"})
    wrong = await world.bench.post(world.coordinator, f"/api/v1/offers/{offer['id']}/refuse", {"reason": "x"})
    seen = await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}")
    other = await world.bench.get(world.other_volunteer, f"/api/v1/offers/{offer['id']}")

    assert (refused.json()["state"], wrong.status_code, seen["refused_because"], other.status_code) == ("closed", 422, "unclear", 404)
    assert OfferRefusedV1.type_name in {event.type_name for event in await world.bench.queued()}
