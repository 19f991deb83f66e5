"""Rows of imports: sources and how their files are read, jobs with their sealed files and lines, and the services that became offers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.actors.tables.base import Base

JsonMap = dict[str, Any]
"""JSON (Any: of the shape that the model gives it)."""


class ImportSourceRow(Base, table=True):
    """Where files come from, and how they are read. `actor_id`: the organisation whose members own it; none: the registry's editors do."""

    __tablename__ = "import_source"

    key: str = Field(primary_key=True, max_length=60)
    version: int
    name: str = Field(max_length=200)
    licence: str | None = Field(default=None, max_length=200)
    citation: str = Field(max_length=500)
    language: str = Field(max_length=20)
    actor_id: UUID | None = Field(default=None, index=True)
    mapping: JsonMap = Field(sa_column=Column(Json, nullable=False))
    categories: JsonMap = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class ImportJobRow(Base, table=True):
    """One import on its way. `done` is the place up to which the phase's work is committed; whoever holds the lease goes on from there."""

    __tablename__ = "import_job"
    __table_args__ = (Index("ix_import_job_order", "created_at", "id"), Index("ix_import_job_state", "state"))

    id: UUID = Field(primary_key=True)
    version: int
    source_key: str = Field(max_length=60, index=True)
    format: str = Field(max_length=20)
    state: str = Field(max_length=20)
    actor_id: UUID | None = Field(default=None, index=True)
    done: int
    total: int
    remove_gone: bool
    contacts: int
    counts: JsonMap = Field(sa_column=Column(Json, nullable=False))
    links: JsonMap = Field(sa_column=Column(Json, nullable=False))
    tables: JsonMap = Field(sa_column=Column(Json, nullable=False))
    problem: JsonMap | None = Field(default=None, sa_column=Column(Json, nullable=True))
    runner: str | None = Field(default=None, max_length=40)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ImportFileRow(Base, table=True):
    """A piece of a file that waits, sealed: it may hold contacts that the registry must not keep. Deleted once the job ends."""

    __tablename__ = "import_file"

    job_id: UUID = Field(primary_key=True, foreign_key="import_job.id")
    place: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    name: str = Field(max_length=100)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ImportLineRow(Base, table=True):
    """What becomes of one record of a file. `data` is its neutral form; `told` says what `matching` answered about a service."""

    __tablename__ = "import_line"
    __table_args__ = (Index("ix_import_line_outcome", "job_id", "outcome", "seq"), Index("ix_import_line_told", "job_id", "told"))

    job_id: UUID = Field(primary_key=True, foreign_key="import_job.id")
    seq: int = Field(primary_key=True)
    place: str = Field(max_length=100)
    line: int
    kind: str = Field(max_length=20)
    outcome: str = Field(max_length=12)
    key: str = Field(max_length=400)
    name: str = Field(max_length=300)
    record_id: UUID | None = Field(default=None)
    told: str | None = Field(default=None, max_length=12)
    code: str | None = Field(default=None, max_length=60)
    message: JsonMap | None = Field(default=None, sa_column=Column(Json, nullable=True))
    detail: JsonMap | None = Field(default=None, sa_column=Column(Json, nullable=True))
    data: JsonMap | None = Field(default=None, sa_column=Column(Json, nullable=True))


class ImportedServiceRow(Base, table=True):
    """A service of a source, and the offer that it became: the same one at each import. `version` rises with each telling."""

    __tablename__ = "imported_service"
    __table_args__ = (UniqueConstraint("source_key", "service_key"),)

    offer_id: UUID = Field(primary_key=True)
    source_key: str = Field(max_length=60)
    service_key: str = Field(max_length=200)
    actor_id: UUID = Field(index=True)
    generation: int
    version: int
    state: str = Field(max_length=12)
    job_id: UUID
    content: JsonMap = Field(sa_column=Column(Json, nullable=False))
