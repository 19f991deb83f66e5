"""Statements compiled once for all tests: each test has a database and engines of its own, and SQLAlchemy compiles anew for each engine.

Engines of one kind with the same readers and writers of JSON compile alike, so that what one compiled serves the others. A hub has few engines,
which live as long as it does: it needs none of this.
"""

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

KINDS = (SQLiteDialect_aiosqlite, PGDialect_asyncpg)
STATEMENTS: Any = LRUCache(4000)  # Any: SQLAlchemy's own keys and compiled statements


def share_compiled_statements() -> None:
    """From now on all engines of this process that are of one kind find what another compiled."""
    for kind in KINDS:
        kind.__eq__ = _alike  # type: ignore[method-assign]
        kind.__hash__ = _hash  # type: ignore[method-assign]
    plain = Engine.__init__

    def with_shared(self: Engine, *arguments: Any, **named: Any) -> None:
        plain(self, *arguments, **named)
        if isinstance(self.dialect, KINDS):
            self._compiled_cache = STATEMENTS

    Engine.__init__ = with_shared  # type: ignore[method-assign]


def _marks(dialect: Any) -> tuple[object, ...]:
    return (type(dialect), dialect._json_serializer, dialect._json_deserializer, dialect.paramstyle)


def _alike(self: Any, other: object) -> bool:
    return type(self) is type(other) and _marks(self) == _marks(other)


def _hash(self: Any) -> int:
    return hash(_marks(self))
