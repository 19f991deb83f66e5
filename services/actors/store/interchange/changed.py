"""Lists in the order of changes, for readers who keep a copy: everything that changed at or after a moment, oldest change first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import invalid_field
from chassis.paging import Listed, PageRequest

T = TypeVar("T")
MARK = "changes"
"""Stands in cursors of these lists, so that no list in another order takes them."""


async def changed(
    session: AsyncSession,
    row: Any,  # Any: a mapped class with updated_at and id
    to_model: Callable[[Any], T],
    moment: datetime,
    paging: PageRequest,
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Listed[T]:
    """One page of a table in the order of its changes."""
    asked = select(row).where(row.updated_at >= moment, *conditions)
    if paging.after is not None:
        at, record_id = _place(paging.after)
        asked = asked.where(row.updated_at >= at, or_(row.updated_at > at, row.id > record_id))
    rows = list((await session.execute(asked.order_by(row.updated_at, row.id).limit(paging.limit + 1))).scalars())
    if len(rows) <= paging.limit:
        return Listed([to_model(found) for found in rows], None)
    rows = rows[: paging.limit]
    last = rows[-1]
    return Listed([to_model(found) for found in rows], (last.updated_at, last.id, MARK, len(MARK)))


def _place(after: tuple[Any, ...]) -> tuple[datetime, UUID]:  # Any: values of some list's cursor
    if len(after) == 4 and after[2] == MARK and isinstance(after[0], datetime) and isinstance(after[1], UUID):
        return after[0], after[1]
    raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
