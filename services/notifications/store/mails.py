"""Loads and saves outgoing mails: which are due, who is at work on them, what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest, read_page
from services.notifications.model.kinds import Kind
from services.notifications.model.messages import AGAIN, Mail, MailState, Outcome, RecipientKind
from services.notifications.tables import MailRow

DIGEST_ITEMS = 50
"""The most lines of a daily mail; the inbox has the rest."""


def _mail(row: MailRow) -> Mail:
    return Mail(
        id=row.id, recipient_kind=RecipientKind(row.recipient_kind), recipient_id=row.recipient_id, account_id=row.account_id,
        event_id=row.event_id, kind=Kind(row.kind), subject_id=row.subject_id, numbers=dict(row.numbers), state=MailState(row.state),
        attempts=row.attempts, due_at=row.due_at, correlation_id=row.correlation_id, created_at=row.created_at, updated_at=row.updated_at,
        error=row.error, digest_id=row.digest_id,
    )  # fmt: skip


ORDER: Any = (col(MailRow.created_at), col(MailRow.id))  # Any: mapped columns are column elements, which their type does not say


@dataclass(slots=True)
class MailStore:
    """Mails of one transaction."""

    session: AsyncSession

    async def add(self, mails: Sequence[Mail]) -> None:
        """Queue mails; one that is already there for the same recipient, event and kind stays as it is."""
        if not mails:
            return
        mine = col(MailRow.event_id) == mails[0].event_id, col(MailRow.kind) == mails[0].kind.value
        present = set((await self.session.execute(select(col(MailRow.recipient_id)).where(*mine))).scalars())
        for mail in mails:
            if mail.recipient_id not in present:
                row = MailRow(
                    id=mail.id, recipient_kind=mail.recipient_kind.value, recipient_id=mail.recipient_id, account_id=mail.account_id,
                    event_id=mail.event_id, kind=mail.kind.value, subject_id=mail.subject_id, numbers=dict(mail.numbers),
                    state=mail.state.value, attempts=mail.attempts, due_at=mail.due_at, correlation_id=mail.correlation_id,
                    created_at=mail.created_at, updated_at=mail.updated_at,
                )  # fmt: skip
                self.session.add(row)
        await self.session.flush()

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> list[Mail]:
        """Take mails that are due, and those whose sender died with them; they are `sending` until the lease ends."""
        due = (col(MailRow.state) == MailState.DUE.value) & (col(MailRow.due_at) <= now)
        left = (col(MailRow.state) == MailState.SENDING.value) & (col(MailRow.lease_until) <= now)
        query = select(MailRow).where(or_(due, left)).order_by(col(MailRow.due_at), col(MailRow.id)).limit(limit).with_for_update()
        rows = (await self.session.execute(query)).scalars().all()
        for row in rows:
            row.state, row.attempts, row.lease_until, row.updated_at = MailState.SENDING.value, row.attempts + 1, lease_until, now
        await self.session.flush()
        return [_mail(row) for row in rows]

    async def finish(self, mail: Mail, outcome: Outcome, due_at: datetime, now: datetime) -> bool:
        """Write what became of an attempt. False: the mail is gone (erased), or somebody else took it over."""
        mine = col(MailRow.id) == mail.id, col(MailRow.state) == MailState.SENDING.value, col(MailRow.attempts) == mail.attempts
        done = await self.session.execute(
            update(MailRow)
            .where(*mine)
            .values(state=outcome.state.value, error=outcome.error, due_at=due_at, lease_until=None, updated_at=now)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def held_for_digest(self, now: datetime, limit: int) -> list[Mail]:
        """Mails whose hour of the daily mail has come, those of one recipient together."""
        due = col(MailRow.state) == MailState.HELD.value, col(MailRow.due_at) <= now
        query = select(MailRow).where(*due).order_by(col(MailRow.recipient_id), col(MailRow.created_at), col(MailRow.id)).limit(limit)
        return [_mail(row) for row in (await self.session.execute(query.with_for_update())).scalars()]

    async def gather(self, mail_ids: Sequence[UUID], digest_id: UUID, now: datetime) -> None:
        """Put mails into a daily mail."""
        await self.session.execute(
            update(MailRow)
            .where(col(MailRow.id).in_(list(mail_ids)))
            .values(state=MailState.GATHERED.value, digest_id=digest_id, updated_at=now)
            .execution_options(synchronize_session=False)
        )

    async def gathered(self, digest_id: UUID) -> list[Mail]:
        """What a daily mail tells, oldest first."""
        query = select(MailRow).where(col(MailRow.digest_id) == digest_id).order_by(col(MailRow.created_at), col(MailRow.id))
        return [_mail(row) for row in (await self.session.execute(query.limit(DIGEST_ITEMS))).scalars()]

    async def page(self, request: PageRequest, state: MailState | None, kind: Kind | None = None) -> Listed[Mail]:
        """All outgoing mails, newest first, perhaps only those in one state or of one kind."""
        query = select(MailRow) if state is None else select(MailRow).where(col(MailRow.state) == state.value)
        query = query if kind is None else query.where(col(MailRow.kind) == kind.value)
        found = await read_page(self.session, query, ORDER, request, descending=True)
        return Listed([_mail(row) for row in found.items], found.more_after)

    async def again(self, mail_id: UUID, now: datetime) -> bool:
        """Let a mail that failed be tried once more, at once; False where there is none such."""
        mine = col(MailRow.id) == mail_id, col(MailRow.state).in_([state.value for state in AGAIN])
        done = await self.session.execute(
            update(MailRow)
            .where(*mine)
            .values(state=MailState.DUE.value, attempts=0, error=None, due_at=now, updated_at=now)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def erase(self, account_id: UUID) -> None:
        """Forget all mails to one account."""
        await self.session.execute(delete(MailRow).where(col(MailRow.account_id) == account_id))

    async def count_before(self, before: datetime) -> int:
        """How many were queued before that moment."""
        query = select(func.count()).select_from(MailRow).where(col(MailRow.created_at) < before)
        return int((await self.session.execute(query)).scalar_one())

    async def purge(self, before: datetime) -> None:
        """Forget what is older than what is kept (R19)."""
        await self.session.execute(delete(MailRow).where(col(MailRow.created_at) < before))
