"""Loads and saves people's inboxes: each person sees only their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from services.notifications.model.kinds import Kind
from services.notifications.model.messages import Notice
from services.notifications.tables import NoticeRow


class NoSuchNotification(NotFound):
    """Unknown, older than what is kept, or somebody else's."""


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        row.id,
        row.version,
        row.account_id,
        row.event_id,
        Kind(row.kind),
        row.subject_id,
        dict(row.numbers),
        row.created_at,
        row.updated_at,
        row.read_at,
    )


ORDER: Any = (col(NoticeRow.created_at), col(NoticeRow.id))  # Any: mapped columns are column elements, which their type does not say


@dataclass(slots=True)
class NoticeStore:
    """Notices of one transaction."""

    session: AsyncSession

    async def add(
        self, account_ids: Iterable[UUID], *, event_id: UUID, kind: Kind, subject_id: UUID, numbers: Mapping[str, int], now: datetime
    ) -> None:
        """Put a notice into several inboxes; whoever has it already keeps the one they have."""
        mine = col(NoticeRow.event_id) == event_id, col(NoticeRow.kind) == kind.value
        present = set((await self.session.execute(select(col(NoticeRow.account_id)).where(*mine))).scalars())
        for account_id in dict.fromkeys(account_ids):
            if account_id not in present:
                row = NoticeRow(
                    id=new_id(), version=1, account_id=account_id, event_id=event_id, kind=kind.value, subject_id=subject_id,
                    numbers=dict(numbers), created_at=now, updated_at=now,
                )  # fmt: skip
                self.session.add(row)
        await self.session.flush()

    async def page(self, account_id: UUID, request: PageRequest, *, unread: bool) -> Listed[Notice]:
        """A person's inbox, newest first; the total is how many are unread."""
        query = select(NoticeRow).where(col(NoticeRow.account_id) == account_id)
        if unread:
            query = query.where(col(NoticeRow.read_at).is_(None))
        found = await read_page(self.session, query, ORDER, request, descending=True)
        count = select(func.count()).select_from(NoticeRow).where(col(NoticeRow.account_id) == account_id, col(NoticeRow.read_at).is_(None))
        return Listed([_notice(row) for row in found.items], found.more_after, (await self.session.execute(count)).scalar_one())

    async def read(self, account_id: UUID, notice_id: UUID, now: datetime) -> Notice:
        """Mark one as read; once read, it stays as it is."""
        mine = col(NoticeRow.id) == notice_id, col(NoticeRow.account_id) == account_id
        await self.session.execute(update(NoticeRow).where(*mine, col(NoticeRow.read_at).is_(None)).values(read_at=now, updated_at=now, version=2))
        row = (await self.session.execute(select(NoticeRow).where(*mine))).scalars().first()
        if row is None:
            raise NoSuchNotification("There is no such notification in your inbox.")
        return _notice(row)

    async def read_all(self, account_id: UUID, now: datetime) -> int:
        """Mark all as read; answers how many were not."""
        mine = col(NoticeRow.account_id) == account_id, col(NoticeRow.read_at).is_(None)
        done = await self.session.execute(update(NoticeRow).where(*mine).values(read_at=now, updated_at=now, version=2))
        return int(done.rowcount)  # type: ignore[attr-defined]

    async def settle(self, subject_id: UUID, kinds: Iterable[Kind], now: datetime) -> None:
        """Mark as read, in every inbox, what lost its sense because its subject moved on."""
        mine = (
            col(NoticeRow.subject_id) == subject_id,
            col(NoticeRow.kind).in_([kind.value for kind in kinds]),
            col(NoticeRow.read_at).is_(None),
        )
        await self.session.execute(update(NoticeRow).where(*mine).values(read_at=now, updated_at=now, version=2))

    async def erase(self, account_id: UUID) -> None:
        """Empty a person's inbox for good."""
        await self.session.execute(delete(NoticeRow).where(col(NoticeRow.account_id) == account_id))

    async def purge(self, before: datetime) -> None:
        """Forget what is older than what is kept (R19)."""
        await self.session.execute(delete(NoticeRow).where(col(NoticeRow.created_at) < before))
