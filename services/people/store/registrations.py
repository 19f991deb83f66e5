"""Loads and saves registrations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.invitations import LinkGone
from services.people.model.registrations import Registration
from services.people.model.tokens import NewToken, hash_token
from services.people.tables import RegistrationRow


@dataclass(slots=True)
class RegistrationStore:
    """Registrations of one transaction."""

    session: AsyncSession

    async def add(self, new: Registration, source: str) -> None:
        """Write a request, whether or not the address has an account."""
        self.session.add(
            RegistrationRow(
                id=new.id, email_lookup=new.email_lookup, source=source, locale=new.locale, carry=new.carry, created_at=new.created_at,
                expires_at=new.expires_at, answered=False, known=False,
            )
        )  # fmt: skip
        await self.session.flush()

    async def count(self, since: datetime, *, email_lookup: str | None = None, source: str | None = None) -> int:
        """How often a link was asked for since a moment: for an address, from a network, or at all."""
        query = select(func.count()).select_from(RegistrationRow).where(col(RegistrationRow.created_at) > since)
        if email_lookup is not None:
            query = query.where(col(RegistrationRow.email_lookup) == email_lookup)
        if source is not None:
            query = query.where(col(RegistrationRow.source) == source)
        return int((await self.session.execute(query)).scalar_one())

    async def take_open(self, limit: int) -> list[Registration]:
        """Requests that were not answered; they count as answered from now on."""
        query = select(RegistrationRow).where(col(RegistrationRow.answered).is_(False)).order_by(col(RegistrationRow.id)).limit(limit)
        rows = list((await self.session.execute(query.with_for_update())).scalars())
        for row in rows:
            row.answered = True
        await self.session.flush()
        return [_registration(row) for row in rows]

    async def give_link(self, registration_id: UUID, account_id: UUID, known: bool, token: NewToken, sealed: bytes) -> None:
        """Write the link of a request."""
        values: dict[str, Any] = {"account_id": account_id, "known": known, "token_hash": token.hash.hex(), "sealed_token": sealed}  # Any: columns
        await self.session.execute(update(RegistrationRow).where(col(RegistrationRow.id) == registration_id).values(**values))

    async def by_token(self, token: str) -> Registration:
        """The registration of a token, live or not. Raises LinkGone."""
        query = select(RegistrationRow).where(col(RegistrationRow.token_hash) == hash_token(token).hex())
        row = (await self.session.execute(query)).scalars().first()
        if row is None:
            raise LinkGone
        return _registration(row)

    async def find(self, registration_id: UUID) -> tuple[Registration, bytes | None] | None:
        """A registration with its sealed token."""
        row = (await self.session.execute(select(RegistrationRow).where(col(RegistrationRow.id) == registration_id))).scalars().first()
        return (_registration(row), row.sealed_token) if row is not None else None

    async def use(self, used: Registration) -> None:
        """Write that a link was used; what it carried and its token go. Raises LinkGone if another use came first."""
        mine = col(RegistrationRow.id) == used.id, col(RegistrationRow.used_at).is_(None)
        done = await self.session.execute(update(RegistrationRow).where(*mine).values(used_at=used.used_at, sealed_token=None, carry=""))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkGone

    async def over(self, now: datetime, limit: int) -> list[Registration]:
        """Registrations whose time is over."""
        query = select(RegistrationRow).where(col(RegistrationRow.expires_at) < now).order_by(col(RegistrationRow.id)).limit(limit)
        return [_registration(row) for row in (await self.session.execute(query)).scalars()]

    async def delete(self, registration_id: UUID) -> None:
        """Delete one."""
        await self.session.execute(delete(RegistrationRow).where(col(RegistrationRow.id) == registration_id))

    async def delete_for(self, account_id: UUID) -> None:
        """Delete an account's registrations."""
        await self.session.execute(delete(RegistrationRow).where(col(RegistrationRow.account_id) == account_id))


def _registration(row: RegistrationRow) -> Registration:
    token_hash = bytes.fromhex(row.token_hash) if row.token_hash else None
    return Registration(
        row.id, row.email_lookup, row.locale, row.created_at, row.expires_at, row.carry, row.account_id, row.known, token_hash, row.used_at
    )  # fmt: skip
