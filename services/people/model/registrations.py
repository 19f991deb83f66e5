"""Registrations: somebody offers help without an account, and confirms the address by a link that works once."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from chassis.errors import Forbidden, TooManyRequests, Unavailable
from contracts.roles import Role
from services.people.model.accounts import Account, AccountState
from services.people.model.invitations import LinkGone
from services.people.model.tokens import is_token

CARRY_LENGTH = 8000
"""Letters that a registration may carry for whoever asked, sealed by them."""


class NotOpen(Forbidden):
    """This hub takes volunteers by invitation alone."""


class RegisteredOften(TooManyRequests):
    """This network address asked for as many links as it may in an hour."""


class RegistrationsAreFull(Unavailable):
    """Too many addresses wait to be confirmed."""

    retry_after = 3600


@dataclass(frozen=True, slots=True)
class Registration:
    """An address that waits for its confirmation. `account_id` is the account that the link leads to: a new one (with the registration's own id),
    or the one that the address has. `carry` is handed back to whoever confirms; it is sealed and no reading of this service."""

    id: UUID
    email_lookup: str
    locale: str
    created_at: datetime
    expires_at: datetime
    carry: str = field(default="", repr=False)
    account_id: UUID | None = None
    known: bool = False
    token_hash: bytes | None = field(default=None, repr=False)
    used_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether its link still works."""
        return self.token_hash is not None and self.used_at is None and now < self.expires_at

    def opened(self, token: str, now: datetime) -> "Registration":
        """The registration for whoever holds the token. Raises LinkGone."""
        if self.token_hash is None or not is_token(token, self.token_hash) or not self.live(now):
            raise LinkGone
        return self

    def used(self, now: datetime) -> "Registration":
        """Its link worked, and works no more."""
        return replace(self, used_at=now)


def waits_for_its_holder(account: Account) -> bool:
    """Whether a confirmed address alone makes this account: a volunteer's that nobody set up yet."""
    return account.state is AccountState.INVITED and account.role is Role.VOLUNTEER


def enters_by_link(account: Account, password_hash: str | None) -> bool:
    """Whether the mailed link signs in by itself: a volunteer's account that has neither password nor second factor. Everybody else signs in."""
    return account.is_active and account.role is Role.VOLUNTEER and not account.second_factor and password_hash is None
