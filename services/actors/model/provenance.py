"""Where a record comes from and what happened to it: who entered it, each act, and what an act changed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from contracts.roles import Role

State = dict[str, Any]
"""A whole record as JSON (Any: JSON values)."""


class EnteredBy(StrEnum):
    """What kind of author stands behind a record as it is now; never who."""

    IMPORT = "import"
    EDITOR = "editor"
    MEMBER = "member"
    CLIENT = "client"
    SUGGESTION = "suggestion"
    SYSTEM = "system"


class Act(StrEnum):
    """What happened to a record."""

    ENTERED = "entered"
    CHANGED = "changed"
    REMOVED = "removed"
    ARCHIVED = "archived"
    MERGED = "merged"
    UNMERGED = "unmerged"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class RecordKind(StrEnum):
    """The kinds of records, as history and tombstones name them."""

    ACTOR = "actor"
    MEMBERSHIP = "membership"
    DECLARATION = "declaration"
    INITIATIVE = "initiative"
    RESOURCE = "resource"
    CAPACITY = "capacity"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a record's history. `state` is the whole record after the act, None once it left. `author` is never shown to the public."""

    id: UUID
    kind: RecordKind
    record_id: UUID
    version: int
    act: Act
    entered_by: EnteredBy
    author: str | None
    source: str | None
    read_on: date | None
    state: State | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an act changed (Any: JSON values)."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What stays of a record that left: its id and key, its last version, and the record it went into, if it was merged."""

    kind: RecordKind
    record_id: UUID
    version: int
    slug: str | None
    removed_at: datetime
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """Under which value another register knows an actor, for example `siren` 217500016."""

    id: UUID
    actor_id: UUID
    scheme: str
    value: str
    source: str | None
    created_at: datetime


UNSHOWN = frozenset({"id", "version", "created_at", "updated_at"})
"""Fields that every act touches or none; a list of changes leaves them out."""


def author_kind(caller: Caller) -> EnteredBy:
    """What kind of author a caller is."""
    if caller.kind == "client":
        return EnteredBy.CLIENT
    if caller.kind == "account":
        return EnteredBy.MEMBER if caller.role == Role.MEMBER else EnteredBy.EDITOR
    return EnteredBy.SYSTEM


def changes_between(before: State | None, after: State | None) -> tuple[Change, ...]:
    """Field by field what differs, in the order of the record's fields."""
    old, new = before or {}, after or {}
    names = [name for name in dict.fromkeys([*new, *old]) if name not in UNSHOWN]
    return tuple(Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))
