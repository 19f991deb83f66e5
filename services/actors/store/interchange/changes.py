"""What left the open data: records that were removed or merged, and offers that were withdrawn; oldest first."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, String, Uuid, cast, literal, null, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest
from services.actors.store.interchange.parts import in_parts
from services.actors.tables import DirectoryOfferRow, TombstoneRow

Row = dict[str, Any]
"""Values by column (Any: of many types)."""
NAMES = ("kind", "record_id", "slug", "removed_at", "merged_into")


def _left() -> CompoundSelect[Any]:
    stone, offer = TombstoneRow, DirectoryOfferRow
    records = select(col(stone.kind), col(stone.record_id), col(stone.slug), col(stone.removed_at), col(stone.merged_into))
    offers: Any = select(
        literal("offer").label("kind"), col(offer.id).label("record_id"), cast(null(), String(80)).label("slug"),
        col(offer.updated_at).label("removed_at"), cast(null(), Uuid()).label("merged_into"),
    ).where(col(offer.listed).is_(False))  # fmt: skip
    return union_all(records, offers)


async def that_left(session: AsyncSession, since: datetime | None, kind: str | None, paging: PageRequest) -> Listed[Row]:
    """One page of what left from a moment on."""
    left = _left().subquery()
    asked = select(left).order_by(left.c.removed_at, left.c.record_id).limit(paging.limit + 1)
    if since is not None:
        asked = asked.where(left.c.removed_at >= since)
    if kind is not None:
        asked = asked.where(left.c.kind == kind)
    if paging.after is not None:
        asked = asked.where(tuple_(left.c.removed_at, left.c.record_id) > tuple_(*_bound(left, paging.after)))
    rows = [row._asdict() for row in (await session.execute(asked)).all()]
    if len(rows) <= paging.limit:
        return Listed(rows, None)
    rows = rows[: paging.limit]
    return Listed(rows, (rows[-1]["removed_at"], rows[-1]["record_id"]))


def _bound(left: Any, after: tuple[Any, ...]) -> list[Any]:  # Any: a subquery, and values of its sort columns
    return [literal(after[0], left.c.removed_at.type), literal(after[1], left.c.record_id.type)]


async def all_that_left(session: AsyncSession) -> AsyncIterator[list[Row]]:
    """All of it in parts."""
    left = _left().subquery()
    async for part in in_parts(session, select(left), left.c.removed_at, left.c.record_id, left.c.kind):
        yield [row._asdict() for row in part]
