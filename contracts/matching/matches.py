"""What `matching` tells of matches and the questions asked about them."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Event


class MatchState(Event):
    """The state of a match, with both parties as ids."""

    about: ClassVar[str] = "match_id"
    match_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="confirmed, accepted, declined, expired, in_progress, fulfilled, not_fulfilled or cancelled.")
    need_id: UUID
    offer_id: UUID
    case_id: UUID
    case_code: str
    category: str
    size: int = Field(ge=1)
    provider_actor_id: UUID | None = None
    provider_account_id: UUID | None = None
    recorded_by: UUID | None = Field(None, description="Who recorded the case.")
    case_actor_id: UUID | None = None
    shared_with: list[UUID] = Field(default_factory=list)
    confirmed_by: UUID | None = None
    answered_by: UUID | None = Field(None, description="The account that accepted or declined.")
    answer_by: AwareDatetime | None = Field(None, description="When the request expires if nobody answers.")
    round_id: UUID | None = None
    reason: str | None = Field(None, description="Code of the decline, cancellation or outcome.")


class MatchConfirmedV1(MatchState):
    """Emitted when a coordinator confirmed a pairing; the provider is asked."""

    type_name: ClassVar[str] = "hub.matching.match.confirmed.v1"


class MatchAcceptedV1(MatchState):
    """Emitted when the provider accepted."""

    type_name: ClassVar[str] = "hub.matching.match.accepted.v1"


class MatchDeclinedV1(MatchState):
    """Emitted when the provider declined."""

    type_name: ClassVar[str] = "hub.matching.match.declined.v1"


class MatchExpiredV1(MatchState):
    """Emitted when nobody answered in time."""

    type_name: ClassVar[str] = "hub.matching.match.expired.v1"


class MatchStartedV1(MatchState):
    """Emitted when the help began."""

    type_name: ClassVar[str] = "hub.matching.match.started.v1"


class MatchFulfilledV1(MatchState):
    """Emitted when the help was given."""

    type_name: ClassVar[str] = "hub.matching.match.fulfilled.v1"


class MatchFailedV1(MatchState):
    """Emitted when the help was not given in the end (state not_fulfilled)."""

    type_name: ClassVar[str] = "hub.matching.match.failed.v1"


class MatchCancelledV1(MatchState):
    """Emitted when either side cancelled."""

    type_name: ClassVar[str] = "hub.matching.match.cancelled.v1"


class MatchQuestionState(Event):
    """A question that a provider asks about a request, and whether it was answered; never its words."""

    about: ClassVar[str] = "question_id"
    question_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="asked or answered.")
    match_id: UUID
    provider_actor_id: UUID | None = None
    provider_account_id: UUID | None = None
    recorded_by: UUID | None = Field(None, description="Who recorded the case.")
    case_actor_id: UUID | None = None
    shared_with: list[UUID] = Field(default_factory=list)


class MatchQuestionAskedV1(MatchQuestionState):
    """Emitted when a provider asks the coordinator something about a request."""

    type_name: ClassVar[str] = "hub.matching.match.question_asked.v1"


class MatchQuestionAnsweredV1(MatchQuestionState):
    """Emitted when the coordinator answered it."""

    type_name: ClassVar[str] = "hub.matching.match.question_answered.v1"


class MatchExtendedV1(MatchState):
    """Emitted when the provider was given more time to answer."""

    type_name: ClassVar[str] = "hub.matching.match.extended.v1"


class MatchRemindedV1(MatchState):
    """Emitted when a coordinator reminds the provider: to answer, or to say how the help goes."""

    type_name: ClassVar[str] = "hub.matching.match.reminded.v1"
