"""Loads and saves links that work once: invitations and new passwords."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest, read_page
from contracts.roles import Role
from services.people.model.accounts import Account
from services.people.model.invitations import Invitation, LinkGone, PasswordReset
from services.people.model.tokens import hash_token
from services.people.tables import InvitationRow, ResetRequestRow, ResetRow

ORDER: Any = (col(InvitationRow.created_at), col(InvitationRow.id))  # Any: as in store.accounts


class InvitationNotFound(NotFound):
    """No such invitation, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("There is no such invitation, or you may not see it.")


def invitation_of(row: InvitationRow) -> Invitation:
    """The invitation that a row holds."""
    return Invitation(
        row.id, row.account_id, row.invited_by, Role(row.role), row.actor_id, row.locale, bytes.fromhex(row.token_hash), row.created_at,
        row.expires_at, row.used_at, row.revoked_at,
    )  # fmt: skip


@dataclass(slots=True)
class InvitationStore:
    """Invitations of one transaction."""

    session: AsyncSession

    async def add(self, new: Invitation, sealed_token: bytes) -> None:
        """Write a new invitation."""
        self.session.add(
            InvitationRow(
                id=new.id, account_id=new.account_id, invited_by=new.invited_by, role=new.role.value, actor_id=new.actor_id, locale=new.locale,
                token_hash=new.token_hash.hex(), sealed_token=sealed_token, created_at=new.created_at, expires_at=new.expires_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def by_token(self, token: str) -> Invitation:
        """The invitation of a token, live or not. Raises LinkGone."""
        query = select(InvitationRow).where(col(InvitationRow.token_hash) == hash_token(token).hex())
        row = (await self.session.execute(query)).scalars().first()
        if row is None:
            raise LinkGone
        return invitation_of(row)

    async def find(self, invitation_id: UUID) -> tuple[Invitation, bytes | None] | None:
        """An invitation with its sealed token."""
        row = (await self.session.execute(select(InvitationRow).where(col(InvitationRow.id) == invitation_id))).scalars().first()
        return (invitation_of(row), row.sealed_token) if row is not None else None

    async def visible(self, invitation_id: UUID, reader: Account) -> Invitation:
        """An invitation that the reader may see. Raises InvitationNotFound."""
        query = self._seen_by(reader).where(col(InvitationRow.id) == invitation_id)
        row = (await self.session.execute(query)).scalars().first()
        if row is None:
            raise InvitationNotFound
        return invitation_of(row)

    async def page(self, reader: Account, request: PageRequest, now: datetime) -> Listed[Invitation]:
        """Open invitations that the reader may see, newest first."""
        open_ones = col(InvitationRow.used_at).is_(None), col(InvitationRow.revoked_at).is_(None), col(InvitationRow.expires_at) > now
        found = await read_page(self.session, self._seen_by(reader).where(*open_ones), ORDER, request, descending=True)
        return Listed([invitation_of(row) for row in found.items], found.more_after)

    async def end(self, before: Invitation, after: Invitation) -> None:
        """Write that an invitation was used or taken back; the token's sealed copy goes. Raises LinkGone if another use came first."""
        mine = col(InvitationRow.id) == before.id, col(InvitationRow.used_at).is_(None), col(InvitationRow.revoked_at).is_(None)
        values = {"used_at": after.used_at, "revoked_at": after.revoked_at, "sealed_token": None}
        done = await self.session.execute(update(InvitationRow).where(*mine).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkGone

    async def is_open_for(self, account_id: UUID, now: datetime) -> bool:
        """Whether an account has an open invitation."""
        mine = col(InvitationRow.account_id) == account_id, col(InvitationRow.used_at).is_(None), col(InvitationRow.revoked_at).is_(None)
        return (await self.session.execute(select(col(InvitationRow.id)).where(*mine, col(InvitationRow.expires_at) > now))).first() is not None

    async def revoke_for(self, account_id: UUID, now: datetime) -> None:
        """Take back all open invitations of an account."""
        mine = col(InvitationRow.account_id) == account_id, col(InvitationRow.used_at).is_(None), col(InvitationRow.revoked_at).is_(None)
        await self.session.execute(update(InvitationRow).where(*mine).values(revoked_at=now, sealed_token=None))

    async def delete_for(self, account_id: UUID) -> None:
        """Delete an account's invitations."""
        await self.session.execute(delete(InvitationRow).where(col(InvitationRow.account_id) == account_id))

    async def purge(self, before: datetime) -> None:
        """Delete invitations that ended long ago."""
        await self.session.execute(delete(InvitationRow).where(col(InvitationRow.expires_at) < before))

    def _seen_by(self, reader: Account) -> Any:  # Any: SQLAlchemy's select
        query = select(InvitationRow)
        if reader.role is Role.ADMIN:
            return query
        if reader.role is Role.MEMBER and reader.actor_id is not None:
            return query.where(col(InvitationRow.actor_id) == reader.actor_id)
        return query.where(col(InvitationRow.invited_by) == reader.id)


@dataclass(slots=True)
class ResetStore:
    """Requests for a new password, and the links that answer them."""

    session: AsyncSession

    async def ask(self, email_lookup: str, now: datetime) -> None:
        """Note a request, whether or not there is such an account."""
        self.session.add(ResetRequestRow(id=new_id(), email_lookup=email_lookup, asked_at=now, done=False))
        await self.session.flush()

    async def asked_since(self, email_lookup: str, since: datetime) -> int:
        """How often a new password was asked for an address since a moment."""
        mine = col(ResetRequestRow.email_lookup) == email_lookup, col(ResetRequestRow.asked_at) > since
        return int((await self.session.execute(select(func.count()).select_from(ResetRequestRow).where(*mine))).scalar_one())

    async def take_open(self, limit: int) -> list[str]:
        """The pseudonyms of unanswered requests; they count as answered from now on."""
        query = select(ResetRequestRow).where(col(ResetRequestRow.done).is_(False)).order_by(col(ResetRequestRow.id)).limit(limit)
        rows = list((await self.session.execute(query.with_for_update())).scalars())
        for row in rows:
            row.done = True
        await self.session.flush()
        return [row.email_lookup for row in rows]

    async def add(self, new: PasswordReset, sealed_token: bytes) -> None:
        """Write a new link; the account's earlier ones go."""
        await self.delete_for(new.account_id)
        self.session.add(
            ResetRow(
                id=new.id, account_id=new.account_id, token_hash=new.token_hash.hex(), sealed_token=sealed_token,
                created_at=new.created_at, expires_at=new.expires_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def by_token(self, token: str) -> PasswordReset:
        """The link of a token, live or not. Raises LinkGone."""
        row = (await self.session.execute(select(ResetRow).where(col(ResetRow.token_hash) == hash_token(token).hex()))).scalars().first()
        if row is None:
            raise LinkGone
        return self._reset(row)

    async def find(self, reset_id: UUID) -> tuple[PasswordReset, bytes | None] | None:
        """A link with its sealed token."""
        row = (await self.session.execute(select(ResetRow).where(col(ResetRow.id) == reset_id))).scalars().first()
        return (self._reset(row), row.sealed_token) if row is not None else None

    async def use(self, used: PasswordReset) -> None:
        """Write that a link was used. Raises LinkGone if another use came first."""
        mine = col(ResetRow.id) == used.id, col(ResetRow.used_at).is_(None)
        done = await self.session.execute(update(ResetRow).where(*mine).values(used_at=used.used_at, sealed_token=None))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkGone

    async def delete_for(self, account_id: UUID) -> None:
        """Delete an account's links."""
        await self.session.execute(delete(ResetRow).where(col(ResetRow.account_id) == account_id))

    async def forget_requests(self, email_lookup: str) -> None:
        """Delete the requests for an address."""
        await self.session.execute(delete(ResetRequestRow).where(col(ResetRequestRow.email_lookup) == email_lookup))

    async def purge(self, now: datetime) -> None:
        """Delete links that are too old, and requests that no longer count."""
        await self.session.execute(delete(ResetRow).where(col(ResetRow.expires_at) < now))
        old = col(ResetRequestRow.asked_at) < now - timedelta(hours=1), col(ResetRequestRow.done).is_(True)
        await self.session.execute(delete(ResetRequestRow).where(*old))

    @staticmethod
    def _reset(row: ResetRow) -> PasswordReset:
        made = PasswordReset(row.id, row.account_id, bytes.fromhex(row.token_hash), row.created_at, row.expires_at)
        return replace(made, used_at=row.used_at)
