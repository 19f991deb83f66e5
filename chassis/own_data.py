"""What a service keeps about the holder of an account (GDPR, Articles 15 and 20): each service answers its own part, at one address of one shape.

The gateway asks in the name of the account and puts the parts together. Nobody else is answered, and nobody about another.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy import Select, or_, select

from chassis.edge import HubRoute, edge_work
from chassis.errors import Forbidden
from chassis.work import Work

MOST = 5000
"""Lines of one list that are given."""
Records = Mapping[str, Any]
"""Lists of records by their name (Any: JSON, or what becomes JSON)."""


class NotYourData(Forbidden):
    """Only the holder of the account gets this, through the gateway."""


class OwnData(BaseModel):
    """The part of one service."""

    service: str
    kept: dict[str, Any] = Field(description="What is kept, by kind.")
    trail: list[dict[str, Any]] = Field(description="What you did here, and what was done to what is yours, as the audit trail has it.")
    shortened: list[str] = Field(description="Lists that hold more than is given here; the office gives the rest.")


def own_data_router(gather: Callable[[Any, UUID], Awaitable[Records]]) -> APIRouter:
    """The route of a service's part. `gather` answers what is kept about an account (Any: the service's Work)."""
    router = APIRouter(prefix="/internal/v1", route_class=HubRoute, include_in_schema=False)

    @router.get("/accounts/{account_id}/data")
    async def own_data(account_id: UUID, request: Request, work: Annotated[Work, Depends(edge_work)]) -> OwnData:
        """What this service keeps about the caller."""
        caller = work.caller
        if request.state.issuer != "gateway" or caller.kind != "account" or str(caller.id) != str(account_id):
            raise NotYourData("Only the holder of an account gets what is kept about it.")
        found = {**await gather(work, account_id), "trail": await _trail(work, str(account_id))}
        shortened = [name for name, records in found.items() if isinstance(records, list) and len(records) > MOST]
        found = {name: records[:MOST] if name in shortened else records for name, records in found.items()}
        return OwnData(service=request.app.state.service.name, trail=found.pop("trail"), kept=found, shortened=shortened)

    return router


def from_tables(declare: Callable[[UUID], Mapping[str, Select[Any]]]) -> Callable[[Work, UUID], Awaitable[Records]]:
    """Gathers the answers of queries that a store declares by name."""

    async def gather(work: Work, account_id: UUID) -> Records:
        found: dict[str, list[dict[str, Any]]] = {}
        for name, query in declare(account_id).items():
            rows = (await work.session.execute(query.limit(MOST + 1))).mappings().all()
            found[name] = [dict(row) for row in rows]
        return found

    return gather


async def _trail(work: Work, account_id: str) -> list[dict[str, Any]]:
    audit = work.parts.ledger.audit.c
    query = select(audit.at, audit.action, audit.caller_kind, audit.subject_kind, audit.caller_id)
    query = query.where(or_(audit.caller_id == account_id, audit.subject_id == account_id)).order_by(audit.at.desc(), audit.id.desc())
    rows = (await work.session.execute(query.limit(MOST + 1))).all()
    return [
        {"at": row.at, "action": row.action, "caller_kind": row.caller_kind, "subject_kind": row.subject_kind, "by_you": row.caller_id == account_id}
        for row in rows
    ]
