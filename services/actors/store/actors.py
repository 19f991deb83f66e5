"""Finds actors: by id or readable key, by name, kind, country, network, theme and place; and the whole registry as graph and map."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest
from services.actors.model.provenance import RecordKind
from services.actors.model.records import Actor, ActorRef
from services.actors.model.search import Sought
from services.actors.model.texts import read_uuid
from services.actors.model.vocabulary import Confirmation
from services.actors.store.facets import Cell, Facet, cells, facets
from services.actors.store.records import AlreadyRecorded, NoSuchRecord, Records, chunks, holds
from services.actors.store.rows import actor_of, actor_values
from services.actors.store.search.finding import Finder
from services.actors.store.walking import walk
from services.actors.tables import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, PracticeRow, SearchEntryRow, TombstoneRow

KM_PER_DEGREE = 111.195
"""Kilometres in a degree of latitude (6371.0088 km * pi / 180)."""
MOST_DRAWN = 20_000
"""The most actors or memberships that one map or graph holds."""

LOCATED: tuple[Any, ...] = (
    ActorRow.id, ActorRow.slug, ActorRow.kind, ActorRow.name, ActorRow.local_name, ActorRow.country, ActorRow.lat, ActorRow.lon,
    ActorRow.population, ActorRow.website, ActorRow.source,
)  # fmt: skip
"""What a map shows of an actor (Any: mapped columns)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box in degrees (RFC 7946, section 5); west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Around:
    """A point and a distance."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True, slots=True)
class ActorFilter:
    """Which actors are asked for; None: any."""

    q: str | None = None
    kind: str | None = None
    country: str | None = None
    network: UUID | None = None
    theme: str | None = None
    box: Box | None = None
    around: Around | None = None
    archived: bool = False
    practice: str | None = None
    has_declaration: bool | None = None
    confirmed: bool | None = None
    entered_since: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None


def distance_squared(lat: Any, lon: Any, around: Around) -> ColumnElement[float]:  # Any: mapped columns
    """Squared kilometres from a point, on a plane that touches the earth there: pure arithmetic, so that it runs on either database.

    Under 300 km and outside the polar regions the distance is within 1 % of the great circle.
    """
    north = (lat - around.lat) * KM_PER_DEGREE
    east = (lon - around.lon) * (KM_PER_DEGREE * cos(radians(around.lat)))
    squared: ColumnElement[float] = north * north + east * east
    return squared


def _in_box(box: Box) -> ColumnElement[bool]:
    lat, lon = col(ActorRow.lat), col(ActorRow.lon)
    across = or_(lon >= box.west, lon <= box.east) if box.west > box.east else and_(lon >= box.west, lon <= box.east)
    return and_(lat >= box.south, lat <= box.north, across)


def conditions(wanted: ActorFilter) -> list[ColumnElement[bool]]:
    """The filter as SQL conditions on `actor`, but for its words (`ActorStore.conditions`)."""
    found: list[ColumnElement[bool]] = [col(ActorRow.archived).is_(wanted.archived)]
    if wanted.kind is not None:
        found.append(col(ActorRow.kind) == wanted.kind)
    if wanted.country is not None:
        found.append(col(ActorRow.country) == wanted.country)
    return found + _related(wanted, col(ActorRow.id)) + _own(wanted)


def _related(wanted: ActorFilter, actor_id: Any) -> list[ColumnElement[bool]]:  # Any: the column of the actor's id
    """What the filter asks of records about an actor."""
    found: list[ColumnElement[bool]] = []
    if wanted.network is not None:
        members = select(col(MembershipRow.member_id)).where(col(MembershipRow.network_id) == wanted.network)
        found.append(actor_id.in_(members))
    if wanted.theme is not None:
        found.append(actor_id.in_(select(col(InitiativeRow.actor_id)).where(holds(col(InitiativeRow.themes), wanted.theme))))
    if wanted.practice is not None:
        found.append(actor_id.in_(select(col(PracticeRow.actor_id)).where(col(PracticeRow.practice) == wanted.practice)))
    if wanted.has_declaration is not None:
        declared = exists().where(col(DeclarationRow.municipality_id) == actor_id)
        found.append(declared if wanted.has_declaration else not_(declared))
    if wanted.confirmed is not None:
        side = or_(col(MembershipRow.member_id) == actor_id, col(MembershipRow.network_id) == actor_id)
        sure = exists().where(side, col(MembershipRow.confirmation) == Confirmation.BOTH_SIDES.value)
        found.append(sure if wanted.confirmed else not_(sure))
    return found


def _own(wanted: ActorFilter) -> list[ColumnElement[bool]]:
    """What the filter asks of an actor's place and dates."""
    found: list[ColumnElement[bool]] = []
    if wanted.entered_since is not None:
        found.append(col(ActorRow.created_at) >= wanted.entered_since)
    if wanted.changed_since is not None:
        found.append(col(ActorRow.updated_at) > wanted.changed_since)
    if wanted.changed_until is not None:
        found.append(col(ActorRow.updated_at) <= wanted.changed_until)
    if wanted.box is not None:
        found.append(_in_box(wanted.box))
    if wanted.around is not None:
        found.append(distance_squared(col(ActorRow.lat), col(ActorRow.lon), wanted.around) <= wanted.around.km**2)
    return found


@dataclass(slots=True)
class ActorStore:
    """Actors of one transaction."""

    session: AsyncSession

    @property
    def records(self) -> Records[Actor]:
        """Loading and saving, as for every kind."""
        order = (col(ActorRow.folded), col(ActorRow.id))
        return Records(self.session, ActorRow, actor_of, actor_values, order)

    async def get(self, key: str | UUID) -> Actor:
        """One actor by UUID or readable key; the old key of one that was merged leads to the one it went into. Raises NoSuchRecord."""
        record_id = read_uuid(key) if isinstance(key, str) else key
        named = col(ActorRow.slug) == key if record_id is None else col(ActorRow.id) == record_id
        row = (await self.session.execute(select(ActorRow).where(named))).scalars().first()
        if row is not None:
            return actor_of(row)
        left = col(TombstoneRow.slug) == key if record_id is None else col(TombstoneRow.record_id) == record_id
        merged = select(col(TombstoneRow.merged_into)).where(col(TombstoneRow.kind) == RecordKind.ACTOR.value, left)
        into = (await self.session.execute(merged.order_by(col(TombstoneRow.removed_at).desc()).limit(1))).scalars().first()
        if into is None:
            raise NoSuchRecord("There is no such record in the registry.")
        return await self.records.get(into)

    async def add(self, actor: Actor) -> None:
        """A new actor. Raises AlreadyRecorded when its id or key is taken."""
        if await self.records.is_there(col(ActorRow.slug) == actor.slug):
            raise AlreadyRecorded("This is in the registry already; change that record instead.")
        await self.records.add(actor)

    async def conditions(self, wanted: ActorFilter) -> list[ColumnElement[bool]]:
        """The whole filter as SQL conditions on `actor`: where no actor has the words, those with similar words count."""
        found = conditions(wanted)
        if wanted.q is not None:
            found.append(await Finder(self.session).having(Sought.ACTOR, col(ActorRow.id), wanted.q))
        return found

    async def page(self, request: PageRequest, wanted: ActorFilter) -> Listed[Actor]:
        """One page of actors: by name, or with words the best hits first. Who pages through while records are entered, changed and removed
        meets each that was there all the time exactly once."""
        if wanted.q is None:
            return await walk(self.session, request, conditions(wanted))
        own = _own(wanted)
        asked: list[ColumnElement[bool]] = [col(SearchEntryRow.archived).is_(wanted.archived)]
        if wanted.kind is not None:
            asked.append(col(SearchEntryRow.sub) == wanted.kind)
        if wanted.country is not None:
            asked.append(col(SearchEntryRow.country) == wanted.country)
        asked += _related(wanted, col(SearchEntryRow.record_id)) + own
        hits = await Finder(self.session).page(request, wanted.q, asked, ActorRow if own else None, [Sought.ACTOR])
        found = await self.many(hit.record_id for hit in hits.items)
        return Listed([found[hit.record_id] for hit in hits.items if hit.record_id in found], hits.more_after)

    async def count(self, wanted: ActorFilter) -> int:
        """How many actors there are."""
        asked = select(func.count()).select_from(ActorRow).where(*await self.conditions(wanted))
        return (await self.session.execute(asked)).scalar_one()

    async def facets(self, wanted: ActorFilter) -> dict[str, list[Facet]]:
        """How the actors that are asked for spread over kinds, countries, networks and themes."""
        but_for = col(ActorRow.archived).is_(not wanted.archived) if wanted == ActorFilter(archived=wanted.archived) else None
        return await facets(self.session, await self.conditions(wanted), but_for)

    async def cells(self, wanted: ActorFilter, zoom: int) -> tuple[float, list[Cell]]:
        """The located actors that are asked for, counted by the cells of a grid."""
        return await cells(self.session, await self.conditions(wanted), zoom)

    async def many(self, ids: Iterable[UUID]) -> dict[UUID, Actor]:
        """These actors, by id."""
        return await self.records.some(ids)

    async def refs(self, ids: Iterable[UUID]) -> dict[UUID, ActorRef]:
        """How others name these actors."""
        found: dict[UUID, ActorRef] = {}
        columns = col(ActorRow.id), col(ActorRow.slug), col(ActorRow.kind), col(ActorRow.name)
        for part in chunks(set(ids)):
            rows = (await self.session.execute(select(*columns).where(col(ActorRow.id).in_(part)))).all()
            found |= {row[0]: ActorRef(*row) for row in rows}
        return found

    async def has_members(self, actor_id: UUID) -> bool:
        """Whether anybody belongs to this network."""
        asked = select(col(MembershipRow.id)).where(col(MembershipRow.network_id) == actor_id).limit(1)
        return (await self.session.execute(asked)).first() is not None

    async def has_declared(self, actor_id: UUID) -> bool:
        """Whether the actor has declarations."""
        asked = select(col(DeclarationRow.id)).where(col(DeclarationRow.municipality_id) == actor_id).limit(1)
        return (await self.session.execute(asked)).first() is not None

    async def located(self, wanted: ActorFilter) -> list[Any]:
        """Rows of the actors that have a place, by name, at most one more than MOST_DRAWN (Any: named rows)."""
        asked = select(*map(col, LOCATED)).where(*await self.conditions(wanted), col(ActorRow.lat).is_not(None))
        rows = await self.session.execute(asked.order_by(col(ActorRow.folded), col(ActorRow.id)).limit(MOST_DRAWN + 1))
        return list(rows.all())

    async def located_alone(self, slugs: list[str]) -> list[Any]:
        """Rows of these actors as a map shows them (Any: named rows)."""
        rows: list[Any] = []
        for part in chunks(slugs):
            rows += (await self.session.execute(select(*map(col, LOCATED)).where(col(ActorRow.slug).in_(part)))).all()
        return rows
