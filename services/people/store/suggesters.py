"""Keeps for which suggestions there is an address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.suggesters import SuggestionContact
from services.people.tables import SuggestionContactRow


def _contact(row: SuggestionContactRow) -> SuggestionContact:
    return SuggestionContact(row.suggestion_id, row.locale, row.created_at, row.told_at)


@dataclass(slots=True)
class SuggesterStore:
    """Addresses of suggestions in one transaction; none of them is here."""

    session: AsyncSession

    async def find(self, suggestion_id: UUID) -> SuggestionContact | None:
        """Whether there is an address for a suggestion."""
        asked = select(SuggestionContactRow).where(col(SuggestionContactRow.suggestion_id) == suggestion_id)
        row = (await self.session.execute(asked)).scalars().first()
        return _contact(row) if row is not None else None

    async def count(self) -> int:
        """How many addresses wait."""
        return int((await self.session.execute(select(func.count()).select_from(SuggestionContactRow))).scalar_one())

    async def add(self, new: SuggestionContact) -> None:
        """There is an address."""
        self.session.add(SuggestionContactRow(suggestion_id=new.suggestion_id, locale=new.locale, created_at=new.created_at))
        await self.session.flush()

    async def told(self, suggestion_id: UUID, now: datetime) -> None:
        """The address was given out; the first time counts."""
        mine = col(SuggestionContactRow.suggestion_id) == suggestion_id, col(SuggestionContactRow.told_at).is_(None)
        await self.session.execute(update(SuggestionContactRow).where(*mine).values(told_at=now))

    async def due(self, left_before: datetime, told_before: datetime, limit: int) -> list[UUID]:
        """Suggestions whose address is to be destroyed."""
        over = or_(col(SuggestionContactRow.created_at) < left_before, col(SuggestionContactRow.told_at) < told_before)
        return list((await self.session.execute(select(col(SuggestionContactRow.suggestion_id)).where(over).limit(limit))).scalars())

    async def delete(self, suggestion_id: UUID) -> None:
        """There is none any more."""
        await self.session.execute(delete(SuggestionContactRow).where(col(SuggestionContactRow.suggestion_id) == suggestion_id))
