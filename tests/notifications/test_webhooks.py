"""Webhooks over a real https connection: signed, retried, switched off; and only for who may hear."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from standardwebhooks import Webhook as Signature

from chassis.identity import Caller
from chassis.ids import new_id
from chassis.testing import Bench, Databases, TestClock, account, anonymous, api_client, bench_for, settings_for_tests
from chassis.work import utc_now
from contracts import matching, people
from contracts.notifications import WebhookDisabledV1
from services.notifications.app import build
from services.notifications.settings import Settings
from services.notifications.tables import NoticeRow, WebhookCallRow

from .conftest import Vault, a_match, an_account, an_offer
from .receiver import Receiver, make_certificate

ACTOR = new_id()
CLIENT = api_client("read", "offers", "needs", "matches", actor=ACTOR)
MATCH, OFFER = "hub.matching.match.confirmed.v1", "hub.matching.offer.posted.v1"


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = await receiver.start(*make_certificate(tmp_path))
    yield receiver
    await runner.cleanup()


@pytest.fixture
def more_settings(tmp_path: Path, receiver: Receiver) -> dict[str, object]:
    return {"webhook_allow_private": True, "webhook_ca_file": tmp_path / "receiver.pem", "webhook_seconds": 3}


@pytest.fixture
def clock() -> TestClock:
    """Signatures carry the time, and their reader compares it with the wall clock."""
    return TestClock(utc_now())


async def set_up(bench: Bench, url: str, *events: str, caller: Caller = CLIENT) -> dict[str, Any]:
    response = await bench.post(caller, "/api/v1/webhooks", {"url": url, "events": list(events or [MATCH])})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def calls(bench: Bench) -> list[tuple[str, int, int | None, str | None]]:
    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(WebhookCallRow).order_by(WebhookCallRow.created_at, WebhookCallRow.id))).scalars().all()
    return [(row.state, row.attempts, row.status, row.error) for row in rows]


async def test_an_event_arrives_signed_as_the_envelope_that_was_heard_and_once(bench: Bench, receiver: Receiver) -> None:
    webhook, event_id = await set_up(bench, receiver.url), new_id()
    event = a_match(provider_actor_id=ACTOR)
    await bench.hear(event, event_id=event_id, times=3)

    await bench.run_timer("call webhooks")
    await bench.run_timer("call webhooks")

    ((headers, body),) = receiver.heard
    assert Signature(webhook["secret"]).verify(body, headers)
    assert headers["webhook-id"] == str(event_id)
    assert headers["content-type"].startswith("application/cloudevents+json")
    sent = json.loads(body)
    assert (sent["type"], sent["id"], sent["subject"]) == (MATCH, str(event_id), str(event.match_id))
    assert matching.MatchConfirmedV1.model_validate(sent["data"]) == event
    assert await calls(bench) == [("sent", 1, 204, None)]


async def test_the_texts_of_an_offer_are_not_sent(bench: Bench, receiver: Receiver) -> None:
    await set_up(bench, receiver.url, OFFER)
    await bench.hear(an_offer(title={"en": "Room canary"}, description={"en": "Call canary"}))

    await bench.run_timer("call webhooks")

    assert "canary" not in receiver.heard[0][1]
    assert matching.OfferPostedV1.model_validate(json.loads(receiver.heard[0][1])["data"])


async def test_a_client_hears_nothing_of_other_actors(bench: Bench, receiver: Receiver) -> None:
    await set_up(bench, receiver.url, MATCH, "hub.matching.need.posted.v1")
    other = new_id()

    await bench.hear(a_match(provider_actor_id=other, case_actor_id=other))
    await bench.hear(
        matching.NeedPostedV1(need_id=new_id(), version=1, case_id=new_id(), category="x", size=1, urgency="low", state="open", actor_id=other)
    )
    await bench.run_timer("call webhooks")

    assert receiver.heard == []


async def test_an_admins_webhook_stops_with_their_role(bench: Bench, receiver: Receiver) -> None:
    admin = account("admin")
    await set_up(bench, receiver.url, MATCH, caller=admin)
    await bench.hear(a_match())
    await bench.hear(an_account("coordinator", account_id=admin.id, version=2))
    await bench.hear(a_match())

    await bench.run_timer("call webhooks")

    assert len(receiver.heard) == 1


async def test_after_a_rotation_both_secrets_verify_until_the_old_one_ends(bench: Bench, receiver: Receiver, clock: TestClock) -> None:
    old = await set_up(bench, receiver.url)
    new = (await bench.post(CLIENT, f"/api/v1/webhooks/{old['id']}/rotate")).json()
    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")
    clock.forward(hours=25)
    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")

    (during, body), (after, _) = receiver.heard
    assert old["secret"] != new["secret"]
    assert all(Signature(secret).verify(body, during) for secret in (old["secret"], new["secret"]))
    assert (len(during["webhook-signature"].split()), len(after["webhook-signature"].split())) == (2, 1)


async def test_a_receiver_that_fails_is_tried_again_with_the_same_id(bench: Bench, receiver: Receiver, clock: TestClock) -> None:
    await set_up(bench, receiver.url)
    receiver.status = 500
    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")
    failed = await calls(bench)
    receiver.status = 200
    clock.forward(seconds=6)

    await bench.run_timer("call webhooks")

    assert failed == [("due", 1, 500, None)]
    assert await calls(bench) == [("sent", 2, 200, None)]
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"status": 302, "location": "https://localhost/elsewhere"}, (302, None)),
        ({"status": 307, "location": "http://169.254.169.254/"}, (307, None)),
        ({"status": 200, "body": b"x" * 70_000}, (200, "answer_too_large")),
        ({"delay": 4}, (None, "timeout")),
    ],
)
async def test_redirects_floods_and_silence_are_failures(
    bench: Bench, receiver: Receiver, answer: dict[str, Any], wanted: tuple[int | None, str | None]
) -> None:
    await set_up(bench, receiver.url)
    for name, value in answer.items():
        setattr(receiver, name, value)
    await bench.hear(a_match(provider_actor_id=ACTOR))

    await bench.run_timer("call webhooks")

    assert await calls(bench) == [("due", 1, *wanted)]
    assert len(receiver.heard) == 1


async def test_410_switches_a_webhook_off_and_tells_the_admins(bench: Bench, receiver: Receiver) -> None:
    admin = an_account("admin")
    await bench.hear(admin)
    webhook = await set_up(bench, receiver.url)
    receiver.status = 410
    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")

    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")

    seen = (await bench.get(CLIENT, f"/api/v1/webhooks/{webhook['id']}")).json()
    ((envelope, event),) = await bench.queued_with_envelopes()
    async with bench.service.database.reading() as session:
        notices = [(row.account_id, row.kind, row.event_id) for row in (await session.execute(select(NoticeRow))).scalars()]
    assert (seen["state"], seen["disabled_reason"], seen["version"]) == ("disabled", "gone", 2)
    assert len(receiver.heard) == 1
    assert isinstance(event, WebhookDisabledV1) and event.reason == "gone"
    assert notices == [(admin.account_id, "webhook_disabled", envelope.id)]


async def test_a_webhook_that_fails_for_days_is_switched_off_and_can_be_switched_on_again(bench: Bench, receiver: Receiver, clock: TestClock) -> None:
    webhook = await set_up(bench, receiver.url)
    receiver.status = 503
    await bench.hear(a_match(provider_actor_id=ACTOR))
    for _ in range(10):
        await bench.run_timer("call webhooks")
        clock.forward(days=1, hours=3)
    off = (await bench.get(CLIENT, f"/api/v1/webhooks/{webhook['id']}")).json()
    receiver.status = 200
    path = f"/api/v1/webhooks/{webhook['id']}"
    on = await bench.patch(CLIENT, path, {"active": True}, version=off["version"])
    await bench.hear(a_match(provider_actor_id=ACTOR))
    await bench.run_timer("call webhooks")

    assert (off["state"], off["disabled_reason"]) == ("disabled", "failing")
    assert (on.json()["state"], on.json()["disabled_reason"]) == ("active", None)
    assert [state for state, *_ in await calls(bench)] == ["failed", "sent"]


async def test_a_call_left_by_a_crash_is_made_again(bench: Bench, receiver: Receiver, clock: TestClock) -> None:
    await set_up(bench, receiver.url)
    await bench.hear(a_match(provider_actor_id=ACTOR))
    async with bench.service.database.writing() as session:
        await session.execute(text("UPDATE webhook_call SET state = 'sending', attempts = 1, lease_until = :now"), {"now": "2026-01-01 00:00:00"})

    await bench.run_timer("call webhooks")

    assert await calls(bench) == [("sent", 2, 204, None)]


async def test_a_test_event_can_be_sent_and_its_delivery_seen(bench: Bench, receiver: Receiver) -> None:
    webhook = await set_up(bench, receiver.url)

    asked = await bench.post(CLIENT, f"/api/v1/webhooks/{webhook['id']}/test")
    await bench.run_timer("call webhooks")
    seen = (await bench.get(CLIENT, f"/api/v1/webhooks/{webhook['id']}/deliveries")).json()["items"]

    assert asked.status_code == 202
    assert [(item["id"], item["state"], item["status"]) for item in seen] == [(asked.json()["id"], "sent", 204)]
    assert json.loads(receiver.heard[0][1])["type"] == "hub.notifications.webhook.test.v1"


async def test_a_delivery_that_ended_is_sent_again_with_the_same_event_id(bench: Bench, receiver: Receiver) -> None:
    webhook = await set_up(bench, receiver.url)
    path = f"/api/v1/webhooks/{webhook['id']}"
    first = (await bench.post(CLIENT, f"{path}/test")).json()
    too_early = await bench.post(CLIENT, f"{path}/deliveries/{first['id']}/resend")
    await bench.run_timer("call webhooks")

    again = await bench.post(account("admin"), f"{path}/deliveries/{first['id']}/resend")

    await bench.run_timer("call webhooks")
    assert (too_early.status_code, again.status_code) == (404, 202)
    assert [heard[0]["webhook-id"] for heard in receiver.heard] == [first["event_id"]] * 2
    other = await bench.post(api_client("read"), f"{path}/deliveries/{first['id']}/resend")
    assert other.status_code == 404


async def test_without_the_setting_loopback_is_not_called_whatever_its_name(databases: Databases, clock: TestClock, receiver: Receiver) -> None:
    settings = Settings(**settings_for_tests(await databases.fresh("sqlite", "notifications"), webhook_seconds=2))
    async with bench_for(lambda: build(settings, Vault(), clock)) as bench:
        await set_up(bench, f"https://2130706433:{receiver.port}/")
        await set_up(bench, receiver.url)
        await bench.hear(a_match(provider_actor_id=ACTOR))

        await bench.run_timer("call webhooks")

        assert [(state, error) for state, _, _, error in await calls(bench)] == [("due", "address_not_public")] * 2
        assert receiver.heard == []


async def test_a_certificate_that_nobody_trusts_is_not_accepted(databases: Databases, clock: TestClock, receiver: Receiver) -> None:
    settings = Settings(**settings_for_tests(await databases.fresh("sqlite", "notifications"), webhook_allow_private=True))
    async with bench_for(lambda: build(settings, Vault(), clock)) as bench:
        await set_up(bench, receiver.url)
        await bench.hear(a_match(provider_actor_id=ACTOR))

        await bench.run_timer("call webhooks")

        assert [(state, error) for state, _, _, error in await calls(bench)] == [("due", "certificate")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://example.org/hook", "events": [MATCH]}, "/url"),
        ({"url": "https://user:canary@example.org/", "events": [MATCH]}, "/url"),
        ({"url": "https://example.org/", "events": []}, "/events"),
        ({"url": "https://example.org/", "events": [MATCH, "hub.matching.gossip.v1"]}, "/events/1"),
        ({"url": "https://example.org/", "events": ["hub.people.account.changed.v1"]}, "/events/0"),
        ({"url": "https://example.org/", "events": ["hub.matching.round.solved.v1"]}, "/events/0"),
        ({"url": "https://example.org/" + "x" * 500, "events": [MATCH]}, "/url"),
        ({"url": "https://example.org/", "events": [MATCH], "secret": "mine"}, "/secret"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_by_field_and_not_echoed(bench: Bench, body: dict[str, Any], pointer: str) -> None:
    response = await bench.post(CLIENT, "/api/v1/webhooks", body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert "canary" not in response.text and "gossip" not in response.text


@pytest.mark.parametrize("caller", [anonymous(), account("volunteer"), account("member"), account("coordinator"), account("observer")])
async def test_only_admins_and_clients_have_webhooks(bench: Bench, caller: Caller) -> None:
    made = await bench.post(caller, "/api/v1/webhooks", {"url": "https://example.org/", "events": [MATCH]})
    seen = await bench.get(caller, "/api/v1/webhooks")

    assert (made.status_code, seen.status_code) == (403, 403)


async def test_another_clients_webhook_is_not_there_and_an_admin_sees_all(bench: Bench) -> None:
    webhook = await set_up(bench, "https://example.org/hook")
    path, other = f"/api/v1/webhooks/{webhook['id']}", api_client("read", "matches", actor=ACTOR)

    answers = [
        await bench.get(other, path),
        await bench.patch(other, path, {"active": False}, version=1),
        await bench.call(other, "DELETE", path, headers={"If-Match": '"1"'}),
        await bench.post(other, path + "/rotate"),
        await bench.post(other, path + "/test"),
        await bench.get(other, path + "/deliveries"),
    ]
    listed = [len((await bench.get(caller, "/api/v1/webhooks")).json()["items"]) for caller in (other, CLIENT, account("admin"))]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert listed == [0, 1, 1]


async def test_a_webhook_is_changed_and_deleted_for_the_version_that_was_read(bench: Bench) -> None:
    webhook = await set_up(bench, "https://example.org/hook")
    path = f"/api/v1/webhooks/{webhook['id']}"

    changed = await bench.patch(CLIENT, path, {"url": "https://example.org/other", "events": [OFFER]}, version=1)
    stale = await bench.patch(CLIENT, path, {"active": False}, version=1)
    without = await bench.patch(CLIENT, path, {"active": False}, version=None)
    bad = await bench.patch(CLIENT, path, {"url": "http://example.org"}, version=2)
    late = await bench.call(CLIENT, "DELETE", path, headers={"If-Match": '"1"'})
    gone = await bench.call(CLIENT, "DELETE", path, headers={"If-Match": '"2"'})

    assert (changed.json()["url"], changed.json()["events"], changed.headers["etag"]) == ("https://example.org/other", [OFFER], '"2"')
    assert "secret" not in changed.json()
    assert [answer.status_code for answer in (stale, without, bad, late, gone)] == [412, 428, 422, 412, 204]
    assert (await bench.get(CLIENT, path)).status_code == 404
    assert await bench.audit_actions() == ["webhook.created", "webhook.changed", "webhook.deleted"]


async def test_an_owner_has_a_limited_number_of_webhooks(bench: Bench) -> None:
    for _ in range(20):
        await set_up(bench, "https://example.org/hook")

    response = await bench.post(CLIENT, "/api/v1/webhooks", {"url": "https://example.org/hook", "events": [MATCH]})

    assert (response.status_code, response.json()["code"]) == (409, "too_many_webhooks")


async def test_a_webhook_that_is_off_gets_no_test(bench: Bench) -> None:
    webhook = await set_up(bench, "https://example.org/hook")
    path = f"/api/v1/webhooks/{webhook['id']}"
    await bench.patch(CLIENT, path, {"active": False}, version=1)

    response = await bench.post(CLIENT, path + "/test")

    assert (response.status_code, response.json()["code"]) == (409, "webhook_is_disabled")


async def test_no_secret_is_stored(bench: Bench, receiver: Receiver) -> None:
    webhook = await set_up(bench, receiver.url)

    async with bench.service.database.reading() as session:
        rows = [str(row) for table in ("webhook", "audit", "idempotency") for row in await session.execute(text(f"SELECT * FROM {table}"))]

    assert not [row for row in rows if webhook["secret"].removeprefix("whsec_")[:20] in row]
    assert not [row for row in rows[1:] if str(receiver.port) in row]


async def test_an_erasure_takes_what_waits_and_names_the_person(bench: Bench, receiver: Receiver) -> None:
    case_id, kept = new_id(), new_id()
    await set_up(bench, receiver.url)
    await bench.hear(a_match(provider_actor_id=ACTOR, case_id=case_id))
    await bench.hear(a_match(provider_actor_id=ACTOR, case_id=kept))

    await bench.hear(people.PersonErasedV1(subject_kind="case", subject_id=case_id))
    await bench.run_timer("call webhooks")

    assert [json.loads(body)["data"]["case_id"] for _, body in receiver.heard] == [str(kept)]


async def test_the_webhooks_of_an_erased_admin_go_with_them(bench: Bench, receiver: Receiver) -> None:
    admin = account("admin")
    await set_up(bench, receiver.url, caller=admin)

    await bench.hear(people.PersonErasedV1(subject_kind="account", subject_id=admin.id))

    assert (await bench.get(account("admin"), "/api/v1/webhooks")).json()["items"] == []
