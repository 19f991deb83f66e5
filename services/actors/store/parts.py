"""Finds what belongs to actors: memberships, declarations, initiatives and resources, each with its own filters and order."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.records import Capacity, Declaration, Initiative, Membership, Practice, Resource
from services.actors.model.texts import UNTOLD
from services.actors.store.records import Records, holds
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
from services.actors.tables import ActorRow, CapacityRow, ConfirmationRow, DeclarationRow, InitiativeRow, MembershipRow, PracticeRow, ResourceRow

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


def _unsaid(subject: Any, side: UUID) -> ColumnElement[bool]:  # Any: a mapped column
    """Whether a side has said nothing yet of a membership or initiative."""
    said = exists().where(col(ConfirmationRow.subject_id) == subject, col(ConfirmationRow.side_actor_id) == side)
    return ~said


def of_membership(
    network: UUID | None, member: UUID | None, actor: UUID | None, role: str | None, confirmed: str | None = None, unconfirmed_by: UUID | None = None
) -> Conditions:
    """Memberships of a network, of a member, or of an actor on either side; in a state of confirmation; that a side has said nothing of."""
    found: Conditions = []
    if network is not None:
        found.append(col(MembershipRow.network_id) == network)
    if member is not None:
        found.append(col(MembershipRow.member_id) == member)
    if actor is not None:
        found.append(or_(col(MembershipRow.network_id) == actor, col(MembershipRow.member_id) == actor))
    if role is not None:
        found.append(col(MembershipRow.role) == role)
    if confirmed is not None:
        found.append(col(MembershipRow.confirmation) == confirmed)
    if unconfirmed_by is not None:
        found.append(or_(col(MembershipRow.network_id) == unconfirmed_by, col(MembershipRow.member_id) == unconfirmed_by))
        found.append(_unsaid(col(MembershipRow.id), unconfirmed_by))
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


def of_initiative(actor: UUID | None, theme: str | None, unconfirmed_by: UUID | None = None) -> Conditions:
    """Initiatives that an actor runs or is a partner of, of a theme; with partners, that a side has said nothing of."""
    found: Conditions = []
    if unconfirmed_by is not None:
        runs = and_(col(InitiativeRow.actor_id) == unconfirmed_by, col(InitiativeRow.partners) != "")
        found.append(or_(runs, holds(col(InitiativeRow.partners), unconfirmed_by)))
        found.append(_unsaid(col(InitiativeRow.id), unconfirmed_by))
    if actor is not None:
        found.append(or_(col(InitiativeRow.actor_id) == actor, holds(col(InitiativeRow.partners), actor)))
    if theme is not None:
        found.append(holds(col(InitiativeRow.themes), theme))
    return found


def of_resource(actor: UUID | None, theme: str | None, kind: str | None, year: int | None, language: str | None = None) -> Conditions:
    """Resources that name an actor, of a theme, of a kind, of a year, in a language (`fr` meets `fr-CH`; UNTOLD: nobody told)."""
    found: Conditions = []
    if actor is not None:
        found.append(holds(col(ResourceRow.actors), actor))
    if theme is not None:
        found.append(holds(col(ResourceRow.topic_themes), theme))
    if kind is not None:
        found.append(col(ResourceRow.kind) == kind)
    if year is not None:
        found.append(col(ResourceRow.year) == year)
    if language == UNTOLD:
        found.append(col(ResourceRow.languages) == "")
    elif language is not None:
        found.append(or_(holds(col(ResourceRow.languages), language), col(ResourceRow.languages).contains(f";{language}-", autoescape=True)))
    return found


def of_capacity(municipality: UUID | None, purpose: str | None, country: str | None, on: date | None) -> Conditions:
    """Capacities of a municipality, for a purpose, of a country's municipalities, that hold on a day."""
    found: Conditions = []
    if municipality is not None:
        found.append(col(CapacityRow.municipality_id) == municipality)
    if purpose is not None:
        found.append(col(CapacityRow.purpose) == purpose)
    if country is not None:
        found.append(col(CapacityRow.municipality_id).in_(select(col(ActorRow.id)).where(col(ActorRow.country) == country)))
    if on is not None:
        found.append(and_(col(CapacityRow.begins_on) <= on, or_(col(CapacityRow.ends_on).is_(None), col(CapacityRow.ends_on) >= on)))
    return found


def overlapping(capacity: Capacity) -> Conditions:
    """Other capacities of the same municipality and purpose that share a day with this one."""
    found = [
        col(CapacityRow.id) != capacity.id,
        col(CapacityRow.municipality_id) == capacity.municipality_id,
        col(CapacityRow.purpose) == capacity.purpose.value,
        or_(col(CapacityRow.ends_on).is_(None), col(CapacityRow.ends_on) >= capacity.begins_on),
    ]
    if capacity.ends_on is not None:
        found.append(col(CapacityRow.begins_on) <= capacity.ends_on)
    return found


def of_practice(actor: UUID | None, practice: str | None, country: str | None) -> Conditions:
    """Practices of an actor, of a kind, of a country's actors."""
    found: Conditions = []
    if actor is not None:
        found.append(col(PracticeRow.actor_id) == actor)
    if practice is not None:
        found.append(col(PracticeRow.practice) == practice)
    if country is not None:
        found.append(col(PracticeRow.actor_id).in_(select(col(ActorRow.id)).where(col(ActorRow.country) == country)))
    return found


@dataclass(frozen=True, slots=True)
class Edge:
    """A membership as a graph shows it."""

    network_id: UUID
    member_id: UUID
    role: str
    since: int | None
