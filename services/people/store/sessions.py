"""Loads and saves sessions, second factors and the counts of failed tries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound
from services.people.model.guesses import Attempts, Guesses
from services.people.model.second_factor import CodeRefused, SecondFactor
from services.people.model.sessions import Session
from services.people.model.tokens import hash_token
from services.people.tables import GuessRow, SecondFactorRow, SessionRow


class SessionNotFound(NotFound):
    """No such session, or not the caller's."""

    def __init__(self) -> None:
        super().__init__("There is no such session of yours.")


def session_of(row: SessionRow) -> Session:
    """The session that a row holds."""
    return Session(row.id, row.account_id, bytes.fromhex(row.token_hash), row.created_at, row.last_seen_at, row.revoked_at)


@dataclass(slots=True)
class SessionStore:
    """Sessions of one transaction."""

    session: AsyncSession

    async def add(self, new: Session) -> None:
        """Write a new session."""
        self.session.add(
            SessionRow(
                id=new.id, account_id=new.account_id, token_hash=new.token_hash.hex(), created_at=new.created_at,
                last_seen_at=new.last_seen_at, revoked_at=new.revoked_at,
            )
        )  # fmt: skip
        await self.session.flush()

    async def by_token(self, token: str) -> Session | None:
        """The session of a token, ended or not, or None."""
        query = select(SessionRow).where(col(SessionRow.token_hash) == hash_token(token).hex())
        row = (await self.session.execute(query)).scalars().first()
        return session_of(row) if row is not None else None

    async def of_account(self, account_id: UUID) -> list[Session]:
        """The newest sessions of an account that were not revoked, at most 100."""
        query = select(SessionRow).where(col(SessionRow.account_id) == account_id, col(SessionRow.revoked_at).is_(None))
        rows = (await self.session.execute(query.order_by(col(SessionRow.id).desc()).limit(100))).scalars()
        return [session_of(row) for row in rows]

    async def touch(self, session_id: UUID, now: datetime) -> None:
        """Note a use."""
        mine = col(SessionRow.id) == session_id, col(SessionRow.revoked_at).is_(None), col(SessionRow.last_seen_at) < now
        await self.session.execute(update(SessionRow).where(*mine).values(last_seen_at=now))

    async def revoke(self, session_id: UUID, account_id: UUID, now: datetime) -> None:
        """End one session of an account. Raises SessionNotFound."""
        mine = col(SessionRow.id) == session_id, col(SessionRow.account_id) == account_id, col(SessionRow.revoked_at).is_(None)
        done = await self.session.execute(update(SessionRow).where(*mine).values(revoked_at=now))
        if done.rowcount == 0:  # type: ignore[attr-defined]
            raise SessionNotFound

    async def revoke_all(self, account_id: UUID, now: datetime, *, but: UUID | None = None) -> int:
        """End all sessions of an account, but one; answers how many."""
        mine = [col(SessionRow.account_id) == account_id, col(SessionRow.revoked_at).is_(None)]
        if but is not None:
            mine.append(col(SessionRow.id) != but)
        done = await self.session.execute(update(SessionRow).where(*mine).values(revoked_at=now))
        return int(done.rowcount)  # type: ignore[attr-defined]

    async def delete_all(self, account_id: UUID) -> None:
        """Delete an account's sessions."""
        await self.session.execute(delete(SessionRow).where(col(SessionRow.account_id) == account_id))

    async def purge(self, begun_before: datetime) -> None:
        """Delete sessions that began so long ago that they are over."""
        await self.session.execute(delete(SessionRow).where(col(SessionRow.created_at) < begun_before))


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """A second factor as stored: the sealed secrets, and what the model judges by."""

    secret: bytes | None
    pending: bytes | None
    pending_at: datetime | None
    factor: SecondFactor
    version: int


@dataclass(slots=True)
class FactorStore:
    """Second factors of one transaction."""

    session: AsyncSession

    async def find(self, account_id: UUID) -> StoredFactor | None:
        """An account's second factor, or the beginning of one."""
        query = select(SecondFactorRow).where(col(SecondFactorRow.account_id) == account_id).execution_options(populate_existing=True)
        row = (await self.session.execute(query)).scalars().first()
        if row is None:
            return None
        hashes = frozenset(bytes.fromhex(text) for text in row.recovery)
        return StoredFactor(row.secret, row.pending, row.pending_at, SecondFactor(row.last_step, hashes), row.version)

    async def begin(self, account_id: UUID, pending: bytes, now: datetime) -> None:
        """Keep a secret that is not proven yet beside the one in use."""
        values: dict[str, Any] = {"pending": pending, "pending_at": now}  # Any: column values of several types
        done = await self.session.execute(update(SecondFactorRow).where(col(SecondFactorRow.account_id) == account_id).values(**values))
        if done.rowcount == 0:  # type: ignore[attr-defined]
            self.session.add(SecondFactorRow(account_id=account_id, last_step=-1, recovery=[], version=1, **values))
            await self.session.flush()

    async def save(self, account_id: UUID, before: StoredFactor, after: SecondFactor, *, proven: bool = False) -> None:
        """Write what a used code changed, if no other use came first. Raises CodeRefused."""
        values: dict[str, Any] = {  # Any: column values of several types
            "last_step": after.last_step,
            "recovery": sorted(stored.hex() for stored in after.recovery_hashes),
            "version": before.version + 1,
        }
        if proven:
            values |= {"secret": before.pending, "pending": None, "pending_at": None}
        mine = col(SecondFactorRow.account_id) == account_id, col(SecondFactorRow.version) == before.version
        done = await self.session.execute(update(SecondFactorRow).where(*mine).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise CodeRefused

    async def delete(self, account_id: UUID) -> None:
        """Forget an account's second factor."""
        await self.session.execute(delete(SecondFactorRow).where(col(SecondFactorRow.account_id) == account_id))


@dataclass(slots=True)
class GuessStore:
    """Counts of failed tries."""

    session: AsyncSession

    async def find(self, subject: str, source: str, *, to_change: bool = False) -> Attempts:
        """What is counted about an account's pseudonym, a network's, and both together; `to_change` lets simultaneous tries wait in line."""
        keys = [(subject, ""), ("", source), (subject, source)]
        query = select(GuessRow).where(col(GuessRow.subject).in_([subject, ""]), col(GuessRow.source).in_([source, ""]))
        if to_change:
            query = query.order_by(col(GuessRow.subject), col(GuessRow.source)).with_for_update().execution_options(populate_existing=True)
        rows = {(row.subject, row.source): row for row in (await self.session.execute(query)).scalars()}
        found = [rows.get(key) for key in keys]
        account, network, pair = (Guesses(row.failures, row.last_failure_at, row.last_success_at) if row else Guesses() for row in found)
        return Attempts(account, network, pair)

    async def save(self, subject: str, source: str, before: Attempts, after: Attempts, now: datetime) -> None:
        """Write the counts that changed."""
        for key, old, new in (
            ((subject, ""), before.account, after.account),
            (("", source), before.source, after.source),
            ((subject, source), before.pair, after.pair),
        ):
            if old != new:
                await self._put(key, new, now)

    async def _put(self, key: tuple[str, str], counted: Guesses, now: datetime) -> None:
        values: dict[str, Any] = {  # Any: column values of several types
            "failures": counted.failures, "last_failure_at": counted.last_failure_at,
            "last_success_at": counted.last_success_at, "touched_at": now,
        }  # fmt: skip
        mine = col(GuessRow.subject) == key[0], col(GuessRow.source) == key[1]
        change = update(GuessRow).where(*mine).values(**values)
        if (await self.session.execute(change)).rowcount:  # type: ignore[attr-defined]
            return
        try:
            async with self.session.begin_nested():
                self.session.add(GuessRow(subject=key[0], source=key[1], **values))
                await self.session.flush()
        except IntegrityError:  # counted elsewhere in the same moment
            await self.session.execute(change)

    async def delete(self, subject: str) -> None:
        """Forget what was counted about an account's pseudonym."""
        await self.session.execute(delete(GuessRow).where(col(GuessRow.subject) == subject))

    async def purge(self, before: datetime) -> None:
        """Forget counts that no longer matter."""
        await self.session.execute(delete(GuessRow).where(col(GuessRow.touched_at) < before))
