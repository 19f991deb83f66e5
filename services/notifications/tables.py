"""The tables of notifications. They hold ids, kinds, states and counts; no name, address or text of anybody."""

from datetime import datetime
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


class AccountRow(Base, table=True):
    """Projection of an account."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_role", "role", "active"),)

    account_id: UUID = Field(primary_key=True)
    role: str = Field(max_length=20)
    actor_id: UUID | None = Field(default=None, index=True)
    locale: str = Field(max_length=8)
    active: bool
    version: int


class ErasedRow(Base, table=True):
    """An account that was erased, so that an older event which comes late does not bring it back."""

    __tablename__ = "erased"

    account_id: UUID = Field(primary_key=True)
    erased_at: datetime = Field(sa_type=UTCDateTime, index=True)


class SubjectRow(Base, table=True):
    """The newest known state of what messages are about; a message that it overtook is not sent."""

    __tablename__ = "subject"

    subject_id: UUID = Field(primary_key=True)
    state: str = Field(max_length=30)
    version: int
    updated_at: datetime = Field(sa_type=UTCDateTime, index=True)


class PreferencesRow(Base, table=True):
    """What one person chose, by kind."""

    __tablename__ = "preferences"

    account_id: UUID = Field(primary_key=True)
    choices: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: {kind: {in_app, email}}
    version: int
    updated_at: datetime = Field(sa_type=UTCDateTime)


class NoticeRow(Base, table=True):
    """One line in a person's inbox; once per person, event and kind (R10)."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "event_id", "kind"),
        Index("ix_notice_inbox", "account_id", "created_at", "id"),
        Index("ix_notice_event_id", "event_id"),
        Index("ix_notice_subject_id", "subject_id"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    account_id: UUID
    event_id: UUID
    kind: str = Field(max_length=40)
    subject_id: UUID
    numbers: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: counts by name
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MailRow(Base, table=True):
    """One outgoing mail; its id is the mail's Message-ID."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("recipient_id", "event_id", "kind"),
        Index("ix_mail_due", "state", "due_at"),
        Index("ix_mail_event_id", "event_id"),
    )

    id: UUID = Field(primary_key=True)
    recipient_kind: str = Field(max_length=12)
    recipient_id: UUID
    account_id: UUID | None = Field(default=None, index=True)
    event_id: UUID
    kind: str = Field(max_length=40)
    subject_id: UUID
    numbers: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))  # Any: counts by name
    state: str = Field(max_length=16)
    attempts: int
    due_at: datetime = Field(sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = Field(default=None, max_length=40)
    digest_id: UUID | None = Field(default=None, index=True)
    correlation_id: UUID
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class WebhookRow(Base, table=True):
    """An address that hears events."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_owner", "owner_kind", "owner_id"),)

    id: UUID = Field(primary_key=True)
    version: int
    owner_kind: str = Field(max_length=12)
    owner_id: str = Field(max_length=80)
    role: str | None = Field(default=None, max_length=20)
    actor_id: UUID | None = Field(default=None)
    scopes: list[str] = Field(sa_column=Column(Json, nullable=False))
    url: str = Field(max_length=500)
    events: list[str] = Field(sa_column=Column(Json, nullable=False))
    state: str = Field(max_length=12, index=True)
    disabled_reason: str | None = Field(default=None, max_length=20)
    generation: int
    previous_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class WebhookCallRow(Base, table=True):
    """One event on its way to one webhook."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_call_due", "state", "due_at"),
        Index("ix_webhook_call_list", "webhook_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhook.id", ondelete="CASCADE")
    event_id: UUID
    event_type: str = Field(max_length=120)
    body: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(max_length=12)
    attempts: int
    due_at: datetime = Field(sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    status: int | None = Field(default=None)
    error: str | None = Field(default=None, max_length=40)
    correlation_id: UUID
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    updated_at: datetime = Field(sa_type=UTCDateTime)
