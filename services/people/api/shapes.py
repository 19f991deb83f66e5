"""Shapes that several routes answer: consents, contacts, readings, exports."""

from collections.abc import Mapping

from services.people.model.consents import Consent
from services.people.model.fields import Field
from services.people.model.known import Erasure
from services.people.schemas import contacts as schemas
from services.people.store.disclosures import Reading
from services.people.store.trail import Trace
from services.people.use_cases.exports import CaseData, MyData
from services.people.work import Work


def consent(work: Work, given: Consent) -> schemas.ConsentRead:
    """One consent."""
    return schemas.ConsentRead(
        id=given.id,
        purpose=given.purpose.value,
        recipient=given.recipient.value,
        fields=sorted(field.value for field in given.fields),
        text_version=given.text_version,
        channel=given.channel.value,
        given_at=given.given_at,
        until=given.until,
        withdrawn_at=given.withdrawn_at,
        live=given.live(work.now),
    )


def consent_list(work: Work, given: list[Consent]) -> schemas.ConsentList:
    """Consents, newest first."""
    return schemas.ConsentList(items=[consent(work, one) for one in given], total=len(given))


def contact(texts: Mapping[Field, str]) -> schemas.Contact:
    """A contact's texts."""
    return schemas.Contact(
        name=texts.get(Field.NAME),
        phone=texts.get(Field.PHONE),
        email=texts.get(Field.EMAIL),
        address=texts.get(Field.ADDRESS),
        note=texts.get(Field.NOTE_FOR_MEETING),
    )


def a_reading(one: Reading) -> schemas.ReadingRead:
    """A reading, as ids."""
    return schemas.ReadingRead(
        id=one.id,
        reader_id=one.reader,
        subject_kind=one.person.kind.value,
        subject=one.person.key,
        match_id=one.match_id,
        side=one.side,
        fields=list(one.fields),
        at=one.at,
    )


def erasure(one: Erasure) -> schemas.ErasureRead:
    """A tombstone."""
    return schemas.ErasureRead(
        id=one.id, subject_kind=one.person.kind.value, subject=one.person.key, erased_at=one.erased_at, backups_gone_by=one.backups_gone_by
    )


def _trace(one: Trace) -> schemas.TraceRead:
    return schemas.TraceRead(at=one.at, action=one.action, caller_kind=one.caller_kind, subject_kind=one.subject_kind, by_you=one.by_you)


def my_export(work: Work, data: MyData) -> schemas.MyExport:
    """Everything about the caller."""
    account = data.profile.account
    refused = data.profile.email_refused_at
    return schemas.MyExport(
        account={
            "id": str(account.id),
            "role": account.role.value,
            "actor_id": str(account.actor_id) if account.actor_id else None,
            "locale": account.locale,
            "state": account.state.value,
            "second_factor": account.second_factor,
            "created_at": account.created_at.isoformat(),
            "updated_at": account.updated_at.isoformat(),
            "email_refused_at": refused.isoformat() if refused else None,
        },
        contact=contact(data.profile.contact),
        consents=[consent(work, one) for one in data.consents],
        sessions=[schemas.SessionPart(id=one.id, created_at=one.created_at, last_seen_at=one.last_seen_at) for one in data.sessions],
        who_read_your_contact=[a_reading(one) for one in data.who_read_mine],
        contacts_you_read=[a_reading(one) for one in data.what_i_read],
        trail=[_trace(one) for one in data.trail],
        calendar_address_since=data.calendar_since,
    )


def case_export(work: Work, data: CaseData) -> schemas.CaseExport:
    """Everything about the person behind a case."""
    return schemas.CaseExport(
        code=data.code,
        contact=contact(data.contact),
        consents=[consent(work, one) for one in data.consents],
        who_read_the_contact=[a_reading(one) for one in data.who_read],
        trail=[_trace(one) for one in data.trail],
    )
