"""Cases and needs through the door: consent, sharing, retention and erasure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.testing import TestClock, api_client
from contracts.matching import CaseClosedV1, CaseRecordedV1, NeedChangedV1, NeedWithdrawnV1
from contracts.people import ConsentGivenV1, ConsentWithdrawnV1, PersonErasedV1
from services.matching.tables import Base
from tests.matching.bench import CLUB, OTHER, World


async def told(world: World, kind: type[Any]) -> list[Any]:
    return [event for event in await world.bench.queued() if isinstance(event, kind)]


async def row_of(world: World, table: str, record: dict[str, Any]) -> Any:
    found = Base.metadata.tables[table]
    async with world.bench.service.database.reading() as session:
        return (await session.execute(select(found).where(found.c.id == UUID(record["id"])))).one()


async def test_a_case_is_told_with_its_consent_and_without_its_household(world: World) -> None:
    case = await world.a_case()

    (event,) = await told(world, CaseRecordedV1)

    assert (event.code, event.consent.match, event.consent.purpose) == (case["code"], True, "matching")
    assert str(event.recorded_by) == world.coordinator.id
    assert "household" not in event.model_dump() and "languages" not in event.model_dump()


async def test_a_case_lies_coarsely_whatever_was_sent(world: World) -> None:
    case = await world.a_case(location={"lat": 45.18765, "lon": 5.72345})

    assert case["location"] == {"lat": 45.19, "lon": 5.72}


async def test_a_client_records_for_its_organisation(world: World) -> None:
    client = api_client("needs", actor=CLUB)

    case = await world.a_case(client)

    assert (case["recorded_by"], case["actor_id"]) == (None, str(CLUB))
    assert (await world.get(world.member, f"/api/v1/cases/{case['id']}"))["code"] == case["code"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"household": {"adults": 0, "children": 0}}, "/household"),
        ({"attributes": ["nationality"]}, "/attributes"),
        ({"name": "Somebody"}, "/name"),
        ({"consent": {"match": True, "share_contact": True, "purpose": "Ring Amina!", "text_version": "1"}}, "/consent/purpose"),
    ],
)
async def test_a_case_that_breaks_a_rule_is_refused_by_field(world: World, change: dict[str, Any], pointer: str) -> None:
    answer = await world.bench.post(world.coordinator, "/api/v1/cases", world.case_body(**change))

    assert answer.status_code == 422
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


async def test_the_same_consent_told_again_refreshes_no_need(world: World) -> None:
    case = await world.a_case()
    await world.a_need(case)
    given = ConsentGivenV1(
        subject_kind="case", subject_id=case["id"], version=1, match=True, share_contact=True, until=datetime(2027, 6, 2, tzinfo=UTC)
    )

    await world.bench.hear(given)

    assert await told(world, NeedChangedV1) == []


async def test_a_need_without_consent_is_proposed_once_it_is_given(world: World) -> None:
    offer = await world.an_offer()
    case = await world.a_case(consent={"match": False, "share_contact": False, "purpose": "matching", "text_version": "1"})
    need = await world.a_need(case)
    await world.settled()
    before = await world.proposed(need)

    await world.bench.hear(ConsentGivenV1(subject_kind="case", subject_id=case["id"], version=1, match=True, share_contact=False))
    await world.settled()

    assert (before, await world.proposed(need)) == ([], [offer["id"]])


async def test_a_consent_that_ran_out_makes_no_match(world: World, clock: TestClock) -> None:
    offer, need = await world.an_offer(valid_until=None), await world.a_need()
    clock.forward(days=200)

    answer = await world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_eligible")


async def test_a_live_match_shows_that_consent_was_withdrawn_and_goes_on(world: World) -> None:
    case = await world.a_case()
    match = await world.a_match(await world.a_need(case))

    await world.bench.hear(ConsentWithdrawnV1(subject_kind="case", subject_id=case["id"], version=2, match=False, share_contact=False))

    seen = await world.get(world.volunteer, f"/api/v1/matches/{match['id']}")
    assert (seen["state"], seen["consent"]) == ("confirmed", {"match": False, "share_contact": False})


async def test_an_erased_case_is_an_empty_shell_that_takes_nothing_more(world: World) -> None:
    case = await world.a_case(attributes=["quiet"])
    need = await world.a_need(case)

    await world.bench.hear(PersonErasedV1(subject_kind="case", subject_id=case["id"]), times=2)

    left = await world.get(world.coordinator, f"/api/v1/cases/{case['id']}")
    empty = await row_of(world, "need", need)
    change = await world.bench.patch(world.coordinator, f"/api/v1/cases/{case['id']}", {"languages": ["fr"]}, version=left["version"])
    assert (left["state"], left["languages"], left["attributes"], left["location"]) == ("closed", [], [], None)
    assert left["household"] == {"adults": 1, "children": 0, "age_bands": []}
    assert left["consent"]["match"] is False
    assert (empty.state, empty.languages, empty.topics, empty.windows) == ("withdrawn", [], [], [])
    assert change.status_code == 409
    assert [event.consent.match for event in await told(world, CaseClosedV1)] == [False]


async def test_a_closed_case_is_blanked_after_its_days_and_once(world: World, clock: TestClock) -> None:
    case = await world.a_case()
    need = await world.a_need(case)
    await world.do(world.coordinator, case, "cases", "close")
    clock.forward(days=29)
    await world.bench.run_timer("keep retention")
    early = await world.get(world.coordinator, f"/api/v1/cases/{case['id']}")

    clock.forward(days=2)
    await world.bench.run_timer("keep retention")
    await world.bench.run_timer("keep retention")

    late = await world.get(world.coordinator, f"/api/v1/cases/{case['id']}")
    assert (early["languages"], late["languages"]) == (["ar"], [])
    assert (await world.get(world.coordinator, f"/api/v1/needs/{need['id']}"))["state"] == "withdrawn"
    assert (await world.bench.audit_actions()).count("case.blanked") == 1


async def test_a_need_that_nobody_could_fill_is_withdrawn_after_its_days(world: World, clock: TestClock) -> None:
    need = await world.a_need()

    clock.forward(days=91)
    await world.bench.run_timer("keep retention")

    assert (await world.get(world.coordinator, f"/api/v1/needs/{need['id']}"))["state"] == "withdrawn"
    assert [str(event.need_id) for event in await told(world, NeedWithdrawnV1)] == [need["id"]]


async def test_a_case_with_a_live_match_is_not_closed(world: World) -> None:
    case = await world.a_case()
    await world.a_match(await world.a_need(case))

    answer = await world.bench.post(world.coordinator, f"/api/v1/cases/{case['id']}/close")

    assert (answer.status_code, answer.json()["code"]) == (409, "case_has_live_needs")


async def test_a_changed_need_is_proposed_anew(world: World) -> None:
    offer, need = await world.an_offer(), await world.a_need()
    await world.settled()
    before = await world.proposed(need)

    changed = await world.bench.patch(
        world.coordinator, f"/api/v1/needs/{need['id']}", {"languages": [{"code": "uk", "required": True}]}, version=need["version"]
    )
    between = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    await world.settled()

    assert changed.status_code == 200
    assert (before, between["fresh"], await world.proposed(need)) == ([offer["id"]], False, [])


async def test_needs_are_linked_within_their_case_only(world: World) -> None:
    need, elsewhere = await world.a_need(), await world.a_need()

    good = await world.bench.post(
        world.coordinator, "/api/v1/needs", world.need_body(need["case_id"], links=[{"kind": "together", "need_id": need["id"]}])
    )
    bad = await world.bench.post(
        world.coordinator, "/api/v1/needs", world.need_body(need["case_id"], links=[{"kind": "together", "need_id": elsewhere["id"]}])
    )

    assert good.status_code == 201
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/links")


async def test_lists_of_needs_narrow(world: World) -> None:
    urgent = await world.a_need(urgency="urgent")
    await world.a_need(category="legal.asylum", topics=[])

    found = {
        query: [each["id"] for each in (await world.get(world.coordinator, f"/api/v1/needs?{query}"))["items"]]
        for query in ("urgency=urgent", "category=language", "mine=true&urgency=urgent", "state=withdrawn")
    }
    colleagues = await world.get(world.colleague, "/api/v1/needs?mine=true")

    assert found == {
        "urgency=urgent": [urgent["id"]],
        "category=language": [urgent["id"]],
        "mine=true&urgency=urgent": [urgent["id"]],
        "state=withdrawn": [],
    }
    assert colleagues["items"] == []


async def test_a_case_is_shared_with_known_organisations_only(world: World) -> None:
    case = await world.a_case()

    known = await world.bench.post(world.coordinator, f"/api/v1/cases/{case['id']}/share", {"actor_id": str(OTHER)})
    unknown = await world.bench.post(world.coordinator, f"/api/v1/cases/{case['id']}/share", {"actor_id": case["id"]})

    assert (known.status_code, known.json()["shared_with"], unknown.status_code) == (200, [str(OTHER)], 422)
