"""Sending mails in two steps, so that no transaction waits for a mail server: take what is due, then write what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from services.notifications import events_out
from services.notifications.model.kinds import Kind, is_overtaken
from services.notifications.model.messages import Mail, MailState, Outcome, RecipientKind, after_attempt
from services.notifications.use_cases.tell import new_mail, queue
from services.notifications.work import Work

GATHER_AT_ONCE = 500
KEEP_IDS_DAYS = 30
"""Days that the ids of erased accounts and the states of subjects are kept: longer than any event may be on its way."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this process is now sending; a daily mail comes with what it tells."""

    mail: Mail
    items: tuple[Mail, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What was taken; `full` means that there may be more."""

    claimed: tuple[Claimed, ...]
    full: bool


async def claim_mails(work: Work) -> Batch:
    """Take what is due. What lost its sense meanwhile is put aside instead of being sent."""
    limit = work.settings.mail_parallel
    mails = await work.mails.claim(work.now, work.now + timedelta(seconds=work.settings.lease_seconds), limit)
    claimed = []
    for mail in mails:
        items = tuple(await _still_true(work, await work.mails.gathered(mail.id))) if mail.kind is Kind.DIGEST else ()
        if (mail.kind is Kind.DIGEST and items) or (mail.kind is not Kind.DIGEST and await _still_true(work, [mail])):
            claimed.append(Claimed(mail, items))
        else:
            await work.mails.finish(mail, Outcome(MailState.OVERTAKEN), work.now, work.now)
    return Batch(tuple(claimed), len(mails) == limit)


async def _still_true(work: Work, mails: Sequence[Mail]) -> list[Mail]:
    states = await work.people.states_of([mail.subject_id for mail in mails])
    return [mail for mail in mails if not is_overtaken(mail.kind, states.get(mail.subject_id))]


async def record_attempt(work: Work, mail: Mail, outcome: Outcome) -> None:
    """Write what became of an attempt; a refusal for good is told, so that somebody asks for another address."""
    result, due_at = after_attempt(mail, outcome, work.settings.mail_retry_seconds, work.now)
    if await work.mails.finish(mail, result, due_at, work.now) and result.state is MailState.REFUSED:
        await work.outbox.add(events_out.mail_refused(mail))


async def gather_daily_mails(work: Work) -> bool:
    """Make one mail a person of what waited for its hour. Answers whether there may be more to gather."""
    held = await work.mails.held_for_digest(work.now, GATHER_AT_ONCE)
    for recipient_id, group in groupby(held, key=lambda mail: mail.recipient_id):
        items = list(group)
        # The newest event stands for all of them: the vault answers only for an event that it has seen.
        newest = items[-1]
        digest = new_mail(
            work,
            Kind.DIGEST,
            recipient_kind=RecipientKind.ACCOUNT,
            recipient_id=recipient_id,
            account_id=recipient_id,
            event_id=newest.event_id,
            subject_id=recipient_id,
            numbers={"count": len(items)},
        )
        await queue(work, [digest])
        await work.mails.gather([item.id for item in items], digest.id, work.now)
    return len(held) == GATHER_AT_ONCE


async def forget_old(work: Work) -> None:
    """Delete what is older than what is kept (R19)."""
    before = work.now - timedelta(days=await work.chosen("message_days", work.settings.retention_days))
    await work.notices.purge(before)
    await work.mails.purge(before)
    await work.webhooks.purge(before)
    await work.people.purge(work.now - timedelta(days=KEEP_IDS_DAYS))
