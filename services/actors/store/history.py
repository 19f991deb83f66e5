"""The history of records: one line for each act, with the whole record after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.provenance import Act, EnteredBy, Entry, RecordKind, State
from services.actors.model.records import Record
from services.actors.model.states import kind_of, state_of
from services.actors.store.bulk import insert_rows
from services.actors.store.records import chunks
from services.actors.tables import HistoryRow

TABLE: Any = HistoryRow.__table__  # type: ignore[attr-defined]  # Any: a table
COLUMNS = ("id", "kind", "record_id", "version", "act", "entered_by", "author", "source", "read_on", "state", "at")


def _entry(row: HistoryRow) -> Entry:
    return Entry(
        id=row.id, kind=RecordKind(row.kind), record_id=row.record_id, version=row.version, act=Act(row.act), entered_by=EnteredBy(row.entered_by),
        author=row.author, source=row.source, read_on=row.read_on, state=row.state, at=row.at,
    )  # fmt: skip


def _laid_out(
    entry_id: UUID, kind: RecordKind, about: Entry | Record, record_id: UUID, act: Act, author: str | None, state: State | None, at: datetime
) -> tuple[Any, ...]:  # Any: column values
    """A line in the order of COLUMNS; `about` has the version, who stands behind it, and the source."""
    return (
        entry_id, kind.value, record_id, about.version, act.value, about.entered_by.value, author, about.source, about.read_on, state, at
    )  # fmt: skip


@dataclass(slots=True)
class HistoryStore:
    """History in one transaction. Lines are only added; nothing here changes or deletes one but the name of an erased account."""

    session: AsyncSession

    async def add_many(self, entries: Sequence[Entry]) -> None:
        """New lines, in one statement."""
        if entries:
            rows = (_laid_out(one.id, one.kind, one, one.record_id, one.act, one.author, one.state, one.at) for one in entries)
            await insert_rows(self.session, TABLE, COLUMNS, rows)

    async def note(self, records: Sequence[Record], act: Act, author: str | None, at: datetime) -> None:
        """A line for each of these records as it is after an act, in one statement."""
        if records:
            rows = (_laid_out(new_id(), kind_of(record), record, record.id, act, author, state_of(record), at) for record in records)
            await insert_rows(self.session, TABLE, COLUMNS, rows)

    async def of(self, kind: RecordKind, record_id: UUID) -> list[Entry]:
        """All lines of a record, oldest first; at most 10,000."""
        asked = select(HistoryRow).where(col(HistoryRow.kind) == kind.value, col(HistoryRow.record_id) == record_id)
        rows = (await self.session.execute(asked.order_by(col(HistoryRow.version)).limit(10_000))).scalars()
        return list(map(_entry, rows))

    async def page(self, kind: RecordKind, record_id: UUID, request: PageRequest) -> Listed[Entry]:
        """One page of a record's lines, newest first."""
        asked = select(HistoryRow).where(col(HistoryRow.kind) == kind.value, col(HistoryRow.record_id) == record_id)
        order: tuple[Any, ...] = col(HistoryRow.version), col(HistoryRow.id)  # Any: mapped columns
        found = await read_page(self.session, asked, order, request, descending=True)
        return found.map(_entry)

    async def before(self, entry: Entry) -> Entry | None:
        """The line before a line of the same record."""
        asked = select(HistoryRow).where(
            col(HistoryRow.kind) == entry.kind.value, col(HistoryRow.record_id) == entry.record_id, col(HistoryRow.version) < entry.version
        )
        row = (await self.session.execute(asked.order_by(col(HistoryRow.version).desc()).limit(1))).scalars().first()
        return _entry(row) if row is not None else None

    async def since(self, moment: datetime, request: PageRequest, kind: RecordKind | None = None) -> Listed[Entry]:
        """One page of all lines from a moment on, oldest first; of one kind, if wanted."""
        asked = select(HistoryRow).where(col(HistoryRow.at) >= moment)
        if kind is not None:
            asked = asked.where(col(HistoryRow.kind) == kind.value)
        order: tuple[Any, ...] = col(HistoryRow.at), col(HistoryRow.id)  # Any: mapped columns
        found = await read_page(self.session, asked, order, request)
        return found.map(_entry)

    async def last_versions(self, kind: RecordKind, ids: Iterable[UUID]) -> dict[UUID, int]:
        """The newest version that each of these records had, of those that have a history."""
        found: dict[UUID, int] = {}
        for part in chunks(ids):
            asked = select(col(HistoryRow.record_id), func.max(HistoryRow.version)).where(
                col(HistoryRow.kind) == kind.value, col(HistoryRow.record_id).in_(part)
            )
            found |= {record_id: version for record_id, version in (await self.session.execute(asked.group_by(col(HistoryRow.record_id)))).all()}
        return found

    async def clear(self, kind: RecordKind, record_id: UUID, version: int) -> bool:
        """Empty a line of its content, so that what was entered by mistake is public no more; whether there was such a line."""
        done = await self.session.execute(
            update(HistoryRow)
            .where(col(HistoryRow.kind) == kind.value, col(HistoryRow.record_id) == record_id, col(HistoryRow.version) == version)
            .values(state=null(), source=None)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def forget_author(self, account: str) -> None:
        """Take an erased account's id out of the lines that it wrote; the lines stay."""
        await self.session.execute(
            update(HistoryRow).where(col(HistoryRow.author) == account).values(author=None).execution_options(synchronize_session=False)
        )
