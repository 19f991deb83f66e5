"""Answers of the import, of the directory and of the statistics."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.actors.model.directory import ListedState
from services.actors.schemas.fields import ActorRef, Shape


class CountsRead(Shape):
    """What became of the rows of one kind."""

    created: int = Field(examples=[934])
    changed: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])


class ImportRead(Shape):
    """What an import wrote, or in a dry run would write."""

    dry_run: bool
    created: int = Field(description="New records of all kinds.")
    changed: int = Field(description="Changed records of all kinds.")
    unchanged: int = Field(description="Records that were the same.")
    kinds: dict[str, CountsRead] = Field(description="By kind of file that was sent.")


class TopicRange(BaseModel):
    """A topic with the levels that the offer covers."""

    topic: str
    from_level: str
    to_level: str


class Window(BaseModel):
    """A weekly window: day 0 is Monday; minutes after midnight, local time."""

    day: int
    from_minute: int
    to_minute: int


class Place(BaseModel):
    """Where the offer is (about 1 km precise) and how far it reaches."""

    lat: float
    lon: float
    radius_km: float | None


class OfferRead(BaseModel):
    """An open public offer. Whoever wants it asks a coordinator; a resident who offers is not named."""

    id: UUID
    version: int = Field(description="Rises with each change; also the ETag.")
    state: ListedState = Field(description="open, paused (comes back) or full (all places taken for now).")
    category: str = Field(examples=["language.class"])
    title: dict[str, str] = Field(description="By language.", examples=[{"en": "French class"}])
    description: dict[str, str] = Field(description="By language.")
    provider: ActorRef | None = Field(description="The organisation that offers; null for a resident.")
    unit: str = Field(examples=["person"])
    places: int
    places_left: int
    returns: bool = Field(description="Whether a place comes back when somebody leaves.")
    languages: list[str] = Field(examples=[["fr", "ar"]])
    remote: bool
    place: Place | None
    topics: list[TopicRange]
    windows: list[Window]
    valid_from: date | None
    valid_until: date | None
    provides: list[str]
    requires: list[str]
    household_min: int | None
    household_max: int | None
    distance_km: float | None = Field(None, description="With `near`: how far away it is; null without a place.", examples=[2.4])
    posted_at: datetime
    created_at: datetime
    updated_at: datetime


class StatisticsRead(BaseModel):
    """The statistics published for a day; the same for every reader until the next day."""

    day: date
    taken_at: datetime
    actors: int
    actors_by_kind: dict[str, int]
    networks: int
    memberships: int
    declarations: int
    declarations_by_type: dict[str, int]
    declarations_by_year: dict[str, int] = Field(description="By the year of the declaration; those without a date are left out.")
    initiatives: int
    resources: int
    open_offers: int | None = Field(description="Rounded to 5; null when fewer than 10.", examples=[385])
    open_offers_by_category: dict[str, int | None] = Field(
        description="By top category, rounded to 5; null where the count is under 10 or would give such a count away.",
        examples=[{"housing": 45, "legal": None}],
    )
