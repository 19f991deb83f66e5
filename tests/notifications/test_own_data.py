"""What notifications keeps about the holder of an account: inbox, choices, mails by kind and date, webhooks; no address of anybody."""

from chassis.identity import Caller
from chassis.testing import Bench, account, anonymous
from contracts import matching
from tests.notifications.conftest import CANARY, a_match, an_account


async def test_an_account_gets_its_notices_choices_mails_and_webhooks_and_nobody_else_does(bench: Bench) -> None:
    told = an_account("admin", version=1)
    mine, other = account("admin", account_id=told.account_id), account("admin")
    volunteer = an_account("volunteer")
    await bench.hear(told)
    await bench.hear(volunteer)
    await bench.hear(a_match(matching.MatchConfirmedV1, provider_account_id=volunteer.account_id))
    chosen = {"items": [{"kind": "request_to_answer", "in_app": True, "email": "daily"}]}
    await bench.call(mine, "PUT", "/api/v1/subscriptions", json=chosen, headers={"If-Match": '"0"'})
    await bench.post(mine, "/api/v1/webhooks", {"url": "https://city.example/hook", "events": ["hub.matching.offer.posted.v1"]})

    of_admin = await bench.get(mine, f"/internal/v1/accounts/{mine.id}/data")
    helper = account("volunteer", account_id=volunteer.account_id)
    of_helper = await bench.get(helper, f"/internal/v1/accounts/{helper.id}/data")
    refused = [await bench.get(who, f"/internal/v1/accounts/{mine.id}/data") for who in (other, anonymous(), Caller(kind="service", id="gateway"))]

    kept = of_admin.json()["kept"]
    assert [row["url"] for row in kept["webhooks"]] == ["https://city.example/hook"] and "secret" not in of_admin.text
    assert kept["preferences"][0]["choices"] == {"request_to_answer": {"in_app": True, "email": "daily"}}
    assert [row["kind"] for row in of_helper.json()["kept"]["mails"]] == ["request_to_answer"]
    assert [row["kind"] for row in of_helper.json()["kept"]["notices"]] == ["request_to_answer"]
    assert CANARY not in of_helper.text and [answer.status_code for answer in refused] == [403, 403, 403]
