"""What changed, in order, so that the index of each replica can follow."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.tables import Base, ChangeRow

K = Base.metadata.tables["change"].c


class ChangeStore:
    """What changed, for the index of each replica."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(self, kind: str, subject_id: UUID, now: datetime) -> None:
        """An offer, a need, a case or a match changed."""
        await self._session.execute(insert(ChangeRow).values(kind=kind, subject_id=subject_id, at=now))

    async def since(self, seq: int, limit: int = 5000) -> list[tuple[int, str, UUID, datetime]]:
        """Changes after a place, in order."""
        query = select(K.seq, K.kind, K.subject_id, K.at).where(K.seq > seq).order_by(K.seq).limit(limit)
        return [(row.seq, row.kind, row.subject_id, row.at) for row in (await self._session.execute(query)).all()]

    async def end(self, before: datetime | None = None) -> int:
        """The newest place, or the newest one written before a moment."""
        query = select(func.max(K.seq))
        return (await self._session.execute(query if before is None else query.where(K.at < before))).scalar() or 0

    @property
    def in_order(self) -> bool:
        """Whether places become visible in their order: with one writer at a time they do."""
        return self._session.get_bind().dialect.name == "sqlite"

    async def forget(self, before: datetime) -> None:
        """Drop what every index has read long ago; the newest row stays, so that places only rise."""
        await self._session.execute(delete(ChangeRow).where(K.at < before, K.seq < await self.end()))
