"""Sessions: who is behind a token, one's own sessions, and their end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.people.model.sessions import Session
from services.people.store.sessions import SessionNotFound
from services.people.use_cases.callers import lacks_second_factor, signed_in
from services.people.work import Work


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind a token, for the gateway; `touch` says whether the use should be written down."""

    kind: str
    id: UUID
    session_id: UUID | None
    role: str
    actor_id: UUID | None
    scopes: tuple[str, ...]
    locale: str
    second_factor_missing: bool
    expires_at: datetime
    touch: bool


async def introspect(work: Work, token: str) -> Behind | None:
    """Who is behind a token now; None if it is worth nothing (unknown, idle, too old, revoked, account disabled)."""
    session = await work.sessions.by_token(token)
    if session is not None:
        return await _account_behind(work, session)
    found = await work.clients.by_token(token)
    if found is None:
        return None
    access, client = found
    if not access.live(client, work.now):
        return None
    scopes = tuple(sorted(scope.value for scope in access.granted(client)))
    return Behind("client", client.id, None, "client", client.actor_id, scopes, work.settings.default_locale, False, access.expires_at, False)


async def _account_behind(work: Work, session: Session) -> Behind | None:
    limits = work.settings.session_limits()
    account = await work.accounts.find(session.account_id)
    if account is None or not account.is_active or not session.live(work.now, limits):
        return None
    missing = lacks_second_factor(work, account)
    return Behind(
        "account", account.id, session.id, account.role.value, account.actor_id, (), account.locale, missing, session.ends_at(limits),
        session.is_touch_due(work.now),
    )  # fmt: skip


async def touch(work: Work, session_id: UUID) -> None:
    """Note that a session is in use."""
    await work.sessions.touch(session_id, work.now)


async def list_sessions(work: Work) -> list[Session]:
    """The caller's own sessions that still count."""
    account = await signed_in(work)
    limits = work.settings.session_limits()
    return [session for session in await work.sessions.of_account(account.id) if session.live(work.now, limits)]


async def end_session(work: Work, session_id: UUID | None) -> None:
    """End one of the caller's own sessions; its token is worth nothing from now on. Raises SessionNotFound."""
    account = await signed_in(work)
    if session_id is None:
        raise SessionNotFound
    await work.sessions.revoke(session_id, account.id, work.now)
    await work.audit.record("session.ended", "account", account.id)
