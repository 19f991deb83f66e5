"""The rows of matching: offers, cases under codes, needs, proposals, matches, rounds, and what it knows of actors and accounts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, text
from sqlmodel import Field, SQLModel

from chassis.tables import Json, Serial, UTCDateTime, add_ledger, new_registry

registry = new_registry()
JsonValue = Any
"""A JSON column's value (Any: lists and objects, as the model's parts are)."""


class Base(SQLModel, registry=registry):
    """Base of this service's rows."""

    metadata = registry.metadata


ledger = add_ledger(registry.metadata)
Index("ix_audit_subject_id", ledger.audit.c.subject_id)
"""For the history of a case."""
LIVE_MATCH = text("state IN ('confirmed', 'accepted', 'in_progress')")


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


class StatisticRow(Base, table=True):
    """A figure of a day, week or month: how many of a measure, in all (empty names) or broken by one or two of category, area and language.
    Never by more, and never with an id, so that it may outlive the cases that it counted (R14, R19, R21). The rows lie in the order of their key,
    which begins as every question does; on PostgreSQL that key holds the value as well (migration 0012)."""

    __tablename__ = "statistic"
    __table_args__ = ({"sqlite_with_rowid": False},)
    grain: str = Field(primary_key=True, max_length=5)
    split: str = Field(primary_key=True, max_length=20)
    """Which of the three are named: "", "category", "area", "language", "category area" or "category language". Of months also "top", "top area" and
    "top language", where the category is an upper kind of help with all below."""
    measure: str = Field(primary_key=True, max_length=30)
    start: date = Field(primary_key=True)
    category: str = Field(primary_key=True, max_length=120)
    area: str = Field(primary_key=True, max_length=15)
    language: str = Field(primary_key=True, max_length=12)
    bucket: int = Field(primary_key=True)
    """Of a duration: its whole hours, coarser where it is long; 0 of all else."""
    value: int


class StatisticDayRow(Base, table=True):
    """A day whose figures are counted; its week and month hold it."""

    __tablename__ = "statistic_day"
    day: date = Field(primary_key=True)
    counted_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class PublishedQuarterRow(Base, table=True):
    """What was published of a quarter that is over. Written once and never changed, so that nobody can subtract two readings (R21)."""

    __tablename__ = "published_quarter"
    start: date = Field(primary_key=True)
    figures: JsonValue = Field(sa_column=Column(Json, nullable=False))
    published_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class CaseRow(Base, table=True):
    """A case, under a random code. No name."""

    __tablename__ = "hub_case"
    id: UUID = Field(primary_key=True)
    version: int
    code: str = Field(max_length=40, unique=True)
    state: str = Field(max_length=10)
    recorded_by: UUID | None = Field(index=True)
    actor_id: UUID | None = Field(index=True)
    household: JsonValue = Field(sa_column=Column(Json, nullable=False))
    languages: JsonValue = Field(sa_column=Column(Json, nullable=False))
    attributes: JsonValue = Field(sa_column=Column(Json, nullable=False))
    lat: float | None
    lon: float | None
    consent: JsonValue = Field(sa_column=Column(Json, nullable=False))
    statement: JsonValue = Field(sa_column=Column(Json, nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    blanked: bool = False
    """Whether what describes the household was removed."""
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class CaseShareRow(Base, table=True):
    """A team that may see a case too."""

    __tablename__ = "case_share"
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), primary_key=True))
    actor_id: UUID = Field(primary_key=True, index=True)


class NeedRow(Base, table=True):
    """A need of a case, and how fresh its proposals are."""

    __tablename__ = "need"
    __table_args__ = (Index("ix_need_state_category", "state", "category"),)
    id: UUID = Field(primary_key=True)
    version: int
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), nullable=False, index=True))
    state: str = Field(max_length=14)
    category: str = Field(max_length=120)
    size: int
    languages: JsonValue = Field(sa_column=Column(Json, nullable=False))
    topics: JsonValue = Field(sa_column=Column(Json, nullable=False))
    max_travel_km: float
    windows: JsonValue = Field(sa_column=Column(Json, nullable=False))
    from_date: date | None
    until_date: date | None
    urgency: str = Field(max_length=8)
    requires: JsonValue = Field(sa_column=Column(Json, nullable=False))
    provides: JsonValue = Field(sa_column=Column(Json, nullable=False))
    preferences: JsonValue = Field(sa_column=Column(Json, nullable=False))
    links: JsonValue = Field(sa_column=Column(Json, nullable=False))
    posted_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    proposals_version: int = 0
    proposals_of: int = 0
    """The need's version that the stored proposals were computed for."""
    proposals_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))


class ProposalRow(Base, table=True):
    """One computed pairing of a need."""

    __tablename__ = "proposal"
    need_id: UUID = Field(sa_column=Column("need_id", ForeignKey("need.id"), primary_key=True))
    offer_id: UUID = Field(sa_column=Column("offer_id", ForeignKey("offer.id"), primary_key=True, index=True))
    rank: int
    score: int
    parts: JsonValue = Field(sa_column=Column(Json, nullable=False))
    weights: str = Field(max_length=60)


class MatchRow(Base, table=True):
    """A match. One live match a need, held by the partial index."""

    __tablename__ = "hub_match"
    __table_args__ = (
        Index("uq_live_match_of_need", "need_id", unique=True, sqlite_where=LIVE_MATCH, postgresql_where=LIVE_MATCH),
        Index("ix_hub_match_provider", "provider_kind", "provider_id"),
        Index("ix_hub_match_state", "state", "answer_by"),
    )
    id: UUID = Field(primary_key=True)
    version: int
    state: str = Field(max_length=14)
    need_id: UUID = Field(sa_column=Column("need_id", ForeignKey("need.id"), nullable=False, index=True))
    offer_id: UUID = Field(sa_column=Column("offer_id", ForeignKey("offer.id"), nullable=False, index=True))
    case_id: UUID = Field(sa_column=Column("case_id", ForeignKey("hub_case.id"), nullable=False, index=True))
    category: str = Field(max_length=120)
    provider_kind: str = Field(max_length=10)
    provider_id: UUID
    size: int
    returns: bool
    score: int
    weights: str = Field(max_length=60)
    confirmed_by: UUID
    answered_by: UUID | None = None
    on_behalf: bool = False
    answer_by: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    round_id: UUID | None
    places: str = Field(max_length=12)
    accepted_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    ended_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    decline_reason: str | None = Field(max_length=30)
    cancel_reason: str | None = Field(max_length=30)
    cancelled_by: str | None = Field(max_length=10)
    outcome: str | None = Field(max_length=30)
    reminded_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    """When the provider was last reminded."""
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class QuestionRow(Base, table=True):
    """What a provider asks about a request, with its answer. Text is null once it was blanked."""

    __tablename__ = "match_question"
    id: UUID = Field(primary_key=True)
    version: int
    match_id: UUID = Field(sa_column=Column("match_id", ForeignKey("hub_match.id"), nullable=False, index=True))
    asked_by: UUID | None = None
    text: str | None = Field(max_length=400)
    answer: str | None = Field(default=None, max_length=400)
    answered_by: UUID | None = None
    answered_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, nullable=True))
    created_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


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


class ChangeRow(Base, table=True):
    """What changed, for the index of each replica: offer, need, case, provider or weights."""

    __tablename__ = "change"
    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    kind: str = Field(sa_column=Column(String(10), nullable=False))
    subject_id: UUID
    xact: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True, index=True))
    """The transaction that wrote it, where writers run side by side (PostgreSQL): what older ones wrote is all there to be read."""
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))


class KnownActorRow(Base, table=True):
    """What matching knows of an actor, from its events."""

    __tablename__ = "known_actor"
    id: UUID = Field(primary_key=True)
    version: int
    archived: bool


class ImportedOfferRow(Base, table=True):
    """Up to which version the telling of an imported service was followed."""

    __tablename__ = "imported_offer"
    offer_id: UUID = Field(primary_key=True)
    version: int


class FollowedMergeRow(Base, table=True):
    """What followed a merge of organisations, so that it can go back."""

    __tablename__ = "followed_merge"
    merge_id: UUID = Field(primary_key=True)
    part: str = Field(primary_key=True, max_length=12)
    subject_id: UUID = Field(primary_key=True)


class KnownAccountRow(Base, table=True):
    """What matching knows of an account, from its events."""

    __tablename__ = "known_account"
    id: UUID = Field(primary_key=True)
    version: int
    role: str = Field(max_length=12)
    actor_id: UUID | None
    active: bool


class AskRow(Base, table=True):
    """What somebody asks for without a name; the secret's hash, never the secret. What describes the household goes when the ask ends."""

    __tablename__ = "ask"
    id: UUID = Field(primary_key=True)
    version: int
    code: str = Field(max_length=40, unique=True)
    secret_hash: str = Field(max_length=64)
    once_hash: str | None = Field(default=None, max_length=64, unique=True)
    state: str = Field(max_length=10, index=True)
    content: JsonValue = Field(sa_column=Column(Json, nullable=False))
    taken_by: UUID | None
    why_not: str | None = Field(default=None, max_length=20)
    ended_at: datetime | None = Field(sa_column=Column(UTCDateTime, nullable=True))
    expires_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False, index=True))
    asked_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskMessageRow(Base, table=True):
    """What a coordinator wrote to an asker."""

    __tablename__ = "ask_message"
    id: UUID = Field(primary_key=True)
    ask_id: UUID = Field(sa_column=Column("ask_id", ForeignKey("ask.id"), nullable=False, index=True))
    need_id: UUID | None
    sentence: str = Field(max_length=20)
    text: str = Field(max_length=300)
    written_by: UUID
    written_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskFeedbackRow(Base, table=True):
    """Whether it helped, as the asker says."""

    __tablename__ = "ask_feedback"
    need_id: UUID = Field(primary_key=True)
    ask_id: UUID = Field(sa_column=Column("ask_id", ForeignKey("ask.id"), nullable=False, index=True))
    helped: bool
    said_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class AskTryRow(Base, table=True):
    """An ask made, or secret words that were wrong, under a pseudonym of the network address or of the code; forgotten after a day."""

    __tablename__ = "ask_try"
    __table_args__ = (Index("ix_ask_try_key", "kind", "key", "at"),)
    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=10)
    key: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


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
