"""SQLite connections whose statements take one hop to the connection's thread: aiosqlite alone takes four (cursor, execute, fetch, close)."""

import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from aiosqlite.context import Result

Row = Any
"""A row as sqlite3 gives it: a tuple (Any: values of many types)."""


class OneHopCursor(aiosqlite.Cursor):
    """Executes and fetches in one go; the rows are handed out without asking the thread again."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, connection._conn.cursor())
        self._rows: list[Row] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> "OneHopCursor":  # Any: values of many types
        """Run one statement and take all of its rows."""
        self._rows = await self._execute(self._execute_and_fetch, sql, parameters or ())  # type: ignore[no-untyped-call]
        return self

    def _execute_and_fetch(self, sql: str, parameters: Any) -> list[Row]:  # Any: as above
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall() if self._cursor.description else []

    async def fetchone(self) -> Row | None:
        """The next row that was taken."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next rows that were taken."""
        count = size or self._cursor.arraysize
        some, self._rows = self._rows[:count], self._rows[count:]
        return some

    async def fetchall(self) -> list[Row]:
        """All rows that were taken and not handed out yet."""
        some, self._rows = self._rows, []
        return some

    async def close(self) -> None:
        """Done with it. The thread has nothing to do with a cursor that was read to its end."""
        self._cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection with such cursors."""

    def cursor(self) -> Result[OneHopCursor]:  # type: ignore[override]
        """A cursor, made without asking the thread."""
        return Result(self._cursor())

    async def _cursor(self) -> OneHopCursor:
        return OneHopCursor(self)


def connect(database: str, **options: Any) -> OneHopConnection:  # Any: sqlite3's own options
    """As `aiosqlite.connect`, to be awaited. SQLAlchemy uses a connection for one statement at a time, so that its cursors may be made and
    closed outside of its thread."""
    options["check_same_thread"] = False
    connection = OneHopConnection(lambda: sqlite3.connect(database, **options), 64)
    # As SQLAlchemy does for its own: a connection that is still open does not keep the process from ending.
    connection._thread.daemon = True
    return connection
