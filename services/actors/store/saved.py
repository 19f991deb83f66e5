"""Loads and saves the searches that accounts keep; an account sees its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.saved import Digest, SavedSearch
from services.actors.store.records import ChangedMeanwhile, NoSuchRecord
from services.actors.tables import SavedSearchRow

Row = SavedSearchRow
FIELDS = ("version", "account_id", "name", "query", "language", "looked_at", "due_at", "created_at", "updated_at")


def _search(row: SavedSearchRow) -> SavedSearch:
    return SavedSearch(
        id=row.id, version=row.version, account_id=row.account_id, name=row.name, query=row.query, language=row.language,
        digest=Digest(row.digest), looked_at=row.looked_at, created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _values(search: SavedSearch) -> dict[str, Any]:  # Any: column values
    return {**{name: getattr(search, name) for name in FIELDS}, "query": dict(search.query), "digest": search.digest.value}


@dataclass(slots=True)
class SavedSearches:
    """Saved searches in one transaction."""

    session: AsyncSession

    async def page(self, account_id: UUID, request: PageRequest) -> Listed[SavedSearch]:
        """One page of an account's searches, oldest first."""
        mine = select(Row).where(col(Row.account_id) == account_id)
        order: tuple[Any, ...] = (col(Row.created_at), col(Row.id))  # Any: mapped columns
        return (await read_page(self.session, mine, order, request)).map(_search)

    async def count(self, account_id: UUID) -> int:
        """How many an account keeps."""
        return (await self.session.execute(select(func.count()).select_from(Row).where(col(Row.account_id) == account_id))).scalar_one()

    async def get(self, search_id: UUID, account_id: UUID) -> SavedSearch:
        """One of an account's searches. Raises NoSuchRecord, for another's as well."""
        mine = select(Row).where(col(Row.id) == search_id, col(Row.account_id) == account_id)
        row = (await self.session.execute(mine)).scalars().first()
        if row is None:
            raise NoSuchRecord("You keep no such search.")
        return _search(row)

    async def add(self, search: SavedSearch) -> None:
        """A new one."""
        await self.session.execute(insert(Row).values(id=search.id, **_values(search)))

    async def save(self, search: SavedSearch, was: int) -> None:
        """Write over the version that was read. Raises ChangedMeanwhile."""
        done = update(Row).where(col(Row.id) == search.id, col(Row.version) == was).values(_values(search))
        if (await self.session.execute(done.execution_options(synchronize_session=False))).rowcount != 1:  # type: ignore[attr-defined]
            raise ChangedMeanwhile("This search was changed in the meantime; read it again.")

    async def remove(self, search_id: UUID, was: int) -> None:
        """Delete the version that was read. Raises ChangedMeanwhile."""
        done = delete(Row).where(col(Row.id) == search_id, col(Row.version) == was)
        if (await self.session.execute(done.execution_options(synchronize_session=False))).rowcount != 1:  # type: ignore[attr-defined]
            raise ChangedMeanwhile("This search was changed in the meantime; read it again.")

    async def due(self, now: datetime, limit: int) -> list[SavedSearch]:
        """Those whose readers are to be told what is new, the longest due first; they stay locked until the commit (PostgreSQL)."""
        asked = select(Row).where(col(Row.due_at) <= now).order_by(col(Row.due_at), col(Row.id)).limit(limit).with_for_update(skip_locked=True)
        return [_search(row) for row in (await self.session.execute(asked)).scalars()]

    async def looked(self, search: SavedSearch) -> None:
        """Its reader was told; the version stays, since nothing of what they chose has changed."""
        done = update(Row).where(col(Row.id) == search.id).values(looked_at=search.looked_at, due_at=search.due_at)
        await self.session.execute(done.execution_options(synchronize_session=False))

    async def forget(self, account_id: UUID) -> None:
        """Delete all searches of an erased account."""
        await self.session.execute(delete(Row).where(col(Row.account_id) == account_id))
