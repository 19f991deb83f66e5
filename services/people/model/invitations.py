"""Links that work once: invitations (7 days) and new passwords (1 hour). The token's hash is kept; the token is in the mail alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import NotFound
from contracts.roles import Role
from services.people.model.accounts import require_locale, require_place
from services.people.model.tokens import NewToken, is_token, new_token

INVITATION_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=1)


class LinkGone(NotFound):
    """There is no such link, or it was used, replaced or is too old: one answer for all."""

    def __init__(self) -> None:
        super().__init__("This link does not work any more; ask for a new one.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation into a role and, for members and coordinators, an actor. `account_id` is the account that waits for its holder."""

    id: UUID
    account_id: UUID
    invited_by: UUID | None
    role: Role
    actor_id: UUID | None
    locale: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it can still be accepted."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at

    def accepted(self, token: str, now: datetime) -> "Invitation":
        """Used by whoever holds the token; works once. Raises LinkGone."""
        if not is_token(token, self.token_hash) or not self.live(now):
            raise LinkGone
        return replace(self, used_at=now)

    def revoked(self, now: datetime) -> "Invitation":
        """Taken back. A used invitation stays used."""
        return self if self.used_at is not None or self.revoked_at is not None else replace(self, revoked_at=now)


def invite(
    invitation_id: UUID, account_id: UUID, role: Role, actor_id: UUID | None, locale: str, now: datetime, *, invited_by: UUID | None = None
) -> tuple[Invitation, NewToken]:
    """A new invitation with its token; `invited_by` is None for the first administrator. Raises PlaceDoesNotFitRole, Invalid."""
    require_place(role, actor_id)
    require_locale(locale)
    token = new_token()
    return Invitation(invitation_id, account_id, invited_by, role, actor_id, locale, token.hash, now, now + INVITATION_LIFETIME), token


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """A link to choose a new password. It does not replace the second factor."""

    id: UUID
    account_id: UUID
    token_hash: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at

    def used(self, token: str, now: datetime) -> "PasswordReset":
        """Used by whoever holds the token; works once. Raises LinkGone."""
        if not is_token(token, self.token_hash) or not self.live(now):
            raise LinkGone
        return replace(self, used_at=now)


def request_reset(reset_id: UUID, account_id: UUID, now: datetime) -> tuple[PasswordReset, NewToken]:
    """A new link for the holder of an account. Delete the account's earlier ones: only the newest works."""
    token = new_token()
    return PasswordReset(reset_id, account_id, token.hash, now, now + RESET_LIFETIME), token
