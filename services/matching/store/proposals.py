"""Stored proposals in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.engine.types import Verdict
from services.matching.tables import Base, NeedRow, ProposalRow

P, N = (Base.metadata.tables[name].c for name in ("proposal", "need"))


class ProposalStore:
    """Stored proposals of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, need_id: UUID, need_version: int, verdicts: Sequence[Verdict], now: datetime) -> int | None:
        """Store a need's proposals. Answers the new number of the set, or None when offers and order are the same as before."""
        before = (await self._session.execute(select(P.offer_id, P.score).where(P.need_id == need_id).order_by(P.rank))).all()
        same = [(row.offer_id, row.score) for row in before] == [(verdict.offer_id, verdict.score) for verdict in verdicts]
        values: dict[str, Any] = {"proposals_at": now, "proposals_of": need_version}  # Any: column values
        if not same:
            await self._session.execute(delete(ProposalRow).where(P.need_id == need_id))
            if verdicts:
                await self._session.execute(insert(ProposalRow), [_proposal(verdict, rank) for rank, verdict in enumerate(verdicts)])
            values["proposals_version"] = N.proposals_version + 1
        await self._session.execute(update(NeedRow).where(N.id == need_id).values(**values))
        if same:
            return None
        return int((await self._session.execute(select(N.proposals_version).where(N.id == need_id))).scalar_one())

    async def of_need(self, need_id: UUID) -> tuple[list[ProposalRow], bool, datetime | None]:
        """The stored proposals in order, whether they are those of the need as it is now, and when they were computed."""
        rows = list((await self._session.execute(select(ProposalRow).where(P.need_id == need_id).order_by(P.rank))).scalars())
        state = (await self._session.execute(select(N.version, N.proposals_of, N.proposals_at).where(N.id == need_id))).one()
        return rows, state.proposals_at is not None and state.proposals_of >= state.version, state.proposals_at

    async def needs_with(self, offer_ids: Sequence[UUID]) -> set[UUID]:
        """Open needs that have a proposal with one of these offers."""
        found: set[UUID] = set()
        for start in range(0, len(offer_ids), 400):
            query = select(P.need_id).join_from(ProposalRow, NeedRow, N.id == P.need_id)
            query = query.where(P.offer_id.in_(offer_ids[start : start + 400]), N.state == "open")
            found.update((await self._session.execute(query.limit(100_000))).scalars())
        return found


def _proposal(verdict: Verdict, rank: int) -> dict[str, Any]:  # Any: column values
    parts = [{"name": str(part.name), "points": part.points, "weight": part.weight, "reason": _reason(part.reason)} for part in verdict.parts]
    return {
        "need_id": verdict.need_id,
        "offer_id": verdict.offer_id,
        "rank": rank,
        "score": verdict.score,
        "parts": parts,
        "weights": verdict.weights,
    }


def _reason(reason: Any) -> dict[str, Any]:  # Any: engine.Reason as JSON
    return {"code": reason.code, "params": [list(pair) for pair in reason.params]}
