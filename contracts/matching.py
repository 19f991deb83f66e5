"""What `matching` tells: offers, cases, needs, matches and rounds, under ids and codes. Only a moderated public offer carries text."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.envelope import Event


class Part(BaseModel):
    """Base of the parts of an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TopicRange(Part):
    """A topic with the levels that an offer covers, for example French from a1 to a2."""

    topic: str
    from_level: str
    to_level: str


class WeeklyWindow(Part):
    """A weekly window: day 0 is Monday; minutes after midnight, local time of the instance."""

    day: int = Field(ge=0, le=6)
    from_minute: int = Field(ge=0, le=1440)
    to_minute: int = Field(ge=0, le=1440)


class OfferState(Event):
    """The state of an offer. Texts and place are there only while the offer is public, moderated and not closed."""

    about: ClassVar[str] = "offer_id"
    offer_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="draft, awaiting_moderation, open, paused, full or closed.")
    category: str
    provider_actor_id: UUID | None = None
    provider_account_id: UUID | None = None
    audience: str = Field(description="public, coordinators or peers.")
    unit: str = Field(description="person, household, item or hour.")
    places: int = Field(ge=0)
    places_left: int = Field(ge=0)
    returns: bool = Field(description="Whether a place comes back when its match ends.")
    title: dict[str, str] | None = Field(None, description="Per language; public offers only.")
    description: dict[str, str] | None = Field(None, description="Per language; public offers only.")
    languages: list[str] = Field(default_factory=list)
    remote: bool = False
    lat: float | None = Field(None, description="Two decimals at most (about 1 km).")
    lon: float | None = None
    radius_km: float | None = None
    topics: list[TopicRange] = Field(default_factory=list)
    windows: list[WeeklyWindow] = Field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None
    provides: list[str] = Field(default_factory=list)
    requires: list[str] = Field(default_factory=list)
    prefers: list[str] = Field(default_factory=list, description="Tags that the provider would welcome in a case; they exclude nobody.")
    household_min: int | None = None
    household_max: int | None = None
    review_on: date | None = None
    posted_at: AwareDatetime | None = None


class OfferPostedV1(OfferState):
    """Emitted when an offer was posted; it may still await moderation."""

    type_name: ClassVar[str] = "hub.matching.offer.posted.v1"


class OfferApprovedV1(OfferState):
    """Emitted when a moderator opened an offer."""

    type_name: ClassVar[str] = "hub.matching.offer.approved.v1"


class OfferRefusedV1(OfferState):
    """Emitted when a moderator refused an offer."""

    type_name: ClassVar[str] = "hub.matching.offer.refused.v1"
    reason: str | None = Field(None, description="Code of the reason that the moderator chose.")


class OfferChangedV1(OfferState):
    """Emitted when an offer's text, conditions or free places changed."""

    type_name: ClassVar[str] = "hub.matching.offer.changed.v1"


class OfferPausedV1(OfferState):
    """Emitted when an offer was paused."""

    type_name: ClassVar[str] = "hub.matching.offer.paused.v1"


class OfferResumedV1(OfferState):
    """Emitted when a paused offer takes requests again."""

    type_name: ClassVar[str] = "hub.matching.offer.resumed.v1"


class OfferClosedV1(OfferState):
    """Emitted when an offer ended."""

    type_name: ClassVar[str] = "hub.matching.offer.closed.v1"


class OfferImportedV1(Event):
    """Emitted when `matching` has dealt with an imported service."""

    type_name: ClassVar[str] = "hub.matching.offer.imported.v1"
    about: ClassVar[str] = "offer_id"
    offer_id: UUID
    version: int = Field(ge=1, description="The version of the telling that is answered.")
    import_id: UUID
    line: int = Field(ge=0)
    outcome: str = Field(description="created, changed, unchanged, closed or refused.")
    code: str | None = Field(None, description="Why it was refused.")


class OfferReviewDueV1(OfferState):
    """Emitted when the provider should say whether the offer is still true."""

    type_name: ClassVar[str] = "hub.matching.offer.review_due.v1"


class ConsentStatement(Part):
    """What the person behind a case allowed, as the coordinator recorded it."""

    match: bool
    share_contact: bool
    purpose: str
    until: date | None = None
    text_version: str
    channel: str = "coordinator"


class CaseState(Event):
    """Whose case it is and what may be done with it; nothing of what the household needs."""

    about: ClassVar[str] = "case_id"
    case_id: UUID
    version: int = Field(ge=1)
    code: str = Field(description="Random case code, at least 80 bits.")
    state: str = Field(description="open or closed.")
    recorded_by: UUID | None = Field(None, description="The coordinator's or member's account; null for an API client or an anonymous ask.")
    actor_id: UUID | None = Field(None, description="The actor whose team recorded it.")
    shared_with: list[UUID] = Field(default_factory=list, description="Actors whose coordinators may see it too.")
    consent: ConsentStatement


class CaseRecordedV1(CaseState):
    """Emitted when a case was recorded."""

    type_name: ClassVar[str] = "hub.matching.case.recorded.v1"


class CaseChangedV1(CaseState):
    """Emitted when a case was changed or shared."""

    type_name: ClassVar[str] = "hub.matching.case.changed.v1"


class CaseClosedV1(CaseState):
    """Emitted when a case was closed."""

    type_name: ClassVar[str] = "hub.matching.case.closed.v1"


class NeedState(Event):
    """The state of a need."""

    about: ClassVar[str] = "need_id"
    need_id: UUID
    version: int = Field(ge=1)
    case_id: UUID
    category: str
    size: int = Field(ge=1)
    urgency: str = Field(description="low, normal, high or urgent.")
    state: str = Field(description="open, matched, in_progress, closed (helped) or withdrawn.")
    recorded_by: UUID | None = None
    actor_id: UUID | None = None
    shared_with: list[UUID] = Field(default_factory=list)


class NeedPostedV1(NeedState):
    """Emitted when a need was posted."""

    type_name: ClassVar[str] = "hub.matching.need.posted.v1"


class NeedChangedV1(NeedState):
    """Emitted when a need or its state changed."""

    type_name: ClassVar[str] = "hub.matching.need.changed.v1"


class NeedWithdrawnV1(NeedState):
    """Emitted when a need is no longer one."""

    type_name: ClassVar[str] = "hub.matching.need.withdrawn.v1"


class Scored(Part):
    """One proposal: an offer and its score: the weighted sum of the parts, 0 to 100,000 (parts 0 to 1000, weights that sum to 100)."""

    offer_id: UUID
    score: int = Field(ge=0, le=100_000)


class NeedProposalsReadyV1(Event):
    """Emitted when the proposals of a need were computed and differ from before."""

    type_name: ClassVar[str] = "hub.matching.need.proposals_ready.v1"
    about: ClassVar[str] = "need_id"
    need_id: UUID
    version: int = Field(ge=1, description="Counts the sets of proposals of this need.")
    case_id: UUID
    recorded_by: UUID | None = None
    actor_id: UUID | None = None
    category: str
    count: int = Field(ge=0, description="Eligible offers found (at most 20 are kept).")
    best: list[Scored] = Field(default_factory=list, max_length=20)


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


class AskState(Event):
    """The state of what somebody asks for without a name; nothing of what they need."""

    about: ClassVar[str] = "ask_id"
    ask_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="waiting, taken, declined, withdrawn or expired.")


class AskReceivedV1(AskState):
    """Emitted when somebody without an account asks for help; a coordinator is to read it."""

    type_name: ClassVar[str] = "hub.matching.ask.received.v1"


class AskSettledV1(AskState):
    """Emitted when an ask needs no coordinator any more: one took it (it is a case now) or declined it, it was withdrawn, or its time is over."""

    type_name: ClassVar[str] = "hub.matching.ask.settled.v1"


class RoundState(Event):
    """The state of a round."""

    about: ClassVar[str] = "round_id"
    round_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="solving, ready, applied or failed.")
    started_by: UUID | None = None
    needs: int = Field(ge=0, description="Needs in the round.")
    placed: int = Field(ge=0, description="Needs with a place in the plan; after applying, those that became matches.")


class RoundSolvedV1(RoundState):
    """Emitted when the plan of a round is ready for review (or could not be made)."""

    type_name: ClassVar[str] = "hub.matching.round.solved.v1"


class RoundAppliedV1(RoundState):
    """Emitted when a round's plan was applied."""

    type_name: ClassVar[str] = "hub.matching.round.applied.v1"
