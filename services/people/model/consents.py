"""Consents: who allowed what, to whom, for what, in which words, until when. Without a live one nothing is paired and nothing is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Invalid
from services.people.model.fields import CONTACT, Field
from services.people.model.persons import PersonRef

SKEW = timedelta(seconds=60)
"""How far the clocks of two machines may differ (R11)."""


class Purpose(StrEnum):
    """What a consent is for."""

    PAIRING = "pairing"
    CONTACT = "contact"


class Recipient(StrEnum):
    """To whom: nobody (pairing works on the code alone), the provider of a match, or the team that looks after the case."""

    NOBODY = "nobody"
    PROVIDER = "provider"
    CASE_TEAM = "case_team"


class Channel(StrEnum):
    """How the consent reached us."""

    WEB = "web"
    COORDINATOR = "coordinator"
    PAPER = "paper"
    TELEPHONE = "telephone"
    CLIENT = "client"


class ConsentNotClear(Invalid):
    """A consent says not whom it is for, what it covers, or ends before it begins."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent of one person. It is never changed, only withdrawn; a wider or narrower one is a new consent."""

    id: UUID
    person: PersonRef
    purpose: Purpose
    recipient: Recipient
    fields: frozenset[Field]
    text_version: str
    channel: Channel
    given_at: datetime
    until: datetime | None = None
    withdrawn_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it holds at this moment. A withdrawal counts at once, whatever its time says."""
        return self.withdrawn_at is None and self.given_at <= now + SKEW and (self.until is None or now < self.until)

    def withdrawn(self, now: datetime) -> "Consent":
        """Taken back. Always possible; the first withdrawal stays."""
        return self if self.withdrawn_at is not None else replace(self, withdrawn_at=now)


@dataclass(frozen=True, slots=True)
class ConsentFlags:
    """What others may know of a person's consents; `until` is when the first of the flags that are set runs out."""

    match: bool
    share_contact: bool
    until: datetime | None


def give_pairing_consent(
    consent_id: UUID, person: PersonRef, text_version: str, channel: Channel, now: datetime, until: datetime | None = None
) -> Consent:
    """A consent to be paired, by code alone. Raises ConsentNotClear."""
    return _clear(Consent(consent_id, person, Purpose.PAIRING, Recipient.NOBODY, frozenset(), text_version, channel, now, until))


def give_contact_consent(
    consent_id: UUID,
    person: PersonRef,
    recipient: Recipient,
    fields: Iterable[Field],
    text_version: str,
    channel: Channel,
    now: datetime,
    until: datetime | None = None,
) -> Consent:
    """A consent that the other side of an accepted match sees these fields. Raises ConsentNotClear."""
    consent = Consent(consent_id, person, Purpose.CONTACT, recipient, frozenset(fields), text_version, channel, now, until)
    if recipient is Recipient.NOBODY:
        raise ConsentNotClear("Say who may see the contact.")
    if not consent.fields or not consent.fields <= CONTACT:
        raise ConsentNotClear("Say which parts of the contact may be seen.")
    return _clear(consent)


def about_contact(consents: Iterable[Consent], person: PersonRef, recipient: Recipient) -> tuple[Consent, ...]:
    """The consents of one person to show the contact to that recipient, live or not."""
    return tuple(
        consent for consent in consents if consent.person == person and consent.purpose is Purpose.CONTACT and consent.recipient is recipient
    )


def shown_fields(consents: Iterable[Consent], person: PersonRef, recipient: Recipient, now: datetime) -> frozenset[Field]:
    """The fields of a person that this recipient may see now: those of all live consents together."""
    live = (consent.fields for consent in about_contact(consents, person, recipient) if consent.live(now))
    return frozenset().union(*live) & CONTACT


def flags(consents: Iterable[Consent], person: PersonRef, now: datetime) -> ConsentFlags:
    """What a person allows at present, for the event that others project."""
    live = [consent for consent in consents if consent.person == person and consent.live(now)]
    pairing = [consent for consent in live if consent.purpose is Purpose.PAIRING]
    contact = [consent for consent in live if consent.purpose is Purpose.CONTACT]
    ends = [end for group in (pairing, contact) if group and (end := _last_end(group)) is not None]
    return ConsentFlags(bool(pairing), bool(contact), min(ends, default=None))


def _last_end(consents: list[Consent]) -> datetime | None:
    ends = [consent.until for consent in consents]
    return None if None in ends else max(end for end in ends if end is not None)


def _clear(consent: Consent) -> Consent:
    if not consent.text_version.strip() or len(consent.text_version) > 40:
        raise ConsentNotClear("Say which version of the text was agreed to.")
    if consent.until is not None and consent.until <= consent.given_at:
        raise ConsentNotClear("A consent ends after it begins; choose a later end.")
    return consent
