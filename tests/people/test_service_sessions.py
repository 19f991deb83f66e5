"""Signing in: right and wrong passwords, slow-down, second factor, revocation, introspection, new passwords."""

import time
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from chassis.identity import Caller
from chassis.testing import TestClock, anonymous
from contracts.people import AccountResetRequestedV1

EMAIL = "ana.petrova@association.example"
PASSWORD = "tulip canyon marble drift"
NEW = "violet harbour seven lanterns"


async def test_a_session_can_be_introspected_until_it_is_ended(both: Any) -> None:
    me = await both.person("volunteer", email=EMAIL, password=PASSWORD)
    session = (await both.sign_in(EMAIL)).json()

    before = await both.introspect(session["access_token"])
    listed = (await both.bench.get(me, "/api/v1/sessions", headers={"hub-session": session["session_id"]})).json()["items"]
    ended = await both.bench.call(me, "DELETE", "/api/v1/sessions/current", headers={"hub-session": session["session_id"]})
    after = await both.introspect(session["access_token"])

    assert (session["token_type"], session["second_factor"], session["expires_in"]) == ("Bearer", "none", 43200)
    assert before["active"] and (before["kind"], before["id"], before["role"]) == ("account", me.id, "volunteer")
    assert before["session_id"] == session["session_id"] and before["second_factor_missing"] is False
    assert [(item["id"], item["current"]) for item in listed] == [(session["session_id"], True)]
    assert (ended.status_code, after["active"], after["id"]) == (204, False, None)


async def test_somebody_elses_session_cannot_be_ended(town: Any) -> None:
    await town.person("volunteer", email=EMAIL, password=PASSWORD)
    session = (await town.sign_in(EMAIL)).json()
    stranger = await town.person("volunteer")

    response = await town.bench.call(stranger, "DELETE", f"/api/v1/sessions/{session['session_id']}")
    none = await town.bench.call(stranger, "DELETE", "/api/v1/sessions/current")

    assert (response.status_code, none.status_code) == (404, 404)
    assert (await town.introspect(session["access_token"]))["active"]


async def test_sessions_end_by_idling_and_at_the_latest_after_their_lifetime(town: Any, clock: TestClock) -> None:
    await town.person("volunteer", email=EMAIL, password=PASSWORD)
    idle, used = (await town.sign_in(EMAIL)).json()["access_token"], (await town.sign_in(EMAIL)).json()["access_token"]

    for _ in range(3):
        clock.forward(minutes=20)
        assert (await town.introspect(used))["active"]
    idled = await town.introspect(idle)
    for _ in range(34):
        clock.forward(minutes=20)
        last = await town.introspect(used)

    assert (idled["active"], last["active"]) == (False, False)


async def test_introspection_writes_at_most_once_a_minute(town: Any, clock: TestClock) -> None:
    await town.person("volunteer", email=EMAIL, password=PASSWORD)
    token = (await town.sign_in(EMAIL)).json()["access_token"]

    async def seen() -> Any:
        async with town.service.database.reading() as session:
            return (await session.execute(text("SELECT last_seen_at FROM session"))).scalar_one()

    first = await seen()
    clock.forward(seconds=30)
    await town.introspect(token)
    unchanged = await seen()
    clock.forward(seconds=31)
    await town.introspect(token)

    assert (unchanged, await seen() != first) == (first, True)


@pytest.mark.parametrize("path", ["/internal/v1/introspect", "/internal/v1/addresses"])
async def test_internal_questions_are_answered_to_their_own_asker_alone(town: Any, path: str) -> None:
    body = (
        {"token": "x"} if "introspect" in path else {"recipient_kind": "account", "recipient_id": str(Caller().id or "0" * 32), "event_id": "0" * 32}
    )
    for caller in (anonymous(), await town.person("admin")):
        response = await town.bench.post(caller, path, body)

        assert response.status_code == 403
    as_gateway = await town.bench.post(Caller(kind="service", id="gateway"), path, body)
    assert as_gateway.status_code == (200 if "introspect" in path else 403)
    assert (await town.bench.post(None, path, body)).status_code == 401


async def test_wrong_and_unknown_are_one_answer_and_take_as_long(make_town: Any) -> None:
    town = await make_town(password_cost="normal")
    await town.person("volunteer", email=EMAIL, password=PASSWORD)
    spent: dict[str, float] = {}
    answers = []

    for email in (EMAIL, "nobody@town.example", "no address"):
        started = time.perf_counter()
        answers.append(await town.sign_in(email, "wrong horse battery staple"))
        spent[email] = time.perf_counter() - started

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert min(spent.values()) > 0.02


async def test_guessing_is_slowed_also_in_a_burst_and_the_owner_at_the_usual_place_is_not(both: Any, clock: TestClock) -> None:
    await both.person("volunteer", email=EMAIL, password=PASSWORD)
    await both.sign_in(EMAIL, headers={"hub-source": "198.51.100.1"})
    import asyncio

    answers = await asyncio.gather(*(both.sign_in(EMAIL, f"guess number {n} of many", headers={"hub-source": "203.0.113.9"}) for n in range(30)))
    from_elsewhere = await both.sign_in(EMAIL, headers={"hub-source": "203.0.113.9"})
    from_home = await both.sign_in(EMAIL, headers={"hub-source": "198.51.100.1"})

    evaluated = [answer for answer in answers if answer.status_code == 401]
    assert 5 <= len(evaluated) <= 7
    assert (from_elsewhere.status_code, from_home.status_code) == (429, 201)
    assert int(from_elsewhere.headers["retry-after"]) > 0
    clock.forward(hours=25)
    assert (await both.sign_in(EMAIL, headers={"hub-source": "203.0.113.9"})).status_code == 201


async def test_unknown_addresses_are_slowed_alike(town: Any) -> None:
    statuses = [(await town.sign_in("nobody@town.example", "guess guess guess")).status_code for _ in range(7)]

    assert statuses == [401] * 5 + [429] * 2


async def set_up(town: Any, me: Caller, clock: TestClock) -> tuple[str, Any]:
    begun = (await town.bench.post(me, "/api/v1/me/second-factor", {})).json()
    proven = await town.bench.post(me, "/api/v1/me/second-factor/confirm", {"code": pyotp.TOTP(begun["secret"]).at(clock())})
    assert proven.status_code == 200, proven.text
    return begun["secret"], proven.json()


async def test_staff_must_set_a_second_factor_up_and_then_sign_in_with_it(make_town: Any, clock: TestClock, database_kind: str) -> None:
    town = await make_town(database_kind, second_factor_required=True)
    me = await town.person("coordinator", email=EMAIL, password=PASSWORD)
    first = (await town.sign_in(EMAIL)).json()
    missing = await town.introspect(first["access_token"])
    secret, proven = await set_up(town, me, clock)

    clock.forward(seconds=60)
    without = await town.sign_in(EMAIL)
    wrong = await town.sign_in(EMAIL, code="000000")
    code = pyotp.TOTP(secret).at(clock())
    right = await town.sign_in(EMAIL, code=code)
    replayed = await town.sign_in(EMAIL, code=code)
    by_recovery = await town.sign_in(EMAIL, code=proven["recovery_codes"][0])
    twice = await town.sign_in(EMAIL, code=proven["recovery_codes"][0])

    assert (first["second_factor"], missing["second_factor_missing"]) == ("setup_required", True)
    assert (await town.introspect(first["access_token"]))["active"] is False
    assert (await town.introspect(proven["access_token"]))["second_factor_missing"] is False
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_needed")
    assert (wrong.status_code, right.status_code, replayed.status_code, by_recovery.status_code, twice.status_code) == (401, 201, 401, 201, 401)
    assert right.json()["second_factor"] == "required" and len(proven["recovery_codes"]) == 10


async def test_a_factor_is_replaced_renewed_and_removed_only_with_a_code(town: Any, clock: TestClock) -> None:
    me = await town.person("volunteer", email=EMAIL, password=PASSWORD)
    secret, proven = await set_up(town, me, clock)

    stolen = await town.bench.post(me, "/api/v1/me/second-factor", {})
    clock.forward(seconds=60)
    renewed = await town.bench.post(me, "/api/v1/me/second-factor/recovery-codes", {"code": pyotp.TOTP(secret).at(clock())})
    old = await town.bench.post(me, "/api/v1/me/second-factor/recovery-codes", {"code": proven["recovery_codes"][3]})
    removed = await town.bench.call(me, "DELETE", "/api/v1/me/second-factor", json={"code": renewed.json()["recovery_codes"][0]})

    assert stolen.json()["code"] == "second_factor_needed"
    assert (renewed.status_code, old.status_code, removed.status_code) == (200, 401, 204)
    assert (await town.sign_in(EMAIL)).json()["second_factor"] == "none"


async def test_staff_cannot_remove_the_factor_and_nothing_is_confirmed_that_was_not_begun(make_town: Any, clock: TestClock) -> None:
    town = await make_town(second_factor_required=True)
    me = await town.person("admin", email=EMAIL, password=PASSWORD)
    unbegun = await town.bench.post(me, "/api/v1/me/second-factor/confirm", {"code": "123456"})
    secret, _ = await set_up(town, me, clock)

    clock.forward(seconds=60)
    removed = await town.bench.call(me, "DELETE", "/api/v1/me/second-factor", json={"code": pyotp.TOTP(secret).at(clock())})

    assert (unbegun.status_code, removed.status_code) == (409, 409)


async def test_the_set_up_shows_a_picture_and_the_secret_is_sealed_at_rest(town: Any, clock: TestClock) -> None:
    me = await town.person("volunteer", email=EMAIL, password=PASSWORD)

    begun = (await town.bench.post(me, "/api/v1/me/second-factor", {})).json()

    assert begun["qr_svg"].startswith("<svg") and begun["uri"].startswith("otpauth://totp/")
    async with town.service.database.reading() as session:
        pending = (await session.execute(text("SELECT pending FROM second_factor"))).scalar_one()
    assert begun["secret"].encode() not in bytes(pending)


async def test_changing_the_password_needs_the_present_one_and_ends_the_other_sessions(town: Any) -> None:
    me = await town.person("volunteer", email=EMAIL, password=PASSWORD)
    here, there = (await town.sign_in(EMAIL)).json(), (await town.sign_in(EMAIL)).json()
    headers = {"hub-session": here["session_id"]}

    wrong = await town.bench.post(me, "/api/v1/me/password", {"current_password": "wrong", "new_password": NEW}, headers=headers)
    weak = await town.bench.post(me, "/api/v1/me/password", {"current_password": PASSWORD, "new_password": "short"}, headers=headers)
    right = await town.bench.post(me, "/api/v1/me/password", {"current_password": PASSWORD, "new_password": NEW}, headers=headers)

    assert (wrong.status_code, weak.status_code, right.status_code) == (422, 422, 200)
    assert weak.json()["errors"][0]["pointer"] == "/new_password"
    assert (await town.introspect(here["access_token"]))["active"] and not (await town.introspect(there["access_token"]))["active"]
    assert ((await town.sign_in(EMAIL)).status_code, (await town.sign_in(EMAIL, NEW)).status_code) == (401, 201)


async def test_a_new_password_by_mail(both: Any) -> None:
    await both.person("volunteer", email=EMAIL, password=PASSWORD)
    token = (await both.sign_in(EMAIL)).json()["access_token"]
    known = await both.bench.post(anonymous(), "/api/v1/password-resets", {"email": EMAIL})
    unknown = await both.bench.post(anonymous(), "/api/v1/password-resets", {"email": "nobody@town.example"})
    await both.bench.run_timer("answer resets")
    event = next(event for event in await both.bench.queued() if isinstance(event, AccountResetRequestedV1))
    address = (await both.address("reset", event.reset_id, (await both.event_ids("AccountResetRequestedV1"))[0])).json()

    done = await both.bench.post(anonymous(), "/api/v1/password-resets/complete", {"token": address["link_token"], "password": NEW})
    again = await both.bench.post(anonymous(), "/api/v1/password-resets/complete", {"token": address["link_token"], "password": NEW})

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (202, {"done": True})
    assert (address["email"], done.status_code, again.status_code) == (EMAIL, 200, 404)
    assert (await both.introspect(token))["active"] is False
    assert ((await both.sign_in(EMAIL)).status_code, (await both.sign_in(EMAIL, NEW)).status_code) == (401, 201)


async def test_a_reset_link_is_bounded_in_time_and_number(town: Any, clock: TestClock) -> None:
    await town.person("volunteer", email=EMAIL, password=PASSWORD)
    for _ in range(6):
        await town.bench.post(anonymous(), "/api/v1/password-resets", {"email": EMAIL})
        await town.bench.run_timer("answer resets")
    events = [event for event in await town.bench.queued() if isinstance(event, AccountResetRequestedV1)]
    token = (await town.address("reset", events[-1].reset_id, (await town.event_ids("AccountResetRequestedV1"))[-1])).json()["link_token"]

    clock.forward(hours=2)
    late = await town.bench.post(anonymous(), "/api/v1/password-resets/complete", {"token": token, "password": NEW})

    assert (len(events), late.status_code) == (3, 404)
