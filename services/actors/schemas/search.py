"""Bodies about searching: hits of all kinds, suggestions while typing, counts, and saved searches."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.actors.model.saved import Digest
from services.actors.model.search import Sought
from services.actors.model.vocabulary import ActorKind, Practice, Theme
from services.actors.schemas.fields import ActorRef, Country, Shape

KEY = "^[A-Za-z0-9-]{1,80}$"


class How(StrEnum):
    """Why a record was found, best first."""

    EXACT = "exact"
    PREFIX = "prefix"
    WORDS = "words"
    SIMILAR = "similar"


class FoundRead(BaseModel):
    """A record that was found."""

    kind: Sought
    id: UUID
    slug: str | None = Field(description="Readable key; declarations have none.")
    title: str = Field(examples=["Grenoble"])
    snippet: str = Field(description="A few words of the record, as plain text.")
    match: How = Field(description="The name itself, its beginning, all words, or similar words.")
    actor: ActorRef | None = Field(description="Whose it is, where it is an actor's.")
    year: int | None
    url: str | None


class SuggestionRead(BaseModel):
    """An actor whose name may be meant."""

    id: UUID
    slug: str
    kind: ActorKind
    name: str = Field(examples=["Grenoble"])
    country: str | None
    match: How


class FacetRead(BaseModel):
    """So many have this value."""

    value: str = Field(description="A code; for networks the id.", examples=["municipality"])
    name: str | None = Field(None, description="For networks: the name.")
    slug: str | None = Field(None, description="For networks: the readable key.")
    count: int = Field(examples=[12])


class FacetsRead(BaseModel):
    """How the actors that were found spread."""

    total: int
    kind: list[FacetRead]
    country: list[FacetRead]
    network: list[FacetRead]
    theme: list[FacetRead]


class SavedQuery(Body):
    """What is looked for: the parameters of `GET /api/v1/actors`."""

    q: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(None, description="Words.", examples=["grenoble"])
    kind: ActorKind | None = None
    country: Country | None = None
    network: Annotated[str, Field(pattern=KEY)] | None = Field(None, description="Members of this network: UUID or readable key.")
    theme: Theme | None = None
    practice: Practice | None = None
    has_declaration: bool | None = None
    confirmed: bool | None = None


SearchName = Annotated[str, Field(min_length=1, max_length=80, description="What the reader calls it.", examples=["Cities in Italy"])]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=10, description="BCP 47.", examples=["en"])]


class SavedSearchCreate(Body):
    """A search to keep."""

    name: SearchName
    query: SavedQuery
    language: Language = "en"
    digest: Digest = Field(Digest.NEVER, description="How often to be told what is new.")


class SavedSearchUpdate(Body):
    """What changes; a field that is left out stays as it is."""

    name: SearchName = Field(default_factory=str)
    query: SavedQuery = Field(default_factory=SavedQuery)
    language: Language = Field(default_factory=lambda: "en")
    digest: Digest = Field(default_factory=lambda: Digest.NEVER, description="How often to be told what is new.")


class SavedSearchRead(Shape):
    """A search that was kept."""

    id: UUID
    version: int
    name: str
    query: SavedQuery
    language: str
    digest: Digest
    looked_at: datetime = Field(description="Up to when its reader was told what is new.")
    created_at: datetime
    updated_at: datetime
