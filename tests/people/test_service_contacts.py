"""Contacts, consents and disclosures: who sees what of whom, when, and what is written down."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import TestClock, anonymous, api_client
from contracts.people import ConsentGivenV1, ConsentWithdrawnV1
from tests.people import story

CODE, CONTACT = story.CODE, story.CONTACT
PATH = f"/api/v1/cases/{CODE}/contact"


async def a_story(town: Any) -> tuple[Any, Any, Any]:
    """An accepted match of a coordinator's case with a volunteer."""
    coordinator = await town.person("coordinator", name="Cora", email="cora@city.example", phone="+33 4 76 00 00 01")
    volunteer = await town.person("volunteer", name="Vera", email="vera@home.example")
    told = story.Story(town, UUID(coordinator.id), UUID(volunteer.id))
    await told.tell(told.case())
    assert (await told.keep_contact(coordinator)).status_code == 200
    await told.tell(told.match(1, "confirmed"), told.match(2, "accepted", answered_by=UUID(volunteer.id)))
    return told, coordinator, volunteer


async def test_after_acceptance_each_party_sees_the_other_and_each_reading_is_written_down(both: Any) -> None:
    told, coordinator, volunteer = await a_story(both)

    for_provider, for_case = await told.disclose(volunteer), await told.disclose(coordinator)

    assert for_provider.json()["side"] == "provider" and for_provider.json()["contact"]["phone"] == CONTACT["phone"]
    assert for_provider.json()["contact"]["note"] == CONTACT["note"]
    assert for_case.json()["side"] == "case" and for_case.json()["contact"]["email"] == "vera@home.example"
    assert (await both.bench.audit_actions()).count("contact.read") == 2
    mine = (await both.bench.get(volunteer, "/api/v1/disclosures")).json()["items"]
    assert {(item["reader_id"], item["subject"]) for item in mine} == {(volunteer.id, CODE), (coordinator.id, volunteer.id)}


async def test_before_acceptance_after_the_end_and_to_others_nothing_is_shown(town: Any) -> None:
    told, coordinator, volunteer = await a_story(town)
    others = [await town.person(role) for role in ("volunteer", "member", "coordinator", "observer", "admin")]
    before = story.Story(town, UUID(coordinator.id), UUID(volunteer.id))
    await before.tell(before.match(1, "confirmed"))

    refused = [(await told.disclose(other)).status_code for other in others]
    early = await before.disclose(volunteer)
    await told.tell(told.match(3, "fulfilled"))
    late = await told.disclose(volunteer)

    assert set(refused) == {404}
    assert ((await told.disclose(anonymous())).status_code, (await told.disclose(api_client("matches"))).status_code) == (401, 403)
    assert (early.status_code, late.status_code) == (409, 409)
    assert CONTACT["phone"] not in early.text + late.text


async def test_a_withdrawn_consent_stops_disclosure_at_once_and_repeated_news_does_not_bring_it_back(town: Any) -> None:
    told, coordinator, volunteer = await a_story(town)

    withdrawn = await town.bench.call(coordinator, "DELETE", f"/api/v1/cases/{CODE}/consents")
    hidden = await told.disclose(volunteer)
    await told.tell(told.case(2))
    still_hidden = await told.disclose(volunteer)
    body = {"match": True, "share_contact": True, "text_version": "2026-12"}
    given = await town.bench.post(coordinator, f"/api/v1/cases/{CODE}/consents", body)

    assert (withdrawn.status_code, hidden.status_code, still_hidden.status_code, given.status_code) == (204, 403, 403, 201)
    assert (await told.disclose(volunteer)).status_code == 200
    flags = [event for event in await town.bench.queued() if isinstance(event, ConsentGivenV1 | ConsentWithdrawnV1)]
    of_case = [(type(event).__name__, event.version, event.share_contact) for event in flags if event.subject_id == told.case_id]
    assert of_case == [("ConsentGivenV1", 1, True), ("ConsentWithdrawnV1", 2, False), ("ConsentGivenV1", 3, True)]


async def test_the_provider_may_withdraw_too(town: Any) -> None:
    told, coordinator, volunteer = await a_story(town)

    withdrawn = await town.bench.call(volunteer, "DELETE", "/api/v1/me/consents")
    hidden = await told.disclose(coordinator)
    given = await town.bench.post(volunteer, "/api/v1/me/consents", {"share_contact": True, "text_version": "2026-11"})
    shown = await told.disclose(coordinator)

    assert (withdrawn.status_code, hidden.status_code, given.status_code, shown.status_code) == (204, 403, 201, 200)
    assert [item["live"] for item in (await town.bench.get(volunteer, "/api/v1/me/consents")).json()["items"]].count(True) == 2


async def test_consents_that_run_out_are_told_and_count_no_longer(town: Any, clock: TestClock) -> None:
    told, _, volunteer = await a_story(town)
    await told.tell(told.case(2, until=date(2026, 11, 30)))
    assert (await told.disclose(volunteer)).status_code == 200

    clock.at = clock.at.replace(month=12, day=1, hour=0)
    over = await told.disclose(volunteer)
    await town.bench.run_timer("end consents")
    await town.bench.run_timer("end consents")

    last = (await town.bench.queued())[-1]
    assert over.status_code == 403
    assert isinstance(last, ConsentWithdrawnV1) and (last.match, last.share_contact, last.version) == (False, False, 3)
    assert (await town.bench.audit_actions()).count("consent.ran_out") == 1


async def test_without_a_contact_of_the_case_its_coordinator_stands_in(town: Any) -> None:
    told, coordinator, volunteer = await a_story(town)

    deleted = await town.bench.call(coordinator, "DELETE", PATH)
    shown = (await told.disclose(volunteer)).json()
    await town.bench.call(coordinator, "DELETE", "/api/v1/me/consents")
    nobody = await told.disclose(volunteer)

    assert deleted.status_code == 204
    assert shown["contact"]["email"] == "cora@city.example"
    assert nobody.status_code == 404


async def test_for_an_organisation_the_one_who_accepted_is_shown(town: Any) -> None:
    team = await town.actor()
    coordinator = await town.person("coordinator")
    answered = await town.person("member", actor=team, email="mia@club.example")
    mate, stranger = await town.person("member", actor=team), await town.person("member")
    told = story.Story(town, UUID(coordinator.id), None, provider_actor=team)
    await told.tell(told.case(), told.match(2, "accepted", answered_by=UUID(answered.id)))
    await told.keep_contact(coordinator)

    assert (await told.disclose(coordinator)).json()["contact"]["email"] == "mia@club.example"
    assert (await told.disclose(mate)).json()["contact"]["phone"] == CONTACT["phone"]
    assert (await told.disclose(stranger)).status_code == 404


async def test_a_contact_is_kept_and_seen_by_its_team_and_those_it_is_shared_with(both: Any) -> None:
    ours, theirs = await both.actor(), await both.actor()
    recorder, colleague = await both.person("coordinator", actor=ours), await both.person("coordinator", actor=ours)
    invited, stranger = await both.person("coordinator", actor=theirs), await both.person("coordinator")
    told = story.Story(both, UUID(recorder.id), None, actor=ours)
    await told.tell(told.case())

    kept = await told.keep_contact(recorder)
    seen = await both.bench.get(colleague, f"/api/v1/cases/{CODE.replace('-', '').lower()}/contact")
    before = await both.bench.get(invited, PATH)
    told.shared = [theirs]
    await told.tell(told.case(2))
    after = await both.bench.get(invited, PATH)
    changed = await told.keep_contact(invited, phone="+33 4 00 00 00 00")

    assert kept.json() == {"code": CODE, "fields": ["email", "name", "note", "phone"]}
    assert seen.json()["name"] == CONTACT["name"]
    assert (before.status_code, after.status_code, changed.json()["fields"]) == (404, 200, ["phone"])
    for caller in (stranger, await both.person("member"), await both.person("admin")):
        answers = [
            await both.bench.get(caller, PATH),
            await told.keep_contact(caller),
            await both.bench.call(caller, "DELETE", PATH),
            await both.bench.call(caller, "DELETE", f"/api/v1/cases/{CODE}/consents"),
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}


@pytest.mark.parametrize("code", ["nonsense", "K7QX-9M2D-04TB-ZRHX", "%00", "A" * 70])
async def test_unknown_and_malformed_codes_are_not_found(town: Any, code: str) -> None:
    coordinator = await town.person("coordinator")

    response = await town.bench.get(coordinator, f"/api/v1/cases/{code}/contact")

    assert response.status_code in (404, 422)


@pytest.mark.parametrize(
    "body",
    [{}, {"name": None}, {"phone": "call me"}, {"email": "x"}, {"passport": "X"}, {"note": "a" * 501}, {"name": "\u202e\x00"}, {"note": "a\tb"}],
)
async def test_bad_contacts_are_refused_and_not_echoed(town: Any, body: dict[str, Any]) -> None:
    coordinator = await town.person("coordinator")
    told = story.Story(town, UUID(coordinator.id), None)
    await told.tell(told.case())

    response = await town.bench.call(coordinator, "PUT", PATH, json=body)

    assert response.status_code == 422
    assert "call me" not in response.text
    assert all(error["pointer"].strip("/") in ("", *body) for error in response.json()["errors"])


async def test_many_readings_raise_an_alarm(town: Any) -> None:
    coordinator = await town.person("coordinator")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for number in range(51):
        code = f"K7QX-9M2D-04TB-ZR{alphabet[number // 32]}{alphabet[number % 32]}"
        told = story.Story(town, UUID(coordinator.id), None, code=code)
        await told.tell(told.case())
        await told.keep_contact(coordinator, name="Somebody")
        await town.bench.get(coordinator, f"/api/v1/cases/{code}/contact")

    assert (await town.bench.audit_actions()).count("contact.alarm") == 1
    assert "hub_contact_alarms_total 1.0" in town.service.metrics.text().decode()


async def test_news_repeated_and_out_of_order_changes_nothing(both: Any) -> None:
    coordinator, volunteer = await both.person("coordinator"), await both.person("volunteer")
    told = story.Story(both, UUID(coordinator.id), UUID(volunteer.id))
    late_case, early_match = told.case(1, share=False), told.match(1, "confirmed")

    await told.tell(told.match(2, "accepted"), told.case(2))
    await both.bench.hear(early_match, times=2)
    await both.bench.hear(late_case, times=2)
    await told.keep_contact(coordinator)

    assert (await told.disclose(volunteer)).status_code == 200
    assert await both.bench.dead_letters() == []


async def test_consents_are_listed_to_the_team_the_holder_and_admins(town: Any) -> None:
    _, coordinator, volunteer = await a_story(town)
    admin, stranger = await town.person("admin"), await town.person("coordinator")
    of_case, of_account = f"/api/v1/consents?case={CODE}", f"/api/v1/consents?account={volunteer.id}"

    allowed = [(coordinator, of_case), (admin, of_case), (volunteer, of_account), (admin, of_account)]
    refused = [(stranger, of_case), (stranger, of_account)]

    assert [(await town.bench.get(caller, path)).status_code for caller, path in allowed] == [200] * 4
    assert [(await town.bench.get(caller, path)).status_code for caller, path in refused] == [404] * 2
    assert (await town.bench.get(volunteer, of_case)).status_code == 403
    assert (await town.bench.get(admin, "/api/v1/consents")).status_code == 422


async def test_a_closed_cases_contact_goes_after_thirty_days(both: Any, clock: TestClock) -> None:
    told, coordinator, _ = await a_story(both)
    await told.tell(told.match(3, "fulfilled"), told.case(2, state="closed"))
    clock.forward(days=29)
    await both.bench.run_timer("keep people")
    kept = await both.bench.get(coordinator, PATH)

    clock.forward(days=2)
    await both.bench.run_timer("keep people")

    assert (kept.status_code, (await both.bench.get(coordinator, PATH)).status_code) == (200, 404)
    assert "contact.deleted" in await both.bench.audit_actions()
