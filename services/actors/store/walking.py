"""Actors by name, page by page: who goes from page to page sees each where it stood when they began."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import invalid_field
from chassis.paging import Listed, PageRequest
from services.actors.model.records import Actor
from services.actors.store.revision import revision_column
from services.actors.store.rows import actor_of
from services.actors.store.search.finding import places_before
from services.actors.tables import ActorRow


async def walk(session: AsyncSession, request: PageRequest, conditions: list[ColumnElement[bool]]) -> Listed[Actor]:
    """One page of actors by name. The place to go on from holds the revision at which the reader began."""
    if request.after is not None and len(request.after) != 3:
        raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
    before = await places_before(session, request.after[0]) if request.after else None
    name: Any = col(ActorRow.folded)  # Any: a column, or where it was before
    if before is not None:
        name = func.coalesce(before.sort_key, name)
    order = name, col(ActorRow.id)
    asked = select(ActorRow, name.label("place"), revision_column().label("revision")).where(*conditions)
    if before is not None:
        asked = asked.outerjoin(before, before.record_id == col(ActorRow.id))
    if request.after is not None:
        asked = asked.where(tuple_(*order) > tuple_(*request.after[1:]))
    rows = list((await session.execute(asked.order_by(*order).limit(request.limit + 1))).all())
    actors = [actor_of(row[0]) for row in rows[: request.limit]]
    if len(rows) <= request.limit:
        return Listed(actors, None)
    last, revision = rows[request.limit - 1], request.after[0] if request.after else rows[0].revision
    return Listed(actors, (revision, last.place, actors[-1].id))
