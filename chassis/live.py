"""What every service offers the hub itself: health, metrics, its news and its audit trail, each limited to what the caller may see.

The gateway merges the `/internal/v1` answers of all services into `/api/v1/events` and `/api/v1/audit`; nobody else reaches them.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import and_, func, or_, select

from chassis.edge import caller_of
from chassis.errors import Forbidden
from chassis.identity import Caller

router = APIRouter()
SETTLING = timedelta(seconds=5)
"""How long a missing number in the outbox may belong to a transaction that has not ended; longer ones are rolled back, or very slow."""

MOST_COUNTS = 5000


class Health(BaseModel):
    """Whether this service works, part by part."""

    status: str
    checks: dict[str, str]


class NewsItem(BaseModel):
    """An event as stored, with its place in this service's outbox."""

    seq: int
    envelope: str


class AuditEntry(BaseModel):
    """One line of the audit trail."""

    id: str
    at: datetime
    caller_kind: str
    caller_id: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]  # Any: codes and counts
    correlation_id: str
    seq: int | None


class NotForYou(Forbidden):
    """Only the administrator and the council's observer read the audit trail."""


@router.get("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request, response: Response) -> Health:
    """The service can take requests: its database answers and is migrated. A broker that is away is told and does not count (R12)."""
    checks: dict[str, str] = await request.app.state.service.readiness()
    ready = all(value == "ok" for name, value in checks.items() if name != "broker")
    response.status_code = 200 if ready else 503
    return Health(status="ok" if ready else "not ready", checks=checks)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus metrics."""
    return Response(request.app.state.service.metrics.text(), media_type="text/plain; version=0.0.4")


@router.get("/openapi.json", include_in_schema=False)
async def openapi_document(request: Request) -> Response:
    """The contract of this service, for the gateway, which merges them."""
    return Response(await request.app.state.contract.read(), media_type="application/json")


@router.get("/internal/v1/routes", include_in_schema=False)
async def routes(request: Request) -> dict[str, dict[str, list[str]]]:
    """The paths of the contract and their methods alone: the gateway compares them with its permission table at each start, and making the
    whole contract for that would take seconds."""
    paths: dict[str, list[str]] = {}
    for route in request.app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            paths.setdefault(route.path_format, []).extend(sorted(route.methods or ()))
    return {"paths": paths}


def _may_see(caller: Caller, audience: dict[str, Any]) -> bool:
    return bool(
        audience.get("public")
        or caller.role == "admin"
        or (caller.role and caller.role in audience.get("roles", ()))
        or (caller.kind == "account" and caller.id in audience.get("accounts", ()))
        or (caller.actor_id and str(caller.actor_id) in audience.get("actors", ()))
    )


def _settled(rows: Sequence[Any], after: int, now: datetime, dialect: str) -> Sequence[Any]:  # Any: rows of the outbox
    """The rows up to the first number that may still be coming. PostgreSQL gives numbers before the commit, so a lower one may appear later;
    where one is missing and what follows is young, wait for it. (SQLite has one writer: numbers appear in order.)"""
    if dialect != "postgresql":
        return rows
    for index, row in enumerate(rows):
        if row.seq > after + 1 and row.created_at > now - SETTLING:
            return rows[:index]
        after = row.seq
    return rows


@router.get("/internal/v1/events", include_in_schema=False)
async def events(
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    after: Annotated[int, Query(ge=-1, le=2**62)] = -1,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[NewsItem]:
    """Events that the caller may see, after a place in the outbox. An item without envelope only moves the place: the present end (for -1), or
    past what the caller may not see, so that it is not read again."""
    service = request.app.state.service
    outbox = service.ledger.outbox
    waited, asked = 0.0, after
    while True:
        async with service.database.reading() as session:
            if after < 0:
                end = (await session.execute(select(func.max(outbox.c.seq)))).scalar() or 0
                return [NewsItem(seq=end, envelope="")]
            query = (
                select(outbox.c.seq, outbox.c.body, outbox.c.audience, outbox.c.created_at)
                .where(outbox.c.seq > after)
                .order_by(outbox.c.seq)
                .limit(500)
            )
            rows = _settled((await session.execute(query)).all(), after, service.clock(), session.get_bind().dialect.name)
        seen = [NewsItem(seq=row.seq, envelope=row.body) for row in rows if _may_see(caller, row.audience)][:limit]
        if seen:
            return seen
        if rows:
            after = rows[-1].seq
            continue
        if waited >= wait:
            return [NewsItem(seq=after, envelope="")] if after > asked else []
        await asyncio.sleep(0.25)
        waited += 0.25


@router.get("/internal/v1/audit", include_in_schema=False)
async def audit(
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    before: Annotated[datetime | None, Query()] = None,
    before_id: Annotated[str | None, Query(max_length=36)] = None,
    correlation: Annotated[str | None, Query(max_length=36)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    since: Annotated[datetime | None, Query()] = None,
    action: Annotated[str | None, Query(max_length=80, pattern="^[a-z0-9_.]*$")] = None,
    subject_kind: Annotated[str | None, Query(max_length=40, pattern="^[a-z0-9_]*$")] = None,
    subject_id: Annotated[str | None, Query(max_length=80)] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
) -> list[AuditEntry]:
    """The newest lines of the audit trail, back from `before` (and, of the same moment, `before_id`). An observer sees what was done,
    not by whom nor to which record."""
    if caller.role not in ("admin", "observer"):
        raise NotForYou("Only the administrator and the council's observer read the audit trail.")
    service = request.app.state.service
    table = service.ledger.audit
    query = select(table).order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
    if before is not None:
        older = table.c.at < before
        query = query.where(older if before_id is None else or_(older, and_(table.c.at == before, table.c.id < before_id)))
    if correlation is not None:
        query = query.where(table.c.correlation_id == correlation)
    if since is not None:
        query = query.where(table.c.at >= since)
    if action:
        query = query.where(table.c.action.startswith(action, autoescape=True))
    if subject_kind:
        query = query.where(table.c.subject_kind == subject_kind)
    if caller.role == "admin":
        # Not for observers: who did something, and to which record, is hidden from them, and a filter would tell.
        query = query.where(table.c.subject_id == subject_id) if subject_id else query
        query = query.where(table.c.caller_id == person) if person else query
    async with service.database.reading() as session:
        rows = (await session.execute(query)).mappings().all()
    entries = [AuditEntry.model_validate(dict(row)) for row in rows]
    if caller.role == "observer":
        hidden: dict[str, Any] = {"caller_id": None, "subject_id": "-", "details": {}, "correlation_id": "-"}
        entries = [entry.model_copy(update=hidden) for entry in entries]
    return entries


class AuditCount(BaseModel):
    """How often something was done on one day."""

    day: str
    action: str
    subject_kind: str
    count: int


@router.get("/internal/v1/audit/summary", include_in_schema=False)
async def summarise_audit(
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    since: Annotated[datetime, Query()],
    until: Annotated[datetime, Query()],
) -> list[AuditCount]:
    """What was done, counted by day and kind: no person and no record is in it."""
    if caller.role not in ("admin", "observer"):
        raise NotForYou("Only the administrator and the council's observer read the audit trail.")
    service = request.app.state.service
    table = service.ledger.audit
    day = func.date(table.c.at)
    query = select(day, table.c.action, table.c.subject_kind, func.count()).where(table.c.at >= since, table.c.at < until)
    async with service.database.reading() as session:
        rows = (await session.execute(query.group_by(day, table.c.action, table.c.subject_kind).order_by(day.desc()).limit(MOST_COUNTS))).all()
    return [AuditCount(day=str(on), action=action, subject_kind=kind, count=count) for on, action, kind, count in rows]
