"""Mails on a real SMTP connection: words, links, retries, refusals, crashes, daily mails; and never a person's data in the database."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, text, update

from chassis import language
from chassis.ids import new_id
from chassis.testing import Bench, TestClock, account
from contracts import matching, people
from contracts.notifications import MailRefusedV1
from services.notifications.catcher import CaughtMail, MailCatcher
from services.notifications.channels.email import EmailChannel, MailServer
from services.notifications.tables import MailRow, registry

from .conftest import CANARY, Vault, a_match, an_account, free_port

REQUEST = a_match(provider_account_id=new_id())


async def states(bench: Bench) -> list[tuple[str, int, str | None]]:
    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(MailRow).order_by(MailRow.created_at, MailRow.id))).scalars().all()
    return [(row.state, row.attempts, row.error) for row in rows]


async def test_a_request_is_mailed_with_a_link_and_without_a_word_about_the_person(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    (mail,) = catcher.messages()
    assert (mail.recipient, mail.subject) == (CANARY, "You have a request to answer")
    assert f"https://hub.example/matches/{REQUEST.match_id}" in mail.text
    assert "https://hub.example/preferences" in mail.text
    assert not [word for word in ("canary", "housing", "room", REQUEST.case_code) if word.lower() in mail.text.lower()]
    assert await states(bench) == [("sent", 1, None)]
    asked = vault.asked[0]
    assert (asked["recipient_kind"], asked["recipient_id"], asked["purpose"]) == (
        "account",
        str(REQUEST.provider_account_id),
        "notification",
    )


async def test_no_table_holds_an_address_or_a_name_after_a_mail_went_out(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.token = "secret-token-canary"
    await bench.hear(REQUEST)
    await bench.hear(people.AccountResetRequestedV1(account_id=new_id(), reset_id=new_id(), locale="en"))
    await bench.run_timer("deliver mail")

    found: list[str] = []
    async with bench.service.database.reading() as session:
        for table in registry.metadata.tables:
            found += [str(row) for row in (await session.execute(text(f'SELECT * FROM "{table}"'))).all()]

    assert len(catcher.messages()) == 2
    assert not [row for row in found if "canary" in row.lower()]


async def test_a_mail_is_written_in_the_language_of_its_reader(
    bench: Bench, catcher: MailCatcher, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    catalogue = head + 'msgid "You have a request to answer"\nmsgstr "يوجد طلب ينتظر ردك"\n'
    (tmp_path / "ar.po").write_text(catalogue, encoding="utf-8")
    monkeypatch.setattr(language, "FOLDERS", (tmp_path,))
    language.shipped.cache_clear()
    vault.locale = "ar"
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    language.shipped.cache_clear()
    assert catcher.messages()[0].subject == "يوجد طلب ينتظر ردك"


async def test_an_invitation_and_a_reset_carry_their_secret_link_and_no_footer_of_choices(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.token = "to/ken+1"
    await bench.hear(
        people.InvitationIssuedV1.model_validate({"invitation_id": new_id(), "role": "member", "locale": "en", "expires_at": "2026-12-01T00:00:00Z"})
    )
    await bench.run_timer("deliver mail")
    await bench.hear(people.AccountResetRequestedV1(account_id=new_id(), reset_id=new_id(), locale="en"))
    await bench.run_timer("deliver mail")

    reset, invitation = catcher.messages()
    assert "https://hub.example/invitations/to%2Fken%2B1" in invitation.text
    assert "https://hub.example/reset/to%2Fken%2B1" in reset.text
    assert "/preferences" not in reset.text + invitation.text
    assert [asked["recipient_kind"] for asked in vault.asked] == ["invitation", "reset"]


@pytest.mark.parametrize("status", [403, 404])
async def test_without_an_address_the_mail_ends_at_once(bench: Bench, catcher: MailCatcher, vault: Vault, status: int) -> None:
    vault.status = status
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    assert await states(bench) == [("undeliverable", 1, "no_address")]
    assert catcher.messages() == []


async def test_an_event_that_the_vault_has_not_seen_yet_is_asked_again(bench: Bench, catcher: MailCatcher, vault: Vault, clock: TestClock) -> None:
    vault.status = 409
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    waiting = await states(bench)
    vault.status = 200
    await bench.run_timer("deliver mail")
    too_early = catcher.messages()
    clock.forward(seconds=11)

    await bench.run_timer("deliver mail")

    assert waiting == [("due", 1, "not_seen_yet")]
    assert too_early == []
    assert await states(bench) == [("sent", 2, None)]


@pytest.mark.parametrize(("email", "error"), [("not an address", "bad_address"), ("a@b.example\nBcc: x@y.example", "bad_address")])
async def test_an_address_that_is_none_is_not_written_to(bench: Bench, catcher: MailCatcher, vault: Vault, email: str, error: str) -> None:
    vault.email = email
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    assert await states(bench) == [("undeliverable", 1, error)]
    assert catcher.messages() == []


async def test_a_mail_that_failed_is_tried_again_when_an_administrator_says_so(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.email = "no address"
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    mail = (await bench.get(account("admin"), "/api/v1/messages")).json()["items"][0]
    vault.email = "amina@example.org"

    refused = await bench.post(account("coordinator"), f"/api/v1/messages/{mail['id']}/retry")
    again = await bench.post(account("admin"), f"/api/v1/messages/{mail['id']}/retry")
    await bench.run_timer("deliver mail")
    twice = await bench.post(account("admin"), f"/api/v1/messages/{mail['id']}/retry")

    assert (refused.status_code, again.status_code, twice.status_code) == (403, 202, 404)
    assert [state for state, _, _ in await states(bench)] == ["sent"]


async def test_a_mail_server_that_is_away_is_tried_for_more_than_a_day_and_then_no_more(
    bench: Bench, catcher: MailCatcher, vault: Vault, clock: TestClock
) -> None:
    catcher.stop()
    await bench.hear(REQUEST)

    for _ in range(9):
        await bench.run_timer("deliver mail")
        clock.forward(days=1, seconds=1)

    assert await states(bench) == [("failed", 7, "mail_server_away")]


async def test_a_vault_that_is_away_loses_no_mail(bench: Bench, catcher: MailCatcher, vault: Vault, clock: TestClock) -> None:
    vault.away = True
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    vault.away = False
    clock.forward(seconds=10)

    await bench.run_timer("deliver mail")

    assert await states(bench) == [("sent", 2, None)]


async def test_a_mail_left_by_a_crash_is_sent_again_with_the_same_message_id(bench: Bench, catcher: MailCatcher, clock: TestClock) -> None:
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    async with bench.service.database.writing() as session:  # the process died before it could write `sent`
        await session.execute(update(MailRow).values(state="sending", lease_until=clock.at))
    before = clock.at
    clock.at = before.replace(second=0)
    clock.forward(seconds=61)

    await bench.run_timer("deliver mail")

    second, first = catcher.messages()
    assert first.message_id == second.message_id != ""
    assert await states(bench) == [("sent", 2, None)]


async def test_a_request_that_was_answered_while_mail_was_away_is_not_mailed(
    bench: Bench, catcher: MailCatcher, vault: Vault, clock: TestClock
) -> None:
    vault.away = True
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    await bench.hear(a_match(matching.MatchCancelledV1, match_id=REQUEST.match_id, version=2, state="cancelled"))
    vault.away = False
    clock.forward(seconds=10)

    await bench.run_timer("deliver mail")

    assert catcher.messages() == []
    assert ("overtaken", 2, None) in await states(bench)


async def test_what_waits_for_the_day_goes_out_as_one_mail(bench: Bench, catcher: MailCatcher, vault: Vault, clock: TestClock) -> None:
    recorder = an_account("coordinator")
    await bench.hear(recorder)
    needs = [new_id() for _ in range(3)]
    for need in needs:
        await bench.hear(
            matching.NeedProposalsReadyV1(
                need_id=need, version=1, case_id=new_id(), category="legal.asylum", count=2, recorded_by=recorder.account_id
            )
        )
    await bench.run_timer("gather daily mails")
    await bench.run_timer("deliver mail")
    too_early = catcher.messages()
    clock.forward(hours=22)

    await bench.run_timer("gather daily mails")
    await bench.run_timer("gather daily mails")
    await bench.run_timer("deliver mail")

    assert too_early == []
    (mail,) = catcher.messages()
    assert mail.subject == "News of the day"
    assert all(f"https://hub.example/needs/{need}" in mail.text for need in needs)
    assert "asylum" not in mail.text
    assert sorted(state for state, _, _ in await states(bench)) == ["gathered"] * 3 + ["sent"]


class Refusing:
    """A mail server that answers as it is told."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        return self.answer


@pytest.fixture
async def refusing(bench: Bench) -> AsyncIterator[Refusing]:
    handler, port = Refusing("550 5.1.1 no such mailbox"), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    server = MailServer("127.0.0.1", port, "none", None, None, 3)
    object.__setattr__(
        bench.service.resources, "email", EmailChannel(server, sender="hub@hub.example", instance="Hub", public_url="https://hub.example")
    )
    yield handler
    controller.stop()


async def test_an_address_that_is_refused_for_good_is_told_without_the_address(bench: Bench, refusing: Refusing) -> None:
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    assert await states(bench) == [("refused", 1, "smtp_550")]
    (event,) = await bench.queued()
    assert isinstance(event, MailRefusedV1)
    assert (event.recipient_kind, event.recipient_id) == ("account", REQUEST.provider_account_id)
    assert "canary" not in event.model_dump_json()


async def test_a_reset_that_is_refused_counts_for_its_account_and_an_invitation_for_itself(bench: Bench, refusing: Refusing, vault: Vault) -> None:
    vault.token = "token"
    account_id, invitation_id = new_id(), new_id()
    invited = {"invitation_id": invitation_id, "role": "member", "locale": "en", "expires_at": "2026-12-01T00:00:00Z"}
    await bench.hear(people.AccountResetRequestedV1(account_id=account_id, reset_id=new_id(), locale="en"))
    await bench.hear(people.InvitationIssuedV1.model_validate(invited))

    await bench.run_timer("deliver mail")

    told = {(event.recipient_kind, event.recipient_id) for event in await bench.queued() if isinstance(event, MailRefusedV1)}
    assert told == {("account", account_id), ("invitation", invitation_id)}


async def test_a_mailbox_that_is_full_for_now_is_tried_again(bench: Bench, refusing: Refusing) -> None:
    refusing.answer = "452 4.2.2 mailbox full"
    await bench.hear(REQUEST)

    await bench.run_timer("deliver mail")

    assert await states(bench) == [("due", 1, "smtp_452")]
    assert await bench.queued() == []


async def test_many_mails_go_out_side_by_side_and_each_once(bench: Bench, catcher: MailCatcher) -> None:
    actor = new_id()
    for _ in range(25):
        await bench.hear(an_account("member", actor_id=actor))
    await bench.hear(a_match(provider_actor_id=actor))

    await asyncio.gather(bench.run_timer("deliver mail"), bench.run_timer("deliver mail"))

    caught = catcher.messages()
    assert len(caught) == len({mail.message_id for mail in caught}) == 25


async def test_the_admin_sees_what_went_out_and_nobody_else_does(bench: Bench, catcher: MailCatcher) -> None:
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")

    seen = await bench.get(account("admin"), "/api/v1/messages?state=sent")
    none = await bench.get(account("admin"), "/api/v1/messages?state=failed")
    refused = await bench.get(account("coordinator"), "/api/v1/messages")

    assert [(item["kind"], item["state"]) for item in seen.json()["items"]] == [("request_to_answer", "sent")]
    assert "canary" not in seen.text
    assert none.json()["items"] == []
    assert refused.status_code == 403


class TestCaught:
    """With a catcher, as in the demo."""

    @pytest.fixture
    def more_settings(self, tmp_path: Path) -> dict[str, object]:
        return {"catcher_folder": tmp_path / "mails"}

    async def test_the_admin_of_a_demo_reads_the_mails_that_were_kept(self, bench: Bench, catcher: MailCatcher) -> None:
        await bench.hear(REQUEST)
        await bench.run_timer("deliver mail")

        seen = (await bench.get(account("admin"), "/api/v1/messages/caught")).json()
        refused = await bench.get(account("coordinator"), "/api/v1/messages/caught")

        assert [(item["recipient"], item["subject"]) for item in seen["items"]] == [(CANARY, "You have a request to answer")]
        assert refused.status_code == 403


async def test_a_hub_that_sends_its_mail_has_no_caught_messages(bench: Bench) -> None:
    response = await bench.get(account("admin"), "/api/v1/messages/caught")

    assert response.status_code == 404


async def test_the_catcher_keeps_files_for_its_owner_only_and_over_a_restart(bench: Bench, catcher: MailCatcher) -> None:
    await bench.hear(REQUEST)
    await bench.run_timer("deliver mail")
    (catcher.folder / "damaged.eml").write_bytes(b"\xff\xfe")

    again: list[CaughtMail] = MailCatcher(catcher.folder).messages()

    kept = [path for path in catcher.folder.glob("2*.eml")]
    assert [oct(path.stat().st_mode & 0o777) for path in kept] == ["0o600"]
    assert CANARY in [mail.recipient for mail in again]
    assert json.dumps([mail.subject for mail in again])
