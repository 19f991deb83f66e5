"""Writes many new rows at once: each column is turned into what the driver takes in one go, and the driver runs one prepared statement.

An INSERT with a list of dictionaries does the same for each value of each row anew, which takes longer than the database itself.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Date, DateTime, Dialect, Table, TypeDecorator, insert
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import aiosqlite
from sqlalchemy.ext.asyncio import AsyncSession

AT_ONCE = 5_000
"""Rows of one statement."""
REPEATED = (Date, DateTime)
"""Types of which the rows of a batch share a few values, so that each is turned once."""
DIALECTS: dict[str, Any] = {"sqlite": aiosqlite.dialect, "postgresql": asyncpg.dialect}
"""How each kind of database is spoken to (Any: classes of dialects)."""
Turn = Callable[[Any], Any]
"""From a value of the record to what the driver takes (Any: values of many types)."""


async def insert_rows(session: AsyncSession, table: Any, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:  # Any: a Table; values
    """New rows, each with the values of these columns in this order."""
    connection = await session.connection()
    statement, order = _prepared(connection.dialect.name, table, tuple(names))
    turns = [_turn(connection.dialect, table.c[names[at]].type) for at in order]
    source = iter(rows)
    while some := list(islice(source, AT_ONCE)):
        columns = list(zip(*some, strict=True))
        turned = [columns[at] if turn is None else list(map(turn, columns[at])) for at, turn in zip(order, turns, strict=True)]
        await connection.exec_driver_sql(statement, list(zip(*turned, strict=True)))


@lru_cache(maxsize=100)
def _prepared(dialect: str, table: Table, names: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """The statement in the driver's words, and for each of its places which of the given columns stands there."""
    speaks: Dialect = DIALECTS[dialect]()
    compiled: Any = insert(table).compile(dialect=speaks, column_keys=list(names))  # Any: the compiler of the dialect
    return str(compiled), tuple(names.index(name) for name in compiled.positiontup)


def _turn(dialect: Dialect, kind: Any) -> Turn | None:  # Any: a type of a column
    process: Turn | None = kind.dialect_impl(dialect).bind_processor(dialect)
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if process is None or not isinstance(inner, REPEATED):
        return process
    known: dict[Any, Any] = {}

    def once(value: Any) -> Any:  # Any: a day or a moment
        if value not in known:
            known[value] = process(value)
        return known[value]

    return once
