"""Rows of the registry's records: actors, memberships, declarations, initiatives, resources. `quality` is the score of the day of writing
or of the last turn of the timer; on `quality_due` it falls next, because the record grows old."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from chassis.tables import UTCDateTime
from services.actors.tables.base import Base

Day = date
"""The type of a day, where a column is called `date`."""


class ActorRow(Base, table=True):
    """An organisation. `folded` is the lower-case name without accents, for searching and for the order of lists."""

    __tablename__ = "actor"
    __table_args__ = (
        Index("ix_actor_order", "folded", "id"),
        Index("ix_actor_place", "lat", "lon"),
        Index("ix_actor_quality", "quality", "id"),
        Index("ix_actor_name", "name"),
        Index("ix_actor_kinds", "kind", "country", "archived", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    slug: str = Field(max_length=80, unique=True)
    kind: str = Field(max_length=30)
    name: str = Field(max_length=200)
    local_name: str | None = Field(default=None, max_length=200)
    country: str | None = Field(default=None, max_length=2, index=True)
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    website: str | None = Field(default=None, max_length=500)
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    archived: bool
    claimed: bool
    folded: str = Field(max_length=900)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class MembershipRow(Base, table=True):
    """An actor belongs to a network, once."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("network_id", "member_id"),
        Index("ix_membership_member", "member_id", "network_id"),
        Index("ix_membership_quality", "quality", "id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    network_id: UUID = Field(foreign_key="actor.id")
    member_id: UUID = Field(foreign_key="actor.id")
    role: str = Field(max_length=20)
    since: int | None = None
    confirmation: str = Field(max_length=20)
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class DeclarationRow(Base, table=True):
    """What a municipality declared. `date` is an ISO year, month or day; as text it sorts by time."""

    __tablename__ = "declaration"
    __table_args__ = (Index("ix_declaration_order", "date", "id"), Index("ix_declaration_quality", "quality", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    municipality_id: UUID = Field(foreign_key="actor.id", index=True)
    type: str = Field(max_length=30)
    date: str = Field(max_length=10)
    title: str = Field(max_length=300)
    source: str = Field(max_length=500)
    read_on: Day | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: Day | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class InitiativeRow(Base, table=True):
    """What an actor runs or ran. Lists are kept as `;a;b;`, so that one entry is found with LIKE on either database."""

    __tablename__ = "initiative"
    __table_args__ = (Index("ix_initiative_order", "folded", "id"), Index("ix_initiative_quality", "quality", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    slug: str = Field(max_length=80, unique=True)
    actor_id: UUID = Field(foreign_key="actor.id", index=True)
    title: str = Field(max_length=300)
    themes: str = Field(max_length=400)
    year: int | None = None
    partners: str = Field(sa_column=Column(Text, nullable=False))
    summary: str | None = Field(default=None, max_length=2000)
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    folded: str = Field(max_length=900)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class ResourceRow(Base, table=True):
    """A report, article, book or page of the archive. Lists are kept as in `initiative`."""

    __tablename__ = "resource"
    __table_args__ = (Index("ix_resource_order", "folded", "id"), Index("ix_resource_quality", "quality", "id"))

    id: UUID = Field(primary_key=True)
    version: int
    slug: str = Field(max_length=80, unique=True)
    title: str = Field(max_length=300)
    authors: str | None = Field(default=None, max_length=300)
    year: int | None = None
    kind: str = Field(max_length=20)
    languages: str = Field(max_length=800, sa_column_kwargs={"server_default": ""})
    topic_themes: str = Field(max_length=400)
    actors: str = Field(sa_column=Column(Text, nullable=False))
    url: str | None = Field(default=None, max_length=500)
    source: str = Field(max_length=500)
    read_on: date | None = None
    entered_by: str = Field(max_length=20)
    quality: int
    quality_due: date | None = None
    folded: str = Field(max_length=1200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
