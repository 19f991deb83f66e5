"""The tables of people. Names and addresses are there only as ciphertext; tokens, passwords and network addresses only as hashes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.tables import Json, UTCDateTime, add_ledger, new_registry

registry = new_registry()


class Base(SQLModel, registry=registry):
    """Base of this service's rows."""

    metadata = registry.metadata


ledger = add_ledger(registry.metadata)


class AccountRow(Base, table=True):
    """An account; its holder's name and address are sealed fields."""

    __tablename__ = "account"

    id: UUID = Field(primary_key=True)
    version: int
    role: str = Field(max_length=20, index=True)
    actor_id: UUID | None = Field(default=None, index=True)
    locale: str = Field(max_length=8)
    state: str = Field(max_length=12, index=True)
    second_factor: bool
    email_lookup: str | None = Field(default=None, max_length=64, unique=True)
    password_hash: str | None = Field(default=None, max_length=200)
    email_refused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_seen_on: date | None = Field(default=None)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class SealedFieldRow(Base, table=True):
    """One field of a person, sealed with that person's key."""

    __tablename__ = "sealed_field"

    person: str = Field(primary_key=True, max_length=80)
    field: str = Field(primary_key=True, max_length=30)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    updated_at: datetime = Field(sa_type=UTCDateTime)


class SecondFactorRow(Base, table=True):
    """A second factor: the sealed secret in use, one being set up, and the hashes of unused recovery codes."""

    __tablename__ = "second_factor"

    account_id: UUID = Field(primary_key=True)
    secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    pending: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    pending_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_step: int
    recovery: list[str] = Field(sa_column=Column(Json, nullable=False))
    version: int


class GuessRow(Base, table=True):
    """Failed tries, counted under pseudonyms of account, network and both."""

    __tablename__ = "guess"

    subject: str = Field(primary_key=True, max_length=64)
    source: str = Field(primary_key=True, max_length=64)
    failures: int
    last_failure_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    touched_at: datetime = Field(sa_type=UTCDateTime, index=True)


class SessionRow(Base, table=True):
    """A signed-in person's session."""

    __tablename__ = "session"

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(index=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class InvitationRow(Base, table=True):
    """An invitation; the token of its link is sealed until the mail is sent and the link used."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_list", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(index=True)
    invited_by: UUID | None = Field(default=None)
    role: str = Field(max_length=20)
    actor_id: UUID | None = Field(default=None, index=True)
    locale: str = Field(max_length=8)
    token_hash: str = Field(max_length=64, unique=True)
    sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ResetRequestRow(Base, table=True):
    """Somebody asked for a new password for an address; known and unknown addresses are written alike, and answered apart."""

    __tablename__ = "reset_request"

    id: UUID = Field(primary_key=True)
    email_lookup: str = Field(max_length=64, index=True)
    asked_at: datetime = Field(sa_type=UTCDateTime, index=True)
    done: bool


class ResetRow(Base, table=True):
    """A link to choose a new password."""

    __tablename__ = "password_reset"

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(index=True)
    token_hash: str = Field(max_length=64, unique=True)
    sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RegistrationRow(Base, table=True):
    """An address that waits to be confirmed; the address itself lies sealed in the vault. `carry` is sealed by whoever asked."""

    __tablename__ = "registration"

    id: UUID = Field(primary_key=True)
    account_id: UUID | None = Field(default=None, index=True)
    email_lookup: str = Field(max_length=64, index=True)
    source: str = Field(max_length=64, index=True)
    locale: str = Field(max_length=8)
    carry: str = Field(max_length=8000)
    answered: bool
    known: bool
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class AnswerLinkRow(Base, table=True):
    """A link in a mail that answers one request without signing in; its token is sealed until the mail is sent."""

    __tablename__ = "answer_link"
    __table_args__ = (UniqueConstraint("account_id", "match_id"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID
    match_id: UUID = Field(index=True)
    token_hash: str = Field(max_length=64, unique=True)
    sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class CalendarFeedRow(Base, table=True):
    """The secret address of somebody's calendar; only its hash is kept."""

    __tablename__ = "calendar_feed"

    account_id: UUID = Field(primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


class EmailChangeRow(Base, table=True):
    """Another address that an account wants; it holds once both addresses were confirmed. The new address is sealed with the person's key."""

    __tablename__ = "email_change"

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(unique=True)
    email_lookup: str = Field(max_length=64)
    sealed_email: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    old_token_hash: str = Field(max_length=64, unique=True)
    old_sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    old_confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    new_token_hash: str = Field(max_length=64, unique=True)
    new_sealed_token: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    new_confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class ClientRow(Base, table=True):
    """A partner's system."""

    __tablename__ = "api_client"
    __table_args__ = (Index("ix_api_client_list", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    version: int
    label: str = Field(max_length=80)
    actor_id: UUID | None = Field(default=None)
    scopes: list[str] = Field(sa_column=Column(Json, nullable=False))
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ClientSecretRow(Base, table=True):
    """One secret of a client, as its hash."""

    __tablename__ = "api_client_secret"

    prefix: str = Field(primary_key=True, max_length=40)
    client_id: UUID = Field(foreign_key="api_client.id", ondelete="CASCADE", index=True)
    hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ClientTokenRow(Base, table=True):
    """An access token of a client, as its hash."""

    __tablename__ = "api_client_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    client_id: UUID = Field(foreign_key="api_client.id", ondelete="CASCADE", index=True)
    scopes: list[str] = Field(sa_column=Column(Json, nullable=False))
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class ConsentRow(Base, table=True):
    """One consent of one person."""

    __tablename__ = "consent"

    id: UUID = Field(primary_key=True)
    person: str = Field(max_length=80, index=True)
    purpose: str = Field(max_length=20)
    recipient: str = Field(max_length=20)
    fields: list[str] = Field(sa_column=Column(Json, nullable=False))
    text_version: str = Field(max_length=40)
    channel: str = Field(max_length=20)
    given_at: datetime = Field(sa_type=UTCDateTime)
    until: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ConsentFlagsRow(Base, table=True):
    """What was last told about a person's consents."""

    __tablename__ = "consent_flags"

    person: str = Field(primary_key=True, max_length=80)
    version: int
    match: bool
    share_contact: bool
    until: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class CaseRow(Base, table=True):
    """Projection of a case: whose it is."""

    __tablename__ = "case_projection"

    case_id: UUID = Field(primary_key=True)
    version: int
    code: str = Field(max_length=40, unique=True)
    state: str = Field(max_length=20)
    recorded_by: UUID | None = Field(default=None)
    actor_id: UUID | None = Field(default=None)
    shared_with: list[str] = Field(sa_column=Column(Json, nullable=False))
    statement: str = Field(max_length=400)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class MatchRow(Base, table=True):
    """Projection of a match: its state and its two parties."""

    __tablename__ = "match_projection"

    match_id: UUID = Field(primary_key=True)
    version: int
    state: str = Field(max_length=20)
    case_code: str = Field(max_length=40, index=True)
    provider_account_id: UUID | None = Field(default=None)
    provider_actor_id: UUID | None = Field(default=None)
    answered_by: UUID | None = Field(default=None)
    recorded_by: UUID | None = Field(default=None)
    case_actor_id: UUID | None = Field(default=None)
    shared_with: list[str] = Field(sa_column=Column(Json, nullable=False))
    answer_by: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Until when its provider may answer; null: not told yet."""


class ActorRow(Base, table=True):
    """Projection of an actor."""

    __tablename__ = "actor_projection"

    actor_id: UUID = Field(primary_key=True)
    version: int
    archived: bool


class HeardRow(Base, table=True):
    """An event that this service has seen, and whom it may concern: the vault answers for no other."""

    __tablename__ = "heard_event"

    event_id: UUID = Field(primary_key=True)
    accounts: list[str] = Field(sa_column=Column(Json, nullable=False))
    actors: list[str] = Field(sa_column=Column(Json, nullable=False))
    staff: bool
    heard_at: datetime = Field(sa_type=UTCDateTime, index=True)


class SuggestionContactRow(Base, table=True):
    """That somebody left an address for the answer to a suggestion; the address itself lies sealed in the vault."""

    __tablename__ = "suggestion_contact"

    suggestion_id: UUID = Field(primary_key=True)
    locale: str = Field(max_length=8)
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class FollowedMergeRow(Base, table=True):
    """What followed a merge of organisations, so that it can go back: the place of an account, or a side of a match."""

    __tablename__ = "followed_merge"

    merge_id: UUID = Field(primary_key=True)
    part: str = Field(primary_key=True, max_length=12)
    subject_id: UUID = Field(primary_key=True)


class DisclosureRow(Base, table=True):
    """One reading of a contact: who, whose, in which match or case."""

    __tablename__ = "disclosure"
    __table_args__ = (
        Index("ix_disclosure_list", "at", "id"),
        Index("ix_disclosure_reader", "reader", "at"),
        Index("ix_disclosure_person", "person", "at"),
    )

    id: UUID = Field(primary_key=True)
    reader: UUID
    person: str = Field(max_length=80)
    match_id: UUID | None = Field(default=None)
    side: str = Field(max_length=12)
    fields: list[str] = Field(sa_column=Column(Json, nullable=False))
    at: datetime = Field(sa_type=UTCDateTime)


class ErasureRow(Base, table=True):
    """A person who was erased; played again after a restore."""

    __tablename__ = "erasure"
    __table_args__ = (UniqueConstraint("person"),)

    id: UUID = Field(primary_key=True)
    person: str = Field(max_length=80)
    subject_id: UUID | None = Field(default=None)
    erased_at: datetime = Field(sa_type=UTCDateTime, index=True)
    backups_gone_by: datetime = Field(sa_type=UTCDateTime)


class InstanceLogoRow(Base, table=True):
    """The city's picture, under the hash of its bytes; there is one at most."""

    __tablename__ = "instance_logo"

    sha256: str = Field(primary_key=True, max_length=64)
    media_type: str = Field(max_length=20)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    kept_at: datetime = Field(sa_type=UTCDateTime)
