"""What somebody's own help came to, counted over their matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.model.offer import Provider
from services.matching.tables import Base, MatchRow

M = Base.metadata.tables["hub_match"].c
O = Base.metadata.tables["offer"].c  # noqa: E741 - a table's columns, as everywhere here
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Helped:
    """One match, as far as it is counted."""

    case_id: UUID
    category: str
    unit: str
    size: int
    state: str
    ended_at: datetime | None


class ResultStore:
    """Counts of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, providers: Sequence[Provider]) -> list[Helped]:
        """The matches of some providers that came to help or are on their way to it, newest first; at most 20,000."""
        ours: ColumnElement[bool] = false()
        for provider in providers:
            ours = ours | ((M.provider_kind == str(provider.kind)) & (M.provider_id == provider.id))
        query = select(M.case_id, M.category, O.unit, M.size, M.state, M.ended_at)
        query = query.join_from(MatchRow, Base.metadata.tables["offer"], O.id == M.offer_id)
        query = query.where(ours, M.state.in_(("accepted", "in_progress", "fulfilled"))).order_by(M.id.desc()).limit(MOST)
        return [Helped(*row) for row in (await self._session.execute(query)).all()]
