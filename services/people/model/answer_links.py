"""Links in mails: one that answers a request without signing in, the address of a calendar, and the two that confirm another e-mail address."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Conflict
from contracts.roles import STAFF, Role
from services.people.model.accounts import Account
from services.people.model.disclosures import Match, MatchState
from services.people.model.invitations import LinkGone
from services.people.model.tokens import NewToken, is_token, new_token

EMAIL_CHANGE_LIFETIME = timedelta(days=1)
BETWEEN_CHANGES = timedelta(minutes=5)


class ChangeAskedJustNow(Conflict):
    """Mails for another change are on their way."""


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A link by which one account answers one request, once."""

    id: UUID
    account_id: UUID
    match_id: UUID
    token_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.expires_at

    def opened(self, token: str, now: datetime) -> "AnswerLink":
        """The link, for whoever holds its token. Raises LinkGone."""
        if not is_token(token, self.token_hash) or not self.live(now):
            raise LinkGone
        return self

    def used(self, now: datetime) -> "AnswerLink":
        """Used up."""
        return replace(self, used_at=now)


def may_answer_by_link(account: Account, match: Match | None) -> bool:
    """Whether a mail to this account may hold such a link: it is asked to answer, and its role asks for no second factor."""
    if match is None or match.state is not MatchState.CONFIRMED or not account.is_active or account.role in STAFF or account.second_factor:
        return False
    if match.provider_account_id is not None:
        return match.provider_account_id == account.id
    return account.role is Role.MEMBER and account.actor_id is not None and account.actor_id == match.provider_actor_id


def new_answer_link(link_id: UUID, account_id: UUID, match_id: UUID, answer_by: datetime, now: datetime) -> tuple[AnswerLink, NewToken]:
    """A new link with its token; it ends when the time to answer ends."""
    token = new_token()
    return AnswerLink(link_id, account_id, match_id, token.hash, now, answer_by), token


@dataclass(frozen=True, slots=True)
class EmailChange:
    """Another address that an account wants, or that an administrator corrects. It holds once both the old and the new address were confirmed; of a
    correction the new one alone, for nobody reads the old one any more."""

    id: UUID
    account_id: UUID
    email_lookup: str = field(repr=False)
    old_hash: bytes = field(repr=False)
    new_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    old_confirmed_at: datetime | None = None
    new_confirmed_at: datetime | None = None

    @property
    def is_correction(self) -> bool:
        """Whether an administrator asked for it, so that the old address was never asked."""
        return self.old_confirmed_at == self.created_at

    @property
    def is_whole(self) -> bool:
        """Whether both addresses were confirmed."""
        return self.old_confirmed_at is not None and self.new_confirmed_at is not None

    def live(self, now: datetime) -> bool:
        """Whether it can still be confirmed."""
        return now < self.expires_at

    def confirmed(self, token: str, now: datetime) -> "EmailChange":
        """Confirmed by whoever holds one of the tokens; each works once. Raises LinkGone."""
        if not self.live(now):
            raise LinkGone
        if is_token(token, self.old_hash) and self.old_confirmed_at is None:
            return replace(self, old_confirmed_at=now)
        if is_token(token, self.new_hash) and self.new_confirmed_at is None:
            return replace(self, new_confirmed_at=now)
        raise LinkGone


def new_email_change(
    change_id: UUID, account_id: UUID, email_lookup: str, now: datetime, *, correction: bool = False
) -> tuple[EmailChange, NewToken, NewToken]:
    """A wish for another address, with the tokens for the old and for the new one; that for the old address of a correction opens nothing."""
    old, new = new_token(), new_token()
    change = EmailChange(change_id, account_id, email_lookup, old.hash, new.hash, now, now + EMAIL_CHANGE_LIFETIME, now if correction else None)
    return change, old, new
