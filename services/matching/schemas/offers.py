"""Bodies of offers."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from chassis.web import Body
from services.matching.engine.types import Audience, LevelRange, Unit
from services.matching.model.limits import DESCRIPTION_LENGTH, TITLE_LENGTH
from services.matching.model.offer import CloseReason, RefusalReason
from services.matching.schemas.parts import Code, Codes, Day, Language, LocationBody, Windows

PROVIDER_WORDS = "Whose offer it is; by default the caller's own, or that of the organisation in which they have a place."

PREFERS_WORDS = "Tags of a case or need that the provider would welcome. They raise the score and never exclude anybody."


class TopicRangeBody(Body):
    """A topic with the levels that an offer covers; no levels: every level."""

    topic: Code = Field(examples=["french"])
    from_: str | None = Field(None, alias="from", max_length=4, examples=["a1"])
    to: str | None = Field(None, max_length=4, examples=["a2"])


class ProviderBody(Body):
    """An organisation of the registry, or (for coordinators) a volunteer's account."""

    actor_id: UUID | None = None
    account_id: UUID | None = None


class HouseholdBounds(Body):
    """The least and most persons of a household that fit."""

    min: int | None = Field(None, ge=1, le=30)
    max: int | None = Field(None, ge=1, le=30)


def _texts(longest: int) -> Any:  # Any: an annotated dictionary
    text = Annotated[str, Field(min_length=1, max_length=longest)]
    return Annotated[dict[Language, text], Field(max_length=20)]


class OfferFields(Body):
    """What creating and changing an offer share."""

    @field_validator("topics", "windows", mode="before", check_fields=False)
    @classmethod
    def _no_null(cls, value: object) -> object:
        return [] if value is None else value


class OfferCreate(OfferFields):
    """A new offer."""

    category: Code
    title: _texts(TITLE_LENGTH) = Field(min_length=1, examples=[{"fr": "Cours de français"}])  # type: ignore[valid-type]
    description: _texts(DESCRIPTION_LENGTH) = Field(default_factory=dict, examples=[{"fr": "Petit groupe."}])  # type: ignore[valid-type]
    provider: ProviderBody | None = Field(None, description=PROVIDER_WORDS)
    unit: Unit
    places: int = Field(ge=1, le=10_000)
    returns: bool = Field(description="Whether a place comes back when its match ends (a seat does, a coat does not).")
    languages: list[Language] = Field(default_factory=list, max_length=20)
    location: LocationBody
    topics: list[TopicRangeBody] = Field(default_factory=list, max_length=20)
    windows: Windows = Field(default_factory=list)
    valid_from: Day | None = None
    valid_until: Day | None = None
    provides: Codes = Field(default_factory=list)
    requires: Codes = Field(default_factory=list)
    prefers: Codes = Field(default_factory=list, description=PREFERS_WORDS, examples=[["with_children"]])
    household: HouseholdBounds | None = None
    audience: Audience = Audience.PUBLIC


class OfferUpdate(OfferFields):
    """A change of an offer; what is not named stays."""

    category: Code | None = None
    title: _texts(TITLE_LENGTH) | None = None  # type: ignore[valid-type]
    description: _texts(DESCRIPTION_LENGTH) | None = None  # type: ignore[valid-type]
    unit: Unit | None = None
    places: int | None = Field(None, ge=1, le=10_000)
    returns: bool | None = None
    languages: list[Language] | None = Field(None, max_length=20)
    location: LocationBody | None = None
    topics: list[TopicRangeBody] | None = Field(None, max_length=20)
    windows: Windows | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    provides: Codes | None = None
    requires: Codes | None = None
    prefers: Codes | None = Field(None, description=PREFERS_WORDS)
    household: HouseholdBounds | None = None
    audience: Audience | None = None


class RefuseBody(Body):
    """Why an offer is not approved; its provider reads it."""

    reason: RefusalReason = RefusalReason.OTHER


class CloseBody(Body):
    """Why the offer ends."""

    because: CloseReason | None = None


class OfferRead(BaseModel):
    """An offer as the caller may see it: who gives it is shown to coordinators and to its own people (`provider`), organisations to everybody."""

    id: UUID
    version: int
    state: str
    category: str
    title: dict[str, str]
    description: dict[str, str]
    provider: dict[str, str | None]
    unit: str
    places: int
    places_left: int
    returns: bool
    languages: list[str]
    location: dict[str, float | bool | None]
    topics: list[dict[str, str | None]]
    windows: list[dict[str, int | str]]
    valid_from: date | None
    valid_until: date | None
    provides: list[str]
    requires: list[str]
    prefers: list[str]
    household: dict[str, int | None]
    audience: str
    review_on: date | None
    entered_by: str | None = Field(None, description="The account that wrote it; for its own people and coordinators.")
    closed_because: str | None = Field(None, description="Why it ended; for its own people and coordinators.")
    refused_because: RefusalReason | None = Field(None, description="Why a moderator did not approve it; for its provider and for moderators.")
    posted_at: datetime | None
    created_at: datetime
    updated_at: datetime


def ranges_of(bodies: list[TopicRangeBody]) -> tuple[LevelRange, ...]:
    """An offer's topics as the model has them."""
    return tuple(LevelRange(body.topic, body.from_, body.to) for body in bodies)
