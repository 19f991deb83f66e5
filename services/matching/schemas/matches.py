"""Bodies of matches."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.matching.model.match import CancelReason, DeclineReason, Outcome


class MatchCreate(Body):
    """Pair a need with an offer."""

    need_id: UUID
    offer_id: UUID


class DeclineBody(Body):
    """Why not."""

    reason: DeclineReason = DeclineReason.OTHER


class CancelBody(Body):
    """Why it ends."""

    reason: CancelReason = CancelReason.OTHER


class FulfilBody(Body):
    """How it went."""

    outcome: Literal[Outcome.HELPED, Outcome.HELPED_IN_PART] = Outcome.HELPED


class FailBody(Body):
    """What went wrong."""

    outcome: Literal[Outcome.NO_SHOW_OF_CASE, Outcome.NO_SHOW_OF_PROVIDER, Outcome.DID_NOT_FIT, Outcome.BROKEN_OFF] = Outcome.BROKEN_OFF


class MatchConsent(BaseModel):
    """What the person behind the case allows at this moment. A live match goes on when `match` was taken back, and shows it here."""

    match: bool
    share_contact: bool


class MatchNeed(BaseModel):
    """What is asked for, as far as the provider must know it to answer."""

    urgency: str
    languages: list[str]
    topics: list[dict[str, str | bool | None]]
    windows: list[dict[str, int | str]]
    household: int | None = Field(None, description="How many persons the household has; null once the match has ended.")
    from_: date | None = Field(serialization_alias="from")
    until: date | None


class MatchRead(BaseModel):
    """A match. `side` says on which side the caller stands: provider, case, or both."""

    id: UUID
    version: int
    state: str
    need_id: UUID
    offer_id: UUID
    case_id: UUID
    case_code: str | None = Field(description="For the case's team; for the provider once they accepted.")
    consent: MatchConsent
    need: MatchNeed
    side: Literal["provider", "case", "both"] = Field(description="Where the caller stands.")
    category: str
    provider: dict[str, str | None]
    size: int
    score: int
    weights: str
    confirmed_by: UUID
    answered_by: UUID | None
    on_behalf: bool
    answer_by: datetime
    round_id: UUID | None
    accepted_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    outcome: str | None
    created_at: datetime
    updated_at: datetime
