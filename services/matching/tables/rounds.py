"""Rows of rounds, of weights, and of what is lacking."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, text
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.matching.tables.base import Base, JsonValue


class RoundRow(Base, table=True):
    """A round and its plan."""

    __tablename__ = "hub_round"
    id: UUID = Field(primary_key=True)
    version: int
    state: str = Field(max_length=10, index=True)
    created_by: UUID = Field(index=True)
    actor_id: UUID | None
    needs: JsonValue = Field(sa_column=Column(Json, nullable=False))
    seconds: int
    pinned: JsonValue = Field(sa_column=Column(Json, nullable=False))
    forbidden: JsonValue = Field(sa_column=Column(Json, nullable=False))
    plan: JsonValue = Field(sa_column=Column(Json, nullable=True))
    match_ids: JsonValue = Field(sa_column=Column(Json, nullable=False))
    not_applied: JsonValue = Field(sa_column=Column(Json, nullable=False))
    failure: str | None = Field(max_length=30)
    excluded: JsonValue = Field(default=None, sa_column=Column(Json, nullable=True))
    """Needs and offers that the coordinator left out; null: none."""
    weights: str | None = Field(default=None, max_length=60)
    """The preset that the plan was made with."""
    start: JsonValue = Field(default=None, sa_column=Column(Json, nullable=True))
    """The seats of the plan before the last edit, from which the solver goes on."""
    progress: JsonValue = Field(default=None, sa_column=Column(Json, nullable=True))
    """How far the solver is: value, bound, gap, seconds."""
    compared: JsonValue = Field(default=None, sa_column=Column(Json, nullable=True))
    """The plan against what the best single proposals would do today."""
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class WeightsRow(Base, table=True):
    """A named, versioned preset of the score's weights. It never changes; one is in use, and the default where no row is."""

    __tablename__ = "weights"
    __table_args__ = (Index("uq_weights_in_use", "in_use", unique=True, sqlite_where=text("in_use"), postgresql_where=text("in_use")),)
    version: str = Field(primary_key=True, max_length=60)
    parts: JsonValue = Field(sa_column=Column(Json, nullable=False))
    note: str = Field(max_length=500)
    in_use: bool = False
    created_by: UUID | None
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    used_since: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class ScarcityRow(Base, table=True):
    """What was lacking at a moment: the best plan for all open needs, and what one more place would change."""

    __tablename__ = "scarcity"
    id: UUID = Field(primary_key=True)
    computed_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    weights: str = Field(max_length=60)
    figures: JsonValue = Field(sa_column=Column(Json, nullable=False))


class OfferPriceRow(Base, table=True):
    """What one more place of an offer was worth in the last plan for all open needs, in points of value; offers without a row are not scarce."""

    __tablename__ = "offer_price"
    offer_id: UUID = Field(sa_column=Column("offer_id", ForeignKey("offer.id"), primary_key=True))
    price: int
    computed_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
