"""Turns rows into records and back, kind by kind."""

from typing import Any
from uuid import UUID

from services.actors.model.records import Actor, Declaration, Initiative, Membership, Record, Resource
from services.actors.model.texts import folded
from services.actors.model.vocabulary import ActorKind, DeclarationType, MembershipRole, ResourceKind, Theme
from services.actors.store.records import joined, parted
from services.actors.tables import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow

Values = dict[str, Any]
"""Column values without the id (Any: of many types)."""


def _times(record: Record) -> Values:
    return {"version": record.version, "created_at": record.created_at, "updated_at": record.updated_at}


def _themes(text: str) -> tuple[Theme, ...]:
    return tuple(Theme(part) for part in parted(text))


def _ids(text: str) -> tuple[UUID, ...]:
    return tuple(UUID(part) for part in parted(text))


def actor_of(row: ActorRow) -> Actor:
    """The record in a row."""
    return Actor(
        id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at, slug=row.slug, kind=ActorKind(row.kind),
        name=row.name, local_name=row.local_name, country=row.country, lat=row.lat, lon=row.lon, population=row.population,
        website=row.website, source=row.source, archived=row.archived,
    )  # fmt: skip


def actor_values(actor: Actor) -> Values:
    """The row of a record."""
    return {
        **_times(actor), "slug": actor.slug, "kind": actor.kind.value, "name": actor.name, "local_name": actor.local_name,
        "country": actor.country, "lat": actor.lat, "lon": actor.lon, "population": actor.population, "website": actor.website,
        "source": actor.source, "archived": actor.archived, "folded": folded(actor.name, actor.local_name, actor.slug),
    }  # fmt: skip


def membership_of(row: MembershipRow) -> Membership:
    """The record in a row."""
    return Membership(
        id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at, network_id=row.network_id,
        member_id=row.member_id, role=MembershipRole(row.role), since=row.since, source=row.source,
    )  # fmt: skip


def membership_values(membership: Membership) -> Values:
    """The row of a record."""
    return {
        **_times(membership), "network_id": membership.network_id, "member_id": membership.member_id, "role": membership.role.value,
        "since": membership.since, "source": membership.source,
    }  # fmt: skip


def declaration_of(row: DeclarationRow) -> Declaration:
    """The record in a row."""
    return Declaration(
        id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at, municipality_id=row.municipality_id,
        type=DeclarationType(row.type), date=row.date, title=row.title, source=row.source,
    )  # fmt: skip


def declaration_values(declaration: Declaration) -> Values:
    """The row of a record."""
    return {
        **_times(declaration), "municipality_id": declaration.municipality_id, "type": declaration.type.value, "date": declaration.date,
        "title": declaration.title, "source": declaration.source,
    }  # fmt: skip


def initiative_of(row: InitiativeRow) -> Initiative:
    """The record in a row."""
    return Initiative(
        id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at, slug=row.slug, actor_id=row.actor_id,
        title=row.title, themes=_themes(row.themes), year=row.year, partners=_ids(row.partners), summary=row.summary, source=row.source,
    )  # fmt: skip


def initiative_values(initiative: Initiative) -> Values:
    """The row of a record."""
    return {
        **_times(initiative), "slug": initiative.slug, "actor_id": initiative.actor_id, "title": initiative.title,
        "themes": joined(initiative.themes), "year": initiative.year, "partners": joined(initiative.partners),
        "summary": initiative.summary, "source": initiative.source, "folded": folded(initiative.title),
    }  # fmt: skip


def resource_of(row: ResourceRow) -> Resource:
    """The record in a row."""
    return Resource(
        id=row.id, version=row.version, created_at=row.created_at, updated_at=row.updated_at, slug=row.slug, title=row.title,
        authors=row.authors, year=row.year, kind=ResourceKind(row.kind), topic_themes=_themes(row.topic_themes), actors=_ids(row.actors),
        url=row.url, source=row.source,
    )  # fmt: skip


def resource_values(resource: Resource) -> Values:
    """The row of a record."""
    return {
        **_times(resource), "slug": resource.slug, "title": resource.title, "authors": resource.authors, "year": resource.year,
        "kind": resource.kind.value, "topic_themes": joined(resource.topic_themes), "actors": joined(resource.actors), "url": resource.url,
        "source": resource.source, "folded": folded(resource.title, resource.authors, limit=1200),
    }  # fmt: skip
