"""Sources, jobs, sealed files and lines of imports, and the services that became offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound, PreconditionFailed
from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.imports.forms import Format
from services.actors.model.imports.job import UNDER_WAY, ImportedService, ImportJob, ImportSource, JobState, Line, Outcome
from services.actors.store.among import among, lists
from services.actors.store.bulk import insert_rows
from services.actors.tables import ActorIdentifierRow, ImportedServiceRow, ImportFileRow, ImportJobRow, ImportLineRow, ImportSourceRow

LINES: Any = ImportLineRow.__table__  # type: ignore[attr-defined]  # Any: SQLModel's tables have no static type
SERVICES: Any = ImportedServiceRow.__table__  # type: ignore[attr-defined]
FILES: Any = ImportFileRow.__table__  # type: ignore[attr-defined]
ORDER: tuple[ColumnElement[Any], ...] = (col(ImportJobRow.created_at), col(ImportJobRow.id))  # type: ignore[assignment]
LINE_ORDER: tuple[ColumnElement[Any], ...] = (col(ImportLineRow.seq),)  # type: ignore[assignment]
LEASE = timedelta(seconds=30)
"""How long whoever works on an import may be silent before another goes on; a committed batch renews it."""


class NoSuchImport(NotFound):
    """There is no such import, or none that the caller may see."""


class NoSuchSource(NotFound):
    """There is no such source, or none that the caller may see."""


class LeaseLost(PreconditionFailed):
    """Another process works on this import."""


def _values(record: Any, *without: str) -> dict[str, Any]:  # Any: a frozen record of imports
    return {each.name: getattr(record, each.name) for each in fields(record) if each.name not in without}


def _job(row: ImportJobRow) -> ImportJob:
    names = [each.name for each in fields(ImportJob)]
    return ImportJob(**{**{name: getattr(row, name) for name in names}, "format": Format(row.format), "state": JobState(row.state)})


def _source(row: ImportSourceRow) -> ImportSource:
    return ImportSource(**{each.name: getattr(row, each.name) for each in fields(ImportSource)})


def _line(row: Any) -> Line:  # Any: a row of import_line
    return Line(
        seq=row.seq, place=row.place, line=row.line, kind=row.kind, outcome=Outcome(row.outcome), key=row.key, name=row.name,
        record_id=row.record_id, told=row.told, code=row.code, message=row.message, detail=row.detail, data=row.data,
    )  # fmt: skip


def _line_values(job_id: UUID, line: Line) -> dict[str, Any]:
    return {
        "job_id": job_id, "seq": line.seq, "place": line.place, "line": line.line, "kind": line.kind, "outcome": line.outcome.value,
        "key": line.key, "name": line.name, "record_id": line.record_id, "told": line.told, "code": line.code, "message": line.message,
        "detail": line.detail, "data": line.data,
    }  # fmt: skip


@dataclass(slots=True)
class ImportStore:
    """Imports in one transaction."""

    session: AsyncSession

    async def source(self, key: str) -> ImportSource:
        """A source. Raises NoSuchSource."""
        row = (await self.session.execute(select(ImportSourceRow).where(col(ImportSourceRow.key) == key))).scalars().first()
        if row is None:
            raise NoSuchSource("There is no such source.")
        return _source(row)

    async def put_source(self, source: ImportSource, was: int | None) -> None:
        """A new source (`was` is None), or another version of one. Raises PreconditionFailed."""
        if was is None:
            try:
                await self.session.execute(insert(ImportSourceRow).values(**_values(source)))
            except IntegrityError:
                raise PreconditionFailed("Somebody made this source known in the meantime; read it again.") from None
            return
        change = update(ImportSourceRow).where(col(ImportSourceRow.key) == source.key, col(ImportSourceRow.version) == was)
        done = await self.session.execute(change.values(**_values(source, "key", "created_at")).execution_options(synchronize_session=False))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("Somebody changed this source in the meantime; read it again.")

    async def job(self, job_id: UUID, *, of_actor: UUID | None = None) -> ImportJob:
        """An import; with `of_actor`, only one of that organisation's. Raises NoSuchImport."""
        asked = select(ImportJobRow).where(col(ImportJobRow.id) == job_id)
        if of_actor is not None:
            asked = asked.where(col(ImportJobRow.actor_id) == of_actor)
        row = (await self.session.execute(asked)).scalars().first()
        if row is None:
            raise NoSuchImport("There is no such import.")
        return _job(row)

    async def jobs(self, request: PageRequest, *, of_actor: UUID | None = None) -> Listed[ImportJob]:
        """Imports, newest first."""
        asked = select(ImportJobRow)
        if of_actor is not None:
            asked = asked.where(col(ImportJobRow.actor_id) == of_actor)
        page = await read_page(self.session, asked, ORDER, request, descending=True)
        return page.map(_job)

    async def add_job(self, job: ImportJob) -> None:
        """A new import."""
        await self.session.execute(insert(ImportJobRow).values(**_values(job)))

    async def save_job(self, job: ImportJob, was: int, runner: str | None = None, now: datetime | None = None) -> None:
        """Write an import over the version that was read; `runner` keeps its lease. Raises LeaseLost."""
        values: dict[str, Any] = _values(job, "id", "created_at")
        values |= {"runner": runner, "lease_until": now + LEASE if runner and now else None}
        change = update(ImportJobRow).where(col(ImportJobRow.id) == job.id, col(ImportJobRow.version) == was)
        done = await self.session.execute(change.values(**values).execution_options(synchronize_session=False))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LeaseLost("Somebody else changed this import in the meantime; read it again.")

    async def waiting(self, runner: str, now: datetime) -> list[UUID]:
        """Imports under way that nobody else works on, oldest first."""
        free = or_(col(ImportJobRow.runner).is_(None), col(ImportJobRow.runner) == runner, col(ImportJobRow.lease_until) < now)
        asked = select(col(ImportJobRow.id)).where(col(ImportJobRow.state).in_(sorted(UNDER_WAY)), free)
        return list((await self.session.execute(asked.order_by(col(ImportJobRow.created_at), col(ImportJobRow.id)).limit(20))).scalars())

    async def take(self, job_id: UUID, runner: str, now: datetime) -> bool:
        """Take an import's lease. False where another has it."""
        free = or_(col(ImportJobRow.runner).is_(None), col(ImportJobRow.runner) == runner, col(ImportJobRow.lease_until) < now)
        change = update(ImportJobRow).where(col(ImportJobRow.id) == job_id, free).values(runner=runner, lease_until=now + LEASE)
        done = await self.session.execute(change.execution_options(synchronize_session=False))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def keep_file(self, job_id: UUID, place: int, name: str, parts: Sequence[bytes]) -> None:
        """Keep the sealed pieces of a file."""
        rows = [{"job_id": job_id, "place": place, "part": part, "name": name, "sealed": sealed} for part, sealed in enumerate(parts)]
        await self.session.execute(insert(FILES), rows)

    async def files(self, job_id: UUID) -> list[tuple[str, list[bytes]]]:
        """The files of an import, each with its sealed pieces in order."""
        rows = (await self.session.execute(select(FILES).where(FILES.c.job_id == job_id).order_by(FILES.c.place, FILES.c.part))).all()
        found: dict[int, tuple[str, list[bytes]]] = {}
        for row in rows:
            found.setdefault(row.place, (row.name, []))[1].append(row.sealed)
        return list(found.values())

    async def forget_files(self, job_id: UUID) -> None:
        """Delete the files of an import that ended."""
        await self.session.execute(delete(FILES).where(FILES.c.job_id == job_id))

    async def idle_before(self, moment: datetime, states: Iterable[JobState]) -> list[ImportJob]:
        """Imports in these states that nobody touched since a moment; at most 50."""
        asked = select(ImportJobRow).where(col(ImportJobRow.state).in_(sorted(states)), col(ImportJobRow.updated_at) < moment)
        return [_job(row) for row in (await self.session.execute(asked.limit(50))).scalars()]

    async def add_lines(self, job_id: UUID, lines: Sequence[Line]) -> None:
        """New lines, in one statement."""
        if lines:
            rows = [_line_values(job_id, line) for line in lines]
            await insert_rows(self.session, LINES, list(rows[0]), (row.values() for row in rows))

    async def save_lines(self, job_id: UUID, lines: Sequence[Line]) -> None:
        """What became of lines, in one statement."""
        if lines:
            names = ("outcome", "record_id", "told", "code", "message", "detail")
            change = update(LINES).where(LINES.c.job_id == bindparam("j"), LINES.c.seq == bindparam("s"))
            values = [_line_values(job_id, line) for line in lines]
            connection = await self.session.connection()
            await connection.execute(
                change.values({name: bindparam(f"v_{name}") for name in names}),
                [{"j": job_id, "s": row["seq"], **{f"v_{name}": row[name] for name in names}} for row in values],
            )

    async def forget_lines(self, job_id: UUID) -> None:
        """Delete the lines of an import: it is checked anew, or was kept long enough."""
        await self.session.execute(delete(LINES).where(LINES.c.job_id == job_id))

    async def lines_after(self, job_id: UUID, seq: int, limit: int) -> list[Line]:
        """The lines after a place, in order."""
        asked = select(LINES).where(LINES.c.job_id == job_id, LINES.c.seq > seq).order_by(LINES.c.seq).limit(limit)
        return [_line(row) for row in (await self.session.execute(asked)).all()]

    async def line_page(self, job_id: UUID, request: PageRequest, outcome: Outcome | None, kind: str | None, told: str | None) -> Listed[Line]:
        """A page of lines, by place."""
        asked = select(ImportLineRow).where(col(ImportLineRow.job_id) == job_id)
        for column, value in ((ImportLineRow.outcome, outcome), (ImportLineRow.kind, kind), (ImportLineRow.told, told)):
            if value is not None:
                asked = asked.where(col(column) == value)
        return (await read_page(self.session, asked, LINE_ORDER, request)).map(_line)

    async def count_lines(self, job_id: UUID) -> dict[str, dict[str, int]]:
        """How many lines there are, by kind and outcome."""
        asked = select(LINES.c.kind, LINES.c.outcome, func.count()).where(LINES.c.job_id == job_id).group_by(LINES.c.kind, LINES.c.outcome)
        found: dict[str, dict[str, int]] = {}
        for kind, outcome, count in (await self.session.execute(asked)).all():
            found.setdefault(kind, {})[outcome] = count
        return found

    async def count_told(self, job_id: UUID) -> dict[str, int]:
        """How many services have which answer."""
        asked = select(LINES.c.told, func.count()).where(LINES.c.job_id == job_id, LINES.c.told.is_not(None)).group_by(LINES.c.told)
        return {told: count for told, count in (await self.session.execute(asked)).all()}

    async def answer(self, job_id: UUID, seq: int, told: str, code: str | None) -> None:
        """Note what `matching` answered about a line."""
        change = update(LINES).where(LINES.c.job_id == job_id, LINES.c.seq == seq, LINES.c.told == "pending")
        await self.session.execute(change.values(told=told, code=code))

    async def services(self, source_key: str, keys: Iterable[str]) -> dict[str, ImportedService]:
        """Which of these services of a source became offers, by their keys there."""
        return await self._services([SERVICES.c.source_key == source_key], SERVICES.c.service_key, keys)

    async def _services(self, where: list[ColumnElement[bool]], column: Any, keys: Iterable[object]) -> dict[str, ImportedService]:  # Any: a column
        found: dict[str, ImportedService] = {}
        for part in lists(keys):
            for row in (await self.session.execute(select(SERVICES).where(*where, among(self.session, column, part)))).all():
                found[row.service_key] = ImportedService(**row._mapping)
        return found

    async def put_services(self, services: Sequence[ImportedService], known: Iterable[str]) -> None:
        """Write services: those whose keys are known anew, the others for the first time."""
        old = set(known)
        if kept := [_values(each) for each in services if each.service_key not in old]:
            await self.session.execute(insert(SERVICES), kept)
        if other := [each for each in services if each.service_key in old]:
            names = ("offer_id", "actor_id", "generation", "version", "state", "job_id", "content")
            change = update(SERVICES).where(SERVICES.c.source_key == bindparam("s"), SERVICES.c.service_key == bindparam("k"))
            connection = await self.session.connection()
            await connection.execute(
                change.values({name: bindparam(f"v_{name}") for name in names}),
                [{"s": one.source_key, "k": one.service_key, **{f"v_{name}": getattr(one, name) for name in names}} for one in other],
            )

    async def mark_service(self, offer_id: UUID, version: int, state: str) -> None:
        """Note how a service's offer stands, if this is still the version that was told."""
        await self.session.execute(update(SERVICES).where(SERVICES.c.offer_id == offer_id, SERVICES.c.version == version).values(state=state))

    async def open_services_after(self, source_key: str, key: str, limit: int) -> list[ImportedService]:
        """The services of a source whose offers are not closed, in the order of their keys, after one."""
        asked = select(SERVICES).where(SERVICES.c.source_key == source_key, SERVICES.c.service_key > key, SERVICES.c.state != "closed")
        rows = (await self.session.execute(asked.order_by(SERVICES.c.service_key).limit(limit))).all()
        return [ImportedService(**row._mapping) for row in rows]

    async def identified_after(self, scheme: str, value: str, limit: int) -> list[tuple[str, UUID]]:
        """Identifiers of a scheme with their organisations, in order, after a value."""
        row = ActorIdentifierRow
        asked = select(col(row.value), col(row.actor_id)).where(col(row.scheme) == scheme, col(row.value) > value)
        return [(each[0], each[1]) for each in (await self.session.execute(asked.order_by(col(row.value)).limit(limit))).all()]
