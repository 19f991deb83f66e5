"""Everything recorded, as a replay reads it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.model.need import Need
from services.matching.model.offer import Offer
from services.matching.store.needs import N, to_need
from services.matching.store.offers import T, is_blank, to_offer
from services.matching.tables import CaseRow, MatchRow, NeedRow, OfferRow, ledger

MOST = 2_000_000
"""Rows of a kind: more than a hub ever holds in memory."""


class HistoryStore:
    """The history of one transaction; it only reads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def needs(self, since: datetime | None, until: datetime) -> list[Need]:
        """Needs posted within the time, in order."""
        query = select(NeedRow).where(N.posted_at <= until).order_by(N.posted_at, N.id).limit(MOST)
        if since is not None:
            query = query.where(N.posted_at >= since)
        return [to_need(row) for row in (await self._session.execute(query)).scalars()]

    async def blanked_cases(self) -> set[UUID]:
        """Cases whose household was removed."""
        return set((await self._session.execute(select(CaseRow.id).where(CaseRow.blanked.is_(True)).limit(MOST))).scalars())  # type: ignore[call-overload, attr-defined]

    async def offers(self, until: datetime) -> tuple[list[Offer], int]:
        """Offers that took requests at some time until then, and how many are left out because their provider was erased."""
        refused = select(ledger.audit.c.subject_id).where(ledger.audit.c.action == "offer.refused").limit(MOST)
        never_open = set((await self._session.execute(refused)).scalars())
        query = select(OfferRow).where(T.posted_at <= until, T.state.not_in(("draft", "awaiting_moderation"))).order_by(T.posted_at, T.id).limit(MOST)
        rows = list((await self._session.execute(query)).scalars())
        known = [to_offer(row) for row in rows if str(row.id) not in never_open and not is_blank(row)]
        return known, sum(is_blank(row) for row in rows)

    async def matches(self, until: datetime) -> list[MatchRow]:
        """Matches made until then, in order."""
        query = select(MatchRow).where(MatchRow.created_at <= until).order_by(MatchRow.created_at, MatchRow.id).limit(MOST)  # type: ignore[arg-type]
        return list((await self._session.execute(query)).scalars())
