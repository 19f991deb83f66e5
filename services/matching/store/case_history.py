"""What happened to a case, its needs and its matches, as the audit trail has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import invalid_field
from chassis.paging import Listed, PageRequest
from services.matching.tables import ledger

A = ledger.audit.c
OF_A_CASE = ("case", "need", "match")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the trail."""

    at: datetime
    action: str
    subject_kind: str
    subject_id: UUID
    caller_kind: str
    caller_id: str | None


class CaseHistoryStore:
    """The trail of one transaction; it only reads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, subjects: Sequence[UUID], page: PageRequest) -> Listed[Happened]:
        """What happened to these, newest first."""
        query = select(A.id, A.at, A.action, A.subject_kind, A.subject_id, A.caller_kind, A.caller_id)
        query = query.where(A.subject_id.in_([str(each) for each in subjects]), A.subject_kind.in_(OF_A_CASE))
        if page.after is not None:
            if len(page.after) != 2:
                raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
            at, last = page.after
            query = query.where(or_(A.at < at, and_(A.at == at, A.id < last)))
        rows: list[Any] = list((await self._session.execute(query.order_by(A.at.desc(), A.id.desc()).limit(page.limit + 1))).all())
        more = (rows[page.limit - 1].at, rows[page.limit - 1].id) if len(rows) > page.limit else None
        found = [Happened(row.at, row.action, row.subject_kind, UUID(row.subject_id), row.caller_kind, row.caller_id) for row in rows[: page.limit]]
        return Listed(found, more)
