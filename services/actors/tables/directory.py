"""Rows of the directory of open public offers, and of the statistics published from it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Integer, Text
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.actors.tables.base import Base


class DirectoryOfferRow(Base, table=True):
    """A public offer as `matching` told it; nothing of who posted it but the actor. Once not `listed`, only id and version remain."""

    __tablename__ = "directory_offer"
    __table_args__ = (Index("ix_directory_offer_order", "listed", "posted_at", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    listed: bool
    state: str = Field(max_length=30)
    category: str = Field(max_length=80, index=True)
    provider_actor_id: UUID | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of what is shown and not searched
    languages: str = Field(sa_column=Column(Text, nullable=False))
    remote: bool
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    weekdays: int
    slots: int = Field(sa_column=Column(Integer, nullable=False, server_default="2097151"))
    valid_until: date | None = None
    folded: str = Field(sa_column=Column(Text, nullable=False))
    posted_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime, index=True)


class SnapshotRow(Base, table=True):
    """The statistics published on a day; fixed, so that two readings cannot be subtracted from each other."""

    __tablename__ = "statistics_snapshot"

    day: date = Field(primary_key=True)
    figures: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of model.statistics.Snapshot
    taken_at: datetime = Field(sa_type=UTCDateTime)
