"""Stored proposals in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import core
from chassis.tables import insert_into
from services.matching.engine.types import Verdict
from services.matching.model.offer import Provider
from services.matching.store.needs import PROPOSING
from services.matching.tables import Base, NeedRow, ProposalRow

PROPOSALS, NEEDS, OFFERS = (Base.metadata.tables[name] for name in ("proposal", "need", "offer"))
P, N, O = PROPOSALS.c, NEEDS.c, OFFERS.c  # noqa: E741 - a letter a table


class ProposalStore:
    """Stored proposals of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, verdicts: Sequence[Verdict]) -> None:
        """Store the proposals of a need that is new."""
        if verdicts:
            connection = await core(self._session)
            await connection.execute(insert_into(PROPOSALS), [_proposal(verdict, rank) for rank, verdict in enumerate(verdicts)])

    async def replace(self, found: Mapping[UUID, tuple[int, Sequence[Verdict]]], now: datetime) -> dict[UUID, int]:
        """Store the proposals of needs, each computed for a version of the need. Answers the new number of each set whose offers, order or
        scores differ from before; where only the weights do, the parts are written anew."""
        if not found:
            return {}
        before: dict[UUID, list[tuple[UUID, int]]] = {}
        weights: dict[UUID, set[str]] = {}
        numbers: dict[UUID, int] = {}
        query = select(N.id, N.proposals_version, P.offer_id, P.score, P.weights).select_from(NEEDS.outerjoin(PROPOSALS, P.need_id == N.id))
        for row in (await self._session.execute(query.where(N.id.in_(found)).order_by(N.id, P.rank))).all():
            numbers[row.id] = row.proposals_version
            if row.offer_id is not None:
                before.setdefault(row.id, []).append((row.offer_id, row.score))
                weights.setdefault(row.id, set()).add(row.weights)
        changed = [
            need_id
            for need_id, (_, verdicts) in found.items()
            if before.get(need_id, []) != [(verdict.offer_id, verdict.score) for verdict in verdicts]
        ]
        reweighed = [
            need_id
            for need_id, (_, verdicts) in found.items()
            if need_id not in changed and weights.get(need_id, set()) != {v.weights for v in verdicts}
        ]
        if gone := [need_id for need_id in (*changed, *reweighed) if need_id in before]:
            await self._session.execute(delete(PROPOSALS).where(P.need_id.in_(gone)))
        rows = [_proposal(verdict, rank) for need_id in (*changed, *reweighed) for rank, verdict in enumerate(found[need_id][1])]
        connection = await core(self._session)
        if rows:
            await connection.execute(insert_into(PROPOSALS), rows)
        await connection.execute(
            update(NEEDS)
            .where(N.id == bindparam("of_need"))
            .values(proposals_at=now, proposals_of=bindparam("of_version"), proposals_version=N.proposals_version + bindparam("step")),
            [{"of_need": need_id, "of_version": version, "step": int(need_id in changed)} for need_id, (version, _) in found.items()],
        )
        return {need_id: numbers[need_id] + 1 for need_id in changed if need_id in numbers}

    async def of_need(self, need_id: UUID) -> tuple[list[ProposalRow], bool, datetime | None]:
        """The stored proposals in order, whether they are those of the need as it is now, and when they were computed."""
        rows = list((await self._session.execute(select(ProposalRow).where(P.need_id == need_id).order_by(P.rank))).scalars())
        state = (await self._session.execute(select(N.version, N.proposals_of, N.proposals_at).where(N.id == need_id))).one()
        return rows, state.proposals_at is not None and state.proposals_of >= state.version, state.proposals_at

    async def wait_for_others(self) -> None:
        """Wait until everybody who is computing proposals has stored them: what they began to compute before the news that is handled here was
        written may name what has changed. Whoever begins after this reads an index that knows of it."""
        if self._session.get_bind().dialect.name == "sqlite":
            return  # one writer at a time
        connection = await core(self._session)
        async with connection.begin_nested() as moment:
            await connection.execute(select(func.pg_advisory_xact_lock(PROPOSING)))
            await moment.rollback()  # gives the lock back at once

    async def keep_others_out(self) -> None:
        """Until the commit, nobody computes proposals."""
        if self._session.get_bind().dialect.name != "sqlite":
            await self._session.execute(select(func.pg_advisory_xact_lock(PROPOSING)))

    async def needs_with(self, offer_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
        """For each of these offers the open needs that have a proposal with it."""
        found: dict[UUID, set[UUID]] = {}
        for start in range(0, len(offer_ids), 400):
            query = select(P.offer_id, P.need_id).join_from(ProposalRow, NeedRow, N.id == P.need_id)
            query = query.where(P.offer_id.in_(offer_ids[start : start + 400]), N.state == "open")
            for offer_id, need_id in (await self._session.execute(query.limit(100_000))).all():
                found.setdefault(offer_id, set()).add(need_id)
        return found

    async def lowest_of_full(self, need_ids: Sequence[UUID], kept: int) -> dict[UUID, int]:
        """The score of the last proposal of those needs that have as many as are kept."""
        found: dict[UUID, int] = {}
        for start in range(0, len(need_ids), 400):
            query = select(P.need_id, P.score).where(P.need_id.in_(need_ids[start : start + 400]), P.rank == kept - 1)
            found.update({row.need_id: row.score for row in (await self._session.execute(query)).all()})
        return found

    async def needs_with_provider(self, provider: Provider) -> set[UUID]:
        """Open needs that have a proposal with an offer of this provider."""
        offers = select(O.id).where(O.provider_kind == str(provider.kind), O.provider_id == provider.id)
        query = select(P.need_id).distinct().join_from(PROPOSALS, NEEDS, N.id == P.need_id).where(N.state == "open", P.offer_id.in_(offers))
        return set((await self._session.execute(query.limit(100_000))).scalars())


def _proposal(verdict: Verdict, rank: int) -> dict[str, Any]:  # Any: column values
    return {
        "need_id": verdict.need_id,
        "offer_id": verdict.offer_id,
        "rank": rank,
        "score": verdict.score,
        "parts": verdict.parts,  # written as they are, field by field
        "weights": verdict.weights,
    }
