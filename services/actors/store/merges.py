"""Keeps merges, and moves what hangs on an actor but is no record: directory offers, claims, suggestions, tombstones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.merging import AlreadyUndone, Merge, MergeState, Steps
from services.actors.model.records import Record
from services.actors.store.records import Records, chunks, holds
from services.actors.tables import (
    CapacityRow,
    ClaimRow,
    DeclarationRow,
    DirectoryOfferRow,
    InitiativeRow,
    MembershipRow,
    MergeRow,
    PracticeRow,
    ResourceRow,
    SuggestionRow,
    TombstoneRow,
)

R = TypeVar("R", bound=Record)
MOVABLE: dict[str, tuple[Any, Any]] = {  # Any: mapped classes and columns
    "offers": (DirectoryOfferRow, col(DirectoryOfferRow.provider_actor_id)),
    "claims": (ClaimRow, col(ClaimRow.actor_id)),
    "suggestions": (SuggestionRow, col(SuggestionRow.record_id)),
}
"""What hangs on an actor and is no record, with the column that names the actor."""
ORDER: Any = (col(MergeRow.created_at), col(MergeRow.id))  # Any: mapped columns


class NoSuchMerge(NotFound):
    """There is no such merge."""


def _merge(row: MergeRow) -> Merge:
    return Merge(row.id, row.version, row.kept_id, row.gone_id, MergeState(row.state), Steps.of_json(row.steps), row.created_at, row.updated_at)


def hanging_on(actor_id: UUID) -> dict[str, ColumnElement[bool]]:
    """Which records of each kind name an actor."""
    return {
        "membership": or_(col(MembershipRow.network_id) == actor_id, col(MembershipRow.member_id) == actor_id),
        "declaration": col(DeclarationRow.municipality_id) == actor_id,
        "initiative": or_(col(InitiativeRow.actor_id) == actor_id, holds(col(InitiativeRow.partners), actor_id)),
        "resource": holds(col(ResourceRow.actors), actor_id),
        "capacity": col(CapacityRow.municipality_id) == actor_id,
        "practice": col(PracticeRow.actor_id) == actor_id,
    }


@dataclass(slots=True)
class MergeStore:
    """Merges of one transaction."""

    session: AsyncSession

    async def all_of(self, store: Records[R], condition: ColumnElement[bool], limit: int) -> list[R]:
        """The records of one kind that name an actor, locked, at most one more than `limit`."""
        asked = select(store.row).where(condition).order_by(store.row.id).limit(limit + 1).with_for_update()
        return [store.to_model(row) for row in (await self.session.execute(asked)).scalars()]

    async def add(self, merge: Merge) -> None:
        """A new merge."""
        await self.session.execute(
            insert(MergeRow).values(
                id=merge.id, version=merge.version, kept_id=merge.kept_id, gone_id=merge.gone_id, state=merge.state.value,
                steps=merge.steps.as_json(), created_at=merge.created_at, updated_at=merge.updated_at,
            )
        )  # fmt: skip

    async def get(self, merge_id: UUID) -> Merge:
        """One merge, locked. Raises NoSuchMerge."""
        row = (await self.session.execute(select(MergeRow).where(col(MergeRow.id) == merge_id).with_for_update())).scalars().first()
        if row is None:
            raise NoSuchMerge("There is no such merge.")
        return _merge(row)

    async def page(self, request: PageRequest, actor_id: UUID | None) -> Listed[Merge]:
        """Merges, newest first; of one actor."""
        asked = select(MergeRow)
        if actor_id is not None:
            asked = asked.where(or_(col(MergeRow.kept_id) == actor_id, col(MergeRow.gone_id) == actor_id))
        return (await read_page(self.session, asked, ORDER, request, descending=True)).map(_merge)

    async def undone(self, merge: Merge, now: datetime) -> None:
        """Note that a merge was undone. Raises AlreadyUndone."""
        done = await self.session.execute(
            update(MergeRow)
            .where(col(MergeRow.id) == merge.id, col(MergeRow.state) == MergeState.DONE.value)
            .values(state=MergeState.UNDONE.value, version=merge.version + 1, updated_at=now)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise AlreadyUndone("This merge was undone already.")

    async def later_with(self, merge: Merge, actor_ids: Iterable[UUID]) -> bool:
        """Whether a later merge that still holds touches these actors."""
        ids = list(actor_ids)
        later = or_(col(MergeRow.created_at) > merge.created_at, (col(MergeRow.created_at) == merge.created_at) & (col(MergeRow.id) > merge.id))
        touching = or_(col(MergeRow.kept_id).in_(ids), col(MergeRow.gone_id).in_(ids))
        asked = select(col(MergeRow.id)).where(later, touching, col(MergeRow.state) == MergeState.DONE.value).limit(1)
        return (await self.session.execute(asked)).first() is not None

    async def move(self, what: str, from_id: UUID, to_id: UUID, only: Sequence[str] | None = None) -> list[str]:
        """Let what hangs on one actor hang on another; answers its ids. `only`: no more than these."""
        row, column = MOVABLE[what]
        asked = select(row.id).where(column == from_id)
        ids = [str(found) for found in (await self.session.execute(asked)).scalars()]
        wanted = [found for found in ids if only is None or found in set(only)]
        for part in chunks(map(UUID, wanted)):
            moved = update(row).where(row.id.in_(part)).values({column.key: to_id})
            await self.session.execute(moved.execution_options(synchronize_session=False))
        return wanted

    async def leading_to(self, record_id: UUID) -> list[str]:
        """The ids of records that went into this one."""
        asked = select(col(TombstoneRow.record_id)).where(col(TombstoneRow.merged_into) == record_id)
        return [str(found) for found in (await self.session.execute(asked)).scalars()]

    async def lead_back(self, ids: Iterable[str], to_id: UUID) -> None:
        """Let these records lead to this one again."""
        for part in chunks(map(UUID, ids)):
            back = update(TombstoneRow).where(col(TombstoneRow.record_id).in_(part)).values(merged_into=to_id)
            await self.session.execute(back.execution_options(synchronize_session=False))
