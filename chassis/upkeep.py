"""What an administrator sees and mends in a running service: how it stands, what could not be handled, whether its audit trail is whole.

The gateway asks these on behalf of a signed-in administrator; nobody else reaches them. No answer holds a record's contents.
"""

import shutil
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import delete, func, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.audit import Audit
from chassis.choices import read_version
from chassis.edge import caller_of
from chassis.errors import Conflict, Forbidden, HubError, NotFound
from chassis.identity import Caller
from chassis.tables import Ledger

router = APIRouter(prefix="/internal/v1", include_in_schema=False)
MOST_LETTERS = 200
MOST_TABLES = 60


class NotAnAdministrator(Forbidden):
    """This is for administrators."""


class NoSuchLetter(NotFound):
    """No event of this id waits here."""


class StillFails(Conflict):
    """The event was tried again and failed again."""


class DropReason(StrEnum):
    """Why an event is given up."""

    OUTDATED = "outdated"
    MENDED_BY_HAND = "mended_by_hand"
    NOT_OURS = "not_ours"


class TableSize(BaseModel):
    """How much one table takes."""

    name: str
    bytes: int


class TimerRun(BaseModel):
    """When a periodic work last ran in this process."""

    name: str
    every_seconds: float
    at: datetime | None
    outcome: str | None


class Upkeep(BaseModel):
    """How a service stands."""

    service: str
    version: str
    started_at: datetime
    checks: dict[str, str]
    database: str
    database_bytes: int
    tables: list[TableSize]
    disk_free: int | None = Field(description="Bytes left where the database lies, if that is this machine.")
    disk_total: int | None
    outbox_waiting: int
    outbox_oldest: datetime | None
    dead_letters: int
    audit_rows: int
    choices_version: int
    timers: list[TimerRun]
    defaults: dict[str, int | bool | str]
    """What the environment says of the settings that a city may choose."""


class Letter(BaseModel):
    """An event that this service could not handle; never its contents."""

    id: str
    subject: str
    stream: str
    reason: str
    died_at: datetime


class Drop(BaseModel):
    """Why an event is given up."""

    reason: DropReason


class ChainVerdict(BaseModel):
    """Whether the audit trail is whole."""

    rows: int
    fault: str | None


def _admin(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    if caller.kind != "account" or caller.role != "admin":
        raise NotAnAdministrator("This is for administrators.")
    return caller


Admin = Annotated[Caller, Depends(_admin)]


@router.get("/upkeep")
async def read_upkeep(request: Request, caller: Admin, sizes: Annotated[bool, Query()] = False) -> Upkeep:
    """How this service stands; `sizes` adds the size of each table, which takes a moment."""
    service = request.app.state.service
    checks = await service.readiness()
    ledger = service.ledger
    async with service.database.reading() as session:
        waiting, oldest = (
            await session.execute(select(func.count(), func.min(ledger.outbox.c.created_at)).where(ledger.outbox.c.sent_at.is_(None)))
        ).one()
        dead = (await session.execute(select(func.count()).where(ledger.dead_letter.c.replayed_at.is_(None)))).scalar_one()
        rows = (await session.execute(select(func.max(ledger.audit.c.seq)))).scalar() or 0
        total, tables = await _sizes(session, tables=sizes)
        version = await read_version(session, ledger)
    free, disk = _disk(service.settings.database_url)
    return Upkeep(
        service=service.name,
        version=request.app.version,
        started_at=service.clockwork.started_at,
        checks=checks,
        database="sqlite" if service.database.is_sqlite else "postgresql",
        database_bytes=total,
        tables=tables,
        disk_free=free,
        disk_total=disk,
        outbox_waiting=waiting,
        outbox_oldest=oldest,
        dead_letters=dead,
        audit_rows=rows,
        choices_version=version,
        timers=[
            TimerRun(name=timer.name, every_seconds=timer.every_seconds, at=run[0] if run else None, outcome=run[1] if run else None)
            for timer, run in service.clockwork.runs()
        ],
        defaults={name: getattr(service.settings, setting) for name, setting in DEFAULTS.items() if hasattr(service.settings, setting)},
    )


DEFAULTS = {
    "answer_days": "answer_days", "review_days": "review_days", "review_grace_days": "review_grace_days", "closed_case_days": "closed_case_days",
    "need_days": "need_days", "ask_days": "ask_days", "invited_days": "invited_days", "message_days": "retention_days",
    "suggestion_days": "suggestion_days", "audit_days": "audit_days", "ask_without_name": "ask_without_name", "offer_by_mail": "register_by_mail",
    "moderate_volunteers": "moderate_volunteers",
}  # fmt: skip
"""Setting of the hub -> the environment's setting of the service that it replaces."""


@router.get("/defaults")
async def read_defaults(request: Request, caller: Admin) -> dict[str, int | bool | str]:
    """What the environment says of the settings that a city may choose."""
    settings = request.app.state.service.settings
    return {name: getattr(settings, setting) for name, setting in DEFAULTS.items() if hasattr(settings, setting)}


@router.get("/retention")
async def count_ending(request: Request, caller: Admin) -> dict[str, int]:
    """How many records other periods would end: `?need_days=60`. What this service does not keep is not answered."""
    service = request.app.state.service
    counts: dict[str, int] = {}
    async with service.open_work(caller, reading=True) as work:
        for name, days in request.query_params.items():
            count = service.previews.get(name)
            if days.isdecimal() and 1 <= int(days[:5]) <= 4000 and (count is not None or name == "audit_days"):
                before = service.clock() - timedelta(days=int(days))
                counts[name] = await (count(work, before) if count is not None else _old_audit(work.session, service.ledger, before))
    return counts


async def _old_audit(session: AsyncSession, ledger: Ledger, before: datetime) -> int:
    return int((await session.execute(select(func.count()).select_from(ledger.audit).where(ledger.audit.c.at < before))).scalar_one())


@router.get("/dead-letters")
async def list_dead_letters(request: Request, caller: Admin) -> list[Letter]:
    """What this service could not handle, oldest first."""
    service = request.app.state.service
    table = service.ledger.dead_letter
    query = select(table).where(table.c.replayed_at.is_(None)).order_by(table.c.died_at, table.c.id).limit(MOST_LETTERS)
    async with service.database.reading() as session:
        rows = (await session.execute(query)).all()
    return [Letter(id=row.id, subject=row.subject, stream=row.stream, reason=row.reason, died_at=row.died_at) for row in rows]


@router.post("/dead-letters/{letter_id}/replay")
async def replay_dead_letter(request: Request, letter_id: str, caller: Admin) -> dict[str, bool]:
    """Handle it once more. Raises NoSuchLetter, StillFails."""
    service = request.app.state.service
    await _require_letter(service, letter_id)
    try:
        # Any consumer of the service will do: they share their handlers and their inbox.
        await service.consumers()[0].replay(letter_id)
    except HubError:
        raise
    except Exception as error:
        raise StillFails("It was tried again and failed again. Nothing was changed.") from error
    await _note(service, caller, "dead_letter.replayed", letter_id)
    return {"done": True}


@router.post("/dead-letters/{letter_id}/drop")
async def drop_dead_letter(request: Request, letter_id: str, body: Annotated[Drop, Body()], caller: Admin) -> dict[str, bool]:
    """Give it up; who did so and why stays in the audit trail. Raises NoSuchLetter."""
    service = request.app.state.service
    table = service.ledger.dead_letter
    await _require_letter(service, letter_id)
    async with service.database.writing() as session:
        await session.execute(delete(table).where(table.c.id == letter_id))
        await _audit(service, session, caller).record("dead_letter.dropped", "dead_letter", letter_id, reason=body.reason.value)
    return {"done": True}


@router.post("/audit/verify")
async def verify_audit(request: Request, caller: Admin) -> ChainVerdict:
    """Walk the whole audit trail of this service."""
    service = request.app.state.service
    async with service.database.reading() as session:
        verdict = await audit.verify(session, service.ledger, service.signer.public_key)
    return ChainVerdict(rows=verdict.rows, fault=verdict.fault)


def _audit(service: Any, session: AsyncSession, caller: Caller) -> Audit:  # Any: chassis.service.Service, which imports this module
    return Audit(session, service.ledger, service.clock(), caller)


async def _note(service: Any, caller: Caller, action: str, letter_id: str) -> None:  # Any: as above
    async with service.database.writing() as session:
        await _audit(service, session, caller).record(action, "dead_letter", letter_id)


async def _require_letter(service: Any, letter_id: str) -> None:  # Any: as above
    table = service.ledger.dead_letter
    async with service.database.reading() as session:
        found = (await session.execute(select(table.c.id).where(table.c.id == letter_id[:36], table.c.replayed_at.is_(None)))).first()
    if found is None:
        raise NoSuchLetter("No event of this id waits here.")


async def _sizes(session: AsyncSession, *, tables: bool) -> tuple[int, list[TableSize]]:
    """Bytes of the database, and of each table with its indexes where that is asked for and can be known."""
    if session.get_bind().dialect.name == "postgresql":
        total = int((await session.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
        query = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC"
        )
    else:
        pages, size = [int((await session.execute(text(f"PRAGMA {name}"))).scalar_one()) for name in ("page_count", "page_size")]
        total = pages * size
        query = (
            "SELECT COALESCE(m.tbl_name, s.name), SUM(s.pgsize) FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name "
            "WHERE s.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC"
        )
    if not tables:
        return total, []
    try:
        rows = (await session.execute(text(query))).all()
    except Exception:  # this SQLite was built without dbstat: then only the whole is known
        return total, []
    return total, [TableSize(name=str(name), bytes=int(size)) for name, size in rows[:MOST_TABLES]]


def _disk(url: str) -> tuple[int | None, int | None]:
    """Bytes free and in all where the database file lies."""
    parts = make_url(url)
    if not parts.drivername.startswith("sqlite") or not parts.database:
        return None, None
    usage = shutil.disk_usage(Path(parts.database).parent)
    return usage.free, usage.total
