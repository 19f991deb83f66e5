"""What an erasure destroys, what stays and why, and when contact data goes by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.people.model.persons import PersonKind, PersonRef

CONTACT_AFTER_CLOSE = timedelta(days=30)
KEY_BACKUPS = timedelta(days=30)


class Step(StrEnum):
    """One step of an erasure. The order of the members is the order of the work."""

    RECORD_TOMBSTONE = "record_tombstone"
    DESTROY_PERSON_KEY = "destroy_person_key"
    DELETE_SEALED_FIELDS = "delete_sealed_fields"
    DELETE_LOOKUP = "delete_lookup"
    DELETE_CREDENTIALS = "delete_credentials"
    DELETE_SECOND_FACTOR = "delete_second_factor"
    DELETE_SESSIONS = "delete_sessions"
    DELETE_LINKS = "delete_links"
    DELETE_GUESSES = "delete_guesses"
    DELETE_CONSENTS = "delete_consents"
    MARK_ACCOUNT_ERASED = "mark_account_erased"
    TELL_OTHERS = "tell_others"
    TRUNCATE_CHECKPOINT = "truncate_checkpoint"


class Kept(StrEnum):
    """What an erasure leaves, because it names nobody any more."""

    TOMBSTONE = "tombstone"
    AUDIT_ROWS = "audit_rows"
    ACCOUNT_ID = "account_id"


_ONLY_ACCOUNTS = frozenset(
    {
        Step.DELETE_LOOKUP,
        Step.DELETE_CREDENTIALS,
        Step.DELETE_SECOND_FACTOR,
        Step.DELETE_SESSIONS,
        Step.DELETE_LINKS,
        Step.DELETE_GUESSES,
        Step.MARK_ACCOUNT_ERASED,
    }
)


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """All that is done to erase one person, in order. Each step may be repeated, so a plan is replayed whole after a restore."""

    person: PersonRef
    steps: tuple[Step, ...]
    kept: frozenset[Kept]
    backups_gone_by: datetime


def plan_erasure(person: PersonRef, now: datetime) -> ErasurePlan:
    """The erasure of a person.

    The tombstone comes first, so that a crash half-way is finished at the next start; then the key, without which all copies of the sealed
    fields, backups included, are noise. Key backups expire 30 days later: from then on nothing can bring the person back.
    """
    is_account = person.kind is PersonKind.ACCOUNT
    steps = tuple(step for step in Step if is_account or step not in _ONLY_ACCOUNTS)
    kept = frozenset(Kept) if is_account else frozenset(Kept) - {Kept.ACCOUNT_ID}
    return ErasurePlan(person, steps, kept, now + KEY_BACKUPS)


def contact_goes_at(closed_at: datetime) -> datetime:
    """When the contact of a case goes by itself: 30 days after its last match or the case itself was closed (R19)."""
    return closed_at + CONTACT_AFTER_CLOSE
