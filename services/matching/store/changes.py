"""What changed, in order, so that the index of each replica can follow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, cast, delete, func, insert, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import core
from services.matching.tables import Base

CHANGE = Base.metadata.tables["change"]
K = CHANGE.c
SINCE = select(K.seq, K.kind, K.subject_id).where(K.seq > bindparam("after")).order_by(K.seq).limit(bindparam("most"))
NOTE = insert(CHANGE)
NOTE_WITH_TRANSACTION = NOTE.values(
    kind=bindparam("kind"), subject_id=bindparam("subject_id"), at=bindparam("at"), xact=cast(cast(func.pg_current_xact_id(), Text), BigInteger)
)


@dataclass(frozen=True, slots=True)
class Change:
    """One noted change. `at_place` is the first place from which it is read again."""

    seq: int
    kind: str
    subject_id: UUID
    at_place: int


@dataclass(slots=True)
class ChangeStore:
    """What changed, for the index of each replica. A place is where a reader stands: on SQLite, which has one writer, the number of the last
    change; on PostgreSQL, where a lower number may become visible after a higher one, the oldest transaction that was still open."""

    session: AsyncSession
    written: bool = False
    """Whether this transaction noted a change itself: then nothing that it reads may enter an index, for it may still be rolled back."""

    async def note(self, kind: str, subject_id: UUID, now: datetime) -> int:
        """An offer, a need, a case, a provider's record or the weights changed. Answers the number of the change."""
        self.written = True
        statement = NOTE if self._one_writer else NOTE_WITH_TRANSACTION
        connection = await core(self.session)
        noted = await connection.execute(statement, {"kind": kind, "subject_id": subject_id, "at": now})
        (number,) = noted.inserted_primary_key or (0,)
        return int(number)

    async def place(self) -> int:
        """Where a reader stands who now reads everything."""
        if self._one_writer:
            return int((await self.session.execute(select(func.max(K.seq)))).scalar() or 0)
        return int((await self.session.execute(select(_oldest_open()))).scalar_one())

    async def since(self, place: int, limit: int, after: Change | None = None) -> tuple[list[Change], int]:
        """Changes from a place on (or of those the ones after a change), and the place from which to read the next time. As many as `limit` means
        that there may be more; on PostgreSQL some come again the next time."""
        if self._one_writer:
            connection = await core(self.session)
            found = await connection.execute(SINCE, {"after": after.seq if after else place, "most": limit})
            changes = [Change(row.seq, row.kind, row.subject_id, row.seq - 1) for row in found]
            return changes, await self.place() if len(changes) == limit else changes[-1].seq if changes else place
        fresh = select(K.seq, K.kind, K.subject_id, K.xact).where(K.xact >= place)
        if after is not None:
            # One transaction may note more than is read at once.
            fresh = fresh.where(tuple_(K.xact, K.seq) > (after.at_place, after.seq))
        some = fresh.order_by(K.xact, K.seq).limit(limit).subquery()
        # The oldest open transaction as the same statement sees it; where nothing was found it is told too.
        now = select(_oldest_open().label("oldest")).subquery()
        query = select(now.c.oldest, some).select_from(now.outerjoin(some, true())).order_by(some.c.xact, some.c.seq)
        rows = (await self.session.execute(query)).all()
        return [Change(row.seq, row.kind, row.subject_id, row.xact) for row in rows if row.seq is not None], int(rows[0].oldest)

    @property
    def _one_writer(self) -> bool:
        return self.session.get_bind().dialect.name == "sqlite"

    async def forget(self, before: datetime) -> None:
        """Drop what every index has read long ago; the newest row stays, so that places only rise."""
        newest = select(func.max(K.seq)).scalar_subquery()
        await self.session.execute(delete(CHANGE).where(K.at < before, K.seq < newest))


def _oldest_open() -> ColumnElement[int]:
    return cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
