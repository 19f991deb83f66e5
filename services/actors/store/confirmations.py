"""What the sides of memberships and partnerships say of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from services.actors.model.confirming import Said, Saying, Subject
from services.actors.store.records import chunks
from services.actors.store.revision import mark_changed
from services.actors.tables import ConfirmationRow


def _saying(row: ConfirmationRow) -> Saying:
    return Saying(
        subject=Subject(row.subject_kind), subject_id=row.subject_id, other_id=row.other_id, side_actor_id=row.side_actor_id, state=Said(row.state),
        at=row.at,
    )  # fmt: skip


@dataclass(slots=True)
class ConfirmationStore:
    """Confirmations and refusals in one transaction."""

    session: AsyncSession

    async def of(self, subject_ids: Iterable[UUID]) -> list[Saying]:
        """What was said of these memberships or initiatives."""
        found: list[Saying] = []
        for part in chunks(set(subject_ids)):
            asked = select(ConfirmationRow).where(col(ConfirmationRow.subject_id).in_(part))
            found += map(_saying, (await self.session.execute(asked.order_by(col(ConfirmationRow.at), col(ConfirmationRow.id)))).scalars())
        return found

    async def put(self, saying: Saying, by: str | None) -> None:
        """What a side says now, in place of what it said before. `by` is the account's id; it is never shown."""
        await self._drop(
            col(ConfirmationRow.subject_id) == saying.subject_id,
            col(ConfirmationRow.other_id) == saying.other_id,
            col(ConfirmationRow.side_actor_id) == saying.side_actor_id,
        )
        mark_changed(self.session)
        await self.session.execute(
            insert(ConfirmationRow).values(
                id=new_id(), subject_kind=saying.subject.value, subject_id=saying.subject_id, other_id=saying.other_id,
                side_actor_id=saying.side_actor_id, state=saying.state.value, at=saying.at, by=by,
            )
        )  # fmt: skip

    async def put_back(self, sayings: Iterable[Saying], subject_id: UUID, other_id: UUID, sides: dict[UUID, UUID], now: datetime) -> None:
        """Say the same of another record: what was said of a membership that went into another one when an actor was merged."""
        for saying in sayings:
            side = sides.get(saying.side_actor_id, saying.side_actor_id)
            await self.put(Saying(saying.subject, subject_id, other_id, side, saying.state, now), None)

    async def drop(self, subject_id: UUID, keep: Iterable[UUID] | None = None) -> None:
        """Forget what was said of a record that leaves; with `keep`, only what was said of others than these (partners that are no more)."""
        conditions = [col(ConfirmationRow.subject_id) == subject_id]
        if keep is not None:
            conditions.append(col(ConfirmationRow.other_id).not_in(list(keep)))
        await self._drop(*conditions)

    async def drop_side(self, actor_id: UUID) -> None:
        """Forget what an actor said that leaves the registry."""
        await self._drop(col(ConfirmationRow.side_actor_id) == actor_id)

    async def forget_author(self, account: str) -> None:
        """Take an erased account's id out; what the organisation said stays."""
        await self.session.execute(
            update(ConfirmationRow).where(col(ConfirmationRow.by) == account).values(by=None).execution_options(synchronize_session=False)
        )

    async def _drop(self, *conditions: Any) -> None:  # Any: SQL conditions
        mark_changed(self.session)
        await self.session.execute(delete(ConfirmationRow).where(*conditions).execution_options(synchronize_session=False))
