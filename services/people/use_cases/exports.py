"""Gives people what is kept about them (GDPR, Article 15), complete and machine-readable."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.roles import Role
from services.people.model.consents import Consent
from services.people.model.fields import CONTACT, Field
from services.people.model.persons import PersonRef
from services.people.model.sessions import Session
from services.people.store.cases import CaseNotFound
from services.people.store.disclosures import Reading
from services.people.store.trail import Trace
from services.people.use_cases.accounts import Profile, see_me
from services.people.use_cases.callers import signed_in
from services.people.use_cases.contacts import note_reading, person_of_case
from services.people.work import Work


@dataclass(frozen=True, slots=True)
class MyData:
    """All that this service keeps about the holder of an account."""

    profile: Profile
    consents: list[Consent]
    sessions: list[Session]
    who_read_mine: list[Reading]
    what_i_read: list[Reading]
    trail: list[Trace]
    calendar_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseData:
    """All that this service keeps about the person behind a case."""

    code: str
    contact: dict[Field, str] = field(repr=False)
    consents: list[Consent]
    who_read: list[Reading]
    trail: list[Trace]


async def export_me(work: Work) -> MyData:
    """Everything about the caller."""
    account = await signed_in(work)
    person = PersonRef.of_account(account.id)
    return MyData(
        await see_me(work),
        await work.consents.of([person]),
        await work.sessions.of_account(account.id),
        await work.disclosures.of_person(person),
        await work.disclosures.by_reader(account.id),
        await work.trail.about(str(account.id)),
        await work.feeds.since(account.id),
    )


async def export_case(work: Work, code: str) -> CaseData:
    """Everything about the person behind a case, to answer a request for access: for administrators, audited as a reading.

    Raises CaseNotFound.
    """
    account = await signed_in(work, Role.ADMIN)
    case = await work.cases.find(person_of_case(code).key)
    if case is None:
        raise CaseNotFound
    person = PersonRef.of_case(case.code)
    contact = await work.vault.open(person, CONTACT)
    await note_reading(work, account, person, contact, match_id=None, side="access")
    return CaseData(
        case.code, contact, await work.consents.of([person]), await work.disclosures.of_person(person), await work.trail.about(str(case.id))
    )
