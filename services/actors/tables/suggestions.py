"""Rows of what others tell the registry: suggestions, claims, pairs that look like the same organisation, and merges.

None of them holds a name or an address of a person: who suggests is known by the hash of a secret, who claims by an account's id.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.actors.tables.base import Base


class SuggestionRow(Base, table=True):
    """What somebody suggests. `content_key` finds the same suggestion again, `owners` are the actors whose members may decide it."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_queue", "state", "created_at", "id"), Index("ix_suggestion_content", "content_key", "state"))

    id: UUID = Field(primary_key=True)
    version: int
    kind: str = Field(max_length=30)
    state: str = Field(max_length=12)
    record_kind: str | None = Field(default=None, max_length=20)
    record_id: UUID | None = Field(default=None, index=True)
    record_version: int | None = None
    values: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of what is proposed
    source: str = Field(max_length=500)
    note: str | None = Field(default=None, max_length=500)
    owners: str = Field(sa_column=Column(Text, nullable=False))
    content_key: str = Field(max_length=64)
    times: int
    reason: str | None = Field(default=None, max_length=30)
    result_kind: str | None = Field(default=None, max_length=20)
    result_id: UUID | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SuggestionAskRow(Base, table=True):
    """One sending of a suggestion; whoever holds the secret may read how it ended. `stamp` makes each form good for one sending."""

    __tablename__ = "suggestion_ask"

    id: UUID = Field(primary_key=True)
    suggestion_id: UUID = Field(foreign_key="suggestion.id", index=True)
    secret_hash: str = Field(max_length=64)
    stamp: str | None = Field(default=None, max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)


class ClaimRow(Base, table=True):
    """An account says that it is of the organisation."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_queue", "state", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    actor_id: UUID = Field(index=True)
    account_id: UUID = Field(index=True)
    role: str = Field(max_length=20)
    text: str = Field(max_length=500)
    state: str = Field(max_length=12)
    reason: str | None = Field(default=None, max_length=30)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class DuplicateKeyRow(Base, table=True):
    """Under which keys an actor is compared with others (model.duplicates)."""

    __tablename__ = "duplicate_key"

    key: str = Field(primary_key=True, max_length=80)
    actor_id: UUID = Field(primary_key=True, index=True)


class DuplicateSeenRow(Base, table=True):
    """Which version of an actor was compared with the others."""

    __tablename__ = "duplicate_seen"

    actor_id: UUID = Field(primary_key=True)
    version: int


class DuplicatePairRow(Base, table=True):
    """Two actors that look like one organisation; `low_id` is the smaller id."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (UniqueConstraint("low_id", "high_id"), Index("ix_duplicate_pair_queue", "state", "score", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    low_id: UUID
    high_id: UUID = Field(index=True)
    score: int
    reasons: list[str] = Field(sa_column=Column(Json, nullable=False))
    state: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class MergeRow(Base, table=True):
    """One actor went into another. `steps` is all that was changed, with the values before and after, so that it can be undone."""

    __tablename__ = "actor_merge"
    __table_args__ = (Index("ix_actor_merge_list", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    kept_id: UUID = Field(index=True)
    gone_id: UUID = Field(index=True)
    state: str = Field(max_length=12)
    steps: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of model.merging.Steps
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
