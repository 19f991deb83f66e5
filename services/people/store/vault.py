"""Loads and saves sealed fields: what goes in is sealed at once, what comes out is opened for one stated reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.fields import Field
from services.people.model.persons import PersonRef
from services.people.model.vault import PersonIsErased, PersonKey
from services.people.store.keys import KeyStore
from services.people.tables import SealedFieldRow


@dataclass(slots=True)
class VaultStore:
    """The vault in one transaction."""

    session: AsyncSession
    keys: KeyStore
    now: datetime

    async def seal(self, person: PersonRef, texts: Mapping[Field, str | None]) -> None:
        """Write fields of a person; None deletes a field. Raises Invalid, PersonIsErased."""
        key = await self.keys.key_for_writing(person)
        for field, text in texts.items():
            mine = col(SealedFieldRow.person) == str(person), col(SealedFieldRow.field) == field.value
            if text is None:
                await self.session.execute(delete(SealedFieldRow).where(*mine))
                continue
            values: dict[str, Any] = {"value": key.seal(field, text), "updated_at": self.now}  # Any: column values of several types
            done = await self.session.execute(update(SealedFieldRow).where(*mine).values(**values))
            if done.rowcount == 0:  # type: ignore[attr-defined]
                self.session.add(SealedFieldRow(person=str(person), field=field.value, **values))
        await self.session.flush()

    async def open(self, person: PersonRef, fields: Iterable[Field]) -> dict[Field, str]:
        """The texts of those fields that there are; none for somebody who was erased. Raises SealBroken."""
        return (await self.open_many([person], fields)).get(person, {})

    async def open_many(self, persons: Iterable[PersonRef], fields: Iterable[Field]) -> dict[PersonRef, dict[Field, str]]:
        """The same fields of several persons. Raises SealBroken."""
        wanted, named = list(dict.fromkeys(persons)), list(fields)
        query = select(SealedFieldRow).where(
            col(SealedFieldRow.person).in_([str(person) for person in wanted]), col(SealedFieldRow.field).in_([field.value for field in named])
        )
        sealed: dict[str, dict[Field, bytes]] = {}
        for row in (await self.session.execute(query)).scalars():
            sealed.setdefault(row.person, {})[Field(row.field)] = row.value
        if not sealed:
            return {}
        keys = await self.keys.keys_of(person for person in wanted if str(person) in sealed)
        return {person: key.open_only(named, sealed[str(person)]) for person, key in keys.items()}

    async def has(self, person: PersonRef, fields: Iterable[Field]) -> frozenset[Field]:
        """Which of these fields there are, without opening any."""
        mine = col(SealedFieldRow.person) == str(person), col(SealedFieldRow.field).in_([field.value for field in fields])
        return frozenset(Field(name) for name in (await self.session.execute(select(col(SealedFieldRow.field)).where(*mine))).scalars())

    async def delete(self, person: PersonRef) -> None:
        """Delete all sealed fields of a person."""
        await self.session.execute(delete(SealedFieldRow).where(col(SealedFieldRow.person) == str(person)))

    async def seal_apart(self, person: PersonRef, field: Field, text: str) -> bytes:
        """Seal a text that is kept elsewhere (a link's token, a second factor's secret). Raises PersonIsErased."""
        return (await self.keys.key_for_writing(person)).seal(field, text)

    async def open_apart(self, person: PersonRef, field: Field, sealed: bytes | None) -> str | None:
        """The text of what `seal_apart` sealed; None if it or the key is gone. Raises SealBroken."""
        if sealed is None:
            return None
        try:
            key: PersonKey = await self.keys.key_of(person)
        except PersonIsErased:
            return None
        return key.open(field, sealed)
