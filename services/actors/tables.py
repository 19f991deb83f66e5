"""The tables of actors. All of it is public: organisations, what they belong to, said and do, and the directory of open public offers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.tables import Json, UTCDateTime, add_ledger, new_registry

registry = new_registry()


class Base(SQLModel, registry=registry):
    """Base of this service's rows."""

    metadata = registry.metadata


ledger = add_ledger(registry.metadata)


class ActorRow(Base, table=True):
    """An organisation. `folded` is the lower-case name without accents, for searching and for the order of lists."""

    __tablename__ = "actor"
    __table_args__ = (Index("ix_actor_order", "folded", "id"), Index("ix_actor_place", "lat", "lon"))

    id: UUID = Field(primary_key=True)
    version: int
    slug: str = Field(max_length=80, unique=True)
    kind: str = Field(max_length=30, index=True)
    name: str = Field(max_length=200)
    local_name: str | None = Field(default=None, max_length=200)
    country: str | None = Field(default=None, max_length=2, index=True)
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    website: str | None = Field(default=None, max_length=500)
    source: str = Field(max_length=500)
    archived: bool
    folded: str = Field(max_length=900)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class MembershipRow(Base, table=True):
    """An actor belongs to a network, once."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("network_id", "member_id"),)

    id: UUID = Field(primary_key=True)
    version: int
    network_id: UUID = Field(foreign_key="actor.id")
    member_id: UUID = Field(foreign_key="actor.id", index=True)
    role: str = Field(max_length=20)
    since: int | None = None
    source: str = Field(max_length=500)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class DeclarationRow(Base, table=True):
    """What a municipality declared. `date` is an ISO year, month or day; as text it sorts by time."""

    __tablename__ = "declaration"
    __table_args__ = (Index("ix_declaration_order", "date", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    municipality_id: UUID = Field(foreign_key="actor.id", index=True)
    type: str = Field(max_length=30)
    date: str = Field(max_length=10)
    title: str = Field(max_length=300)
    source: str = Field(max_length=500)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class InitiativeRow(Base, table=True):
    """What an actor runs or ran. Lists are kept as `;a;b;`, so that one entry is found with LIKE on either database."""

    __tablename__ = "initiative"
    __table_args__ = (Index("ix_initiative_order", "folded", "id"),)

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
    folded: str = Field(max_length=900)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class ResourceRow(Base, table=True):
    """A report, article, book or page of the archive. Lists are kept as in `initiative`."""

    __tablename__ = "resource"
    __table_args__ = (Index("ix_resource_order", "folded", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    slug: str = Field(max_length=80, unique=True)
    title: str = Field(max_length=300)
    authors: str | None = Field(default=None, max_length=300)
    year: int | None = None
    kind: str = Field(max_length=20)
    topic_themes: str = Field(max_length=400)
    actors: str = Field(sa_column=Column(Text, nullable=False))
    url: str | None = Field(default=None, max_length=500)
    source: str = Field(max_length=500)
    folded: str = Field(max_length=1200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


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
