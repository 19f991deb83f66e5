"""Who is told of what: one table from event to kinds of messages and sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.notifications.model.kinds import Kind


@dataclass(frozen=True, slots=True)
class News:
    """What this service needs to know of an event: its subject and the parties, as ids."""

    type: str
    event_id: UUID
    subject_kind: str
    subject_id: UUID
    version: int = 1
    state: str | None = None
    provider_account: UUID | None = None
    provider_actor: UUID | None = None
    recorded_by: UUID | None = None
    case_actor: UUID | None = None
    shared_with: tuple[UUID, ...] = ()
    started_by: UUID | None = None
    audience: str | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Counts that the words may mention."""


class Side(StrEnum):
    """For whom a message is."""

    PROVIDER = "provider"
    """The volunteer, or every active person of the providing actor."""
    CASE = "case"
    """Who recorded the case; if nobody did or they are gone, the coordinators of the actor whose case it is."""
    MODERATORS = "moderators"
    """All coordinators and admins."""
    COORDINATORS = "coordinators"
    """All coordinators."""
    STARTER = "starter"
    """Who started a round, or keeps a search."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One message for one side, perhaps only in some states of the subject."""

    kind: Kind
    side: Side
    states: frozenset[str] | None = None
    needs_count: bool = False
    """Only if there is something to show (`numbers["count"]` above 0)."""


def _both(kind: Kind) -> tuple[Rule, ...]:
    return (Rule(kind, Side.CASE), Rule(kind, Side.PROVIDER))


RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "hub.matching.match.confirmed.v1": (Rule(Kind.REQUEST_TO_ANSWER, Side.PROVIDER),),
        "hub.matching.match.reminded.v1": (
            Rule(Kind.REQUEST_WAITS, Side.PROVIDER, frozenset({"confirmed"})),
            Rule(Kind.HELP_TO_REPORT, Side.PROVIDER, frozenset({"accepted", "in_progress"})),
        ),
        "hub.matching.match.question_asked.v1": (Rule(Kind.QUESTION_TO_ANSWER, Side.CASE),),
        "hub.matching.match.question_answered.v1": (Rule(Kind.QUESTION_ANSWERED, Side.PROVIDER),),
        "hub.matching.match.accepted.v1": (Rule(Kind.MATCH_ACCEPTED, Side.CASE),),
        "hub.matching.match.declined.v1": (Rule(Kind.MATCH_DECLINED, Side.CASE),),
        "hub.matching.match.expired.v1": (Rule(Kind.MATCH_EXPIRED, Side.CASE),),
        "hub.matching.match.started.v1": (Rule(Kind.MATCH_STARTED, Side.CASE),),
        "hub.matching.match.fulfilled.v1": _both(Kind.MATCH_FULFILLED),
        "hub.matching.match.failed.v1": _both(Kind.MATCH_FAILED),
        "hub.matching.match.cancelled.v1": _both(Kind.MATCH_CANCELLED),
        "hub.matching.need.proposals_ready.v1": (Rule(Kind.PROPOSALS_READY, Side.CASE, needs_count=True),),
        "hub.matching.offer.posted.v1": (Rule(Kind.OFFER_TO_MODERATE, Side.MODERATORS, frozenset({"awaiting_moderation"})),),
        "hub.matching.offer.approved.v1": (Rule(Kind.OFFER_APPROVED, Side.PROVIDER),),
        "hub.matching.offer.refused.v1": (Rule(Kind.OFFER_REFUSED, Side.PROVIDER),),
        "hub.matching.offer.review_due.v1": (Rule(Kind.OFFER_REVIEW_DUE, Side.PROVIDER),),
        "hub.matching.ask.received.v1": (Rule(Kind.ASK_TO_READ, Side.COORDINATORS),),
        "hub.matching.round.solved.v1": (
            Rule(Kind.ROUND_READY, Side.STARTER, frozenset({"ready"})),
            Rule(Kind.ROUND_FAILED, Side.STARTER, frozenset({"failed"})),
        ),
        "hub.matching.round.applied.v1": (Rule(Kind.ROUND_APPLIED, Side.STARTER),),
        "hub.actors.search.found.v1": (Rule(Kind.SEARCH_FOUND, Side.STARTER, needs_count=True),),
    }
)
"""Event type -> the messages that it causes. Invitations, new passwords and switched-off webhooks have use cases of their own."""


def rules_for(news: News) -> tuple[Rule, ...]:
    """The rules that apply to this piece of news."""
    return tuple(
        rule
        for rule in RULES.get(news.type, ())
        if (rule.states is None or news.state in rule.states) and (not rule.needs_count or news.numbers.get("count", 0) > 0)
    )
