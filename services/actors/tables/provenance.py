"""Rows of provenance: history, tombstones, identifiers, confirmations; and the records of capacity and practice."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.actors.tables.base import Base


class HistoryRow(Base, table=True):
    """One act on one record, with the whole record after it. `author` is an account's or client's id and leaves with the account."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("kind", "record_id", "version"), Index("ix_history_at", "at", "id"))

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=20)
    record_id: UUID
    version: int
    act: str = Field(max_length=20)
    entered_by: str = Field(max_length=20)
    author: str | None = Field(default=None, max_length=80, index=True)
    source: str | None = Field(default=None, max_length=500)
    read_on: date | None = None
    state: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))  # Any: JSON of the record
    at: datetime = Field(sa_type=UTCDateTime)


class TombstoneRow(Base, table=True):
    """A record that left, so that readers of a copy can follow."""

    __tablename__ = "tombstone"
    __table_args__ = (Index("ix_tombstone_removed_at", "removed_at", "record_id"), Index("ix_tombstone_slug", "slug"))

    kind: str = Field(max_length=20, primary_key=True)
    record_id: UUID = Field(primary_key=True)
    version: int
    slug: str | None = Field(default=None, max_length=80)
    removed_at: datetime = Field(sa_type=UTCDateTime)
    merged_into: UUID | None = Field(default=None, index=True)


class ActorIdentifierRow(Base, table=True):
    """Under which value another register knows an actor; one value of a scheme means one actor."""

    __tablename__ = "actor_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    id: UUID = Field(primary_key=True)
    actor_id: UUID = Field(foreign_key="actor.id", index=True)
    scheme: str = Field(max_length=80)
    value: str = Field(max_length=200)
    source: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ConfirmationRow(Base, table=True):
    """What one side says of a membership, or of a partnership in an initiative (`other_id`: the partner). `by` leaves with the account."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("subject_id", "other_id", "side_actor_id"),)

    id: UUID = Field(primary_key=True)
    subject_kind: str = Field(max_length=20)
    subject_id: UUID
    other_id: UUID = Field(index=True)
    side_actor_id: UUID = Field(foreign_key="actor.id", index=True)
    state: str = Field(max_length=20)
    at: datetime = Field(sa_type=UTCDateTime)
    by: str | None = Field(default=None, max_length=80, index=True)


class CapacityRow(Base, table=True):
    """How many people a municipality says it can receive, for a purpose, in a period; no `ends_on`: until further notice."""

    __tablename__ = "capacity"
    __table_args__ = (
        Index("ix_capacity_municipality_id", "municipality_id", "purpose", "begins_on"),
        Index("ix_capacity_order", "begins_on", "id"),
        Index("ix_capacity_quality", "quality", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    municipality_id: UUID = Field(foreign_key="actor.id")
    purpose: str = Field(max_length=30)
    begins_on: date
    ends_on: date | None = None
    places: int
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class PracticeRow(Base, table=True):
    """A kind of solidarity practice that an actor has, once each."""

    __tablename__ = "practice"
    __table_args__ = (UniqueConstraint("actor_id", "practice"), Index("ix_practice_quality", "quality", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    actor_id: UUID = Field(foreign_key="actor.id")
    practice: str = Field(max_length=40, index=True)
    since: int | None = None
    note: str | None = Field(default=None, max_length=500)
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
