"""Accounts, invitations and one's own profile, at every door and for every caller."""

import asyncio
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import TestClock, anonymous, api_client
from contracts.notifications import MailRefusedV1
from contracts.people import AccountActivatedV1, AccountChangedV1, AccountDisabledV1, ConsentGivenV1, InvitationIssuedV1

EMAIL = "ana.petrova@association.example"
PASSWORD = "tulip canyon marble drift"


async def invite(town: Any, caller: Any, **more: Any) -> Any:
    return await town.bench.post(caller, "/api/v1/invitations", {"email": EMAIL, "name": "Ana Petrova", "role": "volunteer", **more})


async def token_of(town: Any, invitation: Any) -> str:
    event = (await town.event_ids("InvitationIssuedV1"))[-1]
    answer = await town.address("invitation", invitation.json()["id"], event)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["link_token"])


async def test_an_invited_person_accepts_with_the_mailed_token_and_signs_in(both: Any) -> None:
    admin = await both.person("admin")
    invitation = await invite(both, admin, locale="fr")
    token = await token_of(both, invitation)

    accepted = await both.bench.post(
        anonymous(), "/api/v1/invitations/accept", {"token": token, "password": PASSWORD, "phone": "+33 4 76 00 00 00", "share_contact": True}
    )
    again = await both.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": PASSWORD})
    session = await both.sign_in(EMAIL)

    assert (invitation.status_code, accepted.status_code, again.status_code, session.status_code) == (201, 201, 404, 201)
    assert EMAIL not in invitation.text and "Petrova" not in accepted.text
    events = await both.bench.queued()
    assert [type(event) for event in events][-3:] == [InvitationIssuedV1, AccountActivatedV1, ConsentGivenV1]
    assert events[-2].active and events[-2].locale == "fr"  # type: ignore[attr-defined]
    assert {"invitation.issued", "address.given", "account.activated", "session.opened"} <= set(await both.bench.audit_actions())


async def test_a_repeated_question_for_the_link_gives_the_same_token(town: Any) -> None:
    invitation = await invite(town, await town.person("admin"))

    tokens = {await token_of(town, invitation) for _ in range(3)}

    assert len(tokens) == 1


@pytest.mark.parametrize(
    ("inviter", "role", "status"),
    [
        ("admin", "admin", 201),
        ("admin", "observer", 201),
        ("coordinator", "volunteer", 201),
        ("coordinator", "coordinator", 201),
        ("coordinator", "admin", 403),
        ("member", "volunteer", 403),
        ("volunteer", "volunteer", 403),
        ("observer", "volunteer", 403),
    ],
)
async def test_each_role_invites_only_whom_it_may(town: Any, inviter: str, role: str, status: int) -> None:
    caller = await town.person(inviter)

    assert (await invite(town, caller, role=role)).status_code == status


async def test_members_invite_into_their_own_team_alone(town: Any) -> None:
    mine, other = await town.actor(), await town.actor()
    member = await town.person("member", actor=mine)

    own = await invite(town, member, role="member", actor_id=str(mine))
    foreign = await invite(town, member, role="member", actor_id=str(other), email="b@town.example")

    assert (own.status_code, foreign.status_code) == (201, 403)


async def test_the_doors_are_shut_to_strangers_and_to_clients(town: Any) -> None:
    for method, path in (
        ("GET", "/accounts"),
        ("GET", "/invitations"),
        ("GET", "/me"),
        ("GET", "/me/export"),
        ("GET", "/sessions"),
        ("DELETE", "/me"),
    ):
        stranger = await town.bench.call(anonymous(), method, f"/api/v1{path}")
        client = await town.bench.call(api_client("read"), method, f"/api/v1{path}")

        assert (path, stranger.status_code, client.status_code) == (path, 401, 403)
    assert (await invite(town, anonymous())).status_code == 401


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"email": "no address"}, "/email"), ({"role": "king"}, "/role"), ({"locale": "xx"}, "/locale"), ({"nationality": "x"}, "/nationality"),
     ({"actor_id": "00000000-0000-0000-0000-000000000001", "role": "member"}, "/actor_id"), ({"name": "a\nb"}, "/name")],
)  # fmt: skip
async def test_bad_invitations_are_refused_by_field_and_never_echoed(town: Any, change: dict[str, Any], pointer: str) -> None:
    response = await invite(town, await town.person("admin"), **change)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert EMAIL not in response.text


async def test_an_address_has_one_account_and_an_unanswered_invitation_is_renewed(town: Any) -> None:
    admin = await town.person("admin")
    first = await invite(town, admin)
    old = await token_of(town, first)

    second = await invite(town, admin, role="coordinator")
    stale = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": old, "password": PASSWORD})
    fresh = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": await token_of(town, second), "password": PASSWORD})
    third = await invite(town, admin)

    assert (second.status_code, stale.status_code, fresh.status_code, third.status_code) == (201, 404, 201, 409)
    assert fresh.json()["role"] == "coordinator"


async def test_an_invitation_can_be_listed_and_taken_back_by_those_who_may_see_it(town: Any) -> None:
    admin, coordinator = await town.person("admin"), await town.person("coordinator")
    invitation = await invite(town, admin)
    token = await token_of(town, invitation)
    path = f"/api/v1/invitations/{invitation.json()['id']}"

    foreign = await town.bench.call(coordinator, "DELETE", path)
    listed = await town.bench.get(admin, "/api/v1/invitations")
    own = await town.bench.call(admin, "DELETE", path)
    used = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": PASSWORD})

    assert (foreign.status_code, own.status_code, used.status_code) == (404, 204, 404)
    assert [item["id"] for item in listed.json()["items"]] == [invitation.json()["id"]]
    assert (await town.bench.get(coordinator, "/api/v1/invitations")).json()["items"] == []


async def test_an_old_invitation_no_longer_works_and_the_person_is_forgotten(town: Any, clock: TestClock) -> None:
    invitation = await invite(town, await town.person("admin"))
    token = await token_of(town, invitation)

    clock.forward(days=8)
    late = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": PASSWORD})
    clock.forward(days=40)
    await town.bench.run_timer("keep people")

    assert late.status_code == 404
    assert "person.erased" in await town.bench.audit_actions()


async def test_lists_show_names_to_admins_and_team_mates_and_addresses_to_nobody(town: Any) -> None:
    team = await town.actor()
    admin = await town.person("admin", name="Root Rita")
    mate = await town.person("member", actor=team, name="Mate Mia", email="mia@club.example")
    member = await town.person("member", actor=team, name="Me Max")
    await town.person("volunteer", name="Vera Volunteer", email="vera@home.example")
    coordinator = await town.person("coordinator")

    seen = {
        who: (await town.bench.get(caller, "/api/v1/accounts")).text
        for who, caller in {"admin": admin, "member": member, "coordinator": coordinator}.items()
    }

    assert "Mate Mia" in seen["member"] and "Vera" not in seen["member"] and "Vera" not in seen["coordinator"]
    assert "Vera Volunteer" in seen["admin"] and "m…@c….example" in seen["admin"]
    assert all("mia@club.example" not in text and "vera@home" not in text for text in seen.values())
    assert (await town.bench.get(await town.person("volunteer"), "/api/v1/accounts")).status_code == 403
    assert (await town.bench.get(member, f"/api/v1/accounts/{admin.id}")).status_code == 404
    assert (await town.bench.get(member, f"/api/v1/accounts/{mate.id}")).json()["name"] == "Mate Mia"


async def test_lists_go_on_by_cursor(town: Any) -> None:
    admin = await town.person("admin")
    for _ in range(4):
        await town.person("volunteer")

    first = await town.bench.get(admin, "/api/v1/accounts?limit=3")
    rest = await town.bench.get(admin, first.headers["link"].split(">")[0][1:])

    assert (len(first.json()["items"]), len(rest.json()["items"]), first.json()["total"]) == (3, 2, 5)


async def test_a_change_of_role_needs_the_version_ends_sessions_and_is_told(both: Any) -> None:
    admin = await both.person("admin")
    volunteer = await both.person("volunteer", email=EMAIL, password=PASSWORD)
    token = (await both.sign_in(EMAIL)).json()["access_token"]
    path = f"/api/v1/accounts/{volunteer.id}"

    without = await both.bench.patch(admin, path, {"role": "observer"}, version=None)
    stale = await both.bench.patch(admin, path, {"role": "observer"}, version=9)
    by_other = await both.bench.patch(volunteer, path, {"role": "admin"}, version=2)
    changed = await both.bench.patch(admin, path, {"role": "observer"}, version=2)

    assert (without.status_code, stale.status_code, by_other.status_code, changed.status_code) == (428, 412, 403, 200)
    assert (await both.introspect(token))["active"] is False
    assert type((await both.bench.queued())[-1]) is AccountChangedV1


async def test_a_disabled_account_is_out_at_once_and_can_come_back(town: Any) -> None:
    admin = await town.person("admin")
    volunteer = await town.person("volunteer", email=EMAIL, password=PASSWORD)
    token = (await town.sign_in(EMAIL)).json()["access_token"]

    disabled = await town.bench.patch(admin, f"/api/v1/accounts/{volunteer.id}", {"active": False}, version=2)
    while_disabled = await town.introspect(token), (await town.sign_in(EMAIL)).status_code
    told = (await town.bench.queued())[-1]
    enabled = await town.bench.patch(admin, f"/api/v1/accounts/{volunteer.id}", {"active": True}, version=3)

    assert (disabled.json()["state"], enabled.json()["state"]) == ("disabled", "active")
    assert while_disabled[0]["active"] is False and while_disabled[1] == 401
    assert type(told) is AccountDisabledV1 and told.active is False
    assert (await town.sign_in(EMAIL)).status_code == 201


async def test_the_last_admin_stays_also_when_two_demote_each_other(both: Any) -> None:
    first, second = await both.person("admin"), await both.person("admin")

    answers = await asyncio.gather(
        both.bench.patch(first, f"/api/v1/accounts/{second.id}", {"role": "volunteer"}, version=2),
        both.bench.patch(second, f"/api/v1/accounts/{first.id}", {"role": "volunteer"}, version=2),
    )

    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sorted(answer.status_code for answer in answers)[1] in (403, 409)


async def test_the_profile_is_the_holders_own(town: Any) -> None:
    me = await town.person("volunteer", email=EMAIL, name="Ana Petrova")

    before = (await town.bench.get(me, "/api/v1/me")).json()
    changed = await town.bench.patch(me, "/api/v1/me", {"phone": "+33 4 76 11 22 33", "locale": "de"}, version=2)
    stale = await town.bench.patch(me, "/api/v1/me", {"name": "Bea"}, version=2)
    cleared = await town.bench.patch(me, "/api/v1/me", {"phone": None}, version=3)
    bad = await town.bench.patch(me, "/api/v1/me", {"role": "admin"}, version=4)

    assert (before["email"], before["name"], before["phone"]) == (EMAIL, "Ana Petrova", None)
    assert (changed.json()["phone"], changed.json()["locale"]) == ("+33 4 76 11 22 33", "de")
    assert (stale.status_code, cleared.json()["phone"], bad.status_code) == (412, None, 422)


async def test_a_refused_mail_marks_the_address(town: Any) -> None:
    me = await town.person("volunteer", email=EMAIL)
    event = MailRefusedV1(recipient_kind="account", recipient_id=me.id, delivery_id=new_id())

    await town.bench.hear(event, times=2)

    assert (await town.bench.get(me, "/api/v1/me")).json()["email_refused_at"] is not None


async def test_a_bad_password_is_refused_at_acceptance_and_the_link_still_works(town: Any) -> None:
    token = await token_of(town, await invite(town, await town.person("admin")))

    refused = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": "password12345678"})
    named = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": "ana.petrova likes violet mornings"})
    good = await town.bench.post(anonymous(), "/api/v1/invitations/accept", {"token": token, "password": PASSWORD})

    assert (refused.status_code, named.status_code, good.status_code) == (422, 422, 201)
    assert refused.json()["errors"][0]["pointer"] == "/password"
