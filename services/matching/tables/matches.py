"""Rows of matches, and of questions about them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, text
from sqlmodel import Field

from chassis.tables import UTCDateTime
from services.matching.tables.base import Base

LIVE_MATCH = text("state IN ('confirmed', 'accepted', 'in_progress')")


class MatchRow(Base, table=True):
    """A match. One live match a need, held by the partial index."""

    __tablename__ = "hub_match"
    __table_args__ = (
        Index("uq_live_match_of_need", "need_id", unique=True, sqlite_where=LIVE_MATCH, postgresql_where=LIVE_MATCH),
        Index("ix_hub_match_provider", "provider_kind", "provider_id"),
        Index("ix_hub_match_state", "state", "answer_by"),
    )
    id: UUID = Field(primary_key=True)
    version: int
    state: str = Field(max_length=14)
    need_id: UUID = Field(sa_column=Column("need_id", ForeignKey("need.id"), nullable=False, index=True))
    offer_id: UUID = Field(sa_column=Column("offer_id", ForeignKey("offer.id"), nullable=False, index=True))
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), nullable=False, index=True))
    category: str = Field(max_length=120)
    provider_kind: str = Field(max_length=10)
    provider_id: UUID
    size: int
    returns: bool
    score: int
    weights: str = Field(max_length=60)
    confirmed_by: UUID
    answered_by: UUID | None = None
    on_behalf: bool = False
    answer_by: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    round_id: UUID | None
    places: str = Field(max_length=12)
    accepted_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    ended_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    decline_reason: str | None = Field(max_length=30)
    cancel_reason: str | None = Field(max_length=30)
    cancelled_by: str | None = Field(max_length=10)
    outcome: str | None = Field(max_length=30)
    reminded_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    """When the provider was last reminded."""
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class QuestionRow(Base, table=True):
    """What a provider asks about a request, with its answer. Text is null once it was blanked."""

    __tablename__ = "match_question"
    id: UUID = Field(primary_key=True)
    version: int
    match_id: UUID = Field(sa_column=Column("match_id", ForeignKey("hub_match.id"), nullable=False, index=True))
    asked_by: UUID | None = None
    text: str | None = Field(max_length=400)
    answer: str | None = Field(default=None, max_length=400)
    answered_by: UUID | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
