"""An administrator corrects the address of somebody who reads neither mailbox: told at both, confirmed at the new one, never their own."""

import pytest

from chassis.identity import Caller
from chassis.testing import TestClock, anonymous
from tests.people.conftest import PASSWORD, Town
from tests.people.test_service_links import change_mails, confirm

OLD, NEW = "ana@gone.example", "ana.canary@new.example"


async def correct(town: Town, who: Caller, whom: Caller, email: str = NEW) -> int:
    answer = await town.bench.post(who, f"/api/v1/accounts/{whom.id}/email-correction", {"email": email})
    assert email not in answer.text
    return int(answer.status_code)


async def test_a_corrected_address_is_used_once_it_was_confirmed_there_and_sessions_end(both: Town) -> None:
    admin = await both.person("admin")
    ana = await both.person("volunteer", email=OLD, password=PASSWORD)
    token = (await both.sign_in(OLD)).json()["access_token"]

    asked = await correct(both, admin, ana)
    signed_out = not (await both.introspect(token))["active"]
    mails = await change_mails(both)
    before = [(await both.sign_in(email)).status_code for email in (OLD, NEW)]
    useless = await confirm(both, mails["old"])
    done = await confirm(both, mails["new"])

    assert asked == 202 and signed_out and before == [201, 401]
    assert [mails[side]["email"] for side in ("old", "new")] == [OLD, NEW]
    assert useless.status_code == 404 and done.json() == {"done": True}
    assert [(await both.sign_in(email)).status_code for email in (OLD, NEW)] == [401, 201]
    assert {"email_change.corrected", "email_change.done"} <= set(await both.bench.audit_actions())


async def test_sessions_that_began_with_the_old_address_end_when_the_new_one_holds(town: Town) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD, password=PASSWORD)
    await correct(town, admin, ana)
    token = (await town.sign_in(OLD)).json()["access_token"]

    await confirm(town, (await change_mails(town))["new"])

    assert (await town.introspect(token))["active"] is False


async def test_the_holder_may_keep_the_present_address(town: Town, clock: TestClock) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD, password=PASSWORD)
    await correct(town, admin, ana)
    mails = await change_mails(town)

    kept = await town.bench.call(ana, "DELETE", "/api/v1/me/email-change")

    assert kept.status_code == 204 and (await confirm(town, mails["new"])).status_code == 404
    assert (await town.sign_in(OLD)).status_code == 201


async def test_a_wrong_new_address_is_corrected_at_once_and_one_that_nobody_confirms_is_over_after_a_day(town: Town, clock: TestClock) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD)
    first = await correct(town, admin, ana, "typo@new.example")
    typo = (await change_mails(town))["new"]

    second = await correct(town, admin, ana)
    late = (await change_mails(town))["new"]
    of_typo = await confirm(town, typo)
    clock.forward(days=1, minutes=1)

    assert (first, second, of_typo.status_code, (await confirm(town, late)).status_code) == (202, 202, 404, 404)


@pytest.mark.parametrize("role", ["volunteer", "member", "coordinator", "observer"])
async def test_only_administrators_correct_addresses(town: Town, role: str) -> None:
    ana = await town.person("volunteer", email=OLD)

    assert await correct(town, await town.person(role), ana) == 403
    assert await correct(town, anonymous(), ana) == 401


async def test_an_administrator_never_corrects_their_own_so_the_last_one_stays_reachable(town: Town) -> None:
    admin = await town.person("admin", email=OLD, password=PASSWORD)

    alone = await correct(town, admin, admin)
    other = await town.person("admin")
    by_the_other = await correct(town, other, admin)

    assert (alone, by_the_other) == (409, 202)


@pytest.mark.parametrize(("email", "status"), [(OLD, 409), ("no address", 422), ("ben@town.example", 409)])
async def test_an_address_that_cannot_be_used_is_refused_at_once(town: Town, email: str, status: int) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD)
    await town.person("volunteer", email="ben@town.example")

    assert await correct(town, admin, ana, email) == status
    assert not any(type(event).__name__ == "AccountEmailChangeRequestedV1" for event in await town.bench.queued())


async def test_an_account_that_may_not_sign_in_gets_no_other_address(town: Town) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD)
    disabled = await town.bench.patch(admin, f"/api/v1/accounts/{ana.id}", {"active": False}, version=2)

    assert (disabled.status_code, await correct(town, admin, ana)) == (200, 409)


async def test_events_and_the_audit_trail_hold_neither_address(town: Town) -> None:
    admin, ana = await town.person("admin"), await town.person("volunteer", email=OLD)
    await correct(town, admin, ana)

    told = [event for event in await town.bench.queued() if type(event).__name__ == "AccountEmailChangeRequestedV1"]

    assert [event.corrected for event in told] == [True]  # type: ignore[attr-defined]
    assert not any("@" in event.model_dump_json() for event in await town.bench.queued())
