"""Keeps drawings of the network: the newest as a whole, and the place of each actor."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.errors import NotFound
from chassis.paging import Listed, PageRequest, read_page
from services.actors.store.revision import RevisionStore
from services.actors.tables import ActorRow, GraphCommunityRow, GraphDrawingRow, GraphPositionRow, MembershipRow

READ_AT_ONCE = 5_000
MOST_LINKS = 1_000_000
"""More memberships than this are not drawn: the lists hold them all."""


class NotDrawn(NotFound):
    """The network has not been drawn."""


@dataclass(frozen=True, slots=True)
class DrawingNote:
    """What is known of a drawing without reading it; `looked_at`: when the registry was compared with it. `figures`: JSON of the worker (Any)."""

    number: int
    mark: str
    computed_at: datetime
    looked_at: datetime
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an actor is drawn and what its links come to; `bridging` in billionths."""

    actor_id: UUID
    x: int
    y: int
    degree: int
    bridging: int
    component: int
    community: int


@dataclass(frozen=True, slots=True)
class Links:
    """All memberships between actors that are not archived, 32 bytes each (the member's id, the network's), and a fingerprint of them.
    `too_many`: there are more than are drawn."""

    packed: bytes
    fingerprint: str
    too_many: bool


def place_of(row: GraphPositionRow) -> Place:
    """The place in a row."""
    return Place(row.actor_id, row.x, row.y, row.degree, row.bridging, row.component, row.community)


@dataclass(slots=True)
class DrawingStore:
    """Drawings in one transaction."""

    session: AsyncSession

    async def mark(self) -> str:
        """The state of the registry in a word: another one after each change."""
        return str(await RevisionStore(self.session).now())

    async def newest(self) -> DrawingNote | None:
        """The newest drawing."""
        columns = GraphDrawingRow.number, GraphDrawingRow.mark, GraphDrawingRow.computed_at, GraphDrawingRow.looked_at, GraphDrawingRow.figures
        row = (await self.session.execute(select(*(col(each) for each in columns)).order_by(col(GraphDrawingRow.number).desc()).limit(1))).first()
        return DrawingNote(*row) if row is not None else None

    async def packed(self, number: int) -> bytes:
        """A drawing as a whole. Raises NotDrawn when a newer one has replaced it."""
        found = (await self.session.execute(select(col(GraphDrawingRow.packed)).where(col(GraphDrawingRow.number) == number))).scalar_one_or_none()
        if found is None:
            raise NotDrawn("The network was drawn anew in this moment; ask again.")
        return found

    async def links(self) -> Links:
        """The memberships, read in portions."""
        hub: Any = aliased(ActorRow)  # Any: an aliased class has no static type of its own
        member: Any = aliased(ActorRow)
        asked = (
            select(col(MembershipRow.id), col(MembershipRow.member_id), col(MembershipRow.network_id))
            .join(hub, hub.id == col(MembershipRow.network_id))
            .join(member, member.id == col(MembershipRow.member_id))
            .where(hub.archived.is_(False), member.archived.is_(False))
            .order_by(col(MembershipRow.id))
            .limit(READ_AT_ONCE)
        )
        packed, last = bytearray(), None
        while len(packed) <= 32 * MOST_LINKS:
            rows = (await self.session.execute(asked.where(col(MembershipRow.id) > last) if last else asked)).all()
            for last, one, other in rows:  # noqa: B007
                packed += one.bytes + other.bytes
            if len(rows) < READ_AT_ONCE:
                break
        return Links(bytes(packed), sha256(packed).hexdigest()[:32], len(packed) > 32 * MOST_LINKS)

    async def put_places(self, number: int, places: list[Place]) -> int:
        """Keep some places; those that are the same already are left alone. Answers how many were written."""
        ids = [place.actor_id for place in places]
        rows = (await self.session.execute(select(GraphPositionRow).where(col(GraphPositionRow.actor_id).in_(ids)))).scalars()
        known = {row.actor_id: place_of(row) for row in rows}
        fresh = [place for place in places if known.get(place.actor_id) != place]
        replaced = [place.actor_id for place in fresh if place.actor_id in known]
        if replaced:
            await self.session.execute(delete(GraphPositionRow).where(col(GraphPositionRow.actor_id).in_(replaced)))
        if fresh:
            values = [
                {
                    "actor_id": place.actor_id, "x": place.x, "y": place.y, "degree": place.degree, "bridging": place.bridging,
                    "component": place.component, "community": place.community, "drawing": number,
                }
                for place in fresh
            ]  # fmt: skip
            await self.session.execute(insert(GraphPositionRow), values)
        return len(fresh)

    async def drop_places(self, ids: list[UUID]) -> None:
        """Forget the places of actors that have no membership any more."""
        await self.session.execute(delete(GraphPositionRow).where(col(GraphPositionRow.actor_id).in_(ids)))

    async def put(self, note: DrawingNote, packed: bytes, communities: list[tuple[int, int, int, UUID]]) -> None:
        """A new drawing is the newest; the one before stays for readers who are at it, older ones go. `communities`: number, size, links, centre."""
        since = dict((await self.session.execute(select(col(GraphCommunityRow.number), col(GraphCommunityRow.since)))).tuples().all())
        await self.session.execute(delete(GraphCommunityRow))
        if communities:
            rows = [
                {"number": a, "size": b, "links": c, "centre_id": d, "since": since.get(a, note.computed_at), "drawing": note.number}
                for a, b, c, d in communities
            ]
            await self.session.execute(insert(GraphCommunityRow), rows)
        await self.session.execute(delete(GraphDrawingRow).where(col(GraphDrawingRow.number) < note.number - 1))
        await self.session.execute(
            insert(GraphDrawingRow).values(
                number=note.number, mark=note.mark, packed=packed, figures=note.figures, computed_at=note.computed_at, looked_at=note.looked_at
            )
        )  # fmt: skip

    async def look(self, number: int, mark: str, at: datetime) -> None:
        """Note at what state of the registry somebody looked, and when: the drawing is still true, or a newer one could not be made."""
        seen = update(GraphDrawingRow).where(col(GraphDrawingRow.number) == number).values(mark=mark, looked_at=at)
        await self.session.execute(seen.execution_options(synchronize_session=False))

    async def places(self, request: PageRequest, by: str, *, kind: str | None, country: str | None, community: int | None) -> Listed[Place]:
        """One page of places, those with most links (`degree`) or the most bridging ones first; of actors that are not archived."""
        asked = select(GraphPositionRow).join(ActorRow, col(ActorRow.id) == col(GraphPositionRow.actor_id)).where(col(ActorRow.archived).is_(False))
        if kind is not None:
            asked = asked.where(col(ActorRow.kind) == kind)
        if country is not None:
            asked = asked.where(col(ActorRow.country) == country)
        if community is not None:
            asked = asked.where(col(GraphPositionRow.community) == community)
        first = {"degree": col(GraphPositionRow.degree), "bridging": col(GraphPositionRow.bridging)}[by]
        order: list[Any] = [first, col(GraphPositionRow.actor_id)]  # Any: mapped columns
        return (await read_page(self.session, asked, order, request, descending=True)).map(place_of)

    async def communities(self, request: PageRequest) -> Listed[GraphCommunityRow]:
        """One page of communities, the largest first."""
        order: list[Any] = [col(GraphCommunityRow.size), col(GraphCommunityRow.number)]  # Any: mapped columns
        return await read_page(self.session, select(GraphCommunityRow), order, request, descending=True)

    async def memberships_of(self, ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
        """For each actor: in how many networks it is, and how many members it has."""
        counts: list[dict[UUID, int]] = []
        for side in (col(MembershipRow.member_id), col(MembershipRow.network_id)):
            rows = (await self.session.execute(select(side, func.count()).where(side.in_(ids)).group_by(side))).tuples().all()
            counts.append(dict(rows))
        return {actor: (counts[0].get(actor, 0), counts[1].get(actor, 0)) for actor in ids}
