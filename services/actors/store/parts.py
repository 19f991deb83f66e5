"""Finds what belongs to actors: memberships, declarations, initiatives and resources, each with its own filters and order."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.actors.model.records import Capacity, Declaration, Initiative, Membership, Practice, Resource
from services.actors.model.texts import folded
from services.actors.store.actors import MOST_DRAWN
from services.actors.store.records import Records, holds, holds_words
from services.actors.store.rows import (
    capacity_of,
    capacity_values,
    declaration_of,
    declaration_values,
    initiative_of,
    initiative_values,
    membership_of,
    membership_values,
    practice_of,
    practice_values,
    resource_of,
    resource_values,
)
from services.actors.tables import ActorRow, CapacityRow, DeclarationRow, InitiativeRow, MembershipRow, PracticeRow, ResourceRow

Conditions = list[ColumnElement[bool]]


def memberships(session: AsyncSession) -> Records[Membership]:
    """Memberships, in the order of their ids."""
    return Records(session, MembershipRow, membership_of, membership_values, (col(MembershipRow.id),))


def declarations(session: AsyncSession) -> Records[Declaration]:
    """Declarations, newest first."""
    order = (col(DeclarationRow.date), col(DeclarationRow.id))
    return Records(session, DeclarationRow, declaration_of, declaration_values, order, descending=True)


def initiatives(session: AsyncSession) -> Records[Initiative]:
    """Initiatives, by title."""
    return Records(session, InitiativeRow, initiative_of, initiative_values, (col(InitiativeRow.folded), col(InitiativeRow.id)))


def resources(session: AsyncSession) -> Records[Resource]:
    """Resources, by title."""
    return Records(session, ResourceRow, resource_of, resource_values, (col(ResourceRow.folded), col(ResourceRow.id)))


def capacities(session: AsyncSession) -> Records[Capacity]:
    """Capacities, those that begin last first."""
    return Records(session, CapacityRow, capacity_of, capacity_values, (col(CapacityRow.begins_on), col(CapacityRow.id)), descending=True)


def practices(session: AsyncSession) -> Records[Practice]:
    """Practices, in the order of their ids."""
    return Records(session, PracticeRow, practice_of, practice_values, (col(PracticeRow.id),))


def of_membership(network: UUID | None, member: UUID | None, actor: UUID | None, role: str | None) -> Conditions:
    """Memberships of a network, of a member, or of an actor on either side."""
    found: Conditions = []
    if network is not None:
        found.append(col(MembershipRow.network_id) == network)
    if member is not None:
        found.append(col(MembershipRow.member_id) == member)
    if actor is not None:
        found.append(or_(col(MembershipRow.network_id) == actor, col(MembershipRow.member_id) == actor))
    if role is not None:
        found.append(col(MembershipRow.role) == role)
    return found


def of_declaration(municipality: UUID | None, kind: str | None, country: str | None, since: int | None) -> Conditions:
    """Declarations of a municipality, of a type, of a country's municipalities, from a year on."""
    found: Conditions = []
    if municipality is not None:
        found.append(col(DeclarationRow.municipality_id) == municipality)
    if kind is not None:
        found.append(col(DeclarationRow.type) == kind)
    if country is not None:
        found.append(col(DeclarationRow.municipality_id).in_(select(col(ActorRow.id)).where(col(ActorRow.country) == country)))
    if since is not None:
        found.append(col(DeclarationRow.date) >= f"{since:04d}")
    return found


def of_initiative(actor: UUID | None, theme: str | None, q: str | None) -> Conditions:
    """Initiatives that an actor runs or is a partner of, of a theme, with words in the title."""
    found: Conditions = []
    if actor is not None:
        found.append(or_(col(InitiativeRow.actor_id) == actor, holds(col(InitiativeRow.partners), actor)))
    if theme is not None:
        found.append(holds(col(InitiativeRow.themes), theme))
    if q is not None:
        found += holds_words(col(InitiativeRow.folded), folded(q))
    return found


def of_resource(actor: UUID | None, theme: str | None, kind: str | None, q: str | None) -> Conditions:
    """Resources that name an actor, of a theme, of a kind, with words in title or authors."""
    found: Conditions = []
    if actor is not None:
        found.append(holds(col(ResourceRow.actors), actor))
    if theme is not None:
        found.append(holds(col(ResourceRow.topic_themes), theme))
    if kind is not None:
        found.append(col(ResourceRow.kind) == kind)
    if q is not None:
        found += holds_words(col(ResourceRow.folded), folded(q))
    return found


@dataclass(frozen=True, slots=True)
class Edge:
    """A membership as a graph shows it."""

    network_id: UUID
    member_id: UUID
    role: str
    since: int | None


async def edges(session: AsyncSession, network: UUID | None, kind: str | None, country: str | None) -> list[Edge]:
    """Memberships between actors that are not archived; of one network, of members of a kind or country; at most one more than MOST_DRAWN."""
    hub: Any = aliased(ActorRow)  # Any: an aliased class has no static type of its own
    member: Any = aliased(ActorRow)
    columns = col(MembershipRow.network_id), col(MembershipRow.member_id), col(MembershipRow.role), col(MembershipRow.since)
    asked = (
        select(*columns)
        .join(hub, hub.id == col(MembershipRow.network_id))
        .join(member, member.id == col(MembershipRow.member_id))
        .where(hub.archived.is_(False), member.archived.is_(False))
    )
    if network is not None:
        asked = asked.where(col(MembershipRow.network_id) == network)
    if kind is not None:
        asked = asked.where(member.kind == kind)
    if country is not None:
        asked = asked.where(member.country == country)
    rows = (await session.execute(asked.order_by(col(MembershipRow.network_id), col(MembershipRow.id)).limit(MOST_DRAWN + 1))).all()
    return [Edge(*row) for row in rows]
