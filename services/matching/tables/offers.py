"""Rows of offers, and of what was imported with organisations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.matching.tables.base import Base, JsonValue


class OfferRow(Base, table=True):
    """An offer. The check behind the conditional update makes overbooking impossible."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("places_used >= 0 AND places_used <= places", name="places_held"),
        Index("ix_offer_provider", "provider_kind", "provider_id"),
        Index("ix_offer_state_category", "state", "category"),
    )
    id: UUID = Field(primary_key=True)
    version: int
    state: str = Field(max_length=20)
    category: str = Field(max_length=120)
    provider_kind: str = Field(max_length=10)
    provider_id: UUID
    title: JsonValue = Field(sa_column=Column(Json, nullable=False))
    description: JsonValue = Field(sa_column=Column(Json, nullable=False))
    unit: str = Field(max_length=12)
    places: int
    places_used: int
    returns: bool
    languages: JsonValue = Field(sa_column=Column(Json, nullable=False))
    lat: float | None
    lon: float | None
    radius_km: float
    remote: bool
    topics: JsonValue = Field(sa_column=Column(Json, nullable=False))
    windows: JsonValue = Field(sa_column=Column(Json, nullable=False))
    valid_from: date | None
    valid_until: date | None
    provides: JsonValue = Field(sa_column=Column(Json, nullable=False))
    requires: JsonValue = Field(sa_column=Column(Json, nullable=False))
    prefers: JsonValue = Field(default=None, sa_column=Column(Json, nullable=True))
    """Tags that the provider would welcome; null: none."""
    household_min: int | None
    household_max: int | None
    audience: str = Field(max_length=14)
    review_on: date | None
    review_asked_on: date | None = None
    refused_because: str | None = Field(default=None, max_length=20)
    """Why a moderator did not approve it."""
    posted_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    entered_by: UUID | None = None
    """The account that wrote it; null: an API client, an import, or unknown."""
    closed_because: str | None = Field(default=None, max_length=20)
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class ImportedOfferRow(Base, table=True):
    """Up to which version the telling of an imported service was followed."""

    __tablename__ = "imported_offer"
    offer_id: UUID = Field(primary_key=True)
    version: int


class CategoryChoiceRow(Base, table=True):
    """What the city chose for a kind of help; without a row it is offered as the vocabulary says."""

    __tablename__ = "category_choice"

    code: str = Field(primary_key=True, max_length=60)
    version: int
    offered: bool
    names: dict[str, str] = Field(sa_column=Column(Json, nullable=False))
    place: int | None = Field(default=None)
    icon: str | None = Field(default=None, max_length=40)
    updated_at: datetime = Field(sa_type=UTCDateTime)
