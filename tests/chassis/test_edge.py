"""The edge: transactions, idempotency, versions, problems, over both databases."""

import asyncio
import hashlib

import pytest
import toy
from sqlalchemy import func, select

from chassis.testing import Bench, FakeDelivery, TestClock, account, anonymous


async def bells(bench: Bench) -> int:
    async with bench.service.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(toy.bell))).scalar_one()


async def test_a_write_answers_after_data_event_and_audit_are_committed_together(bench: Bench) -> None:
    caller = account("coordinator")

    response = await bench.post(caller, "/bells", {"name": "Great Peter"})

    assert response.status_code == 201
    assert response.headers["etag"] == '"1"'
    assert await bells(bench) == 1
    assert [type(event) for event in await bench.queued()] == [toy.BellHungV1]
    assert await bench.audit_actions() == ["bell.hung"]


@pytest.mark.parametrize("name", ["cracked", "broken"])
async def test_a_refused_or_failed_write_leaves_nothing_behind(bench: Bench, name: str) -> None:
    response = await bench.post(account("coordinator"), "/bells", {"name": name})

    assert response.status_code == {"cracked": 409, "broken": 500}[name]
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert await bells(bench) == 0
    assert await bench.queued() == []
    assert await bench.audit_actions() == []


async def test_the_same_idempotency_key_gives_the_same_answer_once(bench: Bench) -> None:
    caller, headers = account("coordinator"), {"Idempotency-Key": "k1"}

    answers = await asyncio.gather(*(bench.post(caller, "/bells", {"name": "Emma"}, headers=headers) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await bells(bench) == 1


async def test_a_key_used_for_another_body_is_refused_and_a_failed_call_gives_its_key_back(bench: Bench) -> None:
    caller, headers = account("coordinator"), {"Idempotency-Key": "k1"}
    failed = await bench.post(caller, "/bells", {"name": "cracked"}, headers=headers)

    first = await bench.post(caller, "/bells", {"name": "Emma"}, headers=headers)
    other = await bench.post(caller, "/bells", {"name": "Maria"}, headers=headers)

    assert (failed.status_code, first.status_code, other.status_code) == (409, 201, 422)
    assert other.json()["code"] == "key_reused"


async def test_a_key_of_a_dead_request_is_taken_over_after_its_lease(bench: Bench, clock: TestClock) -> None:
    caller = account("coordinator")
    raw = b'{"name":"Emma"}'
    fingerprint = hashlib.sha256(b"\0".join((b"POST", b"/bells", raw))).hexdigest()
    await bench.service.keys.claim(caller.principal, "k1", fingerprint, clock())
    clock.forward(seconds=11)

    response = await bench.post(caller, "/bells", None, content=raw, headers={"Idempotency-Key": "k1", "Content-Type": "application/json"})

    assert response.status_code == 201


async def test_a_change_needs_the_version_that_was_read(bench: Bench) -> None:
    caller = account("coordinator")
    made = (await bench.post(caller, "/bells", {"name": "Emma"})).json()
    path = f"/bells/{made['id']}"

    without = await bench.call(caller, "PUT", path, json={"name": "Maria"})
    right = await bench.call(caller, "PUT", path, json={"name": "Maria"}, headers={"If-Match": '"1"'})
    stale = await bench.call(caller, "PUT", path, json={"name": "Anna"}, headers={"If-Match": '"1"'})

    assert (without.status_code, right.status_code, stale.status_code) == (428, 200, 412)


async def test_a_reader_who_has_the_version_gets_304(bench: Bench) -> None:
    caller = account("coordinator")
    made = (await bench.post(caller, "/bells", {"name": "Emma"})).json()

    response = await bench.get(caller, f"/bells/{made['id']}", headers={"If-None-Match": '"1"'})

    assert response.status_code == 304


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "missing"),
        ({"name": ""}, "/name", "string_too_short"),
        ({"name": 3}, "/name", "string_type"),
        ({"name": "x", "passport": "AB123"}, "/passport", "extra_forbidden"),
        ({"name": "x", "Amina Diallo, rue Thiers 4": 1}, "/?", "extra_forbidden"),
        ({"name": "nul\x00"}, "", "string_characters"),
    ],
)
async def test_bad_fields_are_named_and_never_echoed(bench: Bench, body: dict[str, object], pointer: str, code: str) -> None:
    response = await bench.post(account("coordinator"), "/bells", body)

    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert "AB123" not in response.text and "Amina" not in response.text


async def test_a_second_record_with_the_same_natural_key_is_a_conflict(bench: Bench) -> None:
    await bench.post(account("coordinator"), "/bells", {"name": "Emma"})

    response = await bench.post(account("coordinator"), "/bells", {"name": "Emma"})

    assert response.status_code == 409


async def test_a_call_without_identity_or_with_a_foreign_one_is_refused(bench: Bench) -> None:
    without = await bench.get(None, "/whoami")
    forged = await bench.call(None, "GET", "/whoami", headers={"hub-identity": "eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5In0."})
    anybody = await bench.get(anonymous(), "/whoami")

    assert (without.status_code, forged.status_code, anybody.status_code) == (401, 401, 200)
    assert anybody.json()["kind"] == "anonymous"


async def test_an_event_is_handled_once_however_often_it_comes(bench: Bench) -> None:
    event = toy.BellHungV1(bell_id="01890000-0000-7000-8000-000000000001", version=1)

    delivery = await bench.hear(event, times=3)

    async with bench.service.database.reading() as session:
        assert (await session.execute(select(toy.echo.c.heard))).scalars().all() == [1]
    assert delivery.outcome == ["ack", "ack", "ack"]


async def test_a_handler_that_always_fails_ends_in_the_dead_letters_and_changes_nothing(bench: Bench) -> None:
    event = toy.BellHungV1(bell_id="01890000-0000-7000-8000-000000000001", version=13)

    delivery = await bench.hear(event, times=5)

    assert delivery.outcome == ["nak"] * 4 + ["term"]
    assert await bench.dead_letters() == ["failed 5 times: RuntimeError"]
    async with bench.service.database.reading() as session:
        assert (await session.execute(select(toy.echo.c.heard))).scalars().all() == []


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[]", b'{"specversion":"1.0"}', b"[" * 50_000, b'{"specversion":"2.0"}'])
async def test_a_poison_message_is_a_dead_letter_at_once(bench: Bench, raw: bytes) -> None:
    delivery = FakeDelivery("hub.actors.bell.hung.v1", raw)

    await bench.hear_raw(delivery)

    assert delivery.outcome == ["term"]
    assert len(await bench.dead_letters()) == 1


async def test_the_openapi_document_declares_problems(bench: Bench) -> None:
    response = await bench.get(account("admin"), "/openapi.json")

    operation = response.json()["paths"]["/bells"]["post"]
    assert operation["operationId"] == "hang_bell"
    assert set(operation["responses"]) >= {"201", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"}
    assert "application/problem+json" in operation["responses"]["422"]["content"]


async def test_a_service_is_ready_while_a_long_write_goes_on(bench: Bench) -> None:
    async with bench.service.database.writing():
        response = await bench.get(account("admin"), "/readyz")

    assert response.json()["checks"]["database"] == "ok"
    assert response.json()["checks"]["migrations"] != "away"
