"""Decides whether a caller may see a contact, whose, and which fields of it. Pure: the caller's word counts for nothing here.

A contact is shown only while a match is accepted or in progress, only to its two parties, and only in the fields that a live consent names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, Forbidden, HubError, NotFound
from contracts.roles import Role
from services.people.model.accounts import Account
from services.people.model.consents import Consent, Recipient, about_contact, shown_fields
from services.people.model.fields import Field
from services.people.model.persons import PersonRef

ALARM_ABOVE = 50
ALARM_WINDOW = timedelta(hours=1)


class MatchState(StrEnum):
    """The states of a match, as `matching` tells them."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"
    NOT_FULFILLED = "not_fulfilled"
    CANCELLED = "cancelled"


SHOWING = frozenset({MatchState.ACCEPTED, MatchState.IN_PROGRESS})
"""States in which the two parties need each other's contact."""


class Side(StrEnum):
    """On which side of a match the caller stands."""

    PROVIDER = "provider"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Match:
    """A match as `people` knows it from events: its state and its parties, as ids and a code."""

    id: UUID
    state: MatchState
    case_code: str
    provider_account_id: UUID | None
    provider_actor_id: UUID | None
    answered_by: UUID | None
    recorded_by: UUID | None
    case_actor_id: UUID | None
    shared_with: frozenset[UUID] = frozenset()


class ContactNotFound(NotFound):
    """No such contact, or none that concerns the caller: one answer for both (R23)."""


class MatchNotAccepted(Conflict):
    """The provider has not accepted yet."""


class MatchIsOver(Conflict):
    """The match was declined, expired, cancelled or closed; contacts are no longer shown."""


class NobodyAnswered(Conflict):
    """The providing actor has named nobody: no account of its own accepted the match."""


class ConsentMissing(Forbidden):
    """The person never agreed that this side sees their contact."""


class ConsentEnded(Forbidden):
    """The person's consent was withdrawn or ran out."""


class NoContactRecorded(NotFound):
    """Neither the person behind the case nor somebody of its team has left a contact."""


class Refusal(StrEnum):
    """Why a contact is not shown."""

    NOT_A_PARTY = "not_a_party"
    NOT_ACCEPTED = "not_accepted"
    OVER = "over"
    NOBODY_ANSWERED = "nobody_answered"
    NO_CONSENT = "no_consent"
    CONSENT_ENDED = "consent_ended"
    NO_CONTACT = "no_contact"

    def error(self) -> HubError:
        """The error that tells the caller."""
        kind, sentence = _ERRORS[self]
        return kind(sentence)


_ERRORS: dict[Refusal, tuple[type[HubError], str]] = {
    Refusal.NOT_A_PARTY: (ContactNotFound, "There is no such contact, or you may not see it."),
    Refusal.NOT_ACCEPTED: (MatchNotAccepted, "The provider has not accepted yet; contacts are shown after that."),
    Refusal.OVER: (MatchIsOver, "The match is over; contacts are no longer shown."),
    Refusal.NOBODY_ANSWERED: (NobodyAnswered, "Nobody of the providing organisation has accepted in person; write to the organisation."),
    Refusal.NO_CONSENT: (ConsentMissing, "The person has not agreed to share a contact; ask for consent."),
    Refusal.CONSENT_ENDED: (ConsentEnded, "The person's consent has ended; ask for it again."),
    Refusal.NO_CONTACT: (NoContactRecorded, "No contact was left for this case; ask the coordinator through the hub."),
}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown: the fields of one person, to a caller on one side of a match. Each is one decryption and one audit row."""

    match_id: UUID
    side: Side
    person: PersonRef
    fields: frozenset[Field]


def side_of(match: Match, caller: Account) -> Side | None:
    """On which side the caller stands, or None. Observers, administrators and accounts that are not active stand on none."""
    if not caller.is_active:
        return None
    if _provides(match, caller):
        return Side.PROVIDER
    if _looks_after(match, caller):
        return Side.CASE
    return None


def decide(match: Match, caller: Account, consents: Iterable[Consent], now: datetime) -> Disclosure | Refusal:
    """Whether the caller may see the other side's contact now.

    1. The caller is a party; a stranger learns nothing else, not even the match's state. 2. The match is accepted or in progress.
    3. The other side is a person. 4. A live consent of that person names at least one field for this side.
    """
    side = side_of(match, caller)
    if side is None:
        return Refusal.NOT_A_PARTY
    if match.state not in SHOWING:
        return Refusal.NOT_ACCEPTED if match.state is MatchState.CONFIRMED else Refusal.OVER
    person = PersonRef.of_case(match.case_code) if side is Side.PROVIDER else _provider_person(match, caller)
    if person is None:
        return Refusal.NOBODY_ANSWERED
    recipient = Recipient.PROVIDER if side is Side.PROVIDER else Recipient.CASE_TEAM
    known = about_contact(consents, person, recipient)
    fields = shown_fields(known, person, recipient, now)
    if not fields:
        return Refusal.CONSENT_ENDED if known else Refusal.NO_CONSENT
    return Disclosure(match.id, side, person, fields)


def decide_for_team(match: Match, caller: Account, consents: Iterable[Consent], now: datetime) -> Disclosure | Refusal:
    """For a case without a contact of its own: whether the provider may see the contact of whoever recorded it, by the same four steps."""
    if side_of(match, caller) is not Side.PROVIDER:
        return Refusal.NOT_A_PARTY
    if match.state not in SHOWING:
        return Refusal.NOT_ACCEPTED if match.state is MatchState.CONFIRMED else Refusal.OVER
    if match.recorded_by is None:
        return Refusal.NO_CONTACT
    person = PersonRef.of_account(match.recorded_by)
    fields = shown_fields(consents, person, Recipient.PROVIDER, now)
    return Disclosure(match.id, Side.PROVIDER, person, fields) if fields else Refusal.NO_CONTACT


def wanted_persons(match: Match) -> frozenset[PersonRef]:
    """Whose consents `decide` may ask for: load these."""
    accounts = {match.provider_account_id or match.answered_by} - {None}
    return frozenset({PersonRef.of_case(match.case_code), *(PersonRef.of_account(account) for account in accounts if account is not None)})


@dataclass(frozen=True, slots=True)
class ContactRead:
    """One disclosure that took place: whose contact, when."""

    person: PersonRef
    at: datetime


def persons_read(reads: Iterable[ContactRead], now: datetime) -> int:
    """How many different persons' contacts one account read within the last hour."""
    return len({read.person for read in reads if now - ALARM_WINDOW < read.at})


def is_alarming(reads: Iterable[ContactRead], now: datetime) -> bool:
    """Whether one account reads more contacts than work explains: over 50 persons an hour (R20)."""
    return persons_read(reads, now) > ALARM_ABOVE


def _provides(match: Match, caller: Account) -> bool:
    if caller.role not in (Role.VOLUNTEER, Role.MEMBER):
        return False
    if match.provider_account_id is not None:
        return match.provider_account_id == caller.id
    return caller.role is Role.MEMBER and caller.actor_id is not None and caller.actor_id == match.provider_actor_id


def _looks_after(match: Match, caller: Account) -> bool:
    if caller.role is not Role.COORDINATOR:
        return False
    if match.case_actor_id is None and match.recorded_by == caller.id:
        return True
    return caller.actor_id is not None and (caller.actor_id == match.case_actor_id or caller.actor_id in match.shared_with)


def _provider_person(match: Match, caller: Account) -> PersonRef | None:
    if match.provider_account_id is not None:
        return PersonRef.of_account(match.provider_account_id)
    # A coordinator who accepted on the actor's behalf is not the actor's contact.
    if match.answered_by is None or match.answered_by == caller.id:
        return None
    return PersonRef.of_account(match.answered_by)
