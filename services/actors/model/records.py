"""The records of the registry, frozen, with the rules that one record must keep by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import Conflict, FieldError, Invalid, invalid_field
from chassis.ids import derived_id
from services.actors.model.provenance import EnteredBy
from services.actors.model.vocabulary import (
    DECLARING_KINDS,
    ActorKind,
    Confirmation,
    DeclarationType,
    MembershipRole,
    Purpose,
    ResourceKind,
    Theme,
)
from services.actors.model.vocabulary import (
    Practice as PracticeTag,
)

Day = date
"""The type of a day, where a field is called `date`."""


class NotANetwork(Invalid):
    """Only an actor of kind network has members."""


class NotAMunicipality(Invalid):
    """Only a municipality or region declares solidarity."""


class MemberOfItself(Invalid):
    """A network cannot be a member of itself."""


class ActorIsArchived(Conflict):
    """Nothing new is recorded about an archived actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has. `version` rises by one with each act. `source` is the citation that readers are shown, `read_on` the day on which
    it was read there, `entered_by` what kind of author stands behind the record as it is now."""

    id: UUID
    version: int = 1
    source: str
    read_on: Day | None = None
    entered_by: EnteredBy = EnteredBy.SYSTEM
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Record):
    """An organisation. WGS84 degrees. `claimed`: its own people keep the record."""

    slug: str
    kind: ActorKind
    name: str
    local_name: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    website: str | None = None
    archived: bool = False
    claimed: bool = False

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise invalid_field("/lat", "half_a_place", "Give both lat and lon, or neither.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Record):
    """An actor belongs to a network. `confirmation` sums up what its two sides say."""

    network_id: UUID
    member_id: UUID
    role: MembershipRole
    since: int | None = None
    confirmation: Confirmation = Confirmation.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Record):
    """What a municipality declared; `date` is an ISO year, month or day."""

    municipality_id: UUID
    type: DeclarationType
    date: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative(Record):
    """What an actor runs or ran; partners are ids of actors."""

    slug: str
    actor_id: UUID
    title: str
    themes: tuple[Theme, ...]
    year: int | None = None
    partners: tuple[UUID, ...] = ()
    summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Record):
    """A report, article, book or page. `languages` are BCP 47 tags, none where nobody told; `actors` are those it is about or from."""

    slug: str
    title: str
    authors: str | None = None
    year: int | None = None
    kind: ResourceKind
    languages: tuple[str, ...] = ()
    topic_themes: tuple[Theme, ...] = ()
    actors: tuple[UUID, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity(Record):
    """How many people a municipality says it can receive, for a purpose, in a period; both days count, no `ends_on` is until further notice."""

    municipality_id: UUID
    purpose: Purpose
    begins_on: Day
    ends_on: Day | None = None
    places: int

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise invalid_field("/ends_on", "ends_before_it_begins", "A period ends on the day on which it begins, or later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice(Record):
    """A kind of solidarity practice that an actor has."""

    actor_id: UUID
    practice: PracticeTag
    since: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ActorRef:
    """An actor as others name it."""

    id: UUID
    slug: str
    kind: str
    name: str


R = TypeVar("R", bound=Record)
SERVER_FIELDS = frozenset(field.name for field in fields(Record)) - {"source", "read_on"}


def changed(record: R, changes: Mapping[str, Any], now: datetime) -> R:
    """The record with other values and the next version; the very same record when nothing differs (Any: values of the record's fields)."""
    if SERVER_FIELDS & changes.keys():
        raise ValueError("id, version, times and the kind of author are the server's")
    other = replace(record, **changes)
    return record if other == record else replace(other, version=record.version + 1, updated_at=now)


def check_membership(network: Actor, member: Actor) -> None:
    """Raise unless `member` may be recorded as a member of `network`."""
    if network.kind is not ActorKind.NETWORK:
        raise NotANetwork("Only networks have members.", fields=(FieldError("/network_id", "not_a_network", "Choose an actor of kind network."),))
    if network.id == member.id:
        raise MemberOfItself("A network cannot be a member of itself.")


def check_declaring(actor: Actor) -> None:
    """Raise unless the actor can declare solidarity."""
    if actor.kind not in DECLARING_KINDS:
        told = FieldError("/municipality_id", "not_a_municipality", "Choose a municipality or region.")
        raise NotAMunicipality("Only municipalities and regions declare solidarity.", fields=(told,))


def check_not_archived(actor: Actor) -> None:
    """Raise when nothing new may be recorded about the actor."""
    if actor.archived:
        raise ActorIsArchived("This actor is archived; bring it back first.")


def actor_id_of(slug: str) -> UUID:
    """The id of an actor that arrives without one."""
    return derived_id("actor", slug)


def membership_id_of(network_id: UUID, member_id: UUID) -> UUID:
    """The id of a membership: one per network and member."""
    return derived_id("membership", str(network_id), str(member_id))


def declaration_id_of(municipality_id: UUID, kind: str, date: str, title: str) -> UUID:
    """The id of a declaration: one per municipality, type, date and title (a council can pass two motions on one day)."""
    return derived_id("declaration", str(municipality_id), kind, date, title)


def initiative_id_of(slug: str) -> UUID:
    """The id of an initiative that arrives without one."""
    return derived_id("initiative", slug)


def resource_id_of(slug: str) -> UUID:
    """The id of a resource that arrives without one."""
    return derived_id("resource", slug)


def capacity_id_of(municipality_id: UUID, purpose: str, begins_on: Day) -> UUID:
    """The id of a capacity that arrives by a file: one per municipality, purpose and first day."""
    return derived_id("capacity", str(municipality_id), purpose, begins_on.isoformat())


def practice_id_of(actor_id: UUID, practice: str) -> UUID:
    """The id of a practice record: one per actor and kind of practice."""
    return derived_id("practice", str(actor_id), practice)
