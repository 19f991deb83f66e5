"""Keeps for which suggestions there is an address, and which accounts followed a merge of organisations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.accounts import Account
from services.people.model.suggesters import SuggestionContact
from services.people.store.accounts import account_of
from services.people.tables import AccountMoveRow, AccountRow, SuggestionContactRow


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

    async def in_place(self, actor_id: UUID) -> list[Account]:
        """The accounts that have a place in an actor."""
        return [account_of(row) for row in (await self.session.execute(select(AccountRow).where(col(AccountRow.actor_id) == actor_id))).scalars()]

    async def remember_move(self, merge_id: UUID, account_id: UUID) -> None:
        """An account followed a merge."""
        self.session.add(AccountMoveRow(merge_id=merge_id, account_id=account_id))
        await self.session.flush()

    async def moved_by(self, merge_id: UUID) -> list[UUID]:
        """The accounts that followed a merge."""
        asked = select(col(AccountMoveRow.account_id)).where(col(AccountMoveRow.merge_id) == merge_id)
        return list((await self.session.execute(asked)).scalars())

    async def forget_moves(self, merge_id: UUID) -> None:
        """Nobody followed that merge."""
        await self.session.execute(delete(AccountMoveRow).where(col(AccountMoveRow.merge_id) == merge_id))
