"""Who left an address with a suggestion gets one mail in their language; nothing of it is kept here."""

from sqlalchemy import select

from chassis.ids import new_id
from chassis.testing import Bench
from contracts.people import SuggestionAnswerDueV1
from services.notifications.catcher import MailCatcher
from services.notifications.tables import MailRow, NoticeRow

from .conftest import CANARY, Vault


async def test_the_answer_to_a_suggestion_is_mailed_once(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    accepted, refused = new_id(), new_id()
    await bench.hear(SuggestionAnswerDueV1(suggestion_id=accepted, outcome="accepted", locale="en"), times=2)
    await bench.hear(SuggestionAnswerDueV1(suggestion_id=refused, outcome="refused", locale="en"))

    await bench.run_timer("deliver mail")

    mails = {mail.subject: mail for mail in catcher.messages()}
    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(MailRow))).scalars().all()
        notices = (await session.execute(select(NoticeRow))).scalars().all()
    assert set(mails) == {"Your suggestion was taken", "Your suggestion was not taken"}
    assert f"https://hub.example/suggest/answer/{accepted}" in mails["Your suggestion was taken"].text
    assert "preferences" not in mails["Your suggestion was taken"].text
    assert {(asked["recipient_kind"], asked["recipient_id"]) for asked in vault.asked} == {
        ("suggestion", str(accepted)),
        ("suggestion", str(refused)),
    }
    assert [row.state for row in rows] == ["sent", "sent"]
    assert notices == [] and not any(CANARY in str(row.model_dump()) for row in rows)


async def test_without_an_address_nothing_is_sent_again(bench: Bench, catcher: MailCatcher, vault: Vault) -> None:
    vault.status = 404
    await bench.hear(SuggestionAnswerDueV1(suggestion_id=new_id(), outcome="accepted", locale="en"))

    await bench.run_timer("deliver mail")

    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(MailRow))).scalars().all()
    assert [row.state for row in rows] == ["undeliverable"]
    assert catcher.messages() == []
