"""Turns rows into records and back, kind by kind."""

from typing import Any
from uuid import UUID

from services.actors.model.provenance import EnteredBy
from services.actors.model.quality import score_of
from services.actors.model.records import Actor, Capacity, Declaration, Initiative, Membership, Practice, Record, Resource
from services.actors.model.texts import folded
from services.actors.model.vocabulary import ActorKind, Confirmation, DeclarationType, MembershipRole, Purpose, ResourceKind, Theme
from services.actors.model.vocabulary import Practice as PracticeTag
from services.actors.store.records import joined, parted
from services.actors.tables import ActorRow, CapacityRow, DeclarationRow, InitiativeRow, MembershipRow, PracticeRow, ResourceRow

Values = dict[str, Any]
"""Column values without the id (Any: of many types)."""


def _common(record: Record) -> Values:
    quality, due = score_of(record, record.updated_at.date())
    return {
        "version": record.version, "created_at": record.created_at, "updated_at": record.updated_at, "source": record.source,
        "read_on": record.read_on, "entered_by": record.entered_by.value, "quality": quality, "quality_due": due,
    }  # fmt: skip


def _record(row: Any) -> Values:  # Any: a row of a record
    return {
        "id": row.id, "version": row.version, "created_at": row.created_at, "updated_at": row.updated_at, "source": row.source,
        "read_on": row.read_on, "entered_by": EnteredBy(row.entered_by),
    }  # fmt: skip


def _themes(text: str) -> tuple[Theme, ...]:
    return tuple(Theme(part) for part in parted(text))


def _ids(text: str) -> tuple[UUID, ...]:
    return tuple(UUID(part) for part in parted(text))


def actor_of(row: ActorRow) -> Actor:
    """The record in a row."""
    return Actor(
        **_record(row), slug=row.slug, kind=ActorKind(row.kind), name=row.name, local_name=row.local_name, country=row.country,
        lat=row.lat, lon=row.lon, population=row.population, website=row.website, archived=row.archived,
        claimed=row.claimed,
    )  # fmt: skip


def actor_values(actor: Actor) -> Values:
    """The row of a record."""
    return {
        **_common(actor), "slug": actor.slug, "kind": actor.kind.value, "name": actor.name, "local_name": actor.local_name,
        "country": actor.country, "lat": actor.lat, "lon": actor.lon, "population": actor.population, "website": actor.website,
        "archived": actor.archived, "claimed": actor.claimed, "folded": folded(actor.name, actor.local_name, actor.slug),
    }  # fmt: skip


def membership_of(row: MembershipRow) -> Membership:
    """The record in a row."""
    return Membership(
        **_record(row), network_id=row.network_id, member_id=row.member_id, role=MembershipRole(row.role), since=row.since,
        confirmation=Confirmation(row.confirmation),
    )  # fmt: skip


def membership_values(membership: Membership) -> Values:
    """The row of a record."""
    return {
        **_common(membership), "network_id": membership.network_id, "member_id": membership.member_id, "role": membership.role.value,
        "since": membership.since, "confirmation": membership.confirmation.value,
    }  # fmt: skip


def declaration_of(row: DeclarationRow) -> Declaration:
    """The record in a row."""
    return Declaration(
        **_record(row), municipality_id=row.municipality_id, type=DeclarationType(row.type), date=row.date, title=row.title,
    )  # fmt: skip


def declaration_values(declaration: Declaration) -> Values:
    """The row of a record."""
    return {
        **_common(declaration), "municipality_id": declaration.municipality_id, "type": declaration.type.value, "date": declaration.date,
        "title": declaration.title,
    }  # fmt: skip


def initiative_of(row: InitiativeRow) -> Initiative:
    """The record in a row."""
    return Initiative(
        **_record(row), slug=row.slug, actor_id=row.actor_id, title=row.title, themes=_themes(row.themes), year=row.year,
        partners=_ids(row.partners), summary=row.summary,
    )  # fmt: skip


def initiative_values(initiative: Initiative) -> Values:
    """The row of a record."""
    return {
        **_common(initiative), "slug": initiative.slug, "actor_id": initiative.actor_id, "title": initiative.title,
        "themes": joined(initiative.themes), "year": initiative.year, "partners": joined(initiative.partners),
        "summary": initiative.summary, "folded": folded(initiative.title),
    }  # fmt: skip


def resource_of(row: ResourceRow) -> Resource:
    """The record in a row."""
    return Resource(
        **_record(row), slug=row.slug, title=row.title,
        authors=row.authors, year=row.year, kind=ResourceKind(row.kind), languages=tuple(parted(row.languages)),
        topic_themes=_themes(row.topic_themes), actors=_ids(row.actors), url=row.url,
    )  # fmt: skip


def resource_values(resource: Resource) -> Values:
    """The row of a record."""
    return {
        **_common(resource), "slug": resource.slug, "title": resource.title, "authors": resource.authors, "year": resource.year,
        "kind": resource.kind.value, "languages": joined(resource.languages), "topic_themes": joined(resource.topic_themes),
        "actors": joined(resource.actors), "url": resource.url,
        "folded": folded(resource.title, resource.authors, limit=1200),
    }  # fmt: skip


def capacity_of(row: CapacityRow) -> Capacity:
    """The record in a row."""
    return Capacity(
        **_record(row), municipality_id=row.municipality_id, purpose=Purpose(row.purpose), begins_on=row.begins_on, ends_on=row.ends_on,
        places=row.places,
    )  # fmt: skip


def capacity_values(capacity: Capacity) -> Values:
    """The row of a record."""
    return {
        **_common(capacity), "municipality_id": capacity.municipality_id, "purpose": capacity.purpose.value, "begins_on": capacity.begins_on,
        "ends_on": capacity.ends_on, "places": capacity.places,
    }  # fmt: skip


def practice_of(row: PracticeRow) -> Practice:
    """The record in a row."""
    return Practice(**_record(row), actor_id=row.actor_id, practice=PracticeTag(row.practice), since=row.since, note=row.note)


def practice_values(practice: Practice) -> Values:
    """The row of a record."""
    return {
        **_common(practice), "actor_id": practice.actor_id, "practice": practice.practice.value, "since": practice.since, "note": practice.note,
    }  # fmt: skip
