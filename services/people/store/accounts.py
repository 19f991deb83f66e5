"""Loads and saves accounts. Who may see whose is decided here: admins all, coordinators those they work with, members their team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import Conflict, NotFound, PreconditionFailed
from chassis.paging import Listed, PageRequest, read_page
from contracts.roles import Role
from services.people.model.accounts import Account, AccountState
from services.people.tables import AccountRow

ORDER: Any = (col(AccountRow.created_at), col(AccountRow.id))  # Any: mapped columns are column elements, which their type does not say


class AccountNotFound(NotFound):
    """No such account, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("There is no such account, or you may not see it.")


class AddressTaken(Conflict):
    """Somebody with this e-mail address has an account already."""

    def __init__(self) -> None:
        super().__init__("Somebody with this address has an account already.")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs of an account."""

    account: Account
    password_hash: str | None
    email_refused_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notes:
    """What administrators may know besides: when mail was refused, and the day of the last sign-in."""

    email_refused_at: datetime | None = None
    last_seen_on: date | None = None


def account_of(row: AccountRow) -> Account:
    """The account that a row holds."""
    return Account(
        row.id, row.version, Role(row.role), row.actor_id, row.locale, AccountState(row.state), row.second_factor, row.created_at, row.updated_at
    )


@dataclass(slots=True)
class AccountStore:
    """Accounts of one transaction."""

    session: AsyncSession

    async def add(self, account: Account, email_lookup: str, password_hash: str | None = None) -> None:
        """Write a new account. Raises AddressTaken."""
        if await self.by_lookup(email_lookup) is not None:
            raise AddressTaken
        self.session.add(
            AccountRow(
                id=account.id, version=account.version, role=account.role.value, actor_id=account.actor_id, locale=account.locale,
                state=account.state.value, second_factor=account.second_factor, email_lookup=email_lookup, password_hash=password_hash,
                created_at=account.created_at, updated_at=account.updated_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def get(self, account_id: UUID) -> Account:
        """Any account, for the hub itself. Raises AccountNotFound."""
        return (await self.credentials(account_id)).account

    async def find(self, account_id: UUID) -> Account | None:
        """Any account, or None."""
        row = await self._row(account_id)
        return account_of(row) if row is not None else None

    async def visible(self, account_id: UUID, reader: Account) -> Account:
        """An account that the reader may see. Raises AccountNotFound."""
        query = self._seen_by(reader).where(col(AccountRow.id) == account_id)
        row = (await self.session.execute(query)).scalars().first()
        if row is None:
            raise AccountNotFound
        return account_of(row)

    async def page(
        self, reader: Account, request: PageRequest, role: Role | None, actor_id: UUID | None, state: AccountState | None = None
    ) -> Listed[Account]:
        """Accounts that the reader may see, oldest first."""
        query = self._seen_by(reader).where(col(AccountRow.state) != AccountState.ERASED.value)
        if role is not None:
            query = query.where(col(AccountRow.role) == role.value)
        if actor_id is not None:
            query = query.where(col(AccountRow.actor_id) == actor_id)
        if state is not None:
            query = query.where(col(AccountRow.state) == state.value)
        total = (await self.session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
        found = await read_page(self.session, query, ORDER, request)
        return Listed([account_of(row) for row in found.items], found.more_after, total)

    async def some(self, start: int, limit: int) -> list[Account]:
        """All accounts that were not erased, oldest first, from a place on."""
        query = select(AccountRow).where(col(AccountRow.state) != AccountState.ERASED.value).order_by(*ORDER).offset(start).limit(limit)
        return [account_of(row) for row in (await self.session.execute(query)).scalars()]

    async def notes_on(self, account_ids: Sequence[UUID]) -> dict[UUID, Notes]:
        """What administrators may know of these accounts besides, in one question."""
        columns = col(AccountRow.id), col(AccountRow.email_refused_at), col(AccountRow.last_seen_on)
        rows = (await self.session.execute(select(*columns).where(col(AccountRow.id).in_(list(account_ids))))).all()
        return {account_id: Notes(refused_at, seen_on) for account_id, refused_at, seen_on in rows}

    async def note_seen(self, account_id: UUID, on: date) -> None:
        """Note the day of a sign-in; this is no change of the account."""
        mine = col(AccountRow.id) == account_id, or_(col(AccountRow.last_seen_on).is_(None), col(AccountRow.last_seen_on) < on)
        await self.session.execute(update(AccountRow).where(*mine).values(last_seen_on=on))

    async def credentials(self, account_id: UUID) -> Credentials:
        """An account with its password's hash. Raises AccountNotFound."""
        row = await self._row(account_id)
        if row is None:
            raise AccountNotFound
        return Credentials(account_of(row), row.password_hash, row.email_refused_at)

    async def by_lookup(self, email_lookup: str) -> Credentials | None:
        """The account behind an address, or None."""
        row = (await self.session.execute(select(AccountRow).where(col(AccountRow.email_lookup) == email_lookup))).scalars().first()
        return Credentials(account_of(row), row.password_hash, row.email_refused_at) if row is not None else None

    async def lookup_of(self, account_id: UUID) -> str | None:
        """The pseudonym of an account's address."""
        row = await self._row(account_id)
        return row.email_lookup if row is not None else None

    async def save(self, before: Account, after: Account) -> None:
        """Write a change, if nobody else changed the account meanwhile. Raises PreconditionFailed."""
        if after == before:
            return
        values = {
            "version": after.version, "role": after.role.value, "actor_id": after.actor_id, "locale": after.locale,
            "state": after.state.value, "second_factor": after.second_factor, "updated_at": after.updated_at,
        }  # fmt: skip
        mine = col(AccountRow.id) == before.id, col(AccountRow.version) == before.version
        done = await self.session.execute(update(AccountRow).where(*mine).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("Somebody changed this account in the meantime; read it again.")

    async def set_password(self, account_id: UUID, password_hash: str | None) -> None:
        """Another password, or none."""
        await self.session.execute(update(AccountRow).where(col(AccountRow.id) == account_id).values(password_hash=password_hash))

    async def set_lookup(self, account_id: UUID, email_lookup: str) -> None:
        """The account is found under another address from now on. Raises AddressTaken."""
        if await self.by_lookup(email_lookup) is not None:
            raise AddressTaken
        mine = col(AccountRow.id) == account_id
        await self.session.execute(update(AccountRow).where(mine).values(email_lookup=email_lookup, email_refused_at=None))

    async def forget_address(self, account_id: UUID) -> None:
        """The account can no longer be found by its address, nor entered."""
        await self.session.execute(
            update(AccountRow).where(col(AccountRow.id) == account_id).values(email_lookup=None, password_hash=None, email_refused_at=None)
        )

    async def mark_refused(self, account_id: UUID, at: datetime | None) -> bool:
        """Note that mail to the account's address was refused, or that it may be tried again; answers whether there is such an account."""
        done = await self.session.execute(
            update(AccountRow).where(col(AccountRow.id) == account_id, col(AccountRow.state) != "erased").values(email_refused_at=at)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]

    async def other_admins(self, account_id: UUID) -> int:
        """How many other active administrators there are; their rows stay locked until the end of the transaction."""
        query = select(col(AccountRow.id)).where(col(AccountRow.role) == Role.ADMIN.value, col(AccountRow.state) == AccountState.ACTIVE.value)
        # Ordered, so that two administrators who demote each other wait for one another instead of locking up.
        ids = (await self.session.execute(query.order_by(col(AccountRow.id)).limit(1000).with_for_update())).scalars().all()
        return len([found for found in ids if found != account_id])

    async def left_uninvited(self, before: datetime, limit: int) -> list[Account]:
        """Accounts that never accepted an invitation and were last invited before that moment."""
        query = select(AccountRow).where(col(AccountRow.state) == AccountState.INVITED.value, col(AccountRow.updated_at) < before).limit(limit)
        return [account_of(row) for row in (await self.session.execute(query)).scalars()]

    def _seen_by(self, reader: Account) -> Any:  # Any: SQLAlchemy's select
        query = select(AccountRow)
        if reader.role is Role.ADMIN:
            return query
        if reader.role is Role.COORDINATOR:
            roles = [Role.VOLUNTEER.value, Role.MEMBER.value, Role.COORDINATOR.value]
            return query.where(or_(col(AccountRow.role).in_(roles), col(AccountRow.id) == reader.id))
        if reader.role is Role.MEMBER and reader.actor_id is not None:
            return query.where(or_(col(AccountRow.actor_id) == reader.actor_id, col(AccountRow.id) == reader.id))
        return query.where(col(AccountRow.id) == reader.id)

    async def _row(self, account_id: UUID) -> AccountRow | None:
        query = select(AccountRow).where(col(AccountRow.id) == account_id).execution_options(populate_existing=True)
        return (await self.session.execute(query)).scalars().first()
