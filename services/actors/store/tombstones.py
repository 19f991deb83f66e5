"""What stays of records that left, so that old addresses lead on and copies of the registry can follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.provenance import RecordKind, Tombstone
from services.actors.store.among import among, lists
from services.actors.store.records import chunks
from services.actors.tables import TombstoneRow


def _tombstone(row: TombstoneRow) -> Tombstone:
    return Tombstone(
        kind=RecordKind(row.kind), record_id=row.record_id, version=row.version, slug=row.slug, removed_at=row.removed_at,
        merged_into=row.merged_into,
    )  # fmt: skip


@dataclass(slots=True)
class TombstoneStore:
    """Tombstones in one transaction."""

    session: AsyncSession

    async def put(self, stone: Tombstone) -> None:
        """Keep that a record left. What was merged into it earlier leads on to where it went."""
        await self.session.execute(
            insert(TombstoneRow).values(
                kind=stone.kind.value, record_id=stone.record_id, version=stone.version, slug=stone.slug, removed_at=stone.removed_at,
                merged_into=stone.merged_into,
            )
        )  # fmt: skip

    async def get(self, record_id: UUID, kind: RecordKind | None = None) -> Tombstone | None:
        """The tombstone of a record; ids do not repeat between kinds."""
        asked = select(TombstoneRow).where(col(TombstoneRow.record_id) == record_id)
        if kind is not None:
            asked = asked.where(col(TombstoneRow.kind) == kind.value)
        row = (await self.session.execute(asked.limit(1))).scalars().first()
        return _tombstone(row) if row is not None else None

    async def of_slug(self, kind: RecordKind, slug: str) -> Tombstone | None:
        """The newest tombstone of a record that had this readable key."""
        asked = select(TombstoneRow).where(col(TombstoneRow.kind) == kind.value, col(TombstoneRow.slug) == slug)
        row = (await self.session.execute(asked.order_by(col(TombstoneRow.removed_at).desc()).limit(1))).scalars().first()
        return _tombstone(row) if row is not None else None

    async def removed_after(self, moment: datetime | None, paging: PageRequest, kind: RecordKind | None = None) -> Listed[Tombstone]:
        """One page of what left from a moment on, oldest first."""
        asked = select(TombstoneRow)
        if moment is not None:
            asked = asked.where(col(TombstoneRow.removed_at) >= moment)
        if kind is not None:
            asked = asked.where(col(TombstoneRow.kind) == kind.value)
        order: tuple[Any, ...] = col(TombstoneRow.removed_at), col(TombstoneRow.record_id)  # Any: mapped columns
        found = await read_page(self.session, asked, order, paging)
        return found.map(_tombstone)

    async def lift(self, kind: RecordKind, ids: Sequence[UUID]) -> dict[UUID, int]:
        """Take away the tombstones of records that come back; answers the last version of each."""
        found: dict[UUID, int] = {}
        for part in lists(ids):
            named = (col(TombstoneRow.kind) == kind.value, among(self.session, col(TombstoneRow.record_id), part))
            rows = (await self.session.execute(select(col(TombstoneRow.record_id), col(TombstoneRow.version)).where(*named))).all()
            if rows:
                found |= {record_id: version for record_id, version in rows}
                await self.session.execute(delete(TombstoneRow).where(*named).execution_options(synchronize_session=False))
        return found

    async def lead_on(self, from_id: UUID, to_id: UUID) -> None:
        """What was merged into a record that is now itself merged leads on to where that went."""
        await self.session.execute(
            update(TombstoneRow)
            .where(col(TombstoneRow.merged_into) == from_id)
            .values(merged_into=to_id)
            .execution_options(synchronize_session=False)
        )

    async def merged(self, into: Iterable[UUID]) -> dict[UUID, list[Tombstone]]:
        """Which records went into these."""
        found: dict[UUID, list[Tombstone]] = {}
        for part in chunks(into):
            rows = (await self.session.execute(select(TombstoneRow).where(col(TombstoneRow.merged_into).in_(part)))).scalars()
            for row in rows:
                if row.merged_into is not None:
                    found.setdefault(row.merged_into, []).append(_tombstone(row))
        return found
