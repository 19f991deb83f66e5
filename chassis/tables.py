"""The tables that every service has: outbox, inbox, dead letters, audit, idempotency keys, the relay's memory, and what the city chose.

They are plain SQLAlchemy tables on the service's own metadata (one registry a service, so that services may share a process).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlalchemy.types import JSON

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON column: JSONB on PostgreSQL, text on SQLite."""

Serial = BigInteger().with_variant(Integer, "sqlite")
"""Increasing 64-bit key; SQLite counts only INTEGER keys up by itself."""


class UTCDateTime(TypeDecorator[datetime]):
    """A moment with its zone. SQLite forgets zones: a naive value is refused going in, UTC is attached coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, or an error for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored moment as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_registry() -> registry:
    """A registry of a service's own, with fixed constraint names (so that migrations compare quietly)."""
    return registry(metadata=MetaData(naming_convention=NAMES))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The chassis tables of one service."""

    outbox: Table
    inbox: Table
    inbox_failure: Table
    dead_letter: Table
    audit: Table
    audit_head: Table
    idempotency: Table
    relay_state: Table
    instance: Table


@cache
def insert_into(table: Table) -> Insert:
    """An insertion of whole rows, built once: it is written so often that building it anew would cost more than the writing."""
    return insert(table)


def add_ledger(metadata: MetaData) -> Ledger:
    """Declare the chassis tables on a service's metadata."""
    moment: Any = UTCDateTime
    outbox = Table(
        "outbox",
        metadata,
        Column("seq", Serial, primary_key=True, autoincrement=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("subject", String(120), nullable=False),
        Column("subject_id", String(80), nullable=False),
        Column("body", Text, nullable=False),
        Column("audience", Json, nullable=False),
        Column("correlation_id", String(36), nullable=False),
        Column("created_at", moment, nullable=False),
        Column("sent_at", moment, nullable=True),
        Column("stream_seq", BigInteger, nullable=True),
    )
    Index("ix_outbox_unsent", outbox.c.seq, sqlite_where=outbox.c.sent_at.is_(None), postgresql_where=outbox.c.sent_at.is_(None))
    Index("ix_outbox_correlation_id", outbox.c.correlation_id)
    Index("ix_outbox_created_at", outbox.c.created_at)
    inbox = Table(
        "inbox",
        metadata,
        Column("event_id", String(36), primary_key=True),
        Column("subject", String(120), nullable=False),
        Column("correlation_id", String(36), nullable=False),
        Column("handled_at", moment, nullable=False, index=True),
    )
    inbox_failure = Table(
        "inbox_failure",
        metadata,
        Column("event_id", String(36), primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("reason", String(200), nullable=False),
        Column("failed_at", moment, nullable=False),
    )
    dead_letter = Table(
        "dead_letter",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("event_id", String(36), nullable=True),
        Column("stream", String(60), nullable=False),
        Column("stream_seq", BigInteger, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("reason", String(200), nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("died_at", moment, nullable=False),
        Column("replayed_at", moment, nullable=True),
    )
    audit = Table(
        "audit",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("at", moment, nullable=False, index=True),
        Column("caller_kind", String(20), nullable=False),
        Column("caller_id", String(80), nullable=True),
        Column("action", String(80), nullable=False),
        Column("subject_kind", String(40), nullable=False),
        Column("subject_id", String(80), nullable=False),
        Column("details", Json, nullable=False),
        Column("correlation_id", String(36), nullable=False),
        Column("seq", BigInteger, nullable=True, unique=True),
        Column("hash", String(64), nullable=True),
    )
    audit_head = Table(
        "audit_head",
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", String(12), primary_key=True),
        Column("hash", String(64), nullable=False),
        Column("signed_at", moment, nullable=False),
        Column("signature", String(128), nullable=False),
    )
    idempotency = Table(
        "idempotency",
        metadata,
        Column("principal", String(120), primary_key=True),
        Column("key", String(255), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("claimed_at", moment, nullable=False, index=True),
        Column("status", Integer, nullable=True),
        Column("headers", Json, nullable=True),
        Column("body", LargeBinary, nullable=True),
    )
    relay_state = Table(
        "relay_state",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("stream_created", String(40), nullable=False),
        Column("last_seq", BigInteger, nullable=False),
    )
    instance = Table(
        "instance",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("version", Integer, nullable=False),
        Column("state", Json, nullable=False),
        Column("updated_at", moment, nullable=False),
    )
    return Ledger(outbox, inbox, inbox_failure, dead_letter, audit, audit_head, idempotency, relay_state, instance)
