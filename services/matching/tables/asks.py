"""Rows of asks for help, and of what is said about them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.matching.tables.base import Base, JsonValue


class AskRow(Base, table=True):
    """What somebody asks for without a name; the secret's hash, never the secret. What describes the household goes when the ask ends."""

    __tablename__ = "ask"
    id: UUID = Field(primary_key=True)
    version: int
    code: str = Field(max_length=40, unique=True)
    secret_hash: str = Field(max_length=64)
    once_hash: str | None = Field(default=None, max_length=64, unique=True)
    state: str = Field(max_length=10, index=True)
    content: JsonValue = Field(sa_column=Column(Json, nullable=False))
    taken_by: UUID | None
    why_not: str | None = Field(default=None, max_length=20)
    ended_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    expires_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    asked_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskMessageRow(Base, table=True):
    """What a coordinator wrote to an asker."""

    __tablename__ = "ask_message"
    id: UUID = Field(primary_key=True)
    ask_id: UUID = Field(sa_column=Column("ask_id", ForeignKey("ask.id"), nullable=False, index=True))
    need_id: UUID | None
    sentence: str = Field(max_length=20)
    text: str = Field(max_length=300)
    written_by: UUID
    written_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskFeedbackRow(Base, table=True):
    """Whether it helped, as the asker says."""

    __tablename__ = "ask_feedback"
    need_id: UUID = Field(primary_key=True)
    ask_id: UUID = Field(sa_column=Column("ask_id", ForeignKey("ask.id"), nullable=False, index=True))
    helped: bool
    said_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskTryRow(Base, table=True):
    """An ask made, or secret words that were wrong, under a pseudonym of the network address or of the code; forgotten after a day."""

    __tablename__ = "ask_try"
    __table_args__ = (Index("ix_ask_try_key", "kind", "key", "at"),)
    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=10)
    key: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
