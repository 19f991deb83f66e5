"""Rows of searching: what is kept of each record, its earlier places in lists, former names, the words there are, and saved searches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from chassis.tables import Json, Serial, UTCDateTime
from services.actors.tables.base import Base


class SearchEntryRow(Base, table=True):
    """What is kept of a record for searching. `names` is `|a|b|`, `words` is `a b`; both are folded. The database's own full-text index
    covers `words`. `sub` is the record's own kind or type; `links` how many memberships it has; the lower `lightness`, the earlier in lists."""

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("kind", "record_id"),
        Index("ix_search_entry_record_id", "record_id"),
        Index("ix_search_entry_order", "kind", "sort_key"),
    )

    id: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    kind: str = Field(max_length=20)
    record_id: UUID
    record_version: int
    folding: int
    title: str = Field(max_length=300)
    names: str = Field(sa_column=Column(Text, nullable=False))
    words: str = Field(sa_column=Column(Text, nullable=False))
    sort_key: str = Field(max_length=1200)
    sub: str = Field(max_length=30)
    country: str | None = Field(default=None, max_length=2)
    archived: bool
    people: int | None = None
    links: int
    lightness: int


class SearchMovedRow(Base, table=True):
    """Where a record stood in lists before the revision `until`, for readers who page through them meanwhile."""

    __tablename__ = "search_moved"
    __table_args__ = (Index("ix_search_moved_record", "record_id", "until"), Index("ix_search_moved_until", "until"))

    id: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    record_id: UUID
    names: str = Field(sa_column=Column(Text, nullable=False))
    sort_key: str = Field(max_length=1200)
    lightness: int
    until: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    moved_at: datetime = Field(sa_type=UTCDateTime, index=True)


class FormerNameRow(Base, table=True):
    """A name that an organisation had before, or that of a record that was merged into it (`origin`)."""

    __tablename__ = "former_name"

    actor_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True, max_length=200)
    origin: UUID | None = Field(default=None, index=True)
    until: datetime = Field(sa_type=UTCDateTime)


class SearchTermRow(Base, table=True):
    """A word that is in some record."""

    __tablename__ = "search_term"

    word: str = Field(primary_key=True, max_length=60)


class SearchGramRow(Base, table=True):
    """Three letters of a word, so that words are found that were typed wrongly."""

    __tablename__ = "search_gram"

    gram: str = Field(primary_key=True, max_length=3)
    size: int = Field(primary_key=True)
    word: str = Field(primary_key=True, max_length=60)


class RegistryRevisionRow(Base, table=True):
    """The registry's revision: one row, whose number rises with each transaction that changes the registry. `healed`: up to which revision
    the search was compared with the records; `folding`: how names were read then."""

    __tablename__ = "registry_revision"

    id: int = Field(primary_key=True)
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    healed: int = Field(sa_column=Column(BigInteger, nullable=False))
    folding: int


class SavedSearchRow(Base, table=True):
    """A search that an account keeps. Nothing but what is asked for; the account is an id."""

    __tablename__ = "saved_search"

    id: UUID = Field(primary_key=True)
    version: int
    account_id: UUID = Field(index=True)
    name: str = Field(max_length=80)
    query: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: JSON of the query's parameters
    language: str = Field(max_length=10)
    digest: str = Field(max_length=10)
    looked_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
