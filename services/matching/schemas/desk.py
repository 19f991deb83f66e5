"""Bodies of the desk: what waits, under ids and codes alone."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.paging import Page
from chassis.web import Body


class DeskNeed(BaseModel):
    """The need that a line is about."""

    id: UUID
    version: int
    state: str
    category: str
    urgency: str
    size: int
    posted_at: datetime


class DeskMatch(BaseModel):
    """The match that a line is about."""

    id: UUID
    version: int
    state: str
    answer_by: datetime
    accepted_at: datetime | None
    reminded_at: datetime | None
    updated_at: datetime


class DeskCase(BaseModel):
    """The case that a line is about."""

    id: UUID
    code: str
    updated_at: datetime


class DeskOffer(BaseModel):
    """The offer that a line is about, or that fits best."""

    id: UUID
    state: str
    category: str
    title: dict[str, str]


class DeskLineRead(BaseModel):
    """One thing that needs a coordinator now."""

    kind: str = Field(description="Why it is here.", examples=["answer_due"])
    id: UUID = Field(description="The need, match, case, offer or ask that it is about.")
    at: datetime = Field(description="When it is due, or since when it waits.")
    need: DeskNeed | None = None
    match: DeskMatch | None = None
    case: DeskCase | None = None
    offer: DeskOffer | None = None
    score: int | None = Field(None, description="Of the best proposal, whose offer is `offer`.")
    categories: list[str] = Field(default_factory=list, description="What an ask without a name is for.")


class DeskRead(Page[DeskLineRead]):
    """What needs the caller now, the most pressing first."""

    counts: dict[str, int] = Field(description="How many there are of each kind, whatever was filtered.")


class ExtendBody(Body):
    """How much more time."""

    days: int = Field(7, ge=1, le=30, description="Days from the present end, or from now where it is over.")


class HistoryRead(BaseModel):
    """One thing that happened to a case, a need or a match of it."""

    at: datetime
    action: str = Field(examples=["match.confirmed"])
    subject_kind: str
    subject_id: UUID
    by: str = Field(description="`you`, `person`, `system` (the hub itself) or `client`.")
