"""Finds what HSDS asks for: offers as services, where they are given, and organizations; by page number, and from end to end."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.directory import DirectoryOffer
from services.actors.model.interchange.hsds.organizations import Facts
from services.actors.model.interchange.hsds.services import Mode
from services.actors.model.provenance import Identifier
from services.actors.model.records import Actor
from services.actors.model.texts import folded
from services.actors.store.actors import Around, distance_squared
from services.actors.store.directory import offer_of
from services.actors.store.identifiers import IdentifierStore
from services.actors.store.interchange.parts import in_parts
from services.actors.store.interchange.streams import valid_offers
from services.actors.store.records import chunks, holds_words
from services.actors.store.rows import actor_of
from services.actors.tables import ActorRow, DirectoryOfferRow, MembershipRow, PracticeRow

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """Which services are asked for; None: any. `near` finds places within its distance, `covering` services whose area has the point."""

    today: date
    search: str | None = None
    category: str | None = None
    organization: UUID | None = None
    residents: bool = False
    modified_after: datetime | None = None
    near: Around | None = None
    covering: Around | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationFilter:
    """Which organizations are asked for; None: any."""

    today: date
    search: str | None = None
    kind: str | None = None
    practice: str | None = None
    category: str | None = None
    has_practice: bool = False
    has_offer: bool = False
    nothing: bool = False


def below(category: str) -> ColumnElement[bool]:
    """Offers of a category and of all below it."""
    row = DirectoryOfferRow
    return or_(col(row.category) == category, col(row.category).startswith(f"{category}.", autoescape=True))


def of_service(wanted: ServiceFilter) -> Conditions:
    """The filter as SQL conditions on offers."""
    row = DirectoryOfferRow
    found: Conditions = [*valid_offers(wanted.today)]
    if wanted.nothing:
        found.append(literal(1) == 0)
    if wanted.search is not None:
        found += holds_words(col(row.folded), folded(wanted.search))
    if wanted.category is not None:
        found.append(below(wanted.category))
    if wanted.organization is not None:
        own = col(row.provider_actor_id) == wanted.organization
        found.append(or_(own, col(row.provider_actor_id).is_(None)) if wanted.residents else own)
    if wanted.modified_after is not None:
        found.append(col(row.updated_at) >= wanted.modified_after)
    if wanted.near is not None:
        found.append(distance_squared(col(row.lat), col(row.lon), wanted.near) <= wanted.near.km**2)
    if wanted.covering is not None:
        far = distance_squared(col(row.lat), col(row.lon), wanted.covering)
        found.append(or_(col(row.remote).is_(True), far <= col(row.radius_km) * col(row.radius_km)))
    return found


def of_organization(wanted: OrganizationFilter) -> Conditions:
    """The filter as SQL conditions on actors."""
    found: Conditions = [col(ActorRow.archived).is_(False)]
    if wanted.nothing:
        found.append(literal(1) == 0)
    if wanted.search is not None:
        found += holds_words(col(ActorRow.folded), folded(wanted.search))
    if wanted.kind is not None:
        found.append(col(ActorRow.kind) == wanted.kind)
    if wanted.practice is not None or wanted.has_practice:
        has = exists().where(col(PracticeRow.actor_id) == col(ActorRow.id))
        found.append(has if wanted.practice is None else has.where(col(PracticeRow.practice) == wanted.practice))
    if wanted.category is not None or wanted.has_offer:
        offers = exists().where(col(DirectoryOfferRow.provider_actor_id) == col(ActorRow.id), *valid_offers(wanted.today))
        found.append(offers if wanted.category is None else offers.where(below(wanted.category)))
    return found


async def _count(session: AsyncSession, asked: Select[Any]) -> int:
    return int((await session.execute(select(func.count()).select_from(asked.order_by(None).subquery()))).scalar_one())


def _services(wanted: ServiceFilter) -> Select[Any]:
    return select(DirectoryOfferRow).where(*of_service(wanted)).order_by(col(DirectoryOfferRow.id))


async def count_services(session: AsyncSession, wanted: ServiceFilter) -> int:
    """How many services there are."""
    return await _count(session, select(col(DirectoryOfferRow.id)).where(*of_service(wanted)))


async def services(session: AsyncSession, wanted: ServiceFilter, offset: int, limit: int) -> list[DirectoryOffer]:
    """Some of them, by id."""
    return [offer_of(row) for row in (await session.execute(_services(wanted).offset(offset).limit(limit))).scalars()]


async def all_services(session: AsyncSession, wanted: ServiceFilter) -> AsyncIterator[list[DirectoryOffer]]:
    """All of them, in parts."""
    async for part in in_parts(session, select(DirectoryOfferRow).where(*of_service(wanted)), col(DirectoryOfferRow.id)):
        yield [offer_of(row) for (row,) in part]


def _of_mode(mode: Mode, conditions: Conditions) -> Select[Any]:
    columns: tuple[Any, ...] = (col(DirectoryOfferRow.id).label("offer_id"), literal(mode.value).label("mode"))  # Any: SQL columns
    asked: Select[Any] = select(*columns).where(*conditions)
    return asked


def _places(wanted: ServiceFilter) -> Any:  # Any: a subquery of offer and mode
    row, conditions = DirectoryOfferRow, of_service(wanted)
    placed = _of_mode(Mode.PLACE, [*conditions, col(row.lat).is_not(None)])
    if wanted.near is not None:
        return placed.subquery()
    return union_all(placed, _of_mode(Mode.REMOTE, [*conditions, col(row.remote).is_(True)])).subquery()


async def count_at_locations(session: AsyncSession, wanted: ServiceFilter) -> int:
    """How many services at locations there are: an offer at a place that is given at a distance too counts twice."""
    return int((await session.execute(select(func.count()).select_from(_places(wanted)))).scalar_one())


async def at_locations(session: AsyncSession, wanted: ServiceFilter, offset: int, limit: int) -> list[tuple[DirectoryOffer, Mode]]:
    """Some of them, by offer."""
    places = _places(wanted)
    asked = select(DirectoryOfferRow, places.c.mode).join(places, places.c.offer_id == col(DirectoryOfferRow.id))
    asked = asked.order_by(places.c.offer_id, places.c.mode).offset(offset).limit(limit)
    return [(offer_of(row), Mode(mode)) for row, mode in (await session.execute(asked)).all()]


def _organizations(wanted: OrganizationFilter) -> Select[Any]:
    return select(ActorRow).where(*of_organization(wanted)).order_by(col(ActorRow.slug))


async def count_organizations(session: AsyncSession, wanted: OrganizationFilter) -> int:
    """How many organizations there are."""
    return await _count(session, select(col(ActorRow.id)).where(*of_organization(wanted)))


async def organizations(session: AsyncSession, wanted: OrganizationFilter, offset: int, limit: int) -> list[Actor]:
    """Some of them, by key."""
    return [actor_of(row) for row in (await session.execute(_organizations(wanted).offset(offset).limit(limit))).scalars()]


async def all_organizations(session: AsyncSession, wanted: OrganizationFilter) -> AsyncIterator[list[Actor]]:
    """All of them, in parts."""
    async for part in in_parts(session, select(ActorRow).where(*of_organization(wanted)), col(ActorRow.slug)):
        yield [actor_of(row) for (row,) in part]


async def living(session: AsyncSession, ids: Iterable[UUID]) -> list[Actor]:
    """Those of these actors that are not archived."""
    found: list[Actor] = []
    for part in chunks(set(ids)):
        asked = select(ActorRow).where(col(ActorRow.id).in_(part), col(ActorRow.archived).is_(False))
        found += [actor_of(row) for row in (await session.execute(asked)).scalars()]
    return found


async def services_of(session: AsyncSession, ids: Sequence[UUID], today: date) -> list[DirectoryOffer]:
    """What these actors offer."""
    found: list[DirectoryOffer] = []
    for part in chunks(ids):
        asked = select(DirectoryOfferRow).where(col(DirectoryOfferRow.provider_actor_id).in_(part), *valid_offers(today))
        found += [offer_of(row) for row in (await session.execute(asked.order_by(col(DirectoryOfferRow.id)))).scalars()]
    return found


async def facts_of(session: AsyncSession, actors: Sequence[Actor], *, full: bool) -> dict[UUID, Facts]:
    """What the records of these organizations are made of."""
    ids = [actor.id for actor in actors]
    networks: dict[UUID, list[str]] = {}
    practices: dict[UUID, list[str]] = {}
    identifiers: dict[UUID, list[Identifier]] = await IdentifierStore(session).of_many(ids) if full else {}
    for part in chunks(ids):
        asked = select(col(MembershipRow.member_id), col(ActorRow.name)).join(ActorRow, col(ActorRow.id) == col(MembershipRow.network_id))
        asked = asked.where(col(MembershipRow.member_id).in_(part), col(ActorRow.archived).is_(False)).order_by(col(ActorRow.slug))
        for member, name in (await session.execute(asked)).all():
            networks.setdefault(member, []).append(name)
        if full:
            tags = select(col(PracticeRow.actor_id), col(PracticeRow.practice)).where(col(PracticeRow.actor_id).in_(part))
            for actor_id, tag in (await session.execute(tags.order_by(col(PracticeRow.practice)))).all():
                practices.setdefault(actor_id, []).append(tag)
    return {
        actor.id: Facts(actor, tuple(networks.get(actor.id, ())), tuple(practices.get(actor.id, ())), tuple(identifiers.get(actor.id, ())))
        for actor in actors
    }


async def categories(session: AsyncSession, today: date) -> list[str]:
    """The categories that are in use."""
    asked = select(col(DirectoryOfferRow.category)).distinct().where(*valid_offers(today))
    return sorted((await session.execute(asked)).scalars())
