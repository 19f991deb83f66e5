"""Answers about history and quality; bodies of confirmations, capacities and practices; the comparison of cities."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.actors.model.provenance import Act, EnteredBy, RecordKind
from services.actors.model.vocabulary import ActorKind, Practice, Purpose
from services.actors.schemas.fields import ActorRef, Citation, Day, Note, Places, ReadOn, Shape, Year
from services.actors.schemas.parts import DeclarationRead, RecordRead


class ChangeRead(Shape):
    """One field that an act changed."""

    field: str = Field(examples=["website"])
    before: Any = Field(description="null: it was empty.")  # Any: JSON value of the field
    after: Any = Field(description="null: it is empty now.")  # Any: JSON value of the field


class EntryRead(Shape):
    """One line of a record's history. Who wrote it is not told, only what kind of author."""

    version: int = Field(description="The record's version after the act.")
    act: Act
    entered_by: EnteredBy
    at: datetime
    source: str | None
    read_on: date | None
    changes: list[ChangeRead] = Field(description="Field by field; on entering, all that was filled in.")


class ImproveRead(Shape):
    """One thing that would raise the score."""

    code: str = Field(examples=["website"])
    sentence: str = Field(examples=["Add the address of its website."])
    gain: int = Field(description="By so many points at most.")


class PartsRead(Shape):
    """A score with its parts."""

    score: int = Field(ge=0, le=100, description="(50 * completeness + 30 * freshness + 20 * confirmation) / 100")
    completeness: int = Field(ge=0, le=100)
    freshness: int = Field(ge=0, le=100)
    confirmation: int = Field(ge=0, le=100)
    improve: list[ImproveRead] = Field(description="The greatest gain first.")


class ScoredRead(PartsRead):
    """The quality of one record."""

    record: RecordKind
    id: UUID
    title: str | None = Field(description="The record's name or title, if it has one.")
    about: list[ActorRef] = Field(description="The actors that the record is about.")


class ActorQualityRead(PartsRead):
    """The quality of an actor's own record, and of the records about it."""

    actor: ActorRef
    records: list[ScoredRead] = Field(description="Records about the actor, the most worth improving first; at most 50.")


class SayBody(Body):
    """Who says it. A member speaks for their own organisation; the registry's editors name the one that they speak for."""

    on_behalf_of: UUID | None = Field(None, description="Id of the organisation; only for coordinators and admins, who must have its word.")


class CapacityCreate(Body):
    """How many people a municipality says it can receive."""

    municipality_id: UUID = Field(description="Id of a municipality or region.")
    purpose: Purpose = Field(Purpose.GENERAL, description="For whom; never by legal status, nationality or papers.")
    begins_on: Day
    ends_on: Day | None = Field(None, description="The last day; null: until further notice.")
    places: Places
    source: Citation
    read_on: ReadOn | None = None


class CapacityUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    purpose: Purpose = Field(default_factory=lambda: Purpose.GENERAL, description="For whom.")
    begins_on: Day = Field(default_factory=lambda: date(2000, 1, 1))
    ends_on: Day | None = None
    places: Places = Field(default_factory=int)
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class CapacityRead(RecordRead):
    """How many people a municipality says it can receive, for a purpose, in a period."""

    municipality: ActorRef
    purpose: Purpose
    begins_on: date
    ends_on: date | None = Field(description="The last day; null: until further notice.")
    places: int


class PracticeCreate(Body):
    """A kind of solidarity practice that an organisation has."""

    actor_id: UUID = Field(description="Id of the organisation.")
    practice: Practice = Field(description="Which kind.", examples=["city_card"])
    since: Year | None = None
    note: Note | None = None
    source: Citation
    read_on: ReadOn | None = None


class PracticeUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    since: Year | None = None
    note: Note | None = None
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class PracticeRead(RecordRead):
    """A kind of solidarity practice that an organisation has."""

    actor: ActorRef
    practice: Practice
    since: int | None = Field(examples=[2018])
    note: str | None


class PracticeKindRead(Shape):
    """A kind of practice."""

    code: Practice
    group: str = Field(description="Kinds that belong together.", examples=["access"])
    name: str = Field(description="In the reader's language.")
    names: dict[str, str] = Field(description="By language.")
    source: str = Field(description="Where the kind is named.")


class PracticeKindsRead(BaseModel):
    """All kinds of practice."""

    items: list[PracticeKindRead]


class ComparedRead(BaseModel):
    """One city in the comparison."""

    actor: ActorRef
    kind: ActorKind
    country: str | None
    population: int | None
    quality: int = Field(ge=0, le=100)
    practices: list[PracticeRead]
    themes: dict[str, int] = Field(description="How many of its initiatives are of a theme.", examples=[{"housing": 2}])
    networks: list[ActorRef]
    declarations: list[DeclarationRead]
    capacity: dict[str, int] = Field(description="Places offered today, by purpose.", examples=[{"general": 40}])


class ComparisonRead(BaseModel):
    """Cities side by side, in the order in which they were asked for."""

    day: date = Field(description="The day of the comparison.")
    cities: list[ComparedRead]
