"""What `people` keeps of others' news and of erasures: whose a case is, and who was erased."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.people.model.persons import PersonRef


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case as `people` knows it: whose it is. `statement` is the consent statement of its last event, in one line."""

    id: UUID
    version: int
    code: str
    state: str
    recorded_by: UUID | None
    actor_id: UUID | None
    shared_with: frozenset[UUID]
    statement: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person who was erased, and until when a backup of their key may exist."""

    id: UUID
    person: PersonRef
    subject_id: UUID | None
    erased_at: datetime
    backups_gone_by: datetime
