"""Asks for the rows that have one of many values: one bound list, so that a statement is put together and prepared once, however long the list.

An IN with a parameter for each value is written and read anew for each list, which takes longer than the database does to find the rows.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 2_000
"""Values of one list."""


def lists(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values, each once, in lists of at most MOST (Any: keys of any type)."""
    waiting = list(dict.fromkeys(values))
    for start in range(0, len(waiting), MOST):
        yield waiting[start : start + MOST]


def among(session: AsyncSession, column: Any, values: list[Any]) -> ColumnElement[bool]:  # Any: a mapped column; values of its type
    """Whether a column has one of these values."""
    dialect = session.get_bind().dialect
    if dialect.name == "postgresql":
        found: ColumnElement[bool] = column == any_(literal(values, ARRAY(column.type)))
        return found
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    text = json.dumps(values if process is None else [process(value) for value in values])
    return column.in_(select(func.json_each(text).table_valued("value").c.value))  # type: ignore[no-any-return]
