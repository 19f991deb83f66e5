"""Computations of what is lacking, and the prices of places, in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.engine.scarcity.question import Findings, findings_from, findings_to_plain
from services.matching.model.scarcity import Computation
from services.matching.tables import Base, OfferPriceRow, ScarcityRow

S, P, OFFER, CHANGE = (Base.metadata.tables[name].c for name in ("scarcity", "offer_price", "offer", "change"))
MARGIN = timedelta(seconds=60)
"""What was begun so long before a computation may have been committed after it."""


class ScarcityStore:
    """Computations of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, scarcity_id: UUID, computed_at: datetime, weights: str, findings: Findings) -> None:
        """Store a computation; of the one before, only totals and what is published stay."""
        before = (await self._session.execute(select(ScarcityRow).order_by(S.computed_at.desc()).limit(1))).scalar_one_or_none()
        if before is not None:
            await self._session.execute(update(ScarcityRow).where(S.id == before.id).values(figures={**before.figures, "figures": []}))
        figures = {**findings_to_plain(findings), "prices": []}
        await self._session.execute(insert(ScarcityRow).values(id=scarcity_id, computed_at=computed_at, weights=weights, figures=figures))

    async def latest(self) -> Computation | None:
        """The newest computation."""
        return _one((await self._session.execute(select(ScarcityRow).order_by(S.computed_at.desc(), S.id).limit(1))).scalar_one_or_none())

    async def last_at(self) -> datetime | None:
        """When the newest computation was made."""
        return (await self._session.execute(select(S.computed_at).order_by(S.computed_at.desc()).limit(1))).scalar_one_or_none()

    async def of_the_day(self, now: datetime) -> Computation | None:
        """The computation that is published all day long: the last one before the day began (UTC), or the first there is."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        query = select(ScarcityRow).where(S.computed_at < day).order_by(S.computed_at.desc(), S.id).limit(1)
        row = (await self._session.execute(query)).scalar_one_or_none()
        if row is None:
            row = (await self._session.execute(select(ScarcityRow).order_by(S.computed_at, S.id).limit(1))).scalar_one_or_none()
        return _one(row)

    async def recent(self, limit: int) -> list[Computation]:
        """The newest computations, newest first."""
        rows = (await self._session.execute(select(ScarcityRow).order_by(S.computed_at.desc(), S.id).limit(limit))).scalars()
        return [_computation(row) for row in rows]

    async def of_days(self, now: datetime, limit: int) -> list[Computation]:
        """The last computation of each day that is over, newest first; what was published on the day after it."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        moments = (await self._session.execute(select(S.id, S.computed_at).where(S.computed_at < day).order_by(S.computed_at).limit(10_000))).all()
        ids = list({row.computed_at.date(): row.id for row in moments}.values())[-limit:]
        rows = (await self._session.execute(select(ScarcityRow).where(S.id.in_(ids)).order_by(S.computed_at.desc()))).scalars()
        return [_computation(row) for row in rows]

    async def forget(self, before: datetime) -> None:
        """Drop old computations."""
        await self._session.execute(delete(ScarcityRow).where(S.computed_at < before))

    async def changed_since(self, moment: datetime) -> bool:
        """Whether an offer, need, case or the weights may have changed since a computation."""
        query = select(CHANGE.seq).where(CHANGE.at > moment - MARGIN).limit(1)
        return (await self._session.execute(query)).first() is not None

    async def put_prices(self, prices: Mapping[UUID, int], now: datetime) -> None:
        """Replace the prices of places by these; offers that are gone meanwhile, and prices of nothing, are left out."""
        await self._session.execute(delete(OfferPriceRow))
        ids = sorted(offer_id for offer_id, price in prices.items() if price > 0)
        for start in range(0, len(ids), 400):
            there = set((await self._session.execute(select(OFFER.id).where(OFFER.id.in_(ids[start : start + 400])))).scalars())
            rows = [{"offer_id": each, "price": prices[each], "computed_at": now} for each in ids[start : start + 400] if each in there]
            if rows:
                await self._session.execute(insert(OfferPriceRow), rows)

    async def prices(self, offer_ids: Sequence[UUID]) -> dict[UUID, int]:
        """What one more place of these offers is worth; those that are not scarce are missing."""
        found: dict[UUID, int] = {}
        for start in range(0, len(offer_ids), 400):
            rows = (await self._session.execute(select(P.offer_id, P.price).where(P.offer_id.in_(offer_ids[start : start + 400])))).all()
            found.update({row.offer_id: row.price for row in rows})
        return found


def _one(row: ScarcityRow | None) -> Computation | None:
    return _computation(row) if row is not None else None


def _computation(row: ScarcityRow) -> Computation:
    plain: dict[str, Any] = row.figures  # Any: as `findings_to_plain` wrote it
    findings = findings_from(plain)
    return Computation(row.id, row.computed_at, row.weights, findings.figures, findings.totals, findings.published)
