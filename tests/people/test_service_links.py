"""Links that answer a request from a mail, a calendar's secret address, another e-mail address, and leaving a team."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Caller
from chassis.ids import new_id
from chassis.testing import TestClock
from tests.people.conftest import NOTIFICATIONS, PASSWORD, Town, files_of
from tests.people.story import Story

GATEWAY = Caller(kind="service", id="gateway")


async def a_request(town: Town, clock: TestClock, provider: Caller, **more: Any) -> tuple[Story, Any]:
    """A request that waits for this provider's answer, and the id of the event that told of it."""
    coordinator = await town.person("coordinator")
    story = Story(town, recorded_by=_id(coordinator), provider=None if more else _id(provider), **more)
    await story.tell(story.case())
    event_id = new_id()
    confirmed = story.match(1, "confirmed").model_copy(update={"answer_by": clock() + timedelta(days=7)})
    await town.bench.hear(confirmed, event_id=event_id)
    return story, event_id


def _id(caller: Caller) -> Any:
    return UUID(str(caller.id))


async def mailed(town: Town, story: Story, recipient: Caller, event_id: Any) -> Any:
    """What notifications learns when it writes the mail that asks for an answer."""
    headers = {"hub-identity": NOTIFICATIONS.token_for(Caller(kind="service", id="notifications"), "people")}
    body = {"recipient_kind": "account", "recipient_id": str(recipient.id), "event_id": str(event_id), "answer_match_id": str(story.match_id)}
    return (await town.bench.call(None, "POST", "/internal/v1/addresses", json=body, headers=headers)).json()


async def opened(town: Town, token: str, what: str = "answer-links/open", caller: Caller = GATEWAY) -> Any:
    return await town.bench.post(caller, f"/internal/v1/{what}", {"token": token})


async def test_a_link_opens_often_answers_once_and_tells_only_whose_it_is(both: Town, clock: TestClock) -> None:
    volunteer = await both.person("volunteer")
    story, event_id = await a_request(both, clock, volunteer)
    token = (await mailed(both, story, volunteer, event_id))["link_token"]

    first, second = await opened(both, token), await opened(both, token)
    used, again = await opened(both, token, "answer-links/use"), await opened(both, token)
    by_person = await opened(both, token, caller=volunteer)

    assert [each.status_code for each in (first, second, used, again, by_person)] == [200, 200, 200, 404, 403]
    assert first.json()["account_id"] == volunteer.id and first.json()["match_id"] == str(story.match_id)
    assert set(first.json()) == {"account_id", "role", "actor_id", "locale", "match_id", "expires_at"}
    assert {"answer_link.issued", "answer_link.used"} <= set(await both.bench.audit_actions())


async def test_a_mail_that_is_tried_again_holds_the_same_link_and_nothing_stores_it_in_plain(town: Town, clock: TestClock) -> None:
    volunteer = await town.person("volunteer")
    story, event_id = await a_request(town, clock, volunteer)

    first, second = [(await mailed(town, story, volunteer, event_id))["link_token"] for _ in range(2)]

    assert first == second and len(first) == 43
    assert not any(first.encode() in _bytes(path) for path in files_of(town))


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes() if Path(path).exists() else b""


@pytest.mark.parametrize("end", ["answered", "expired", "password", "disabled", "erased"])
async def test_a_link_ends_with_its_reason(town: Town, clock: TestClock, end: str) -> None:
    volunteer, admin = await town.person("volunteer", password=PASSWORD, email="ana@town.example"), await town.person("admin")
    story, event_id = await a_request(town, clock, volunteer)
    token = (await mailed(town, story, volunteer, event_id))["link_token"]

    if end == "answered":
        await story.tell(story.match(2, "accepted"))
    elif end == "expired":
        clock.forward(days=8)
    elif end == "password":
        body = {"current_password": PASSWORD, "new_password": "another long pass phrase"}
        await town.bench.post(volunteer, "/api/v1/me/password", body, headers={"hub-source": "192.0.2.7"})
    elif end == "disabled":
        path = f"/api/v1/accounts/{volunteer.id}"
        version = (await town.bench.get(admin, path)).json()["version"]
        await town.bench.patch(admin, path, {"active": False}, version=version)
    else:
        await town.bench.call(volunteer, "DELETE", "/api/v1/me")

    assert (await opened(town, token)).status_code == 404


async def test_staff_second_factors_and_other_people_get_no_link(town: Town, clock: TestClock) -> None:
    actor = await town.actor()
    member, coordinator = await town.person("member", actor=actor), await town.person("coordinator", actor=actor)
    story, event_id = await a_request(town, clock, member, provider_actor=actor)

    to_member = await mailed(town, story, member, event_id)
    to_coordinator = await mailed(town, story, coordinator, event_id)

    assert to_member["link_token"] and to_coordinator["email"] and to_coordinator["link_token"] is None


async def test_a_calendars_address_is_replaced_revoked_and_ends_with_the_account(town: Town) -> None:
    volunteer = await town.person("volunteer")
    first = (await town.bench.post(volunteer, "/api/v1/me/calendar-feed")).json()["token"]
    second = (await town.bench.post(volunteer, "/api/v1/me/calendar-feed")).json()["token"]

    old, new = await opened(town, first, "calendar-feeds/open"), await opened(town, second, "calendar-feeds/open")
    since = (await town.bench.get(volunteer, "/api/v1/me/calendar-feed")).json()["since"]
    await town.bench.call(volunteer, "DELETE", "/api/v1/me/calendar-feed")
    revoked = await opened(town, second, "calendar-feeds/open")

    assert (old.status_code, new.status_code, new.json()["account_id"], revoked.status_code) == (404, 200, volunteer.id, 404)
    assert since and (await town.bench.post(Caller(), "/api/v1/me/calendar-feed")).status_code == 401


async def change_mails(town: Town) -> dict[str, Any]:
    """What notifications learns for the two mails."""
    told = await town.bench.queued_with_envelopes()
    queued: list[tuple[Any, Any]] = [(each.id, event) for each, event in told if type(event).__name__ == "AccountEmailChangeRequestedV1"]
    event_id, event = queued[-1]
    return {side: (await town.address(f"{side}_address", event.change_id, event_id)).json() for side in ("old", "new")}


async def confirm(town: Town, mail: Any) -> Any:
    return await town.bench.post(Caller(), "/api/v1/email-changes/confirm", {"token": mail["link_token"]})


async def test_another_address_holds_when_both_links_were_followed(both: Town) -> None:
    volunteer = await both.person("volunteer", email="ana@old.example", password=PASSWORD)
    asked = await both.bench.post(volunteer, "/api/v1/me/email-change", {"email": "ana@new.example"})
    mails = await change_mails(both)

    first = await confirm(both, mails["new"])
    half = (await both.bench.get(volunteer, "/api/v1/me/email-change")).json()
    before = await both.sign_in("ana@new.example")
    second = await confirm(both, mails["old"])

    assert asked.status_code == 202 and [mails[side]["email"] for side in ("old", "new")] == ["ana@old.example", "ana@new.example"]
    assert (first.json(), second.json(), before.status_code) == ({"done": False}, {"done": True}, 401)
    assert (half["waiting"], half["new_confirmed"], half["old_confirmed"], half["email_masked"]) == (True, True, False, "a…@n….example")
    assert (await both.bench.get(volunteer, "/api/v1/me")).json()["email"] == "ana@new.example"
    assert (await both.sign_in("ana@new.example")).status_code == 201 and (await both.sign_in("ana@old.example")).status_code == 401
    assert (await confirm(both, mails["old"])).status_code == 404


async def test_an_address_of_somebody_else_is_asked_alike_and_never_taken(town: Town) -> None:
    volunteer = await town.person("volunteer", email="ana@old.example")
    await town.person("volunteer", email="ben@town.example")

    asked = await town.bench.post(volunteer, "/api/v1/me/email-change", {"email": "ben@town.example"})
    mails = await change_mails(town)
    await confirm(town, mails["new"])
    refused = await confirm(town, mails["old"])

    assert (asked.status_code, refused.status_code) == (202, 409)
    assert (await town.bench.get(volunteer, "/api/v1/me")).json()["email"] == "ana@old.example"


async def test_a_change_is_asked_once_in_five_minutes_taken_back_and_over_after_a_day(town: Town, clock: TestClock) -> None:
    volunteer = await town.person("volunteer", email="ana@old.example")
    same = await town.bench.post(volunteer, "/api/v1/me/email-change", {"email": "ana@old.example"})
    await town.bench.post(volunteer, "/api/v1/me/email-change", {"email": "one@new.example"})
    often = await town.bench.post(volunteer, "/api/v1/me/email-change", {"email": "two@new.example"})
    mails = await change_mails(town)

    clock.forward(days=1, minutes=1)
    late = await confirm(town, mails["new"])
    kept = await town.bench.call(volunteer, "DELETE", "/api/v1/me/email-change")

    assert [each.status_code for each in (same, often, late, kept)] == [422, 409, 404, 204]
    assert (await town.bench.get(volunteer, "/api/v1/me/email-change")).json()["waiting"] is False
    assert not any("@" in event.model_dump_json() for event in await town.bench.queued())


async def test_a_member_leaves_the_team_and_only_the_own_team_takes_somebody_out(town: Town) -> None:
    actor, elsewhere = await town.actor(), await town.actor()
    member, colleague = await town.person("member", actor=actor), await town.person("member", actor=actor)
    stranger, coordinator = await town.person("member", actor=elsewhere), await town.person("coordinator", actor=actor)

    seen = [
        (await town.bench.post(who, f"/api/v1/accounts/{whom.id}/leave-team")).status_code
        for who, whom in (
            (stranger, colleague),
            (Caller(), colleague),
            (member, coordinator),
            (member, colleague),
            (member, member),
            (member, member),
        )
    ]
    left = await town.bench.get(colleague, "/api/v1/me")

    assert seen == [404, 401, 403, 200, 200, 403]
    assert (left.json()["role"], left.json()["actor_id"]) == ("volunteer", None)


async def test_an_export_says_that_there_is_a_calendars_address_and_not_which(town: Town) -> None:
    volunteer = await town.person("volunteer")
    token = (await town.bench.post(volunteer, "/api/v1/me/calendar-feed")).json()["token"]

    export = await town.bench.get(volunteer, "/api/v1/me/export")

    assert export.json()["calendar_address_since"] and token not in export.text
