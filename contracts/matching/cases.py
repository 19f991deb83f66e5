"""What `matching` tells of cases and needs, under ids and codes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event
from contracts.matching.parts import Part


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
