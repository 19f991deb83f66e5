"""Loads and saves consents, and what was last told about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.consents import Channel, Consent, ConsentFlags, Purpose, Recipient
from services.people.model.fields import Field
from services.people.model.persons import PersonRef
from services.people.tables import ConsentFlagsRow, ConsentRow

NOTHING = ConsentFlags(False, False, None)


@dataclass(frozen=True, slots=True)
class Told:
    """The flags that others know of a person, and the version they know."""

    flags: ConsentFlags
    version: int


def consent_of(row: ConsentRow) -> Consent:
    """The consent that a row holds."""
    return Consent(
        row.id, PersonRef.parse(row.person), Purpose(row.purpose), Recipient(row.recipient), frozenset(Field(name) for name in row.fields),
        row.text_version, Channel(row.channel), row.given_at, row.until, row.withdrawn_at,
    )  # fmt: skip


@dataclass(slots=True)
class ConsentStore:
    """Consents of one transaction."""

    session: AsyncSession

    async def add(self, given: Iterable[Consent]) -> None:
        """Write new consents."""
        for consent in given:
            self.session.add(
                ConsentRow(
                    id=consent.id, person=str(consent.person), purpose=consent.purpose.value, recipient=consent.recipient.value,
                    fields=sorted(field.value for field in consent.fields), text_version=consent.text_version, channel=consent.channel.value,
                    given_at=consent.given_at, until=consent.until, withdrawn_at=consent.withdrawn_at,
                )
            )  # fmt: skip
        await self.session.flush()

    async def of(self, persons: Iterable[PersonRef]) -> list[Consent]:
        """The consents of some persons, newest first, at most 500."""
        query = select(ConsentRow).where(col(ConsentRow.person).in_([str(person) for person in persons]))
        query = query.order_by(col(ConsentRow.id).desc()).limit(500).execution_options(populate_existing=True)
        return [consent_of(row) for row in (await self.session.execute(query)).scalars()]

    async def withdraw(self, consent_ids: Iterable[UUID], now: datetime) -> None:
        """Take consents back; the first withdrawal stays."""
        mine = col(ConsentRow.id).in_(list(consent_ids)), col(ConsentRow.withdrawn_at).is_(None)
        await self.session.execute(update(ConsentRow).where(*mine).values(withdrawn_at=now))

    async def delete(self, person: PersonRef) -> None:
        """Delete what is kept of a person's consents."""
        await self.session.execute(delete(ConsentRow).where(col(ConsentRow.person) == str(person)))
        await self.session.execute(delete(ConsentFlagsRow).where(col(ConsentFlagsRow.person) == str(person)))

    async def told(self, person: PersonRef) -> Told:
        """What others were last told."""
        row = (await self.session.execute(select(ConsentFlagsRow).where(col(ConsentFlagsRow.person) == str(person)))).scalars().first()
        return Told(ConsentFlags(row.match, row.share_contact, row.until), row.version) if row is not None else Told(NOTHING, 0)

    async def save_told(self, person: PersonRef, told: Told) -> None:
        """Write what is being told."""
        values: dict[str, Any] = {  # Any: column values of several types
            "version": told.version,
            "match": told.flags.match,
            "share_contact": told.flags.share_contact,
            "until": told.flags.until,
        }
        mine = col(ConsentFlagsRow.person) == str(person)
        done = await self.session.execute(update(ConsentFlagsRow).where(mine).values(**values))
        if done.rowcount == 0:  # type: ignore[attr-defined]
            self.session.add(ConsentFlagsRow(person=str(person), **values))
            await self.session.flush()

    async def run_out(self, now: datetime, limit: int) -> list[PersonRef]:
        """Whose told flags have reached their end."""
        query = select(col(ConsentFlagsRow.person)).where(col(ConsentFlagsRow.until) <= now).limit(limit)
        return [PersonRef.parse(person) for person in (await self.session.execute(query)).scalars()]
