"""Notices in the hub and mails on their way: their states, and when a mail that failed is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notifications.model.kinds import Kind


@dataclass(frozen=True, slots=True)
class Notice:
    """One line in a person's inbox: a kind and ids. Its words are made when it is read."""

    id: UUID
    version: int
    account_id: UUID
    event_id: UUID
    kind: Kind
    subject_id: UUID
    numbers: Mapping[str, int]
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None


class MailState(StrEnum):
    """Where a mail stands."""

    HELD = "held"
    """Waits for the daily mail of its reader."""
    GATHERED = "gathered"
    """Went into a daily mail."""
    DUE = "due"
    """Waits to be sent, for the first time or again."""
    SENDING = "sending"
    """Is being sent; if that process dies, it is due again when its lease ends."""
    SENT = "sent"
    REFUSED = "refused"
    """The mail server said no for good."""
    UNDELIVERABLE = "undeliverable"
    """The vault has no address that may be used for it."""
    OVERTAKEN = "overtaken"
    """It lost its sense before it could be sent."""
    FAILED = "failed"
    """All attempts came to nothing."""


AGAIN = (MailState.FAILED, MailState.REFUSED, MailState.UNDELIVERABLE)
"""What an administrator may let be tried once more."""


class RecipientKind(StrEnum):
    """Whose address the vault is asked for."""

    ACCOUNT = "account"
    INVITATION = "invitation"
    RESET = "reset"
    SUGGESTION = "suggestion"
    REGISTRATION = "registration"
    OLD_ADDRESS = "old_address"
    NEW_ADDRESS = "new_address"


@dataclass(frozen=True, slots=True)
class Mail:
    """One outgoing mail: to whom (an id), about what (an id), and how far it got. No address, no name, no text."""

    id: UUID
    recipient_kind: RecipientKind
    recipient_id: UUID
    account_id: UUID | None
    """The account behind it, so that its erasure finds it; None for an invitation."""
    event_id: UUID
    kind: Kind
    subject_id: UUID
    numbers: Mapping[str, int]
    state: MailState
    attempts: int
    due_at: datetime
    correlation_id: UUID
    created_at: datetime
    updated_at: datetime
    error: str | None = None
    digest_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt to send: sent, gone for good, or to be tried again. `error` is a code of ours."""

    state: MailState
    error: str | None = None


SENT = Outcome(MailState.SENT)


def try_again(error: str) -> Outcome:
    """An attempt that failed for now."""
    return Outcome(MailState.DUE, error)


def after_attempt(mail: Mail, outcome: Outcome, waits: Sequence[float], now: datetime) -> tuple[Outcome, datetime]:
    """The state after an attempt and when it is next due. `waits` are seconds between attempts; when they are used up, it has failed."""
    if outcome.state is not MailState.DUE:
        return outcome, now
    if mail.attempts > len(waits):
        return Outcome(MailState.FAILED, outcome.error), now
    return outcome, now + timedelta(seconds=waits[mail.attempts - 1])


def next_digest(now: datetime, hour: int) -> datetime:
    """The next moment at which daily mails go out: `hour` o'clock UTC."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
