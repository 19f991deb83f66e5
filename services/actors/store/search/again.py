"""Notes that what is kept of actors for searching is out of date; the next comparison mends it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.store.records import chunks
from services.actors.store.revision import mark_changed
from services.actors.tables import SearchEntryRow


async def look_again(session: AsyncSession, actor_ids: Iterable[UUID]) -> None:
    """Something that these actors are found by came or went beside their record: an identifier, a former name."""
    mark_changed(session)
    for part in chunks(set(actor_ids)):
        stale = update(SearchEntryRow).where(col(SearchEntryRow.record_id).in_(part)).values(record_version=0)
        await session.execute(stale.execution_options(synchronize_session=False))
