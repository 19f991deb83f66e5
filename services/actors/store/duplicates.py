"""Keeps the keys under which actors are compared, and the pairs that look alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound, PreconditionFailed
from chassis.ids import derived_id
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.duplicates import MOST_IN_BLOCK, Pair, PairState, Reason
from services.actors.model.records import Actor
from services.actors.store.records import chunks
from services.actors.store.rows import actor_of
from services.actors.tables import ActorRow, DuplicateKeyRow, DuplicatePairRow, DuplicateSeenRow

ORDER: Any = (col(DuplicatePairRow.score), col(DuplicatePairRow.id))  # Any: mapped columns


class NoSuchPair(NotFound):
    """There is no such pair."""


class PairChanged(PreconditionFailed):
    """Somebody decided about the pair in the meantime."""


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair as it is kept."""

    id: UUID
    version: int
    low_id: UUID
    high_id: UUID
    score: int
    reasons: tuple[Reason, ...]
    state: PairState
    created_at: datetime
    updated_at: datetime


def _pair(row: DuplicatePairRow) -> StoredPair:
    reasons = tuple(map(Reason, row.reasons))
    return StoredPair(row.id, row.version, row.low_id, row.high_id, row.score, reasons, PairState(row.state), row.created_at, row.updated_at)


def pair_id_of(one: UUID, other: UUID) -> UUID:
    """The id of a pair."""
    return derived_id("duplicate", *map(str, sorted((one, other))))


@dataclass(slots=True)
class DuplicateStore:
    """Pairs of one transaction."""

    session: AsyncSession

    async def unseen(self, limit: int) -> list[Actor]:
        """Actors whose present version was not compared yet."""
        seen = and_(col(DuplicateSeenRow.actor_id) == col(ActorRow.id), col(DuplicateSeenRow.version) == col(ActorRow.version))
        asked = select(ActorRow).outerjoin(DuplicateSeenRow, seen).where(col(DuplicateSeenRow.actor_id).is_(None)).limit(limit)
        return [actor_of(row) for row in (await self.session.execute(asked)).scalars()]

    async def put_keys(self, keys: dict[UUID, frozenset[str]], actor_ids: Sequence[UUID]) -> None:
        """The keys of these actors, in place of those before."""
        for part in chunks(actor_ids):
            await self._run(delete(DuplicateKeyRow).where(col(DuplicateKeyRow.actor_id).in_(part)))
        rows = [{"key": key, "actor_id": actor_id} for actor_id, some in keys.items() for key in some]
        if rows:
            await self.session.execute(insert(DuplicateKeyRow.__table__), rows)  # type: ignore[attr-defined]

    async def put_seen(self, versions: dict[UUID, int]) -> None:
        """Which versions were compared."""
        for part in chunks(versions):
            await self._run(delete(DuplicateSeenRow).where(col(DuplicateSeenRow.actor_id).in_(part)))
        seen = [{"actor_id": actor_id, "version": version} for actor_id, version in versions.items()]
        if seen:
            await self.session.execute(insert(DuplicateSeenRow.__table__), seen)  # type: ignore[attr-defined]

    async def meeting(self, keys: Iterable[str]) -> list[Actor]:
        """The actors that have one of these keys, unless too many have it."""
        ids: set[UUID] = set()
        for part in chunks(set(keys)):
            narrow = (
                select(col(DuplicateKeyRow.key))
                .where(col(DuplicateKeyRow.key).in_(part))
                .group_by(col(DuplicateKeyRow.key))
                .having(func.count() > 1, func.count() <= MOST_IN_BLOCK)
            )
            ids |= set((await self.session.execute(select(col(DuplicateKeyRow.actor_id)).where(col(DuplicateKeyRow.key).in_(narrow)))).scalars())
        found: list[Actor] = []
        for part in chunks(ids):
            rows = (await self.session.execute(select(ActorRow).where(col(ActorRow.id).in_(part)))).scalars()
            found += map(actor_of, rows)
        return found

    async def put_pairs(self, about: Sequence[UUID], pairs: Sequence[Pair], now: datetime) -> None:
        """The open pairs of these actors, in place of those before; what somebody decided stays."""
        for part in chunks(about):
            mine = or_(col(DuplicatePairRow.low_id).in_(part), col(DuplicatePairRow.high_id).in_(part))
            wanted = [pair_id_of(pair.low_id, pair.high_id) for pair in pairs]
            old = select(col(DuplicatePairRow.id)).where(mine, col(DuplicatePairRow.state) == PairState.OPEN.value)
            gone = set((await self.session.execute(old)).scalars()) - set(wanted)
            for some in chunks(gone):
                await self._run(delete(DuplicatePairRow).where(col(DuplicatePairRow.id).in_(some)))
        there: dict[UUID, DuplicatePairRow] = {}
        for part in chunks(pair_id_of(pair.low_id, pair.high_id) for pair in pairs):
            rows = (await self.session.execute(select(DuplicatePairRow).where(col(DuplicatePairRow.id).in_(part)))).scalars()
            there |= {row.id: row for row in rows}
        fresh = []
        for pair in pairs:
            pair_id = pair_id_of(pair.low_id, pair.high_id)
            reasons, row = [reason.value for reason in pair.reasons], there.get(pair_id)
            if row is None:
                fresh.append({
                    "id": pair_id, "version": 1, "low_id": pair.low_id, "high_id": pair.high_id, "score": pair.score, "reasons": reasons,
                    "state": PairState.OPEN.value, "created_at": now, "updated_at": now,
                })  # fmt: skip
            elif row.state == PairState.OPEN and (row.score, row.reasons) != (pair.score, reasons):
                row.score, row.reasons, row.version, row.updated_at = pair.score, reasons, row.version + 1, now
        if fresh:
            await self.session.execute(insert(DuplicatePairRow.__table__), fresh)  # type: ignore[attr-defined]
        await self.session.flush()

    async def get(self, pair_id: UUID) -> StoredPair:
        """One pair. Raises NoSuchPair."""
        row = (await self.session.execute(select(DuplicatePairRow).where(col(DuplicatePairRow.id) == pair_id))).scalars().first()
        if row is None:
            raise NoSuchPair("There is no such pair.")
        return _pair(row)

    async def page(self, request: PageRequest, state: PairState, actor_id: UUID | None) -> Listed[StoredPair]:
        """Pairs in a state, most alike first; of one actor."""
        asked = select(DuplicatePairRow).where(col(DuplicatePairRow.state) == state.value)
        if actor_id is not None:
            asked = asked.where(or_(col(DuplicatePairRow.low_id) == actor_id, col(DuplicatePairRow.high_id) == actor_id))
        return (await read_page(self.session, asked, ORDER, request, descending=True)).map(_pair)

    async def settle(self, pair: StoredPair, state: PairState, version: int, now: datetime) -> None:
        """What somebody decided about a pair. Raises PairChanged."""
        done = await self._run(
            update(DuplicatePairRow)
            .where(col(DuplicatePairRow.id) == pair.id, col(DuplicatePairRow.version) == version)
            .values(state=state.value, version=version + 1, updated_at=now)
        )
        if done.rowcount != 1:
            raise PairChanged("Somebody decided about these two in the meantime; read it again.")

    async def merged(self, gone_id: UUID, kept_id: UUID, now: datetime) -> None:
        """One of two went into the other: their pair is settled, and nothing is asked about the one that went."""
        await self._set(gone_id, kept_id, PairState.MERGED, now)
        mine = or_(col(DuplicatePairRow.low_id) == gone_id, col(DuplicatePairRow.high_id) == gone_id)
        await self._run(delete(DuplicatePairRow).where(mine, col(DuplicatePairRow.state) == PairState.OPEN.value))
        for row in (DuplicateKeyRow, DuplicateSeenRow):
            await self._run(delete(row).where(col(row.actor_id) == gone_id))

    async def unmerged(self, gone_id: UUID, kept_id: UUID, now: datetime) -> None:
        """A merge was undone: somebody decided that the two are not one."""
        await self._set(gone_id, kept_id, PairState.NOT_DUPLICATES, now)

    async def _set(self, one: UUID, other: UUID, state: PairState, now: datetime) -> None:
        pair_id = pair_id_of(one, other)
        values = {"state": state.value, "updated_at": now, "version": DuplicatePairRow.version + 1}
        done = await self._run(update(DuplicatePairRow).where(col(DuplicatePairRow.id) == pair_id).values(**values))
        if done.rowcount == 0:
            low, high = sorted((one, other))
            row = DuplicatePairRow(
                id=pair_id, version=1, low_id=low, high_id=high, score=100, reasons=[], state=state.value, created_at=now, updated_at=now
            )
            self.session.add(row)
            await self.session.flush()

    async def _run(self, statement: Any) -> Any:  # Any: an update or delete, and its cursor result
        return await self.session.execute(statement.execution_options(synchronize_session=False))
