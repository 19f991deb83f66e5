"""Mails to those who offer help without an account, and the coordinators' notice of what was asked without a name."""

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, account
from contracts import matching, people
from services.notifications.catcher import MailCatcher
from tests.notifications.conftest import CANARY, Vault, an_account


@pytest.mark.parametrize(("known", "subject"), [(False, "Please confirm your offer"), (True, "Sign in and post your offer")])
async def test_whoever_gave_an_address_gets_a_link_and_nothing_of_the_offer(
    bench: Bench, catcher: MailCatcher, vault: Vault, known: bool, subject: str
) -> None:
    vault.token = "to/ken+1"
    registration_id = new_id()
    await bench.hear(people.RegistrationRequestedV1(registration_id=registration_id, known=known, locale="en"))

    await bench.run_timer("deliver mail")
    mail = catcher.messages()[0]

    assert mail.recipient == CANARY and mail.subject == subject
    assert "https://hub.example/offer/confirm/to%2Fken%2B1" in mail.text and "/preferences" not in mail.text
    assert [(asked["recipient_kind"], asked["recipient_id"]) for asked in vault.asked] == [("registration", str(registration_id))]


async def test_coordinators_alone_are_told_of_an_ask_and_the_notice_settles_when_it_is_taken(bench: Bench) -> None:
    coordinator, admin = an_account(), an_account("admin")
    await bench.hear(coordinator)
    await bench.hear(admin)
    ask_id = new_id()

    await bench.hear(matching.AskReceivedV1(ask_id=ask_id, version=1, state="waiting"))
    before = (await bench.get(account("coordinator", account_id=coordinator.account_id), "/api/v1/notifications")).json()["items"]
    await bench.hear(matching.AskSettledV1(ask_id=ask_id, version=2, state="taken"))
    after = (await bench.get(account("coordinator", account_id=coordinator.account_id), "/api/v1/notifications")).json()["items"]
    of_admin = (await bench.get(account("admin", account_id=admin.account_id), "/api/v1/notifications")).json()["items"]

    assert [(notice["kind"], notice["link"]) for notice in before] == [("ask_to_read", f"/asks/{ask_id}")]
    assert [notice["read"] for notice in before] == [False] and all(notice["read"] for notice in after)
    assert of_admin == []


async def test_a_late_notice_of_an_ask_that_was_taken_is_not_given(bench: Bench) -> None:
    coordinator = an_account()
    await bench.hear(coordinator)
    ask_id = new_id()

    await bench.hear(matching.AskSettledV1(ask_id=ask_id, version=2, state="taken"))
    await bench.hear(matching.AskReceivedV1(ask_id=ask_id, version=1, state="waiting"))

    assert (await bench.get(account("coordinator", account_id=coordinator.account_id), "/api/v1/notifications")).json()["items"] == []
