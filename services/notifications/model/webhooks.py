"""Webhooks: who may hear which events, and what happens when an address does not answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notifications.model.rules import News

TEST_EVENT = "hub.notifications.webhook.test.v1"
"""The type of the event that a test sends; it never travels between services."""

_ACTORS = "hub.actors."
_SEARCH = "hub.actors.search."
"""Of one account alone, and told to nobody else."""
_OFFER = "hub.matching.offer."
_CASE = ("hub.matching.case.", "hub.matching.need.")
_MATCH = "hub.matching.match."
_ROUND = "hub.matching.round."
_PROPOSALS = "hub.matching.need.proposals_ready.v1"
PUBLIC_OFFER_STATES = frozenset({"open", "paused", "full", "closed"})


class WebhookState(StrEnum):
    """Whether a webhook is in use."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who set a webhook up: an API client with scopes and perhaps an actor, or an admin's account."""

    kind: str
    id: str
    role: str | None
    actor_id: UUID | None
    scopes: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether an administrator owns it."""
        return self.kind == "account" and self.role == "admin"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that hears events. Its secrets are derived, not stored: `generation` says which one is in use."""

    id: UUID
    version: int
    owner: Owner
    url: str
    events: tuple[str, ...]
    state: WebhookState
    disabled_reason: str | None
    generation: int
    previous_until: datetime | None
    """Until when the secret before this one signs too."""
    last_success_at: datetime | None
    created_at: datetime
    updated_at: datetime


class CallState(StrEnum):
    """Where the delivery of an event to a webhook stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One event on its way to one webhook."""

    id: UUID
    webhook_id: UUID
    event_id: UUID
    event_type: str
    body: str
    state: CallState
    attempts: int
    due_at: datetime
    status: int | None
    error: str | None
    correlation_id: UUID
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What an address answered: its HTTP status, or a code of ours for why there was none."""

    status: int | None = None
    error: str | None = None

    @property
    def arrived(self) -> bool:
        """Only a 2xx counts."""
        return self.error is None and self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """410: the receiver wants no more (Standard Webhooks)."""
        return self.status == 410


def may_receive(owner: Owner, news: News) -> bool:
    """Whether a webhook's owner may hear this event, by scope and actor; what is not named here is heard by nobody."""
    if news.type.startswith(_ACTORS) and not news.type.startswith(_SEARCH):
        return owner.is_admin or "read" in owner.scopes
    if news.type.startswith(_OFFER):
        if owner.is_admin:
            return True
        own = owner.actor_id is not None and owner.actor_id == news.provider_actor
        public = news.audience == "public" and news.state in PUBLIC_OFFER_STATES
        return ("read" in owner.scopes and public) or ("offers" in owner.scopes and own)
    if news.type.startswith(_MATCH):
        return owner.is_admin or _may_hear_match(owner, news)
    if news.type == _PROPOSALS:
        return owner.is_admin or ("matches" in owner.scopes and _of_the_case(owner, news))
    if news.type.startswith(_CASE):
        return "needs" in owner.scopes and _of_the_case(owner, news)
    return news.type.startswith(_ROUND) and owner.is_admin


def _of_the_case(owner: Owner, news: News) -> bool:
    return owner.actor_id is not None and (owner.actor_id == news.case_actor or owner.actor_id in news.shared_with)


def _may_hear_match(owner: Owner, news: News) -> bool:
    provides = owner.actor_id is not None and owner.actor_id == news.provider_actor
    if provides and ("offers" in owner.scopes or "matches" in owner.scopes):
        return True
    return "matches" in owner.scopes and _of_the_case(owner, news)


def could_receive(owner: Owner, event_type: str) -> bool:
    """Whether any event of this type could ever reach this owner; asked when a webhook is set up, so that it does not wait in vain."""
    actor = owner.actor_id
    best = News(event_type, UUID(int=0), "", UUID(int=0), state="open", audience="public", provider_actor=actor, case_actor=actor)
    return may_receive(owner, best)


def next_call(call: WebhookCall, waits: Sequence[float], jitter: float, now: datetime) -> datetime | None:
    """When a failed delivery is tried again; None when its attempts are used up. `jitter` (-1 to 1) moves the wait by up to a tenth, so
    that deliveries which failed together do not come back together."""
    if call.attempts > len(waits):
        return None
    return now + timedelta(seconds=waits[call.attempts - 1] * (1 + jitter / 10))


def gives_up(webhook: Webhook, call: WebhookCall) -> bool:
    """Whether a delivery whose attempts are used up ends the webhook: nothing came through since that delivery began."""
    return webhook.last_success_at is None or webhook.last_success_at < call.created_at
