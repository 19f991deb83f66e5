"""The closed loop of matching through its doors, on both databases."""

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.testing import Databases, TestClock, account, anonymous, api_client, bench_for, settings_for_tests
from services.matching.app import build
from services.matching.settings import Settings
from services.matching.tables import ProposalRow
from services.matching.use_cases import cases

spec = importlib.util.spec_from_file_location("matching_bench", Path(__file__).parent / "bench.py")
assert spec and spec.loader
matching_bench = importlib.util.module_from_spec(spec)
sys.modules["matching_bench"] = matching_bench
spec.loader.exec_module(matching_bench)
World, CLUB, CITY, OTHER = matching_bench.World, matching_bench.CLUB, matching_bench.CITY, matching_bench.OTHER


@pytest.fixture
async def world(databases: Databases, database_kind: str, clock: TestClock) -> AsyncIterator["World"]:
    url = await databases.fresh(database_kind, "matching")
    async with bench_for(lambda: build(Settings(**settings_for_tests(url)), clock)) as bench:
        found = World(bench)
        await found.settle()
        yield found


def events(world: "World", queued: list[object]) -> list[str]:
    return [event.type_name.removeprefix("hub.matching.").removesuffix(".v1") for event in queued]


async def test_a_need_has_its_proposals_with_score_and_reasons_when_it_is_posted_and_they_are_told_with_it(world: "World") -> None:
    offer = await world.an_offer()

    need = await world.a_need()

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    assert (found["fresh"], [item["offer_id"] for item in found["items"]]) == (True, [offer["id"]])
    assert 0 < found["items"][0]["score"] <= 100_000
    assert found["items"][0]["reasons"]
    assert events(world, await world.bench.queued())[-2:] == ["need.posted", "need.proposals_ready"]


async def test_proposals_made_when_a_need_is_posted_are_those_that_would_be_computed_for_it(world: "World") -> None:
    for number in range(5):
        await world.an_offer(world.member, places=1 + number, languages=["fr", "ar"][number % 2 :])
    case = await world.a_case()
    linked = await world.a_need(case, links=[{"kind": "together", "need_id": (await world.a_need(case))["id"]}])
    needs = [linked, await world.a_need(case, size=3), await world.a_need(case, languages=[])]
    path = "/api/v1/needs/{}/proposals"
    posted = [(await world.get(world.coordinator, path.format(need["id"])))["items"] for need in needs]

    async with world.bench.service.open_work(SYSTEM) as work:
        await work.needs.mark_stale([UUID(need["id"]) for need in needs])
        await work.session.execute(delete(ProposalRow))
    await world.bench.run_timer("propose")

    assert [len(items) for items in posted] == [5, 3, 5]
    assert [(await world.get(world.coordinator, path.format(need["id"])))["items"] for need in needs] == posted


async def test_a_need_that_is_not_posted_in_the_end_is_never_proposed_to_an_offer(world: "World") -> None:
    case = await world.a_case()
    before = await world.a_need(case)
    service = world.bench.service

    with suppress(ZeroDivisionError):
        async with service.open_work(world.coordinator) as work:
            row = (await work.needs.many([UUID(before["id"])]))[UUID(before["id"])]
            await cases.post_need(work, replace(row, id=new_id()))
            raise ZeroDivisionError
    posted = await world.a_need(case)
    offer = await world.an_offer()
    await world.bench.hear_own()

    assert {str(need_id) for need_id in service.resources.keeper.index.needs} == {before["id"], posted["id"]}
    assert [item["offer_id"] for item in (await world.get(world.coordinator, f"/api/v1/needs/{posted['id']}/proposals"))["items"]] == [offer["id"]]


async def test_of_a_need_whose_case_changed_after_it_was_posted_the_index_knows_the_case_as_it_is(world: "World") -> None:
    from contracts.people import ConsentWithdrawnV1

    case = await world.a_case()
    need = await world.a_need(case)

    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=case["id"], version=2, match=False, share_contact=False))
    offer = await world.an_offer()
    await world.bench.hear_own()

    index = world.bench.service.resources.keeper.index
    assert (index.needs[UUID(need["id"])].consent_match, UUID(offer["id"]) in index.offers) == (False, True)


async def test_of_several_needs_posted_together_those_that_are_not_computed_at_once_wait_for_the_timer(world: "World") -> None:
    offer = await world.an_offer()
    case, service = await world.a_case(), world.bench.service
    first = await world.a_need(case)

    async with service.open_work(world.coordinator) as work:
        row = (await work.needs.many([UUID(first["id"])]))[UUID(first["id"])]
        more = [await cases.post_need(work, replace(row, id=new_id())) for _ in range(2)]
        woken = set(work.wakes)
    await world.bench.run_timer("propose")

    assert woken == {"propose"}
    found = [(await world.get(world.coordinator, f"/api/v1/needs/{need.id}/proposals")) for need in more]
    assert [([item["offer_id"] for item in each["items"]], each["fresh"]) for each in found] == [([offer["id"]], True)] * 2


async def test_nobody_waits_with_a_post_for_an_index_that_others_read(world: "World") -> None:
    offer = await world.an_offer()
    case, service = await world.a_case(), world.bench.service

    async with service.resources.keeper._lock:
        need = await asyncio.wait_for(world.a_need(case), 5)
    at_first = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    await world.bench.run_timer("propose")

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    assert (at_first["items"], at_first["fresh"]) == ([], False)
    assert ([item["offer_id"] for item in found["items"]], found["fresh"]) == ([offer["id"]], True)


async def test_who_posts_while_others_read_a_few_changes_waits_a_moment_and_has_proposals_at_once(world: "World") -> None:
    offer = await world.an_offer()
    case, keeper = await world.a_case(), world.bench.service.resources.keeper
    await keeper._lock.acquire()

    posting = asyncio.create_task(world.a_need(case))
    while not keeper._lock._waiters:
        await asyncio.sleep(0)
    keeper._lock.release()
    need = await posting

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    assert ([item["offer_id"] for item in found["items"]], found["fresh"]) == ([offer["id"]], True)


async def test_an_offer_that_comes_later_is_proposed_to_the_waiting_need(world: "World") -> None:
    need = await world.a_need()
    await world.bench.hear_own()

    offer = await world.an_offer()
    await world.bench.hear_own()

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    assert [item["offer_id"] for item in found["items"]] == [offer["id"]]


async def test_a_paused_offer_leaves_the_proposals(world: "World") -> None:
    offer, need = await world.an_offer(), await world.a_need()
    await world.bench.hear_own()

    await world.make(world.volunteer, f"/api/v1/offers/{offer['id']}/pause", None, 200)
    await world.bench.hear_own()

    assert (await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals"))["items"] == []


async def test_the_whole_loop_gives_the_place_back_once(world: "World") -> None:
    offer, need = await world.an_offer(), await world.a_need()
    match = await world.a_match(need, offer)
    left = [(await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"]]

    for who, verb in ((world.volunteer, "accept"), (world.volunteer, "start"), (world.coordinator, "fulfil")):
        await world.make(who, f"/api/v1/matches/{match['id']}/{verb}", None, 200)
    again = await world.bench.post(world.coordinator, f"/api/v1/matches/{match['id']}/cancel", {"reason": "other"})
    left.append((await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"])

    assert left == [1, 2]
    assert again.status_code == 409
    assert (await world.get(world.coordinator, f"/api/v1/needs/{need['id']}"))["state"] == "closed"
    assert [name for name in events(world, await world.bench.queued()) if name.startswith("match.")] == [
        "match.confirmed",
        "match.accepted",
        "match.started",
        "match.fulfilled",
    ]


async def test_a_declined_need_looks_on_and_is_not_proposed_the_same_offer(world: "World") -> None:
    offer, need = await world.an_offer(), await world.a_need()
    second = await world.an_offer(world.member)
    match = await world.a_match(need, offer)
    await world.bench.hear_own()

    await world.make(world.volunteer, f"/api/v1/matches/{match['id']}/decline", {"reason": "too_far"}, 200)
    await world.bench.hear_own()

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    why = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals/{offer['id']}")
    assert [item["offer_id"] for item in found["items"]] == [second["id"]]
    assert why["eligible"] is False and why["why_not"][0]["text"]


async def test_an_unanswered_request_runs_out_and_gives_its_place_back(world: "World", clock: TestClock) -> None:
    offer = await world.an_offer()
    match = await world.a_match(offer=offer)
    clock.forward(days=8)

    await world.bench.run_timer("expire matches")

    assert (await world.get(world.coordinator, f"/api/v1/matches/{match['id']}"))["state"] == "expired"
    assert (await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"] == 2


async def test_parallel_confirmations_never_overbook(world: "World") -> None:
    offer = await world.an_offer(places=5)
    case = await world.a_case()
    needs = [await world.a_need(case) for _ in range(16)]

    answers = await asyncio.gather(
        *(world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]}) for need in needs)
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 11
    full = await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}")
    assert (full["places_left"], full["state"]) == (0, "full")


async def test_a_need_takes_one_live_match_only(world: "World") -> None:
    need = await world.a_need()
    offers = [await world.an_offer(world.member) for _ in range(4)]

    answers = await asyncio.gather(
        *(world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]}) for offer in offers)
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_round_is_solved_reviewed_and_applied(world: "World") -> None:
    offer = await world.an_offer(places=1)
    case = await world.a_case()
    usual, urgent = await world.a_need(case), await world.a_need(case, urgency="urgent")
    await world.bench.hear_own()
    made = await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 3}, 202)

    await world.bench.run_timer("solve rounds")
    solved = await world.get(world.coordinator, f"/api/v1/rounds/{made['id']}")
    applied = await world.make(world.coordinator, f"/api/v1/rounds/{made['id']}/apply", None, 200)

    assert (solved["state"], solved["certificate"]["proven"]) == ("ready", True)
    assert [(seat["need_id"], seat["offer_id"]) for seat in solved["seats"]] == [(urgent["id"], offer["id"])]
    assert [each["need_id"] for each in solved["unplaced"]] == [usual["id"]]
    assert applied["state"] == "applied" and len(applied["matches"]) == 1


async def test_what_became_impossible_is_reported_when_a_round_is_applied(world: "World") -> None:
    offer = await world.an_offer(places=1)
    need = await world.a_need()
    await world.bench.hear_own()
    made = await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 3}, 202)
    await world.bench.run_timer("solve rounds")
    await world.make(world.volunteer, f"/api/v1/offers/{offer['id']}/close", None, 200)

    applied = await world.make(world.coordinator, f"/api/v1/rounds/{made['id']}/apply", None, 200)

    assert applied["matches"] == []
    assert [(each["need_id"], each["reason"]) for each in applied["not_applied"]] == [(need["id"], "offer_not_open")]


@pytest.mark.parametrize("who", ["stranger", "member", "volunteer", "observer", "admin"])
async def test_nobody_else_sees_a_case(world: "World", who: str) -> None:
    case = await world.a_case()

    response = await world.bench.get(getattr(world, who), f"/api/v1/cases/{case['id']}")

    assert response.status_code == 404
    assert (await world.bench.get(world.colleague, f"/api/v1/cases/{case['id']}")).status_code == 200


async def test_a_shared_case_is_seen_until_it_is_unshared(world: "World") -> None:
    case = await world.a_case()
    path = f"/api/v1/cases/{case['id']}"

    await world.make(world.coordinator, f"{path}/share", {"actor_id": str(OTHER)}, 200)
    shared = await world.bench.get(world.stranger, path)
    await world.make(world.coordinator, f"{path}/unshare", {"actor_id": str(OTHER)}, 200)
    unshared = await world.bench.get(world.stranger, path)

    assert (shared.status_code, unshared.status_code) == (200, 404)


async def test_a_strangers_offer_cannot_be_changed_and_its_account_is_not_shown(world: "World") -> None:
    offer = await world.an_offer()

    paused = await world.bench.post(world.other_volunteer, f"/api/v1/offers/{offer['id']}/pause")
    seen = await world.get(anonymous(), f"/api/v1/offers/{offer['id']}")

    assert paused.status_code == 404
    assert seen["provider"] == {"actor_id": None, "account_id": None}


async def test_a_member_cannot_post_for_another_organisation(world: "World") -> None:
    response = await world.bench.post(world.member, "/api/v1/offers", world.offer_body(provider={"actor_id": str(OTHER)}))

    assert response.status_code == 403


async def test_only_the_provider_answers(world: "World") -> None:
    match = await world.a_match()

    stranger = await world.bench.post(world.other_volunteer, f"/api/v1/matches/{match['id']}/accept")
    on_behalf = await world.make(world.coordinator, f"/api/v1/matches/{match['id']}/accept", None, 200)

    assert stranger.status_code == 404
    assert on_behalf["on_behalf"] is True


async def test_a_client_acts_for_its_own_organisation_within_its_scopes(world: "World") -> None:
    client = api_client("offers", actor=CLUB)

    own = await world.make(client, "/api/v1/offers", world.offer_body())
    cases = await world.bench.get(client, "/api/v1/cases")

    assert own["provider"]["actor_id"] == str(CLUB)
    assert cases.json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"category": "nothing.known"}, "/category"),
        ({"unit": "household"}, "/unit"),
        ({"provides": ["unknown_tag"]}, "/provides"),
        ({"title": {"fr": "Appelez le 06 12 34 56 78"}}, "/title/fr"),
        ({"windows": [{"day": 1, "from": "20:00", "to": "18:00"}]}, "/windows/0"),
        ({"location": {}}, "/location"),
        ({"places": 0}, "/places"),
        ({"valid_until": "2020-01-01"}, "/valid_until"),
        ({"nationality": "x"}, "/nationality"),
    ],
)
async def test_a_wrong_offer_is_refused_by_field_without_echo(world: "World", change: dict[str, object], pointer: str) -> None:
    response = await world.bench.post(world.volunteer, "/api/v1/offers", world.offer_body(**change))

    assert response.status_code == 422, response.text
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert "06 12" not in response.text
    assert await world.bench.queued() == []


async def test_an_erased_case_keeps_nothing_and_ends_its_match(world: "World") -> None:
    from contracts.people import PersonErasedV1

    case = await world.a_case()
    offer = await world.an_offer()
    need = await world.a_need(case)
    match = await world.a_match(need, offer)

    await world.bench.hear(PersonErasedV1(subject_kind="case", subject_id=case["id"]), times=2)

    after = await world.get(world.coordinator, f"/api/v1/cases/{case['id']}")
    assert (after["languages"], after["location"], after["household"]["children"]) == ([], None, 0)
    assert (await world.get(world.coordinator, f"/api/v1/matches/{match['id']}"))["state"] == "cancelled"
    assert (await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"] == 2


async def test_a_withdrawn_consent_stops_proposals(world: "World") -> None:
    from contracts.people import ConsentWithdrawnV1

    case = await world.a_case()
    await world.an_offer()
    need = await world.a_need(case)
    await world.bench.hear_own()

    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=case["id"], version=2, match=False, share_contact=False))
    await world.bench.hear_own()

    assert (await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals"))["items"] == []


async def test_an_older_consent_changes_nothing(world: "World") -> None:
    from contracts.people import ConsentGivenV1, ConsentWithdrawnV1

    case = await world.a_case()
    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=case["id"], version=5, match=False, share_contact=False))

    await world.bench.hear(ConsentGivenV1(subject_kind="case", subject_id=case["id"], version=4, match=True, share_contact=True))

    assert (await world.get(world.coordinator, f"/api/v1/cases/{case['id']}"))["consent"]["match"] is False


async def test_no_event_carries_a_private_offers_text_or_a_households_data(world: "World") -> None:
    await world.an_offer(world.member, audience="coordinators", title={"fr": "Chambre discrète"})
    await world.a_need()

    bodies = [event.model_dump_json() for event in await world.bench.queued()]

    assert all("Chambre" not in body and "household" not in body.replace("household_m", "") for body in bodies)


async def test_the_tables_and_the_migrations_agree(databases: Databases, database_kind: str) -> None:
    from chassis.migrate import differences

    url = await databases.fresh(database_kind, "matching")

    assert await differences(url, "matching") == []


async def test_an_unknown_account_is_only_a_name_for_rights(world: "World") -> None:
    response = await world.bench.get(account("volunteer"), "/api/v1/cases")

    assert response.json()["items"] == []
