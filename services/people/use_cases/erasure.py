"""Erases people: the key first and durably, then the rows; and plays erasures again after a crash or a restored backup."""

from datetime import datetime
from uuid import UUID

from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account, AccountState
from services.people.model.erasure import plan_erasure
from services.people.model.known import Erasure
from services.people.model.persons import PersonKind, PersonRef
from services.people.store.accounts import AccountNotFound
from services.people.store.cases import CaseNotFound
from services.people.use_cases.callers import signed_in
from services.people.use_cases.contacts import person_of_case
from services.people.work import Work

EMPTY_THE_LOG = "empty the log"
AT_ONCE = 200


async def erase(work: Work, account_id: UUID | None, case_code: str | None) -> Erasure:
    """Erase the holder of an account, or the person behind a case: for administrators. Raises AccountNotFound, CaseNotFound, LastAdmin."""
    await signed_in(work, Role.ADMIN)
    if account_id is not None:
        account = await work.accounts.find(account_id)
        if account is None:
            raise AccountNotFound
        return await erase_account(work, account)
    person = person_of_case(case_code or "")
    case = await work.cases.find(person.key)
    if case is None:
        known = await work.erasures.find(person)
        if known is None:
            raise CaseNotFound
        return known
    return await erase_case(work, person, case.id)


async def erase_me(work: Work) -> Erasure:
    """The caller erases themselves. Raises LastAdmin."""
    return await erase_account(work, await signed_in(work))


async def erase_account(work: Work, account: Account, erased_at: datetime | None = None) -> Erasure:
    """Destroy the key of an account's holder, then delete all that it sealed and all that leads to them. Raises LastAdmin."""
    person = PersonRef.of_account(account.id)
    if account.state is AccountState.ERASED and (known := await work.erasures.find(person)) is not None:
        return known
    if account.state is not AccountState.ERASED:
        others = await work.accounts.other_admins(account.id) if erased_at is None else 1
        await work.accounts.save(account, account.erased(work.now, other_admins=others))
    await work.resources.keys.destroy(person, erased_at or work.now)
    lookup = await work.accounts.lookup_of(account.id)
    if lookup is not None:
        await work.guesses.delete(lookup)
        await work.resets.forget_requests(lookup)
    await work.accounts.forget_address(account.id)
    await work.factors.delete(account.id)
    await work.sessions.delete_all(account.id)
    await work.invitations.delete_for(account.id)
    await work.resets.delete_for(account.id)
    await work.registrations.delete_for(account.id)
    await work.answer_links.delete_for(account.id)
    await work.feeds.delete_for(account.id)
    await work.email_changes.delete_for(account.id)
    return await _finish(work, person, account.id, erased_at or work.now)


async def erase_case(work: Work, person: PersonRef, case_id: UUID | None, erased_at: datetime | None = None) -> Erasure:
    """Destroy the key of the person behind a case, then delete the contact, the consents and what is known of the case."""
    await work.resources.keys.destroy(person, erased_at or work.now)
    await work.cases.delete(person.key)
    return await _finish(work, person, case_id, erased_at or work.now)


async def _finish(work: Work, person: PersonRef, subject_id: UUID | None, erased_at: datetime) -> Erasure:
    await work.vault.delete(person)
    await work.consents.delete(person)
    plan = plan_erasure(person, erased_at)
    erasure = await work.erasures.add(person, subject_id, erased_at, plan.backups_gone_by)
    if (event := events_out.person_erased(erasure)) is not None:
        await work.outbox.add(event, events_out.ADMINS)
    await work.audit.record("person.erased", person.kind.value, subject_id or person.key)
    work.wake(EMPTY_THE_LOG)
    return erasure


async def replay_destroyed(work: Work, after: str) -> str | None:
    """Finish the erasures whose key is destroyed but whose rows are there: after a crash, or a restored backup of the data.

    Works through one batch after a place; answers the next place, or None at the end.
    """
    batch = await work.resources.keys.destroyed(after, AT_ONCE)
    known = await work.erasures.known([person for person, _ in batch])
    for text, at in batch:
        if text in known:
            continue
        person = PersonRef.parse(text)
        if person.kind is PersonKind.ACCOUNT:
            account = await work.accounts.find(UUID(person.key))
            if account is not None:
                await erase_account(work, account, at)
                continue
        case = await work.cases.find(person.key) if person.kind is PersonKind.CASE else None
        await erase_case(work, person, case.id if case else None, at)
    return batch[-1][0] if len(batch) == AT_ONCE else None


async def replay_tombstones(work: Work, after: str) -> str | None:
    """Destroy the keys of erased persons that a restored backup of the keys brought back. Batches as above."""
    batch = await work.erasures.after(after, AT_ONCE)
    back = await work.resources.keys.present(str(erasure.person) for erasure in batch)
    for erasure in batch:
        if str(erasure.person) in back:
            await work.resources.keys.destroy(erasure.person, erasure.erased_at)
            await work.audit.record("person.erased_again", erasure.person.kind.value, erasure.subject_id or erasure.person.key)
    return str(batch[-1].person) if len(batch) == AT_ONCE else None
