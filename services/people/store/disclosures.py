"""Loads and saves who read whose contact, and who was erased."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from contracts.roles import Role
from services.people.model.accounts import Account
from services.people.model.disclosures import ALARM_WINDOW, ContactRead
from services.people.model.known import Erasure
from services.people.model.persons import PersonRef
from services.people.tables import DisclosureRow, ErasureRow

ORDER: Any = (col(DisclosureRow.at), col(DisclosureRow.id))  # Any: as in store.accounts


@dataclass(frozen=True, slots=True)
class Reading:
    """One contact that was read: who, whose, on which side of which match (or the case's own team), which fields, when."""

    id: UUID
    reader: UUID
    person: PersonRef
    match_id: UUID | None
    side: str
    fields: tuple[str, ...]
    at: datetime


@dataclass(slots=True)
class DisclosureStore:
    """Readings of one transaction."""

    session: AsyncSession

    async def add(self, reading: Reading) -> None:
        """Write a reading."""
        self.session.add(
            DisclosureRow(
                id=reading.id, reader=reading.reader, person=str(reading.person), match_id=reading.match_id, side=reading.side,
                fields=list(reading.fields), at=reading.at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def recent(self, reader: UUID, now: datetime) -> list[ContactRead]:
        """What an account read within the last hour, at most 1000 readings."""
        mine = col(DisclosureRow.reader) == reader, col(DisclosureRow.at) > now - ALARM_WINDOW
        query = select(DisclosureRow).where(*mine).order_by(col(DisclosureRow.at).desc()).limit(1000)
        return [ContactRead(PersonRef.parse(row.person), row.at) for row in (await self.session.execute(query)).scalars()]

    async def page(self, account: Account, request: PageRequest) -> Listed[Reading]:
        """Readings by the account and of its own contact, newest first; an administrator sees all, as ids."""
        query = select(DisclosureRow)
        if account.role is not Role.ADMIN:
            me = str(PersonRef.of_account(account.id))
            query = query.where(or_(col(DisclosureRow.reader) == account.id, col(DisclosureRow.person) == me))
        found = await read_page(self.session, query, ORDER, request, descending=True)
        return Listed([_reading(row) for row in found.items], found.more_after)

    async def of_person(self, person: PersonRef, limit: int = 1000) -> list[Reading]:
        """Who read a person's contact, newest first."""
        query = select(DisclosureRow).where(col(DisclosureRow.person) == str(person)).order_by(col(DisclosureRow.at).desc()).limit(limit)
        return [_reading(row) for row in (await self.session.execute(query)).scalars()]

    async def by_reader(self, reader: UUID, limit: int = 1000) -> list[Reading]:
        """Whose contact an account read, newest first."""
        query = select(DisclosureRow).where(col(DisclosureRow.reader) == reader).order_by(col(DisclosureRow.at).desc()).limit(limit)
        return [_reading(row) for row in (await self.session.execute(query)).scalars()]

    async def purge(self, before: datetime) -> None:
        """Forget old readings; the audit keeps its own rows."""
        await self.session.execute(delete(DisclosureRow).where(col(DisclosureRow.at) < before))


def _reading(row: DisclosureRow) -> Reading:
    return Reading(row.id, row.reader, PersonRef.parse(row.person), row.match_id, row.side, tuple(row.fields), row.at)


@dataclass(slots=True)
class ErasureStore:
    """Tombstones."""

    session: AsyncSession

    async def find(self, person: PersonRef) -> Erasure | None:
        """The erasure of a person, or None."""
        row = (await self.session.execute(select(ErasureRow).where(col(ErasureRow.person) == str(person)))).scalars().first()
        return _erasure(row) if row is not None else None

    async def add(self, person: PersonRef, subject_id: UUID | None, erased_at: datetime, backups_gone_by: datetime) -> Erasure:
        """Write a tombstone, once."""
        known = await self.find(person)
        if known is not None:
            return known
        row = ErasureRow(id=new_id(), person=str(person), subject_id=subject_id, erased_at=erased_at, backups_gone_by=backups_gone_by)
        self.session.add(row)
        await self.session.flush()
        return _erasure(row)

    async def known(self, persons: list[str]) -> set[str]:
        """Which of these have a tombstone."""
        query = select(col(ErasureRow.person)).where(col(ErasureRow.person).in_(persons))
        return set((await self.session.execute(query)).scalars())

    async def after(self, person: str, limit: int) -> list[Erasure]:
        """Tombstones in the order of their references, from a place on."""
        query = select(ErasureRow).where(col(ErasureRow.person) > person).order_by(col(ErasureRow.person)).limit(limit)
        return [_erasure(row) for row in (await self.session.execute(query)).scalars()]


def _erasure(row: ErasureRow) -> Erasure:
    return Erasure(row.id, PersonRef.parse(row.person), row.subject_id, row.erased_at, row.backups_gone_by)
