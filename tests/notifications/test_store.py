"""Webhook and preference rows on both databases: claims, versions, cascades."""

import asyncio

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, TestClock, account, api_client
from contracts import matching, people
from services.notifications.catcher import MailCatcher

from .conftest import a_match

MATCH = "hub.matching.match.confirmed.v1"


@pytest.fixture
def kind(database_kind: str) -> str:
    return database_kind


async def test_a_webhook_lives_and_goes_with_its_deliveries(bench: Bench) -> None:
    actor = new_id()
    client = api_client("matches", actor=actor)
    made = (await bench.post(client, "/api/v1/webhooks", {"url": "https://192.0.2.1.invalid/", "events": [MATCH]})).json()
    path = f"/api/v1/webhooks/{made['id']}"
    await bench.hear(a_match(provider_actor_id=actor), times=2)
    await bench.hear(a_match(provider_actor_id=actor))
    await bench.run_timer("call webhooks")

    first = await bench.get(client, path + "/deliveries?limit=1")
    second = await bench.get(client, first.headers["link"].split(">")[0].strip("<"))
    rotated = await bench.post(client, path + "/rotate")
    gone = await bench.call(client, "DELETE", path, headers={"If-Match": '"2"'})

    assert [item["error"] for item in (*first.json()["items"], *second.json()["items"])] == ["name_unknown"] * 2
    assert "link" not in second.headers
    assert (rotated.status_code, rotated.json()["version"], gone.status_code) == (200, 2, 204)
    assert (await bench.get(client, path + "/deliveries")).status_code == 404


async def test_of_many_who_change_the_same_choices_one_wins(bench: Bench) -> None:
    caller = account("volunteer")

    async def choose(email: str) -> int:
        body = {"items": [{"kind": "match_started", "email": email}]}
        return (await bench.call(caller, "PUT", "/api/v1/subscriptions", json=body, headers={"If-Match": '"0"'})).status_code

    answers = await asyncio.gather(*(choose("now") for _ in range(5)))

    assert sorted(answers)[0] == 200
    assert set(answers[1:] + answers[:1]) <= {200, 409, 412}
    assert answers.count(200) == 1


async def test_mails_and_daily_mails_are_claimed_and_finished(bench: Bench, catcher: MailCatcher, clock: TestClock) -> None:
    recorder = new_id()
    ready = {"version": 1, "case_id": new_id(), "category": "x", "count": 1, "recorded_by": recorder}
    for _ in range(2):
        await bench.hear(matching.NeedProposalsReadyV1(need_id=new_id(), **ready))  # type: ignore[arg-type]
    await bench.hear(a_match(provider_account_id=recorder))
    clock.forward(days=1)

    await bench.run_timer("gather daily mails")
    await bench.run_timer("deliver mail")

    assert sorted(mail.subject for mail in catcher.messages()) == ["News of the day", "You have a request to answer"]


async def test_erasing_and_forgetting_work_on_this_database(bench: Bench, clock: TestClock) -> None:
    actor = new_id()
    await bench.post(api_client("matches", actor=actor), "/api/v1/webhooks", {"url": "https://192.0.2.1.invalid/", "events": [MATCH]})
    event = a_match(provider_actor_id=actor, recorded_by=new_id())
    await bench.hear(event)

    erased = await bench.hear(people.PersonErasedV1(subject_kind="account", subject_id=event.recorded_by))
    clock.forward(days=40)
    await bench.run_timer("forget old messages")
    await bench.run_timer("gather daily mails")

    assert erased.outcome == ["ack"]
