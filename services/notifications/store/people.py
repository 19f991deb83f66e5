"""Loads and saves what is known of accounts, their choices, and the newest state of what messages are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import PreconditionFailed
from services.notifications.model.people import Account, Preferences
from services.notifications.tables import AccountRow, ErasedRow, PreferencesRow, SubjectRow

MANY = 500
"""The most people that one message goes to."""


def _account(row: AccountRow) -> Account:
    return Account(row.account_id, row.role, row.actor_id, row.locale, row.active, row.version)


@dataclass(slots=True)
class PeopleStore:
    """Accounts, choices and subject states of one transaction."""

    session: AsyncSession

    async def account(self, account_id: UUID) -> Account | None:
        """What is known of an account."""
        row = await self.session.get(AccountRow, account_id)
        return _account(row) if row else None

    async def accounts(self, account_ids: Iterable[UUID]) -> dict[UUID, Account]:
        """The known ones among these accounts."""
        rows = await self._all(select(AccountRow).where(col(AccountRow.account_id).in_(list(account_ids))).limit(MANY))
        return {row.account_id: _account(row) for row in rows}

    async def save_account(self, account: Account) -> bool:
        """Keep an account's newest state; an older one, or one of an erased account, changes nothing."""
        if await self.is_erased(account.account_id):
            return False
        known = await self.session.get(AccountRow, account.account_id, with_for_update=True)
        if known is not None and known.version >= account.version:
            return False
        row = known or AccountRow(account_id=account.account_id, role="", locale="", active=False, version=0)
        row.role, row.actor_id, row.locale = account.role, account.actor_id, account.locale
        row.active, row.version = account.active, account.version
        self.session.add(row)
        await self.session.flush()
        return True

    async def is_erased(self, account_id: UUID) -> bool:
        """Whether that account was erased."""
        return await self.session.get(ErasedRow, account_id) is not None

    async def erase(self, account_id: UUID, now: datetime) -> None:
        """Forget an account and its choices, and remember only that its id is erased."""
        await self.session.execute(delete(AccountRow).where(col(AccountRow.account_id) == account_id))
        await self.session.execute(delete(PreferencesRow).where(col(PreferencesRow.account_id) == account_id))
        if not await self.is_erased(account_id):
            self.session.add(ErasedRow(account_id=account_id, erased_at=now))
            await self.session.flush()

    async def active_in_actors(self, actor_ids: Sequence[UUID], roles: Sequence[str]) -> list[Account]:
        """Active accounts with one of the roles and a place in one of the actors."""
        mine = col(AccountRow.actor_id).in_(list(actor_ids)), col(AccountRow.role).in_(list(roles)), col(AccountRow.active).is_(True)
        rows = await self._all(select(AccountRow).where(*mine).order_by(col(AccountRow.account_id)).limit(MANY))
        return [_account(row) for row in rows]

    async def active_with_roles(self, roles: Sequence[str]) -> list[Account]:
        """Active accounts with one of the roles, wherever they belong."""
        mine = col(AccountRow.role).in_(list(roles)), col(AccountRow.active).is_(True)
        rows = await self._all(select(AccountRow).where(*mine).order_by(col(AccountRow.account_id)).limit(MANY))
        return [_account(row) for row in rows]

    async def preferences(self, account_id: UUID) -> Preferences:
        """What a person chose; nothing yet is version 0."""
        row = await self.session.get(PreferencesRow, account_id)
        return Preferences(account_id, dict(row.choices), row.version) if row else Preferences(account_id, {}, 0)

    async def preferences_of(self, account_ids: Iterable[UUID]) -> dict[UUID, Preferences]:
        """The choices of those who chose something."""
        rows = await self._all(select(PreferencesRow).where(col(PreferencesRow.account_id).in_(list(account_ids))).limit(MANY))
        return {row.account_id: Preferences(row.account_id, dict(row.choices), row.version) for row in rows}

    async def save_preferences(self, chosen: Preferences, version: int, now: datetime) -> Preferences:
        """Replace a person's choices if they are still of the version that was read."""
        if version == 0 and await self.session.get(PreferencesRow, chosen.account_id) is None:
            self.session.add(PreferencesRow(account_id=chosen.account_id, choices=chosen.choices, version=1, updated_at=now))
            await self.session.flush()
            return Preferences(chosen.account_id, chosen.choices, 1)
        mine = col(PreferencesRow.account_id) == chosen.account_id, col(PreferencesRow.version) == version
        done = await self.session.execute(update(PreferencesRow).where(*mine).values(choices=chosen.choices, version=version + 1, updated_at=now))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("These choices were changed in the meantime; read them again.")
        return Preferences(chosen.account_id, chosen.choices, version + 1)

    async def note_state(self, subject_id: UUID, version: int, state: str, now: datetime) -> str:
        """Keep the newest state of a subject, and answer which one that is."""
        known = await self.session.get(SubjectRow, subject_id, with_for_update=True)
        if known is not None and known.version >= version:
            return known.state
        row = known or SubjectRow(subject_id=subject_id, state=state, version=version, updated_at=now)
        row.state, row.version, row.updated_at = state, version, now
        self.session.add(row)
        await self.session.flush()
        return state

    async def states_of(self, subject_ids: Iterable[UUID]) -> dict[UUID, str]:
        """The newest known states of these subjects."""
        rows = await self._all(select(SubjectRow).where(col(SubjectRow.subject_id).in_(list(subject_ids))).limit(MANY))
        return {row.subject_id: row.state for row in rows}

    async def purge(self, before: datetime) -> None:
        """Forget old subject states and the ids of accounts erased long ago."""
        await self.session.execute(delete(SubjectRow).where(col(SubjectRow.updated_at) < before))
        await self.session.execute(delete(ErasedRow).where(col(ErasedRow.erased_at) < before))

    async def _all(self, query: Any) -> Sequence[Any]:  # Any: SQLAlchemy's statement and row types
        return (await self.session.execute(query)).scalars().all()
