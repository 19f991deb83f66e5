"""Rows of what changed, and of what matching knows of actors and accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, String
from sqlmodel import Field

from chassis.tables import Serial, UTCDateTime
from services.matching.tables.base import Base


class ChangeRow(Base, table=True):
    """What changed, for the index of each replica: offer, need, case, provider or weights."""

    __tablename__ = "change"
    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    kind: str = Field(sa_column=Column(String(10), nullable=False))
    subject_id: UUID
    xact: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True, index=True))
    """The transaction that wrote it, where writers run side by side (PostgreSQL): what older ones wrote is all there to be read."""
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))


class KnownActorRow(Base, table=True):
    """What matching knows of an actor, from its events."""

    __tablename__ = "known_actor"
    id: UUID = Field(primary_key=True)
    version: int
    archived: bool


class FollowedMergeRow(Base, table=True):
    """What followed a merge of organisations, so that it can go back."""

    __tablename__ = "followed_merge"
    merge_id: UUID = Field(primary_key=True)
    part: str = Field(primary_key=True, max_length=12)
    subject_id: UUID = Field(primary_key=True)


class KnownAccountRow(Base, table=True):
    """What matching knows of an account, from its events."""

    __tablename__ = "known_account"
    id: UUID = Field(primary_key=True)
    version: int
    role: str = Field(max_length=12)
    actor_id: UUID | None
    active: bool
