"""Sessions of people who signed in: an opaque token in a cookie, its hash here, an idle and an absolute end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Unauthenticated
from services.people.model.tokens import NewToken, new_token

LIFETIME = timedelta(hours=12)
IDLE = timedelta(minutes=30)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: at most, and without a use."""

    lifetime: timedelta = LIFETIME
    idle: timedelta = IDLE


USUAL = Limits()


class SessionEnded(Unauthenticated):
    """There is no such session, or it ended: unknown, idle, too old or revoked are one answer."""

    def __init__(self) -> None:
        super().__init__("You are not signed in any more; please sign in again.")


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `token_hash` is SHA-256 of the token; the token itself is stored nowhere."""

    id: UUID
    account_id: UUID
    token_hash: bytes
    created_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None = None

    def ends_at(self, limits: Limits = USUAL) -> datetime:
        """When the session ends if nothing more happens."""
        return min(self.created_at + limits.lifetime, self.last_seen_at + limits.idle)

    def live(self, now: datetime, limits: Limits = USUAL) -> bool:
        """Whether the session still counts: not revoked, used within 30 minutes, begun within 12 hours (or as the limits say)."""
        return self.revoked_at is None and now < self.ends_at(limits)

    def require_live(self, now: datetime) -> None:
        """Raises SessionEnded unless live."""
        if not self.live(now):
            raise SessionEnded

    def is_touch_due(self, now: datetime) -> bool:
        """Whether a use is worth a write: at most one a minute."""
        return now - self.last_seen_at >= TOUCH_EVERY

    def seen(self, now: datetime) -> "Session":
        """Used at this moment. Raises SessionEnded."""
        self.require_live(now)
        return replace(self, last_seen_at=max(now, self.last_seen_at))

    def revoked(self, now: datetime) -> "Session":
        """Ended by sign-out, by a change of role or password, or by an administrator; the first end stays."""
        return self if self.revoked_at is not None else replace(self, revoked_at=now)


def open_session(session_id: UUID, account_id: UUID, now: datetime) -> tuple[Session, NewToken]:
    """A new session with a new token. Each sign-in and each step-up opens one, so that no token from before keeps its worth."""
    token = new_token()
    return Session(session_id, account_id, token.hash, now, now), token
