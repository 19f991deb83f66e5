"""The full-text index of each database behind one interface: FTS5 in SQLite, a GIN index over `tsvector` in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, UnaryExpression, bindparam, func, literal_column, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.operators import custom_op
from sqlmodel import col

from services.actors.tables import SearchEntryRow

Alternatives = Sequence[str]
"""Words of which one must be there; one that ends in `*` is the beginning of a word. All are folded: letters and digits alone."""


class FullText(Protocol):
    """What a database's full-text index can do."""

    def has(self, words: Sequence[Alternatives]) -> ColumnElement[bool]:
        """The condition on `search_entry` that, for each of these, one alternative is among its words."""

    def checked(self, column: Any) -> Any:  # Any: a mapped column
        """A column for conditions that are only checked: the full-text index leads to the rows, whatever other index the column has."""

    def insert(self, row: Any) -> Any:  # Any: a mapped class, and the dialect's own INSERT
        """An INSERT that can leave out what is there already (`on_conflict_do_nothing`)."""


class SqliteFullText:
    """FTS5. Its table follows `search_entry` by triggers."""

    def has(self, words: Sequence[Alternatives]) -> ColumnElement[bool]:
        """As FullText says."""
        asked = " AND ".join(f"({' OR '.join(_quoted(one) for one in some)})" for some in words)
        found: Select[Any] = select(literal_column("rowid")).select_from(table("full_text_search"))
        match = literal_column("full_text_search").op("MATCH", is_comparison=True)(bindparam(None, asked, unique=True))
        condition: ColumnElement[bool] = col(SearchEntryRow.id).in_(found.where(match))
        return condition

    def checked(self, column: Any) -> Any:  # Any: as FullText says
        """As FullText says. SQLite takes an index of equal values for better than a list of rows, unless a sign stands before the column."""
        return UnaryExpression(column, operator=custom_op("+"), type_=column.type)

    def insert(self, row: Any) -> Any:  # Any: as FullText says
        """As FullText says."""
        return sqlite.insert(row.__table__).on_conflict_do_nothing()


class PostgresFullText:
    """`to_tsvector('simple', words)`: no extension is needed, so that every managed PostgreSQL will do."""

    def has(self, words: Sequence[Alternatives]) -> ColumnElement[bool]:
        """As FullText says."""
        asked = " & ".join(f"({' | '.join(one.replace('*', ':*') for one in some)})" for some in words)
        vector = func.to_tsvector(literal_column("'simple'"), col(SearchEntryRow.words))
        condition: ColumnElement[bool] = vector.op("@@", is_comparison=True)(func.to_tsquery(literal_column("'simple'"), asked))
        return condition

    def checked(self, column: Any) -> Any:  # Any: as FullText says
        """As FullText says. PostgreSQL knows how many rows an index leads to."""
        return column

    def insert(self, row: Any) -> Any:  # Any: as FullText says
        """As FullText says."""
        return postgresql.insert(row.__table__).on_conflict_do_nothing()


def full_text_of(session: AsyncSession) -> FullText:
    """The full-text index of the session's database."""
    return SqliteFullText() if session.get_bind().dialect.name == "sqlite" else PostgresFullText()


def _quoted(word: str) -> str:
    return f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'
