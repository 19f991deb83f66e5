"""Reads a long answer in parts, each from where the last one ended, in one consistent view: memory stays small on either database."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

PART = 2000
"""Rows that are in memory at once."""


async def in_parts(session: AsyncSession, asked: Select[Any], *order: Any) -> AsyncIterator[Sequence[Any]]:  # Any: SQL columns, and named rows
    """All rows in the order of these columns, which together are unique and stand in the answer (in its first entity, where it has one)."""
    after: tuple[Any, ...] | None = None
    while True:
        query = asked
        if after is not None:
            bound = [literal(value, column.type) for column, value in zip(order, after, strict=True)]
            query = asked.where(tuple_(*order) > tuple_(*bound) if len(order) > 1 else order[0] > bound[0])
        found = (await session.execute(query.order_by(*order).limit(PART))).all()
        if found:
            yield found
        if len(found) < PART:
            return
        last = found[-1]
        holder = last if hasattr(last, order[0].key) else last[0]
        after = tuple(getattr(holder, column.key) for column in order)
