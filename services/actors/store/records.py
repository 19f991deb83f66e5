"""Loads and saves records of one kind: what all kinds of the registry share. Rows stay here; what comes out are frozen records."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Conflict, NotFound, PreconditionFailed
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.records import Record
from services.actors.store.among import among, lists
from services.actors.store.bulk import insert_rows
from services.actors.store.revision import mark_changed

M = TypeVar("M", bound=Record)
CHUNK = 500
"""Keys in one IN list, well under the limits of both databases."""


class NoSuchRecord(NotFound):
    """The registry holds no such record."""


class AlreadyRecorded(Conflict):
    """A record with this key exists; change that one."""


class ChangedMeanwhile(PreconditionFailed):
    """The stored version is another than the one that was read."""


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists of at most CHUNK (Any: keys of any type)."""
    waiting = list(values)
    for start in range(0, len(waiting), CHUNK):
        yield waiting[start : start + CHUNK]


def joined(values: Iterable[object]) -> str:
    """A list as it is stored: `;a;b;`, or an empty text."""
    parts = [str(value) for value in values]
    return f";{';'.join(parts)};" if parts else ""


def parted(text: str) -> list[str]:
    """The list that was stored."""
    return [part for part in text.split(";") if part]


def holds(column: Any, value: object) -> ColumnElement[bool]:  # Any: a mapped column
    """Whether a stored list has that entry."""
    condition: ColumnElement[bool] = column.contains(f";{value};", autoescape=True)
    return condition


def holds_words(column: Any, words: str) -> list[ColumnElement[bool]]:  # Any: a mapped column
    """Whether a folded text has all of these folded words (the first 8), each anywhere; without a word nothing is found."""
    if not words:
        return [false()]
    return [column.contains(word, autoescape=True) for word in words.split()[:8]]


@dataclass(slots=True)
class Records(Generic[M]):
    """The records of one kind in one transaction. `row` is the mapped class (Any: mapped classes have no common static type)."""

    session: AsyncSession
    row: Any
    to_model: Callable[[Any], M]
    to_values: Callable[[M], dict[str, Any]]
    order: tuple[Any, ...]
    descending: bool = False

    async def get(self, record_id: UUID) -> M:
        """One record. Raises NoSuchRecord."""
        row = (await self.session.execute(select(self.row).where(self.row.id == record_id))).scalars().first()
        if row is None:
            raise NoSuchRecord("There is no such record in the registry.")
        return self.to_model(row)

    async def page(self, request: PageRequest, conditions: Sequence[ColumnElement[bool]]) -> Listed[M]:
        """One page of the records that meet all conditions."""
        found = await read_page(self.session, select(self.row).where(*conditions), self.order, request, descending=self.descending)
        return found.map(self.to_model)

    async def is_there(self, *conditions: ColumnElement[bool]) -> bool:
        """Whether any record meets all conditions."""
        return (await self.session.execute(select(self.row.id).where(*conditions).limit(1))).first() is not None

    async def add(self, record: M) -> None:
        """A new record. Raises AlreadyRecorded."""
        if await self.is_there(self.row.id == record.id):
            raise AlreadyRecorded("This is in the registry already; change that record instead.")
        await self.add_many([record])

    async def save(self, record: M, was: int) -> None:
        """Write a changed record over the version that was read. Raises ChangedMeanwhile."""
        done = await self.session.execute(
            update(self.row)
            .where(self.row.id == record.id, self.row.version == was)
            .values(self.to_values(record))
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ChangedMeanwhile("Somebody changed this record in the meantime; read it again.")
        mark_changed(self.session)

    async def remove(self, record_id: UUID, was: int) -> None:
        """Delete the version that was read. Raises ChangedMeanwhile."""
        done = await self.session.execute(
            delete(self.row).where(self.row.id == record_id, self.row.version == was).execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ChangedMeanwhile("Somebody changed this record in the meantime; read it again.")
        mark_changed(self.session)

    async def some(self, ids: Iterable[UUID]) -> dict[UUID, M]:
        """The stored records among these, by id, for showing."""
        found: dict[UUID, M] = {}
        for part in lists(ids):
            rows = (await self.session.execute(select(self.row.__table__).where(among(self.session, self.row.id, part)))).all()
            found |= {row.id: self.to_model(row) for row in rows}
        return found

    async def known(self, keys: Iterable[object], column: str = "id") -> dict[Any, M]:
        """The stored records among these keys, by key; they stay locked until the end of the transaction (PostgreSQL)."""
        found: dict[Any, M] = {}
        on = getattr(self.row, column)
        for part in lists(keys):
            rows = (await self.session.execute(select(self.row.__table__).where(among(self.session, on, part)).with_for_update())).all()
            found |= {getattr(row, column): self.to_model(row) for row in rows}
        return found

    async def all_of(self, keys: Iterable[object], column: str) -> list[M]:
        """All stored records that have one of these values in a column; they stay locked like those of `known`."""
        found: list[M] = []
        on = getattr(self.row, column)
        for part in lists(keys):
            asked = select(self.row.__table__).where(among(self.session, on, part)).with_for_update()
            found += map(self.to_model, (await self.session.execute(asked)).all())
        return found

    async def add_many(self, records: Sequence[M]) -> None:
        """New records in one statement."""
        if records:
            mark_changed(self.session)
            names = ["id", *self.to_values(records[0])]
            await insert_rows(self.session, self.row.__table__, names, ((one.id, *self.to_values(one).values()) for one in records))

    async def save_many(self, records: Sequence[M]) -> None:
        """Changed records that `known` has locked, in one statement."""
        if records:
            mark_changed(self.session)
            table = self.row.__table__
            values = [self.to_values(record) for record in records]
            statement = update(table).where(table.c.id == bindparam("the_id")).values({name: bindparam(f"the_{name}") for name in values[0]})
            named = [
                {"the_id": record.id, **{f"the_{name}": value for name, value in row.items()}} for record, row in zip(records, values, strict=True)
            ]
            connection = await self.session.connection()
            await connection.execute(statement, named)
