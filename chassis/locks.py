"""Named locks of one process at PostgreSQL, all held through one connection, so that whoever holds one never waits for a second connection."""

import asyncio
import contextlib
import hashlib

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

TRY = text("SELECT pg_try_advisory_lock(:key)")
GIVE = text("SELECT pg_advisory_unlock(:key)")


def key_of(name: str) -> int:
    """The number by which PostgreSQL knows a lock: 64 bits of the name's SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


class NamedLocks:
    """Advisory locks of a session. They end with the process; where the connection ends before, all are given back at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._held: set[int] = set()
        self._turn = asyncio.Lock()

    async def take(self, name: str) -> bool:
        """Take a lock if nobody holds it, here or in another process. Answers whether it is ours now."""
        key = key_of(name)
        async with self._turn:
            # PostgreSQL would give a session its own lock a second time.
            if key in self._held:
                return False
            try:
                taken = await self._ask(TRY, key)
            except DBAPIError:
                taken = await self._ask(TRY, key)  # the connection was kept over a restart of the database; the next one is new
            if taken:
                self._held.add(key)
            return taken

    async def give(self, name: str) -> None:
        """Give a lock back. One that was lost with its connection is free already."""
        key = key_of(name)
        async with self._turn:
            if key in self._held:
                self._held.discard(key)
                with contextlib.suppress(DBAPIError, OSError):
                    await self._ask(GIVE, key)

    async def close(self) -> None:
        """Give all back."""
        async with self._turn:
            await self._drop()

    async def _ask(self, question: TextClause, key: int) -> bool:
        try:
            if self._connection is None:
                self._connection = await self._engine.connect()
            answer = bool((await self._connection.execute(question, {"key": key})).scalar())
            await self._connection.commit()
        except BaseException:
            await self._drop()
            raise
        return answer

    async def _drop(self) -> None:
        """End the session, and with it every lock that it holds: back in the pool it would keep them."""
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            with contextlib.suppress(DBAPIError, OSError):
                await connection.invalidate()
            await connection.close()
