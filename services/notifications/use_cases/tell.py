"""Puts messages into inboxes and mails into the queue, as each reader chose."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from chassis.context import correlation_id
from chassis.ids import new_id
from services.notifications.model.kinds import EmailChoice, Kind, choice_of
from services.notifications.model.messages import Mail, MailState, RecipientKind, next_digest
from services.notifications.work import Work

DELIVER_MAIL = "deliver mail"
"""The timer that sends mails; it is woken as soon as there is one."""


async def reachable(work: Work, account_ids: Iterable[UUID]) -> list[UUID]:
    """Those accounts that are not known to be gone. One that has not been heard of yet counts as there: its event may be on its way."""
    wanted = list(dict.fromkeys(account_ids))
    known = await work.people.accounts(wanted)
    return [account_id for account_id in wanted if (known[account_id].active if account_id in known else not await work.people.is_erased(account_id))]


async def tell(work: Work, account_ids: Iterable[UUID], kind: Kind, *, event_id: UUID, subject_id: UUID, numbers: Mapping[str, int]) -> int:
    """One message to several people, once each however often it is asked for. Answers how many can be reached."""
    readers = await reachable(work, account_ids)
    preferences = await work.people.preferences_of(readers)
    choices = {reader: choice_of(kind, preferences[reader].choices if reader in preferences else {}) for reader in readers}
    inboxes = [reader for reader in readers if choices[reader].in_app]
    await work.notices.add(inboxes, event_id=event_id, kind=kind, subject_id=subject_id, numbers=numbers, now=work.now)
    mails = [
        new_mail(
            work,
            kind,
            recipient_kind=RecipientKind.ACCOUNT,
            recipient_id=reader,
            account_id=reader,
            event_id=event_id,
            subject_id=subject_id,
            numbers=numbers,
            daily=choices[reader].email is EmailChoice.DAILY,
        )
        for reader in readers
        if choices[reader].email is not EmailChoice.OFF
    ]
    await queue(work, mails)
    return len(readers)


def new_mail(
    work: Work,
    kind: Kind,
    *,
    recipient_kind: RecipientKind,
    recipient_id: UUID,
    account_id: UUID | None,
    event_id: UUID,
    subject_id: UUID,
    numbers: Mapping[str, int],
    daily: bool = False,
) -> Mail:
    """A mail that is due now, or at the hour of the daily mail."""
    return Mail(
        id=new_id(),
        recipient_kind=recipient_kind,
        recipient_id=recipient_id,
        account_id=account_id,
        event_id=event_id,
        kind=kind,
        subject_id=subject_id,
        numbers=numbers,
        state=MailState.HELD if daily else MailState.DUE,
        attempts=0,
        due_at=next_digest(work.now, work.settings.digest_hour) if daily else work.now,
        correlation_id=correlation_id(),
        created_at=work.now,
        updated_at=work.now,
    )


async def queue(work: Work, mails: list[Mail]) -> None:
    """Put mails of one event and kind into the queue, and let them be sent after the commit."""
    await work.mails.add(mails)
    if any(mail.state is MailState.DUE for mail in mails):
        work.wake(DELIVER_MAIL)
