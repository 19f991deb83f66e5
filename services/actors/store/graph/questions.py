"""Reads memberships as a graph: by filters, around an actor, by years; and which networks and actors are alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.actors.store.actors import MOST_DRAWN
from services.actors.store.parts import Edge
from services.actors.store.records import chunks, holds
from services.actors.tables import ActorRow, GraphPositionRow, InitiativeRow, MembershipRow

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class GraphFilter:
    """Which memberships are asked for; None: any. `year`: those that began then or before; `undated`: also those of which no year is known.
    `top`: only between the actors that have most memberships. `around`, `depth`: only within so many steps of an actor. `theme`: of members that
    run something of this theme."""

    network: UUID | None = None
    kind: str | None = None
    country: str | None = None
    year: int | None = None
    undated: bool = False
    community: int | None = None
    top: int | None = None
    around: UUID | None = None
    depth: int = 1
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """An actor as the graph shows it; without a place where it was not drawn yet."""

    id: UUID
    slug: str
    kind: str
    name: str
    country: str | None
    lat: float | None
    lon: float | None
    folded: str
    x: int | None
    y: int | None
    degree: int | None
    community: int | None


@dataclass(frozen=True, slots=True)
class Joining:
    """How many actors of a kind and country that are asked for joined a network in a year; None: nobody knows when."""

    network_id: UUID
    year: int | None
    count: int


@dataclass(slots=True)
class GraphStore:
    """Questions about memberships in one transaction. All of them see only actors that are not archived."""

    session: AsyncSession

    async def edges(self, wanted: GraphFilter) -> list[Edge]:
        """Memberships, at most one more than MOST_DRAWN."""
        if wanted.around is None:
            asked = _edges(wanted).order_by(col(MembershipRow.network_id), col(MembershipRow.id)).limit(MOST_DRAWN + 1)
            return [Edge(*row[1:]) for row in (await self.session.execute(asked)).all()]
        return await self._around(wanted, wanted.around)

    async def _around(self, wanted: GraphFilter, start: UUID) -> list[Edge]:
        """The memberships on ways of at most `depth` steps from an actor."""
        found: dict[UUID, Edge] = {}
        reached, ring = {start}, {start}
        for _ in range(wanted.depth):
            for part in chunks(sorted(ring)):
                beside = or_(col(MembershipRow.member_id).in_(part), col(MembershipRow.network_id).in_(part))
                asked = _edges(wanted).where(beside).order_by(col(MembershipRow.id)).limit(MOST_DRAWN + 1)
                found |= {row[0]: Edge(*row[1:]) for row in (await self.session.execute(asked)).all()}
                if len(found) > MOST_DRAWN:
                    return list(found.values())
            ring = {end for edge in found.values() for end in (edge.network_id, edge.member_id)} - reached
            reached |= ring
        return sorted(found.values(), key=lambda edge: (edge.network_id, edge.member_id))

    async def drawn(self, ids: Iterable[UUID]) -> list[Drawn]:
        """These actors with their places, by name."""
        columns = (
            ActorRow.id, ActorRow.slug, ActorRow.kind, ActorRow.name, ActorRow.country, ActorRow.lat, ActorRow.lon, ActorRow.folded,
            GraphPositionRow.x, GraphPositionRow.y, GraphPositionRow.degree, GraphPositionRow.community,
        )  # fmt: skip
        chosen: list[Any] = [col(column) for column in columns]  # Any: mapped columns
        places = select(*chosen).outerjoin(GraphPositionRow, col(GraphPositionRow.actor_id) == col(ActorRow.id))
        rows: list[Drawn] = []
        for part in chunks(set(ids)):
            rows += [Drawn(*row) for row in (await self.session.execute(places.where(col(ActorRow.id).in_(part)))).all()]
        return sorted(rows, key=lambda row: (row.folded, row.id))

    async def joinings(self, wanted: GraphFilter, most: int) -> list[Joining]:
        """How many joined, by network and year, at most so many rows."""
        asked = _edges(wanted).with_only_columns(col(MembershipRow.network_id), col(MembershipRow.since), func.count())
        grouped = asked.group_by(col(MembershipRow.network_id), col(MembershipRow.since)).order_by(col(MembershipRow.network_id)).limit(most)
        return [Joining(*row) for row in (await self.session.execute(grouped)).all()]

    async def sizes(self, ids: Iterable[UUID], *, of_networks: bool) -> dict[UUID, int]:
        """How many members these networks have, or in how many networks these actors are."""
        side = col(MembershipRow.network_id) if of_networks else col(MembershipRow.member_id)
        found: dict[UUID, int] = {}
        for part in chunks(set(ids)):
            asked = _edges(GraphFilter()).with_only_columns(side, func.count()).where(side.in_(part)).group_by(side)
            found |= dict((await self.session.execute(asked)).tuples().all())
        return found

    async def shared_members(self, network: UUID, most: int) -> dict[UUID, int]:
        """Other networks, and how many members each has in common with this one; those with most first."""
        return await self._shared(col(MembershipRow.network_id), "network_id", "member_id", network, most)

    async def shared_networks(self, actor: UUID, most: int) -> dict[UUID, int]:
        """Other actors, and in how many of this one's networks each is; those with most first."""
        return await self._shared(col(MembershipRow.member_id), "member_id", "network_id", actor, most)

    async def _shared(self, side: Any, own: str, common: str, of: UUID, most: int) -> dict[UUID, int]:  # Any: a mapped column
        mine: Any = aliased(MembershipRow)  # Any: as in `_edges`
        count = func.count()
        asked = (
            _edges(GraphFilter()).with_only_columns(side, count).join(mine, getattr(mine, common) == getattr(MembershipRow, common))
            .where(getattr(mine, own) == of, side != of).group_by(side).order_by(count.desc(), side).limit(most)
        )  # fmt: skip
        return dict((await self.session.execute(asked)).tuples().all())

    async def members(self, network: UUID, most: int) -> set[UUID]:
        """The members of a network, at most so many."""
        asked = _edges(GraphFilter(network=network)).with_only_columns(col(MembershipRow.member_id)).limit(most)
        return set((await self.session.execute(asked)).scalars())


def _edges(wanted: GraphFilter) -> Select[Any]:  # Any: rows of id, network, member, role, since
    hub: Any = aliased(ActorRow)  # Any: an aliased class has no static type of its own
    member: Any = aliased(ActorRow)
    columns: tuple[Any, ...] = (MembershipRow.id, MembershipRow.network_id, MembershipRow.member_id, MembershipRow.role, MembershipRow.since)
    asked: Select[Any] = (
        select(*(col(column) for column in columns))
        .join(hub, hub.id == col(MembershipRow.network_id))
        .join(member, member.id == col(MembershipRow.member_id))
        .where(hub.archived.is_(False), member.archived.is_(False))
    )
    if wanted.network is not None:
        asked = asked.where(col(MembershipRow.network_id) == wanted.network)
    if wanted.kind is not None:
        asked = asked.where(member.kind == wanted.kind)
    if wanted.country is not None:
        asked = asked.where(member.country == wanted.country)
    if wanted.theme is not None:
        asked = asked.where(member.id.in_(select(col(InitiativeRow.actor_id)).where(holds(col(InitiativeRow.themes), wanted.theme))))
    if wanted.year is not None:
        began = col(MembershipRow.since) <= wanted.year
        asked = asked.where(or_(began, col(MembershipRow.since).is_(None)) if wanted.undated else began)
    if wanted.community is not None:
        asked = _both_ends(asked, select(col(GraphPositionRow.actor_id)).where(col(GraphPositionRow.community) == wanted.community))
    if wanted.top is not None:
        order = col(GraphPositionRow.degree).desc(), col(GraphPositionRow.actor_id).desc()
        asked = _both_ends(asked, select(col(GraphPositionRow.actor_id)).order_by(*order).limit(wanted.top))
    return asked


def _both_ends(asked: Select[Any], ids: Select[Any]) -> Select[Any]:  # Any: as above
    return asked.where(col(MembershipRow.network_id).in_(ids), col(MembershipRow.member_id).in_(ids))
