"""Gives, withdraws and ends consents, and tells the flags that others project."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from contracts.roles import Role
from services.people import events_out
from services.people.model.accounts import Account
from services.people.model.consents import Channel, Consent, Recipient, flags, give_contact_consent, give_pairing_consent
from services.people.model.fields import CONTACT, Field
from services.people.model.known import KnownCase
from services.people.model.persons import PersonKind, PersonRef
from services.people.store.accounts import AccountNotFound
from services.people.store.cases import CaseNotFound
from services.people.store.consents import Told
from services.people.use_cases.callers import signed_in
from services.people.use_cases.contacts import case_of_team, person_of_case
from services.people.work import Work

OF_ACCOUNTS = frozenset({Field.NAME, Field.EMAIL, Field.PHONE})
"""What the holder of an account shares with the other side of an accepted match."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody allows, in which version of the text, through which channel, until when."""

    match: bool
    share_contact: bool
    text_version: str
    channel: Channel
    until: datetime | None = None


def _consents(person: PersonRef, wish: Wish, now: datetime) -> list[Consent]:
    given: list[Consent] = []
    if wish.match:
        given.append(give_pairing_consent(new_id(), person, wish.text_version, wish.channel, now, wish.until))
    if wish.share_contact:
        of_case = person.kind is PersonKind.CASE
        for recipient in (Recipient.PROVIDER,) if of_case else (Recipient.CASE_TEAM, Recipient.PROVIDER):
            fields = CONTACT if of_case else OF_ACCOUNTS
            given.append(give_contact_consent(new_id(), person, recipient, fields, wish.text_version, wish.channel, now, wish.until))
    return given


async def record_wish(work: Work, subject: Account | KnownCase, wish: Wish) -> None:
    """Put what somebody now allows in place of what they allowed before. Raises ConsentNotClear."""
    person = _person_of(subject)
    known = await work.consents.of([person])
    new = _consents(person, wish, work.now)
    await work.consents.withdraw([consent.id for consent in known if consent.withdrawn_at is None], work.now)
    await work.consents.add(new)
    await tell_flags(work, subject)
    await work.audit.record(
        "consent.recorded", person.kind.value, subject.id, match=wish.match, share_contact=wish.share_contact, channel=wish.channel.value
    )


async def tell_flags(work: Work, subject: Account | KnownCase) -> None:
    """Tell the flags of a person if they differ from what was last told."""
    person = _person_of(subject)
    told = await work.consents.told(person)
    now = flags(await work.consents.of([person]), person, work.now)
    if now == told.flags:
        return
    newer = Told(now, told.version + 1)
    await work.consents.save_told(person, newer)
    narrower = (told.flags.match and not now.match) or (told.flags.share_contact and not now.share_contact)
    say = events_out.consent_withdrawn if narrower else events_out.consent_given
    await work.outbox.add(say(subject, now, newer.version), events_out.consent_audience(subject))


async def end_consents(work: Work) -> bool:
    """Tell of consents that ran out; answers whether there may be more."""
    persons = await work.consents.run_out(work.now, AT_ONCE)
    for person in persons:
        subject = await _subject_of(work, person)
        if subject is None:
            told = await work.consents.told(person)
            await work.consents.save_told(person, replace(told, flags=replace(told.flags, until=None)))
            continue
        await tell_flags(work, subject)
        await work.audit.record("consent.ran_out", person.kind.value, subject.id)
    return len(persons) == AT_ONCE


async def case_consents(work: Work, code: str) -> list[Consent]:
    """The consents of a case: for its team, and for administrators. Raises CaseNotFound."""
    account = await signed_in(work, Role.COORDINATOR, Role.ADMIN)
    if account.role is Role.ADMIN:
        case = await work.cases.find(person_of_case(code).key)
        if case is None:
            raise CaseNotFound
    else:
        case = await case_of_team(work, account, code)
    return await work.consents.of([PersonRef.of_case(case.code)])


async def account_consents(work: Work, account_id: UUID | None) -> list[Consent]:
    """The caller's own consents; an administrator may ask for another account's. Raises AccountNotFound."""
    account = await signed_in(work)
    wanted = account_id or account.id
    if wanted != account.id and (account.role is not Role.ADMIN or await work.accounts.find(wanted) is None):
        raise AccountNotFound
    return await work.consents.of([PersonRef.of_account(wanted)])


async def record_case_consent(work: Work, code: str, wish: Wish) -> list[Consent]:
    """Record what the person behind a case now allows. Raises CaseNotFound, ConsentNotClear."""
    case = await case_of_team(work, await signed_in(work, Role.COORDINATOR), code)
    await record_wish(work, case, wish)
    return await work.consents.of([PersonRef.of_case(case.code)])


async def withdraw_case_consent(work: Work, code: str) -> None:
    """Take back all that the person behind a case allowed; it holds from the next question on. Raises CaseNotFound."""
    case = await case_of_team(work, await signed_in(work, Role.COORDINATOR), code)
    await _withdraw(work, case)


async def record_own_consent(work: Work, share_contact: bool, text_version: str) -> list[Consent]:
    """The caller shares their contact with the other side of accepted matches, or no longer does."""
    account = await signed_in(work)
    await record_wish(work, account, Wish(False, share_contact, text_version, Channel.WEB))
    return await work.consents.of([PersonRef.of_account(account.id)])


async def withdraw_own_consent(work: Work) -> None:
    """The caller takes back all that they allowed."""
    await _withdraw(work, await signed_in(work))


async def _withdraw(work: Work, subject: Account | KnownCase) -> None:
    person = _person_of(subject)
    await work.consents.withdraw([consent.id for consent in await work.consents.of([person])], work.now)
    await tell_flags(work, subject)
    await work.audit.record("consent.withdrawn", person.kind.value, subject.id)


def _person_of(subject: Account | KnownCase) -> PersonRef:
    return PersonRef.of_account(subject.id) if isinstance(subject, Account) else PersonRef.of_case(subject.code)


async def _subject_of(work: Work, person: PersonRef) -> Account | KnownCase | None:
    if person.kind is PersonKind.ACCOUNT:
        return await work.accounts.find(UUID(person.key))
    return await work.cases.find(person.key)
