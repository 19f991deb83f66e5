"""An account asks for a place in an organisation; coordinators agree, and the record shows that its own people keep it."""

from typing import Any
from uuid import UUID, uuid4

from chassis.ids import new_id
from chassis.testing import Bench, account, anonymous, api_client
from contracts.actors import ClaimAcceptedV1, ClaimEndedV1
from contracts.people import PersonErasedV1

COORDINATOR = account("coordinator")


async def claimed(bench: Bench, caller: Any, actor: dict[str, Any]) -> Any:
    """A claim."""
    return await bench.post(caller, f"/api/v1/actors/{actor['id']}/claims", {"text": "I am on the board since 2020."})


async def test_an_accepted_claim_marks_the_record_and_tells_people(bench: Bench, an_actor: Any) -> None:
    actor, who = await an_actor("Accueil"), new_id()
    made = await claimed(bench, account("volunteer", account_id=who), actor)
    before = (await bench.get(anonymous(), f"/api/v1/actors/{actor['id']}")).json()["claimed"]

    accepted = await bench.post(COORDINATOR, f"/api/v1/claims/{made.json()['id']}/accept")
    again = await bench.post(COORDINATOR, f"/api/v1/claims/{made.json()['id']}/refuse", {"reason": "unclear"})

    told = [event for event in await bench.queued() if isinstance(event, ClaimAcceptedV1)]
    assert (made.status_code, accepted.status_code, again.status_code) == (201, 200, 409)
    assert [(str(event.actor_id), event.account_id) for event in told] == [(actor["id"], who)]
    assert before is False
    assert (await bench.get(anonymous(), f"/api/v1/actors/{actor['id']}")).json()["claimed"] is True


async def test_only_volunteers_and_members_claim_and_only_once(bench: Bench, an_actor: Any) -> None:
    actor = await an_actor("Accueil")
    volunteer = account("volunteer", account_id=new_id())

    answers = [await claimed(bench, caller, actor) for caller in (volunteer, volunteer, anonymous(), COORDINATOR, api_client("registry"))]
    contact = await bench.post(account("volunteer", account_id=new_id()), f"/api/v1/actors/{actor['id']}/claims", {"text": "Ask ana@mail.example"})
    unknown = await bench.post(volunteer, f"/api/v1/actors/{new_id()}/claims", {"text": "Mine"})

    assert [answer.status_code for answer in answers] == [201, 409, 401, 403, 403]
    assert (contact.status_code, unknown.status_code) == (422, 404)


async def test_claims_are_seen_by_coordinators_and_by_who_made_them(bench: Bench, an_actor: Any) -> None:
    actor, one, two = await an_actor("Accueil"), account("volunteer", account_id=new_id()), account("volunteer", account_id=new_id())
    made = (await claimed(bench, one, actor)).json()

    seen = [len((await bench.get(caller, "/api/v1/claims")).json()["items"]) for caller in (COORDINATOR, one, two)]
    statuses = [(await bench.get(caller, "/api/v1/claims")).status_code for caller in (anonymous(), account("observer"), api_client("registry"))]
    decided = [
        (await bench.post(caller, f"/api/v1/claims/{made['id']}/accept")).status_code
        for caller in (anonymous(), one, account("member"), api_client("registry"))
    ]

    assert seen == [1, 1, 0]
    assert statuses == [401, 403, 403]
    assert decided == [401, 403, 403, 403]
    assert (await bench.post(COORDINATOR, f"/api/v1/claims/{uuid4()}/accept")).status_code == 404


async def test_an_erased_account_leaves_no_claim(bench: Bench, an_actor: Any) -> None:
    actor, who = await an_actor("Accueil"), new_id()
    await claimed(bench, account("volunteer", account_id=who), actor)

    await bench.hear(PersonErasedV1(subject_kind="account", subject_id=who), times=2)

    assert (await bench.get(COORDINATOR, "/api/v1/claims")).json()["items"] == []


async def test_a_claim_is_ended_by_administrators_and_by_the_organisation_itself(bench: Bench, an_actor: Any) -> None:
    actor, who = await an_actor("Accueil"), new_id()
    path, member = f"/api/v1/actors/{actor['id']}/claims/end", account("member", actor=UUID(actor["id"]), account_id=who)
    made = await claimed(bench, account("volunteer", account_id=who), actor)
    await bench.post(COORDINATOR, f"/api/v1/claims/{made.json()['id']}/accept")
    others = [(await bench.post(caller, path)).status_code for caller in (anonymous(), COORDINATOR, account("member"), api_client("registry"))]

    ended, again = await bench.post(member, path), await bench.post(account("admin"), path)
    claim = (await bench.get(COORDINATOR, "/api/v1/claims?state=ended")).json()["items"][0]
    anew = await claimed(bench, member, actor)

    assert others == [401, 403, 403, 403]
    assert (ended.status_code, ended.json()["claimed"], again.status_code) == (200, False, 409)
    assert (claim["id"], anew.status_code) == (made.json()["id"], 201)
    assert "claim.ended" in await bench.audit_actions()
    told = [event for event in await bench.queued() if isinstance(event, ClaimEndedV1)]
    assert [(event.actor_id, event.account_id) for event in told] == [(UUID(actor["id"]), who)]
    assert (await bench.post(account("admin"), f"/api/v1/actors/{new_id()}/claims/end")).status_code == 404
