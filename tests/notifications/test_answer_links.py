"""Mails whose link answers a request, messages about questions, and the two mails of a change of address."""

from typing import Any

from chassis.ids import new_id
from chassis.testing import Bench, account
from contracts import matching, people
from services.notifications.catcher import MailCatcher

from .conftest import Vault, a_match, an_account


async def test_the_link_that_answers_stands_behind_the_number_sign_and_only_in_mails_that_ask(
    bench: Bench, catcher: MailCatcher, vault: Vault
) -> None:
    vault.token = "secret-token-canary"
    request = a_match(provider_account_id=new_id())

    await bench.hear(request)
    await bench.run_timer("deliver mail")

    (mail,) = catcher.messages()
    assert "https://hub.example/answer#secret-token-canary" in mail.text and "it is this one: secret-token-canary" in mail.text
    assert vault.asked[0]["answer_match_id"] == str(request.match_id)


async def test_without_a_token_the_mail_leads_to_signing_in_as_before(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.token = None

    await bench.hear(a_match(provider_account_id=new_id()))
    await bench.run_timer("deliver mail")

    (mail,) = catcher.messages()
    assert "/answer#" not in mail.text and "https://hub.example/matches/" in mail.text


def a_question(kind: Any, state: str, **more: Any) -> Any:
    return kind(question_id=new_id(), version=1 if state == "asked" else 2, state=state, match_id=new_id(), **more)


async def test_the_coordinator_hears_of_a_question_and_the_provider_of_its_answer(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    provider, coordinator = new_id(), new_id()
    for account_id, role in ((provider, "volunteer"), (coordinator, "coordinator")):
        await bench.hear(an_account(account_id=account_id, role=role))
    parties = {"provider_account_id": provider, "recorded_by": coordinator}

    await bench.hear(a_question(matching.MatchQuestionAskedV1, "asked", **parties), times=2)
    await bench.hear(a_question(matching.MatchQuestionAnsweredV1, "answered", **parties))

    def kinds(answer: Any) -> list[str]:
        return [row["kind"] for row in answer.json()["items"]]

    asked = await bench.get(account("coordinator", account_id=coordinator), "/api/v1/notifications")
    answered = await bench.get(account("volunteer", account_id=provider), "/api/v1/notifications")
    assert (kinds(asked), kinds(answered)) == (["question_to_answer"], ["question_answered"])
    assert all(row["link"].startswith("/matches/") for row in asked.json()["items"])


async def test_a_change_of_address_writes_to_both_sides_with_a_link_each(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.token = "secret-token-canary"

    await bench.hear(people.AccountEmailChangeRequestedV1(change_id=new_id(), account_id=new_id(), locale="en"), times=2)
    await bench.run_timer("deliver mail")

    assert sorted(mail.subject for mail in catcher.messages()) == ["Another address for your account", "Please confirm your new address"]
    assert all("https://hub.example/email/confirm/secret-token-canary" in mail.text for mail in catcher.messages())
    assert sorted(asked["recipient_kind"] for asked in vault.asked) == ["new_address", "old_address"]


async def test_of_an_address_that_an_administrator_corrects_the_old_one_is_told_and_gets_no_link_to_confirm(
    bench: Bench, vault: Vault, catcher: MailCatcher
) -> None:
    vault.token = "secret-token-canary"
    await bench.hear(people.AccountEmailChangeRequestedV1(change_id=new_id(), account_id=new_id(), locale="en", corrected=True), times=2)

    await bench.run_timer("deliver mail")

    told, asked = sorted(catcher.messages(), key=lambda mail: mail.subject)
    assert (told.subject, asked.subject) == ("Another address for your account", "Please confirm your new address")
    assert "An administrator of this hub corrected the address" in told.text and "If you did not ask for it" in told.text
    assert "canary" not in told.text and "https://hub.example/imprint" in told.text
    assert "https://hub.example/email/confirm/secret-token-canary" in asked.text
