"""Reads each table of the open data from end to end in one consistent view, in parts, so that memory stays small.

What is archived stays out, and so does what is about something archived: every id that a table names is in `actors`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.actors.model.directory import ListedState
from services.actors.model.interchange.datasets import Dataset
from services.actors.model.interchange.offers import row_of_offer
from services.actors.store.directory import offer_of
from services.actors.store.interchange.parts import in_parts
from services.actors.store.records import chunks, parted
from services.actors.tables import ActorRow, CapacityRow, DeclarationRow, DirectoryOfferRow, InitiativeRow, MembershipRow, PracticeRow, ResourceRow

Row = dict[str, Any]
"""A record's values by column of the open data (Any: of many types)."""
_NETWORK: Any = aliased(ActorRow)  # Any: an aliased class has no static type of its own


def _common(row: Any) -> Row:  # Any: a row of a record
    return {
        "uuid": row.id, "read_on": row.read_on, "entered_by": row.entered_by, "version": row.version, "created_at": row.created_at,
        "updated_at": row.updated_at,
    }  # fmt: skip


def _actor(row: Any) -> Row:  # Any: a named row, as in the functions below
    return {
        "id": row.slug, "kind": row.kind, "name": row.name, "local_name": row.local_name, "country": row.country, "lat": row.lat, "lon": row.lon,
        "population": row.population, "website": row.website, "source": row.source, **_common(row),
    }  # fmt: skip


def _membership(row: Any) -> Row:
    return {
        "network_id": row.network_key, "member_id": row.owner_key, "role": row.role, "since": row.since, "source": row.source,
        "confirmation": row.confirmation, **_common(row), "lat": row.owner_lat, "lon": row.owner_lon,
    }  # fmt: skip


def _declaration(row: Any) -> Row:
    return {
        "municipality_id": row.owner_key, "type": row.type, "date": row.date, "title": row.title, "source": row.source, **_common(row),
        "lat": row.owner_lat, "lon": row.owner_lon,
    }  # fmt: skip


def _initiative(row: Any) -> Row:
    return {
        "id": row.slug, "actor_id": row.owner_key, "title": row.title, "themes": parted(row.themes), "year": row.year,
        "partners": parted(row.partners), "summary": row.summary, "source": row.source, **_common(row), "lat": row.owner_lat, "lon": row.owner_lon,
    }  # fmt: skip


def _resource(row: Any) -> Row:
    return {
        "id": row.slug, "title": row.title, "authors": row.authors, "year": row.year, "kind": row.kind,
        "languages": parted(row.languages), "topic_themes": parted(row.topic_themes), "actor_ids": parted(row.actors), "url": row.url,
        "source": row.source, **_common(row),
    }  # fmt: skip


def _capacity(row: Any) -> Row:
    return {
        "municipality_id": row.owner_key, "purpose": row.purpose, "begins_on": row.begins_on, "ends_on": row.ends_on, "places": row.places,
        "source": row.source, **_common(row), "lat": row.owner_lat, "lon": row.owner_lon,
    }  # fmt: skip


def _practice(row: Any) -> Row:
    return {
        "actor_id": row.owner_key, "practice": row.practice, "since": row.since, "note": row.note, "source": row.source, **_common(row),
        "lat": row.owner_lat, "lon": row.owner_lon,
    }  # fmt: skip


def _offer(row: Any) -> Row:
    return row_of_offer(offer_of(row), row.owner_key, row.owner_name)


def _table(row: Any) -> Any:  # Any: a mapped class, and its table
    return row.__table__


def _owner(*names: str) -> list[Any]:  # Any: columns of the actor that a row belongs to, named `owner_...`
    columns = {"key": col(ActorRow.slug), "name": col(ActorRow.name), "lat": col(ActorRow.lat), "lon": col(ActorRow.lon)}
    return [columns[name].label(f"owner_{name}") for name in names]


def _of_actor(row: Any, owner: Any) -> Select[Any]:  # Any: mapped classes and columns
    """A table whose rows belong to one actor that is not archived, with that actor's key and place."""
    asked: Select[Any] = select(_table(row), *_owner("key", "lat", "lon")).join(ActorRow, col(ActorRow.id) == owner)
    return asked.where(col(ActorRow.archived).is_(False))


def _memberships() -> Select[Any]:
    network = _NETWORK
    asked: Select[Any] = select(_table(MembershipRow), network.slug.label("network_key"), *_owner("key", "lat", "lon"))
    asked = asked.join(network, network.id == col(MembershipRow.network_id)).join(ActorRow, col(ActorRow.id) == col(MembershipRow.member_id))
    living = network.archived.is_(False), col(ActorRow.archived).is_(False)
    return asked.where(*living)


def valid_offers(today: date) -> list[Any]:
    """Conditions of the offers that are open data: listed, and still valid (Any: SQL conditions)."""
    row = DirectoryOfferRow
    return [col(row.listed).is_(True), col(row.state).in_(list(ListedState)), or_(col(row.valid_until).is_(None), col(row.valid_until) >= today)]


def _offers(today: date) -> Select[Any]:
    row = DirectoryOfferRow
    asked: Select[Any] = select(_table(row), *_owner("key", "name")).outerjoin(
        ActorRow, and_(col(ActorRow.id) == col(row.provider_actor_id), col(ActorRow.archived).is_(False))
    )
    return asked.where(*valid_offers(today))


def _asked(dataset: Dataset, today: date) -> tuple[Select[Any], Callable[[Any], Row], tuple[Any, ...]]:  # Any: a named row, SQL columns
    """What is asked for a table, how a row of it is shaped, and in which order it comes: each order has an index."""
    capacity, practice, declaration, initiative, membership = CapacityRow, PracticeRow, DeclarationRow, InitiativeRow, MembershipRow
    made: dict[Dataset, tuple[Select[Any], Callable[[Any], Row], tuple[Any, ...]]] = {
        Dataset.ACTORS: (select(_table(ActorRow)).where(col(ActorRow.archived).is_(False)), _actor, (col(ActorRow.slug),)),
        Dataset.MEMBERSHIPS: (_memberships(), _membership, (col(membership.network_id), col(membership.member_id))),
        Dataset.DECLARATIONS: (
            _of_actor(declaration, col(declaration.municipality_id)), _declaration, (col(declaration.date), col(declaration.id))
        ),
        Dataset.INITIATIVES: (_of_actor(initiative, col(initiative.actor_id)), _initiative, (col(initiative.slug),)),
        Dataset.RESOURCES: (select(_table(ResourceRow)), _resource, (col(ResourceRow.slug),)),
        Dataset.CAPACITIES: (_of_actor(capacity, col(capacity.municipality_id)), _capacity, (col(capacity.begins_on), col(capacity.id))),
        Dataset.PRACTICES: (_of_actor(practice, col(practice.actor_id)), _practice, (col(practice.actor_id), col(practice.practice))),
        Dataset.OFFERS: (_offers(today), _offer, (col(DirectoryOfferRow.id),)),
    }  # fmt: skip
    return made[dataset]


async def rows(session: AsyncSession, dataset: Dataset, today: date) -> AsyncIterator[list[Row]]:
    """The whole table in parts."""
    asked, shape, order = _asked(dataset, today)
    async for part in in_parts(session, asked, *order):
        shaped = [shape(row) for row in part]
        if dataset is Dataset.INITIATIVES:
            await _name(session, shaped, "partners")
        elif dataset is Dataset.RESOURCES:
            await _name(session, shaped, "actor_ids")
        yield shaped


async def _name(session: AsyncSession, shaped: Sequence[Row], column: str) -> None:
    """Ids of actors become their keys; what is archived is left out."""
    ids = {UUID(text) for row in shaped for text in row[column]}
    keys: dict[str, str] = {}
    for part in chunks(ids):
        living = select(col(ActorRow.id), col(ActorRow.slug)).where(col(ActorRow.id).in_(part), col(ActorRow.archived).is_(False))
        keys |= {str(actor_id): slug for actor_id, slug in (await session.execute(living)).all()}
    for row in shaped:
        row[column] = [keys[text] for text in row[column] if text in keys]
