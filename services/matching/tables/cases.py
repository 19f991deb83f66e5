"""Rows of cases under codes, of needs, and of their proposals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.matching.tables.base import Base, JsonValue


class CaseRow(Base, table=True):
    """A case, under a random code. No name."""

    __tablename__ = "hub_case"
    id: UUID = Field(primary_key=True)
    version: int
    code: str = Field(max_length=40, unique=True)
    state: str = Field(max_length=10)
    recorded_by: UUID | None = Field(index=True)
    actor_id: UUID | None = Field(index=True)
    household: JsonValue = Field(sa_column=Column(Json, nullable=False))
    languages: JsonValue = Field(sa_column=Column(Json, nullable=False))
    attributes: JsonValue = Field(sa_column=Column(Json, nullable=False))
    lat: float | None
    lon: float | None
    consent: JsonValue = Field(sa_column=Column(Json, nullable=False))
    statement: JsonValue = Field(sa_column=Column(Json, nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    blanked: bool = False
    """Whether what describes the household was removed."""
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class CaseShareRow(Base, table=True):
    """A team that may see a case too."""

    __tablename__ = "case_share"
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), primary_key=True))
    actor_id: UUID = Field(primary_key=True, index=True)


class NeedRow(Base, table=True):
    """A need of a case, and how fresh its proposals are."""

    __tablename__ = "need"
    __table_args__ = (Index("ix_need_state_category", "state", "category"),)
    id: UUID = Field(primary_key=True)
    version: int
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), nullable=False, index=True))
    state: str = Field(max_length=14)
    category: str = Field(max_length=120)
    size: int
    languages: JsonValue = Field(sa_column=Column(Json, nullable=False))
    topics: JsonValue = Field(sa_column=Column(Json, nullable=False))
    max_travel_km: float
    windows: JsonValue = Field(sa_column=Column(Json, nullable=False))
    from_date: date | None
    until_date: date | None
    urgency: str = Field(max_length=8)
    requires: JsonValue = Field(sa_column=Column(Json, nullable=False))
    provides: JsonValue = Field(sa_column=Column(Json, nullable=False))
    preferences: JsonValue = Field(sa_column=Column(Json, nullable=False))
    links: JsonValue = Field(sa_column=Column(Json, nullable=False))
    posted_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    proposals_version: int = 0
    proposals_of: int = 0
    """The need's version that the stored proposals were computed for."""
    proposals_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class ProposalRow(Base, table=True):
    """One computed pairing of a need."""

    __tablename__ = "proposal"
    need_id: UUID = Field(sa_column=Column("need_id", ForeignKey("need.id"), primary_key=True))
    offer_id: UUID = Field(sa_column=Column("offer_id", ForeignKey("offer.id"), primary_key=True, index=True))
    rank: int
    score: int
    parts: JsonValue = Field(sa_column=Column(Json, nullable=False))
    weights: str = Field(max_length=60)
