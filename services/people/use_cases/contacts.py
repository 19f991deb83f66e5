"""Keeps the contact of the person behind a case: for the team that recorded it and those it is shared with."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from chassis.ids import new_id
from chassis.telemetry import log_for
from contracts.codes import MalformedCode
from contracts.roles import Role
from services.people.model.accounts import Account
from services.people.model.disclosures import is_alarming, persons_read
from services.people.model.fields import CONTACT, Field
from services.people.model.known import KnownCase
from services.people.model.persons import PersonRef
from services.people.store.cases import CaseNotFound
from services.people.store.disclosures import Reading
from services.people.use_cases.callers import signed_in
from services.people.work import Work

TEAM = "team"


def person_of_case(code: str) -> PersonRef:
    """The person behind a case code as somebody typed it. Raises CaseNotFound."""
    try:
        return PersonRef.of_case(code)
    except MalformedCode:
        raise CaseNotFound from None


async def case_of_team(work: Work, account: Account, code: str) -> KnownCase:
    """A case that this account's team looks after. Raises CaseNotFound, also for a case of others (R23)."""
    case = await work.cases.find(person_of_case(code).key)
    if case is None or not _looks_after(case, account):
        raise CaseNotFound
    return case


def _looks_after(case: KnownCase, account: Account) -> bool:
    if account.role is not Role.COORDINATOR:
        return False
    if case.actor_id is None and case.recorded_by == account.id:
        return True
    return account.actor_id is not None and (account.actor_id == case.actor_id or account.actor_id in case.shared_with)


async def keep_contact(work: Work, code: str, texts: Mapping[Field, str | None]) -> frozenset[Field]:
    """Seal a case's contact in place of the one before; answers which fields there are now. Raises CaseNotFound, Invalid, PersonIsErased."""
    case = await case_of_team(work, await signed_in(work, Role.COORDINATOR), code)
    person = PersonRef.of_case(case.code)
    await work.vault.seal(person, {field: texts.get(field) for field in CONTACT})
    await work.audit.record("contact.kept", "case", case.id)
    return await work.vault.has(person, CONTACT)


async def see_contact(work: Work, code: str) -> dict[Field, str]:
    """A case's contact, for its own team; one audited reading. Raises CaseNotFound, also when there is no contact."""
    account = await signed_in(work, Role.COORDINATOR)
    case = await case_of_team(work, account, code)
    person = PersonRef.of_case(case.code)
    texts = await work.vault.open(person, CONTACT)
    if not texts:
        raise CaseNotFound
    await note_reading(work, account, person, texts, match_id=None, side=TEAM)
    return texts


async def delete_contact(work: Work, code: str) -> None:
    """Delete a case's contact and destroy its key; the case stays. Raises CaseNotFound."""
    case = await case_of_team(work, await signed_in(work, Role.COORDINATOR), code)
    await forget_contact(work, case)


async def forget_contact(work: Work, case: KnownCase) -> None:
    """Destroy the key of a case's contact, then delete what it sealed."""
    person = PersonRef.of_case(case.code)
    await work.resources.keys.forget(person)
    await work.vault.delete(person)
    await work.audit.record("contact.deleted", "case", case.id)
    work.wake("empty the log")


async def note_reading(work: Work, account: Account, person: PersonRef, fields: Iterable[Field], *, match_id: UUID | None, side: str) -> None:
    """Write down that a contact was read: for whom it is about, for the audit, and with an alarm above 50 persons an hour (R20)."""
    named = tuple(sorted(field.value for field in fields))
    await work.disclosures.add(Reading(new_id(), account.id, person, match_id, side, named, work.now))
    await work.audit.record(
        "contact.read", person.kind.value, person.key, side=side, fields=",".join(named), match_id=str(match_id) if match_id else None
    )
    reads = await work.disclosures.recent(account.id, work.now)
    if is_alarming(reads, work.now):
        count = persons_read(reads, work.now)
        work.resources.alarms.inc()
        await work.audit.record("contact.alarm", "account", account.id, persons=count)
        log_for("people").warning("one account reads many contacts", account_id=str(account.id), count=count)
