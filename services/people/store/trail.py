"""Reads the service's own trail: audit rows about somebody, and events that it has told itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.envelope import Event, open_envelope
from services.people.tables import ledger


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of the audit: what was done, when, by which kind of caller, to what."""

    at: datetime
    action: str
    caller_kind: str
    subject_kind: str
    by_you: bool


@dataclass(slots=True)
class TrailStore:
    """The trail of one transaction."""

    session: AsyncSession

    async def about(self, subject_id: str, limit: int = 2000) -> list[Trace]:
        """What somebody did and what was done to their record, newest first."""
        audit = ledger.audit
        query = select(audit).where(or_(audit.c.caller_id == subject_id, audit.c.subject_id == subject_id))
        rows = (await self.session.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit))).all()
        return [Trace(row.at, row.action, row.caller_kind, row.subject_kind, row.caller_id == subject_id) for row in rows]

    async def told(self, event_id: UUID) -> Event | None:
        """An event of this service by its id, or None."""
        outbox = ledger.outbox
        body = (await self.session.execute(select(outbox.c.body).where(outbox.c.id == str(event_id)))).scalar()
        return open_envelope(body.encode())[1] if body is not None else None
