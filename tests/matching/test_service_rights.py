"""Every route against callers who may not: the service decides by itself, whatever the gateway checked."""

from typing import Any

import pytest

from chassis.testing import anonymous, api_client
from tests.matching.bench import CLUB, World

NEED = {"category": "language.class", "case_id": "{case}"}
WRITES: list[tuple[str, dict[str, Any] | None]] = [
    ("/api/v1/cases", {}),
    ("/api/v1/cases/{case}/close", None),
    ("/api/v1/cases/{case}/share", {"actor_id": str(CLUB)}),
    ("/api/v1/cases/{case}/unshare", {"actor_id": str(CLUB)}),
    ("/api/v1/needs", NEED),
    ("/api/v1/needs/{need}/withdraw", None),
    ("/api/v1/matches", {"need_id": "{need}", "offer_id": "{offer}"}),
    ("/api/v1/rounds", {"seconds": 1}),
    ("/api/v1/offers/{offer}/approve", None),
    ("/api/v1/offers/{offer}/refuse", None),
]
READS = ["/api/v1/needs/{need}/proposals", "/api/v1/needs/{need}/proposals/{offer}"]
OUTSIDERS = ["anonymous", "volunteer", "observer", "client"]


def caller_of(world: World, who: str) -> Any:
    if who == "anonymous":
        return anonymous()
    return api_client("read", actor=CLUB) if who == "client" else getattr(world, who)


def filled(template: Any, ids: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: filled(value, ids) for key, value in template.items()}
    return template.format(**ids) if isinstance(template, str) else template


@pytest.fixture
async def ids(world: World) -> dict[str, str]:
    offer, case = await world.an_offer(), await world.a_case()
    need = await world.a_need(case)
    return {"offer": offer["id"], "case": case["id"], "need": need["id"]}


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_callers_of_the_wrong_role_change_nothing(world: World, ids: dict[str, str], who: str) -> None:
    caller, before = caller_of(world, who), len(await world.bench.queued())

    answers = [
        (path, (await world.bench.post(caller, filled(path, ids), filled(body, ids) if body != {} else world.case_body())).status_code)
        for path, body in WRITES
    ]

    expected = 401 if who == "anonymous" else 403
    assert [(path, status) for path, status in answers if status != expected] == []
    assert len(await world.bench.queued()) == before


@pytest.mark.parametrize("who", ["anonymous", "volunteer", "observer", "member", "client"])
@pytest.mark.parametrize("path", READS)
async def test_proposals_are_for_coordinators_and_administrators(world: World, ids: dict[str, str], who: str, path: str) -> None:
    caller = caller_of(world, who)

    answer = await world.bench.get(caller, filled(path, ids))

    assert answer.status_code == (401 if who == "anonymous" else 403)


@pytest.mark.parametrize("path", ["/api/v1/cases/{case}", "/api/v1/needs/{need}", *READS])
async def test_a_coordinator_of_another_team_finds_nothing(world: World, ids: dict[str, str], path: str) -> None:
    unknown = await world.bench.get(world.stranger, filled(path, {**ids, "case": str(CLUB), "need": str(CLUB)}))

    answer = await world.bench.get(world.stranger, filled(path, ids))

    assert answer.status_code == unknown.status_code == 404
    assert answer.json()["code"] == unknown.json()["code"]


async def test_an_administrator_reads_proposals_but_no_case(world: World, ids: dict[str, str]) -> None:
    await world.settled()

    proposals = await world.bench.get(world.admin, f"/api/v1/needs/{ids['need']}/proposals")
    case = await world.bench.get(world.admin, f"/api/v1/cases/{ids['case']}")
    cases = await world.get(world.admin, "/api/v1/cases")

    assert proposals.status_code == 200 and len(proposals.json()["items"]) == 1
    assert case.status_code == 404 and cases["items"] == []


async def test_lists_of_outsiders_are_empty(world: World, ids: dict[str, str]) -> None:
    await world.make(world.coordinator, "/api/v1/matches", {"need_id": ids["need"], "offer_id": ids["offer"]})

    found = {
        path: [len((await world.get(caller_of(world, who), path))["items"]) for who in ("anonymous", "other_volunteer", "observer", "client")]
        for path in ("/api/v1/cases", "/api/v1/needs", "/api/v1/matches", "/api/v1/rounds", "/api/v1/offers?mine=true")
    }

    assert found == {path: [0, 0, 0, 0] for path in found}


@pytest.mark.parametrize("verb", ["accept", "decline", "start", "fulfil", "fail", "cancel"])
@pytest.mark.parametrize("who", ["anonymous", "observer", "other_volunteer", "stranger", "admin"])
async def test_nobody_but_the_two_sides_moves_a_match(world: World, ids: dict[str, str], who: str, verb: str) -> None:
    match = await world.make(world.coordinator, "/api/v1/matches", {"need_id": ids["need"], "offer_id": ids["offer"]})

    answer = await world.bench.post(caller_of(world, who), f"/api/v1/matches/{match['id']}/{verb}")

    expected = {"anonymous": 401, "observer": 403, "admin": 403}.get(who, 404)
    assert answer.status_code == expected
    assert (await world.get(world.coordinator, f"/api/v1/matches/{match['id']}"))["state"] == "confirmed"


async def test_members_record_no_cases_where_the_city_keeps_that_to_coordinators(open_world: Any) -> None:
    async with open_world(members_record_cases=False) as world:
        answer = await world.bench.post(world.member, "/api/v1/cases", world.case_body())

        allowed = await world.bench.post(world.coordinator, "/api/v1/cases", world.case_body())

        assert (answer.status_code, answer.json()["code"]) == (403, "members_do_not_record")
        assert allowed.status_code == 201


async def test_a_client_without_a_place_in_an_organisation_posts_nothing(world: World) -> None:
    client = api_client("offers", "needs")

    answer = await world.bench.post(client, "/api/v1/offers", world.offer_body())

    assert answer.status_code == 403
