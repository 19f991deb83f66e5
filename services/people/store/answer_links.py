"""Loads and saves links that answer requests, secret addresses of calendars, and changes of e-mail addresses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.people.model.answer_links import AnswerLink, EmailChange
from services.people.model.invitations import LinkGone
from services.people.model.tokens import hash_token
from services.people.tables import AnswerLinkRow, CalendarFeedRow, EmailChangeRow


def _link(row: AnswerLinkRow) -> AnswerLink:
    return AnswerLink(row.id, row.account_id, row.match_id, bytes.fromhex(row.token_hash), row.created_at, row.expires_at, row.used_at)


def _change(row: EmailChangeRow) -> EmailChange:
    return EmailChange(
        row.id, row.account_id, row.email_lookup, bytes.fromhex(row.old_token_hash), bytes.fromhex(row.new_token_hash), row.created_at,
        row.expires_at, row.old_confirmed_at, row.new_confirmed_at,
    )  # fmt: skip


@dataclass(slots=True)
class AnswerLinkStore:
    """Links that answer requests, in one transaction."""

    session: AsyncSession

    async def add(self, new: AnswerLink, sealed_token: bytes) -> None:
        """Write a new link."""
        self.session.add(
            AnswerLinkRow(
                id=new.id, account_id=new.account_id, match_id=new.match_id, token_hash=new.token_hash.hex(), sealed_token=sealed_token,
                created_at=new.created_at, expires_at=new.expires_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def of(self, account_id: UUID, match_id: UUID) -> tuple[AnswerLink, bytes | None] | None:
        """An account's link for a match, with its sealed token."""
        mine = col(AnswerLinkRow.account_id) == account_id, col(AnswerLinkRow.match_id) == match_id
        row = (await self.session.execute(select(AnswerLinkRow).where(*mine))).scalars().first()
        return (_link(row), row.sealed_token) if row is not None else None

    async def by_token(self, token: str) -> AnswerLink:
        """The link of a token, live or not. Raises LinkGone."""
        row = (await self.session.execute(select(AnswerLinkRow).where(col(AnswerLinkRow.token_hash) == hash_token(token).hex()))).scalars().first()
        if row is None:
            raise LinkGone
        return _link(row)

    async def use(self, used: AnswerLink) -> None:
        """Write that a link was used. Raises LinkGone if another use came first."""
        mine = col(AnswerLinkRow.id) == used.id, col(AnswerLinkRow.used_at).is_(None)
        done = await self.session.execute(update(AnswerLinkRow).where(*mine).values(used_at=used.used_at, sealed_token=None))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkGone

    async def delete_for(self, account_id: UUID) -> None:
        """Delete an account's links."""
        await self.session.execute(delete(AnswerLinkRow).where(col(AnswerLinkRow.account_id) == account_id))

    async def delete_of_match(self, match_id: UUID) -> None:
        """Delete the links of a match that was answered."""
        await self.session.execute(delete(AnswerLinkRow).where(col(AnswerLinkRow.match_id) == match_id))

    async def purge(self, now: datetime) -> None:
        """Delete links whose time is over."""
        await self.session.execute(delete(AnswerLinkRow).where(col(AnswerLinkRow.expires_at) < now))


@dataclass(slots=True)
class FeedStore:
    """Secret addresses of calendars, in one transaction."""

    session: AsyncSession

    async def put(self, account_id: UUID, token_hash: bytes, now: datetime) -> None:
        """Give an account a new address; the one before stops working."""
        await self.delete_for(account_id)
        self.session.add(CalendarFeedRow(account_id=account_id, token_hash=token_hash.hex(), created_at=now))
        await self.session.flush()

    async def since(self, account_id: UUID) -> datetime | None:
        """Since when an account has an address, if it has one."""
        query = select(col(CalendarFeedRow.created_at)).where(col(CalendarFeedRow.account_id) == account_id)
        return (await self.session.execute(query)).scalar()

    async def owner(self, token: str) -> UUID:
        """Whose calendar it is. Raises LinkGone."""
        query = select(col(CalendarFeedRow.account_id)).where(col(CalendarFeedRow.token_hash) == hash_token(token).hex())
        found = (await self.session.execute(query)).scalar()
        if found is None:
            raise LinkGone
        return found

    async def delete_for(self, account_id: UUID) -> None:
        """An account's address stops working."""
        await self.session.execute(delete(CalendarFeedRow).where(col(CalendarFeedRow.account_id) == account_id))


@dataclass(slots=True)
class EmailChangeStore:
    """Wishes for another address, in one transaction."""

    session: AsyncSession

    async def put(self, new: EmailChange, sealed_email: bytes, old_token: bytes, new_token: bytes) -> None:
        """Write a new wish in place of the one before."""
        await self.delete_for(new.account_id)
        self.session.add(
            EmailChangeRow(
                id=new.id, account_id=new.account_id, email_lookup=new.email_lookup, sealed_email=sealed_email, old_token_hash=new.old_hash.hex(),
                old_sealed_token=old_token, new_token_hash=new.new_hash.hex(), new_sealed_token=new_token, created_at=new.created_at,
                expires_at=new.expires_at, old_confirmed_at=new.old_confirmed_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def row(self, change_id: UUID) -> EmailChangeRow | None:
        """A wish with all that is sealed."""
        query = select(EmailChangeRow).where(col(EmailChangeRow.id) == change_id).execution_options(populate_existing=True)
        return (await self.session.execute(query)).scalars().first()

    async def of(self, account_id: UUID) -> EmailChange | None:
        """An account's wish, if it has one."""
        row = (await self.session.execute(select(EmailChangeRow).where(col(EmailChangeRow.account_id) == account_id))).scalars().first()
        return _change(row) if row is not None else None

    async def by_token(self, token: str) -> EmailChange:
        """The wish of either token. Raises LinkGone."""
        wanted = hash_token(token).hex()
        query = select(EmailChangeRow).where(or_(col(EmailChangeRow.old_token_hash) == wanted, col(EmailChangeRow.new_token_hash) == wanted))
        row = (await self.session.execute(query.with_for_update())).scalars().first()
        if row is None:
            raise LinkGone
        return _change(row)

    async def save(self, change: EmailChange) -> None:
        """Write what was confirmed."""
        values = {"old_confirmed_at": change.old_confirmed_at, "new_confirmed_at": change.new_confirmed_at}
        await self.session.execute(update(EmailChangeRow).where(col(EmailChangeRow.id) == change.id).values(**values))

    async def delete_for(self, account_id: UUID) -> None:
        """Forget an account's wish."""
        await self.session.execute(delete(EmailChangeRow).where(col(EmailChangeRow.account_id) == account_id))

    async def purge(self, now: datetime) -> None:
        """Forget wishes whose time is over."""
        await self.session.execute(delete(EmailChangeRow).where(col(EmailChangeRow.expires_at) < now))
