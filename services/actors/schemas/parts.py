"""Bodies about memberships, declarations, initiatives and resources: create, change, read."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.web import Body
from services.actors.model.confirming import Said
from services.actors.model.provenance import EnteredBy
from services.actors.model.vocabulary import Confirmation, DeclarationType, MembershipRole, ResourceKind, Theme
from services.actors.schemas.fields import (
    ActorIds,
    ActorRef,
    Authors,
    Citation,
    Languages,
    PreciseDate,
    ReadOn,
    Shape,
    Slug,
    Summary,
    Themes,
    Title,
    WebAddress,
    Year,
)

SomeThemes = Annotated[Themes, Field(min_length=1)]


class RecordRead(Shape):
    """What every record shows."""

    id: UUID
    version: int = Field(description="Rises by one with each change; also the ETag.", examples=[1])
    source: str = Field(description="Where this was read.")
    read_on: Day | None = Field(description="The day on which it was read there.")
    entered_by: EnteredBy = Field(description="What kind of author stands behind the record as it is now.")
    created_at: datetime
    updated_at: datetime


class SideRead(Shape):
    """What one side says."""

    actor_id: UUID = Field(description="The organisation that says it.")
    state: Said
    at: datetime


class PartnershipRead(Shape):
    """What the two sides of a partnership say."""

    partner_id: UUID
    confirmation: Confirmation
    sides: list[SideRead]


class MembershipCreate(Body):
    """An actor belongs to a network."""

    network_id: UUID = Field(description="Id of an actor of kind network.")
    member_id: UUID = Field(description="Id of the actor that belongs to it.")
    role: MembershipRole = Field(MembershipRole.MEMBER, description="In which role.")
    since: Year | None = None
    source: Citation
    read_on: ReadOn | None = None


class MembershipUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    role: MembershipRole = Field(default_factory=lambda: MembershipRole.MEMBER, description="In which role.")
    since: Year | None = None
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class MembershipRead(RecordRead):
    """An actor belongs to a network."""

    network: ActorRef
    member: ActorRef
    role: MembershipRole
    since: int | None = Field(examples=[2018])
    confirmation: Confirmation = Field(description="none, one_side, both_sides, or refused by either.")
    sides: list[SideRead] = Field(description="Which sides said what.")


class DeclarationCreate(Body):
    """What a municipality declared."""

    municipality_id: UUID = Field(description="Id of a municipality or region.")
    type: DeclarationType = Field(description="How it declared itself.", examples=["council_motion"])
    date: PreciseDate
    title: Title
    source: Citation
    read_on: ReadOn | None = None


class DeclarationUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    type: DeclarationType = Field(default_factory=lambda: DeclarationType.COUNCIL_MOTION, description="How it declared itself.")
    date: PreciseDate = Field(default_factory=str)
    title: Title = Field(default_factory=str)
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class DeclarationRead(RecordRead):
    """What a municipality declared."""

    municipality: ActorRef
    type: DeclarationType
    date: str = Field(description="ISO day, month or year.", examples=["2015-09"])
    date_precision: str = Field(description="day, month or year.", examples=["month"])
    title: str


class InitiativeCreate(Body):
    """What an actor runs or ran."""

    slug: Slug | None = Field(None, description="Readable key; made from the title when left out.")
    actor_id: UUID = Field(description="Id of the actor that runs it.")
    title: Title
    themes: SomeThemes
    year: Year | None = None
    partners: ActorIds = Field(default_factory=list)
    summary: Summary | None = None
    source: Citation
    read_on: ReadOn | None = None


class InitiativeUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    title: Title = Field(default_factory=str)
    themes: SomeThemes = Field(default_factory=list)
    year: Year | None = None
    partners: ActorIds = Field(default_factory=list)
    summary: Summary | None = None
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class InitiativeRead(RecordRead):
    """What an actor runs or ran; a practice that others can learn from."""

    slug: str = Field(examples=["language-cafe"])
    actor: ActorRef
    title: str
    themes: list[Theme]
    year: int | None = Field(examples=[2018])
    partners: list[ActorRef]
    partnerships: list[PartnershipRead] = Field(description="What the two sides say of each partnership.")
    summary: str | None


class ResourceCreate(Body):
    """A report, article, book or page."""

    slug: Slug | None = Field(None, description="Readable key; made from the title when left out.")
    title: Title
    authors: Authors | None = None
    year: Year | None = None
    kind: ResourceKind = Field(description="What it is.", examples=["report"])
    languages: Languages = Field(default_factory=list)
    topic_themes: Themes = Field(default_factory=list)
    actors: ActorIds = Field(default_factory=list)
    url: WebAddress | None = None
    source: Citation
    read_on: ReadOn | None = None


class ResourceUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    title: Title = Field(default_factory=str)
    authors: Authors | None = None
    year: Year | None = None
    kind: ResourceKind = Field(default_factory=lambda: ResourceKind.REPORT, description="What it is.")
    languages: Languages = Field(default_factory=list)
    topic_themes: Themes = Field(default_factory=list)
    actors: ActorIds = Field(default_factory=list)
    url: WebAddress | None = None
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None


class ArchiveLanguageRead(Shape):
    """How many resources come in a language."""

    language: str = Field(description="BCP 47; `und` where nobody told.", examples=["fr"])
    count: int = Field(examples=[12])


class ArchiveLanguagesRead(Shape):
    """The languages of the archive."""

    items: list[ArchiveLanguageRead]


class ResourceRead(RecordRead):
    """A report, article, book or page of the archive."""

    slug: str = Field(examples=["dreher-2024-making-migrant-solidarity"])
    title: str
    authors: str | None
    year: int | None = Field(examples=[2024])
    kind: ResourceKind
    languages: list[str] = Field(description="Languages it comes in (BCP 47); empty where nobody told.", examples=[["fr", "en"]])
    topic_themes: list[Theme]
    actors: list[ActorRef]
    url: str | None
