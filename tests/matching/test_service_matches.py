"""Matches and explanations through the door: what each side sees, and places that come back exactly once."""

import pytest

from chassis.testing import TestClock, account, api_client
from tests.matching.bench import CITY, CLUB, World


async def places_left(world: World, offer: dict[str, object]) -> int:
    return int((await world.get(world.admin, f"/api/v1/offers/{offer['id']}"))["places_left"])


async def test_the_provider_learns_the_code_when_they_accepted(world: World) -> None:
    case = await world.a_case()
    match = await world.a_match(await world.a_need(case))
    asked = await world.get(world.volunteer, f"/api/v1/matches/{match['id']}")

    accepted = await world.do(world.volunteer, match, "matches", "accept")

    assert (match["side"], match["case_code"]) == ("case", case["code"])
    assert (asked["side"], asked["case_code"], asked["need"]["languages"]) == ("provider", None, ["ar"])
    assert accepted["case_code"] == case["code"]


async def test_an_answer_on_the_providers_behalf_is_recorded_as_such(world: World) -> None:
    match = await world.a_match()

    accepted = await world.do(world.coordinator, match, "matches", "accept")

    assert (accepted["on_behalf"], accepted["answered_by"]) == (True, world.coordinator.id)


async def test_a_member_answers_for_their_organisation(world: World) -> None:
    match = await world.a_match(offer=await world.an_offer(world.member))

    accepted = await world.do(world.member, match, "matches", "accept")

    assert (accepted["state"], accepted["on_behalf"], accepted["answered_by"]) == ("accepted", False, world.member.id)


async def test_a_client_of_the_organisation_answers_and_one_of_another_does_not(world: World) -> None:
    match = await world.a_match(offer=await world.an_offer(world.member))

    other = await world.bench.post(api_client("offers", actor=CITY), f"/api/v1/matches/{match['id']}/accept")
    own = await world.bench.post(api_client("offers", actor=CLUB), f"/api/v1/matches/{match['id']}/accept")

    assert (other.status_code, own.status_code) == (404, 200)


@pytest.mark.parametrize(
    ("returns", "verbs", "left"),
    [
        (True, ["decline"], 2),
        (True, ["cancel"], 2),
        (True, ["accept", "cancel"], 2),
        (True, ["accept", "start", "fulfil"], 2),
        (True, ["accept", "start", "fail"], 2),
        (False, ["decline"], 2),
        (False, ["accept", "cancel"], 2),
        (False, ["accept", "start", "fail"], 2),
        (False, ["accept", "start", "fulfil"], 1),
    ],
)
async def test_a_place_comes_back_unless_it_was_consumed(world: World, returns: bool, verbs: list[str], left: int) -> None:
    offer = await world.an_offer(places=2, returns=returns)
    match = await world.a_match(offer=offer)
    held = await places_left(world, offer)

    for verb in verbs:
        await world.do(world.volunteer, match, "matches", verb)
    again = await world.bench.post(world.volunteer, f"/api/v1/matches/{match['id']}/cancel")

    assert (held, await places_left(world, offer), again.status_code) == (1, left, 409)


async def test_requests_run_out_each_by_itself(world: World, clock: TestClock) -> None:
    offer = await world.an_offer(places=3)
    silent, answered = await world.a_match(offer=offer), await world.a_match(offer=offer)
    await world.do(world.volunteer, answered, "matches", "accept")

    clock.forward(days=8)
    await world.bench.run_timer("expire matches")
    await world.bench.run_timer("expire matches")

    found = {each["id"]: each["state"] for each in (await world.get(world.volunteer, "/api/v1/matches?side=provider"))["items"]}
    assert found == {silent["id"]: "expired", answered["id"]: "accepted"}
    assert await places_left(world, offer) == 2


async def test_the_next_best_is_told_after_a_refusal(world: World) -> None:
    first, second = await world.an_offer(), await world.an_offer(world.member, windows=[{"day": 1, "from": "20:00", "to": "20:30"}])
    need = await world.a_need()
    await world.settled()
    match = await world.a_match(need, first)
    await world.settled()
    while_matched = await world.proposed(need)

    await world.do(world.volunteer, match, "matches", "decline", {"reason": "too_far"})
    await world.settled()

    ready = [event for event in await world.bench.queued() if event.type_name.endswith("proposals_ready.v1")]
    assert (while_matched, await world.proposed(need)) == ([], [second["id"]])
    assert [str(each.offer_id) for each in ready[-1].best] == [second["id"]]


async def test_why_not_names_every_rule_in_the_readers_language_and_what_became_of_the_pair(world: World) -> None:
    offer = await world.an_offer(requires=["adults_only"])
    need = await world.a_need(languages=[{"code": "uk", "required": True}])
    french = account("coordinator", actor=CITY, account_id=None, locale="fr")
    path = f"/api/v1/needs/{need['id']}/proposals/{offer['id']}"

    found = await world.get(world.coordinator, path)
    in_french = await world.get(french, path)

    assert found["eligible"] is False
    assert [each["code"] for each in found["why_not"]] == ["offer.requires", "language.required", "language.none_shared"]
    assert "Ukrainian" in found["why_not"][1]["text"] and "adults_only" not in found["why_not"][0]["text"]
    assert "ukrainien" in in_french["why_not"][1]["text"]
    assert (found["match_state"], len(found["parts"])) == (None, 10)


async def test_a_declined_pair_says_so(world: World) -> None:
    offer, need = await world.an_offer(), await world.a_need()
    match = await world.a_match(need, offer)
    await world.do(world.volunteer, match, "matches", "decline")

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals/{offer['id']}")
    again = await world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]})

    assert (found["eligible"], [each["code"] for each in found["why_not"]]) == (False, ["pair.tried"])
    assert (found["match_state"], found["match_id"]) == ("declined", match["id"])
    assert (again.status_code, again.json()["code"]) == (409, "not_eligible")


@pytest.mark.parametrize(("verb", "code"), [("pause", "offer_not_in_state"), ("close", "offer_not_in_state")])
async def test_an_offer_that_is_not_open_takes_no_match(world: World, verb: str, code: str) -> None:
    offer, need = await world.an_offer(), await world.a_need()
    await world.do(world.volunteer, offer, "offers", verb)

    answer = await world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]})

    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_an_unknown_offer_is_not_found_and_leaves_nothing(world: World) -> None:
    need = await world.a_need()
    before = len(await world.bench.queued())

    answer = await world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": need["id"]})

    assert (answer.status_code, len(await world.bench.queued())) == (404, before)


async def test_every_step_leaves_an_audit_line(world: World) -> None:
    match = await world.a_match()
    for verb in ("accept", "start", "fulfil"):
        await world.do(world.volunteer, match, "matches", verb)

    actions = await world.bench.audit_actions()

    assert [each for each in actions if each.startswith("match.")] == ["match.confirmed", "match.accepted", "match.started", "match.fulfilled"]
