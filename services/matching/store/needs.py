"""Needs in the database: seen by whoever may see their case."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import core
from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.locks import key_of
from chassis.paging import Listed, PageRequest, read_page
from chassis.tables import insert_into
from services.matching.engine.types import Urgency
from services.matching.model.need import LIVE, Need, NeedState
from services.matching.store import shapes
from services.matching.store.cases import C, seen_by
from services.matching.tables import Base, CaseRow, NeedRow

N = Base.metadata.tables["need"].c
NEEDS = Base.metadata.tables["need"]
PROPOSING = key_of("matching/proposing")
"""The lock at PostgreSQL that all who compute proposals share, and that who must know all proposals holds alone."""

TRY_TO_PROPOSE = select(func.pg_try_advisory_xact_lock_shared(PROPOSING))


class NeedNotFound(NotFound):
    """No such need, or none that the caller may see."""


class NeedChanged(PreconditionFailed):
    """The need was changed since it was read."""


class NeedStore:
    """Needs of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, need: Need, proposals: int | None = None) -> None:
        """Insert a new need; `proposals`: how many were computed for it in this transaction, if any were (None: they are computed later)."""
        computed = {"proposals_version": int(bool(proposals)), "proposals_of": need.version if proposals is not None else 0}
        at = need.posted_at if proposals is not None else None
        connection = await core(self._session)
        await connection.execute(insert_into(NEEDS), {"id": need.id, **_need_columns(need), **computed, "proposals_at": at})

    async def seen(self, need_id: UUID, caller: Caller, *, lock: bool = False, whole_hub: bool = False) -> Need:
        """One need of a case that the caller may see (`whole_hub`: of any case, for proposals to an administrator). Raises NeedNotFound."""
        query = select(NeedRow).join(CaseRow, C.id == N.case_id).where(N.id == need_id)
        if not whole_hub:
            query = query.where(seen_by(caller))
        row = (await self._session.execute(query.with_for_update(of=NeedRow) if lock else query)).scalar_one_or_none()
        if row is None:
            raise NeedNotFound("There is no such need, or none that you may see.")
        return to_need(row)

    async def seen_many(self, need_ids: Sequence[UUID], caller: Caller) -> dict[UUID, Need]:
        """Those of the needs that exist and belong to cases that the caller may see; asked in bounded portions."""
        found: dict[UUID, Need] = {}
        for start in range(0, len(need_ids), 400):
            query = select(NeedRow).join(CaseRow, C.id == N.case_id).where(N.id.in_(need_ids[start : start + 400]), seen_by(caller))
            found.update({row.id: to_need(row) for row in (await self._session.execute(query)).scalars()})
        return found

    async def save(self, before: Need, after: Need) -> None:
        """Write a change, if nobody else did meanwhile. Raises NeedChanged."""
        if before is after:
            return
        done = await self._session.execute(update(NeedRow).where(N.id == before.id, N.version == before.version).values(**_need_columns(after)))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise NeedChanged("Somebody changed this need in the meantime; read it again.")

    async def listed(
        self,
        caller: Caller,
        page: PageRequest,
        *,
        case_id: UUID | None = None,
        state: str | None = None,
        category: str | None = None,
        urgency: str | None = None,
        mine: bool = False,
        without_proposals: bool = False,
    ) -> Listed[Need]:
        """Needs that the caller may see, newest first."""
        query: Select[Any] = select(NeedRow).join(CaseRow, C.id == N.case_id).where(seen_by(caller))
        if case_id is not None:
            query = query.where(N.case_id == case_id)
        if state is not None:
            query = query.where(N.state == state)
        if category is not None:
            query = query.where(or_(N.category == category, N.category.startswith(category + ".", autoescape=True)))
        if urgency is not None:
            query = query.where(N.urgency == urgency)
        if mine:
            query = query.where(C.recorded_by == UUID(caller.id) if caller.kind == "account" and caller.id else false())
        if without_proposals:
            proposal = Base.metadata.tables["proposal"].c
            query = query.where(N.id.not_in(select(proposal.need_id)))
        return (await read_page(self._session, query, [N.id], page, descending=True)).map(to_need)

    async def of_case(self, case_id: UUID) -> list[Need]:
        """All needs of a case."""
        rows = (await self._session.execute(select(NeedRow).where(N.case_id == case_id).order_by(N.id).limit(500))).scalars()
        return [to_need(row) for row in rows]

    async def linking(self, case_ids: Sequence[UUID]) -> list[Need]:
        """The needs of some cases that link to others of theirs."""
        found: list[Need] = []
        for start in range(0, len(case_ids), 400):
            rows = (await self._session.execute(select(NeedRow).where(N.case_id.in_(case_ids[start : start + 400])).order_by(N.id))).scalars()
            found.extend(to_need(row) for row in rows if row.links)
        return found

    async def live_of_case(self, case_id: UUID) -> int:
        """How many needs of a case are matched or in progress."""
        return sum(need.state in LIVE for need in await self.of_case(case_id))

    async def many(self, ids: Sequence[UUID]) -> dict[UUID, Need]:
        """Those of the ids that exist."""
        found: dict[UUID, Need] = {}
        for start in range(0, len(ids), 400):
            rows = (await self._session.execute(select(NeedRow).where(N.id.in_(ids[start : start + 400])))).scalars()
            found.update({row.id: to_need(row) for row in rows})
        return found

    async def all_open(self, caller: Caller, limit: int = 1_000_000) -> list[Need]:
        """Every open need that the caller may see (the hub itself: all), for the index and for rounds."""
        query = select(NeedRow).join(CaseRow, C.id == N.case_id).where(N.state == "open", seen_by(caller)).order_by(N.id).limit(limit)
        return [to_need(row) for row in (await self._session.execute(query)).scalars()]

    async def posted_since(self, since: datetime, limit: int) -> list[Need]:
        """The last needs posted from that moment on, in order, whatever became of them; without those of households that were removed."""
        late = select(NeedRow).join(CaseRow, C.id == N.case_id).where(N.posted_at >= since, C.blanked.is_(False))
        rows = (await self._session.execute(late.order_by(N.posted_at.desc(), N.id.desc()).limit(limit))).scalars()
        return [to_need(row) for row in rows][::-1]

    async def stale(self, limit: int) -> list[UUID]:
        """Needs whose proposals were never computed, or not since something changed; those that are not open any more are among them, for their
        proposals go. They stay locked, so that what changes meanwhile is marked after the new proposals are written, not before."""
        query = select(N.id).where(N.proposals_of < N.version).order_by(N.id).limit(limit)
        return list((await self._session.execute(self._held_by_a_proposer(query))).scalars())

    async def mark_stale(self, ids: Collection[UUID]) -> None:
        """Something changed that the proposals of these needs, which are held, depend on."""
        ordered = sorted(ids)
        for start in range(0, len(ordered), 400):
            await self._session.execute(update(NeedRow).where(N.id.in_(ordered[start : start + 400])).values(proposals_of=0))

    async def mark_open_stale(self) -> None:
        """Something changed that every open need's proposals depend on. Locked in the order of ids, like `mark_stale`."""
        await self._session.execute(select(N.id).where(N.state == "open").order_by(N.id).with_for_update())
        await self._session.execute(update(NeedRow).where(N.state == "open").values(proposals_of=0))

    async def lock(self, ids: Collection[UUID], *, proposing: bool = False) -> None:
        """Hold some needs until the commit, in the order of ids, so that two who do so never wait for each other. With one writer at a time they are
        held already. `proposing`: to compute their proposals."""
        if self._one_writer:
            return
        ordered = sorted(ids)
        for start in range(0, len(ordered), 400):
            query = select(N.id).where(N.id.in_(ordered[start : start + 400])).order_by(N.id)
            await self._session.execute(self._held_by_a_proposer(query) if proposing else query.with_for_update())

    async def may_propose(self) -> bool:
        """Whether proposals may be computed in this transaction: until its commit nobody keeps all who do so out. Does not wait for who does now."""
        if self._one_writer:
            return True
        return bool((await self._session.execute(TRY_TO_PROPOSE)).scalar_one())

    def _held_by_a_proposer(self, query: Select[Any]) -> Select[Any]:
        """Hold the rows, and before them the lock that all who compute proposals share."""
        if self._one_writer:
            return query
        shared = select(func.pg_advisory_xact_lock_shared(PROPOSING)).cte("shared")
        return query.join(shared, true()).with_for_update(of=NeedRow)

    @property
    def _one_writer(self) -> bool:
        return self._session.get_bind().dialect.name == "sqlite"

    async def long_open(self, before: datetime, limit: int = 100) -> list[Need]:
        """Needs that have been open since before that moment."""
        query = select(NeedRow).where(N.state == "open", N.posted_at < before).limit(limit)
        return [to_need(row) for row in (await self._session.execute(query)).scalars()]


def to_need(row: NeedRow) -> Need:
    """A row as the model's value."""
    return Need(
        id=row.id,
        case_id=row.case_id,
        category=row.category,
        size=row.size,
        posted_at=row.posted_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        languages=shapes.wishes(row.languages),
        topics=shapes.topics(row.topics),
        max_travel_km=row.max_travel_km,
        windows=shapes.windows(row.windows),
        from_date=row.from_date,
        until_date=row.until_date,
        urgency=Urgency(row.urgency),
        requires=frozenset(row.requires),
        provides=frozenset(row.provides),
        preferences=frozenset(row.preferences),
        links=shapes.links(row.links),
        state=NeedState(row.state),
        version=row.version,
    )


def _need_columns(need: Need) -> dict[str, Any]:  # Any: column values of many types
    return {
        "version": need.version,
        "case_id": need.case_id,
        "state": str(need.state),
        "category": need.category,
        "size": need.size,
        "languages": shapes.plain(need.languages),
        "topics": shapes.plain(need.topics),
        "max_travel_km": need.max_travel_km,
        "windows": shapes.windows_json(need.windows),
        "from_date": need.from_date,
        "until_date": need.until_date,
        "urgency": str(need.urgency),
        "requires": sorted(need.requires),
        "provides": sorted(need.provides),
        "preferences": sorted(need.preferences),
        "links": shapes.links_json(need.links),
        "posted_at": need.posted_at,
        "created_at": need.created_at,
        "updated_at": need.updated_at,
    }
