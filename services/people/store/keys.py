"""Keeps the persons' wrapped keys in a database of their own, with tombstones of those that were destroyed.

Its writes commit by themselves. A new key is written before the data that it seals, so that a crash between leaves a key without data,
which harms nobody; a key is destroyed before the rows that it sealed, so that a crash between leaves noise, which the next start removes.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from chassis.tables import UTCDateTime
from services.people.model.keys import MasterKeys
from services.people.model.persons import PersonRef
from services.people.model.vault import PersonIsErased, PersonKey, WrappedKey, create_key, rewrap, unlock

metadata = MetaData()
person_key = Table(
    "person_key",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("master_id", String(16), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
destroyed_key = Table(
    "destroyed_key",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("destroyed_at", UTCDateTime, nullable=False),
)


class KeyStore:
    """The keys of all persons, in one database that holds nothing else."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self.database = database
        self._masters = masters
        self._ready = False
        self._preparing = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the two tables if they are not there; called before the first use."""
        async with self._preparing:
            if not self._ready:
                with contextlib.suppress(IntegrityError):  # another replica made them in the same moment
                    async with self.database.connecting() as connection:
                        await connection.run_sync(metadata.create_all)
                self._ready = True

    async def key_of(self, person: PersonRef) -> PersonKey:
        """A person's key. Raises PersonIsErased if there is none."""
        return unlock(person, (await self._wrapped([person])).get(str(person)), self._masters)

    async def keys_of(self, persons: Iterable[PersonRef]) -> dict[PersonRef, PersonKey]:
        """The keys of several persons; whoever has none is left out."""
        wanted = list(dict.fromkeys(persons))
        found = await self._wrapped(wanted)
        return {person: unlock(person, found[str(person)], self._masters) for person in wanted if str(person) in found}

    async def key_for_writing(self, person: PersonRef) -> PersonKey:
        """A person's key; a new one, durably written, if there is none yet. Raises PersonIsErased for somebody who was erased."""
        for _ in range(2):
            with contextlib.suppress(PersonIsErased):
                return await self.key_of(person)
            wrapped, key = create_key(person, self._masters)
            with contextlib.suppress(IntegrityError):  # made elsewhere in the same moment: read it in the second round
                async with self.database.writing() as session:
                    gone = select(destroyed_key.c.person).where(destroyed_key.c.person == str(person))
                    if (await session.execute(gone)).first():
                        raise PersonIsErased
                    await session.execute(insert(person_key).values(person=str(person), master_id=wrapped.master_id, sealed=wrapped.sealed))
                return key
        raise PersonIsErased

    async def destroy(self, person: PersonRef, now: datetime) -> None:
        """Destroy a person's key for good and remember that it was; repeating it changes nothing."""
        await self.prepare()
        async with self.database.writing() as session:
            await session.execute(delete(person_key).where(person_key.c.person == str(person)))
            known = await session.execute(select(destroyed_key.c.person).where(destroyed_key.c.person == str(person)))
            if known.first() is None:
                await session.execute(insert(destroyed_key).values(person=str(person), destroyed_at=now))
        await truncate_log(self.database)

    async def forget(self, person: PersonRef) -> None:
        """Destroy the key of somebody who may come back under the same reference (a case whose contact was deleted)."""
        await self.prepare()
        async with self.database.writing() as session:
            await session.execute(delete(person_key).where(person_key.c.person == str(person)))
        await truncate_log(self.database)

    async def destroyed(self, after: str, limit: int) -> list[tuple[str, datetime]]:
        """Tombstones in the order of their references, from a place on."""
        await self.prepare()
        query = select(destroyed_key).where(destroyed_key.c.person > after).order_by(destroyed_key.c.person).limit(limit)
        async with self.database.reading() as session:
            return [(row.person, row.destroyed_at) for row in await session.execute(query)]

    async def present(self, persons: Iterable[str]) -> set[str]:
        """Who of these has a key."""
        await self.prepare()
        async with self.database.reading() as session:
            return set((await session.execute(select(person_key.c.person).where(person_key.c.person.in_(list(persons))))).scalars())

    async def rewrap_some(self, limit: int = 200) -> int:
        """Wrap keys of an earlier master key with the current one; answers how many were left before."""
        await self.prepare()
        current = self._masters.current
        async with self.database.writing() as session:
            query = select(person_key).where(person_key.c.master_id != current.id).limit(limit)
            rows = (await session.execute(query)).all()
            for row in rows:
                person, old = PersonRef.parse(row.person), WrappedKey(row.master_id, row.sealed)
                new = rewrap(person, old, self._masters.by_id(row.master_id), current)
                mine = person_key.c.person == row.person, person_key.c.master_id == row.master_id
                await session.execute(update(person_key).where(*mine).values(master_id=new.master_id, sealed=new.sealed))
        return len(rows)

    async def _wrapped(self, persons: Iterable[PersonRef]) -> dict[str, WrappedKey]:
        await self.prepare()
        query = select(person_key).where(person_key.c.person.in_([str(person) for person in persons]))
        async with self.database.reading() as session:
            return {row.person: WrappedKey(row.master_id, row.sealed) for row in await session.execute(query)}


async def truncate_log(database: Database) -> None:
    """Empty SQLite's write-ahead log, so that no page from before a deletion stays behind; PostgreSQL recycles its own log."""
    if not database.is_sqlite:
        return
    for _ in range(20):
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = await cursor.fetchone()
            await cursor.close()
        if not busy:
            return
        await asyncio.sleep(0.05)
