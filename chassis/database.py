"""One database of one service: SQLite (embedded) or PostgreSQL, with the same promises.

SQLite has one writing connection, so writers queue in this process instead of failing with "locked"; writing begins with
`BEGIN IMMEDIATE` (F10: a read that upgrades to a write fails at once). Before the first request `check_durability` refuses settings under
which an answered write could be lost (R1, F4).
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from chassis import sqlite_connection
from chassis.errors import Unavailable
from chassis.locks import NamedLocks

BUSY_STATES = {"40001", "40P01", "55P03", "57P01", "57P03", "53100", "53200", "53300", "08006", "08001", "08003"}
"""PostgreSQL states that mean "again later": serialisation, deadlock, lock time-out, shutdown, disk full, too many connections, gone."""


class DatabaseBusy(Unavailable):
    """The database is busy, full or away; nothing was written."""


class UnsafeDatabase(RuntimeError):
    """The database could lose an acknowledged write as it is set up."""


class Database:
    """Sessions for reading and writing. `writing` commits at its end, or rolls back when an error passes through."""

    def __init__(self, url: str, *, pool: int = 5, busy_seconds: float = 5.0) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, size=1, busy_seconds=busy_seconds, begin="BEGIN IMMEDIATE", readonly=False)
            self._reader = _sqlite_engine(url, size=pool, busy_seconds=busy_seconds, begin="BEGIN", readonly=True)
        else:
            self._writer = self._reader = _postgres_engine(url, pool, busy_seconds)
        self._locks = NamedLocks(self._writer)

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes; for migrations and tests."""
        return self._writer

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction that commits when the block ends."""
        async with self._session(self._writer) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent view; writing in it fails on SQLite and is rolled back on PostgreSQL."""
        async with self._session(self._reader) as session:
            yield session

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        with _busy_as_unavailable():
            async with AsyncSession(engine, expire_on_commit=False, autoflush=False, execution_options={"populate_existing": True}) as session:
                yield session

    @asynccontextmanager
    async def connecting(self) -> AsyncIterator[AsyncConnection]:
        """A writing connection in a transaction of its own, for statements that no session runs. Raises DatabaseBusy as the sessions do."""
        with _busy_as_unavailable():
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def only_one(self, name: str) -> AsyncIterator[bool]:
        """True while this process alone holds the named lock (PostgreSQL advisory lock). SQLite has one process: always True."""
        if self.is_sqlite:
            yield True
            return
        held = await self._locks.take(name)
        try:
            yield held
        finally:
            if held:
                await self._locks.give(name)

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[], None]) -> AsyncIterator[None]:
        """Call `heard` at each NOTIFY on a channel (PostgreSQL), so that one replica's news wakes another's relay. Nothing to do on SQLite."""
        if self.is_sqlite:
            yield
            return
        async with self._writer.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection  # Any: asyncpg's own connection

            def on_notify(*_: object) -> None:
                heard()

            await driver.add_listener(channel, on_notify)
            try:
                yield
            finally:
                await driver.remove_listener(channel, on_notify)

    async def check_durability(self) -> None:
        """Raise UnsafeDatabase unless an answered commit survives a power cut (R1)."""
        async with self._writer.connect() as connection:
            found = await _durability(connection, self.is_sqlite)
        wrong = {name: value for name, (value, wanted) in found.items() if value not in wanted}
        if wrong:
            raise UnsafeDatabase(f"The database must keep acknowledged writes over a power cut; these settings do not: {wrong}.")

    async def ping(self) -> None:
        """One round trip; raises Unavailable when the database does not answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections."""
        await self._locks.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def _durability(connection: AsyncConnection, is_sqlite: bool) -> dict[str, tuple[str, set[str]]]:
    async def ask(question: str) -> str:
        return str((await connection.execute(text(question))).scalar())

    if is_sqlite:
        return {
            "journal_mode": (await ask("PRAGMA journal_mode"), {"wal"}),
            "synchronous": (await ask("PRAGMA synchronous"), {"2", "3"}),
            "foreign_keys": (await ask("PRAGMA foreign_keys"), {"1"}),
        }
    return {
        "fsync": (await ask("SHOW fsync"), {"on"}),
        "synchronous_commit": (await ask("SHOW synchronous_commit"), {"on", "remote_write", "remote_apply", "local"}),
        "full_page_writes": (await ask("SHOW full_page_writes"), {"on"}),
    }


def _to_json(value: Any) -> str:  # Any: a JSON value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # keys that are no texts, named tuples, numbers beyond 64 bits
        return json.dumps(value)


JSON_BY_ORJSON: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": orjson.loads}
"""How engines write and read columns of JSON (Any: arguments of `create_async_engine`)."""


def _sqlite_engine(url: str, *, size: int, busy_seconds: float, begin: str, readonly: bool) -> AsyncEngine:
    connect_args = {"async_creator_fn": sqlite_connection.connect}
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=busy_seconds,
        connect_args=connect_args,
        **JSON_BY_ORJSON,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # Any: SQLAlchemy's DBAPI connection has no type of its own
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={int(busy_seconds * 1000)}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-2000",
            f"query_only={'ON' if readonly else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:  # Any: as above
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: str, pool: int, busy_seconds: float) -> AsyncEngine:
    settings = {
        "lock_timeout": str(int(busy_seconds * 1000)),
        "statement_timeout": "30000",
        "idle_in_transaction_session_timeout": "60000",
        "timezone": "UTC",
    }
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=5,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
        **JSON_BY_ORJSON,
        connect_args={"server_settings": settings, "timeout": busy_seconds},
    )


class _busy_as_unavailable:
    """Turns "locked", "full", "gone" and pool time-outs into `DatabaseBusy` (503); other database errors pass unchanged."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PoolTimeout | OSError | TimeoutError) or (isinstance(error, DBAPIError) and _is_busy(error)):
            raise DatabaseBusy("The hub is busy and changed nothing; please try again in a moment.") from error


def _is_busy(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or getattr(getattr(error.orig, "__cause__", None), "sqlstate", None)
    if state is not None:
        return state in BUSY_STATES
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    words = str(error.orig).lower()
    return isinstance(error, OperationalError) and any(word in words for word in ("locked", "busy", "full", "disk i/o", "unable to open"))


async def core(session: AsyncSession) -> AsyncConnection:
    """The connection of a session's open transaction, for statements that need no objects; asked for once, for each asking takes as long as a
    short statement. What was added to the session must have been flushed."""
    known: AsyncConnection | None = session.info.get(core)
    if known is None or known.closed:
        known = session.info[core] = await session.connection()
    return known
