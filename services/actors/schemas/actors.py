"""Bodies about actors: create, change, read; the network graph and the map."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.actors.model.provenance import EnteredBy
from services.actors.model.vocabulary import ActorKind
from services.actors.schemas.fields import Citation, Country, Latitude, LocalName, Longitude, Name, Population, ReadOn, Shape, Slug, WebAddress


class ActorCreate(Body):
    """An organisation that enters the registry."""

    slug: Slug | None = Field(None, description="Readable key; made from name and country when left out.")
    kind: ActorKind = Field(description="What it is.", examples=["civil_society"])
    name: Name
    local_name: LocalName | None = None
    country: Country | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    population: Population | None = None
    website: WebAddress | None = None
    source: Citation
    read_on: ReadOn | None = None


class ActorUpdate(Body):
    """What changes; a field that is left out stays as it is, null empties it."""

    kind: ActorKind = Field(default_factory=lambda: ActorKind.CIVIL_SOCIETY, description="What it is; for the registry's editors.")
    name: Name = Field(default_factory=str)
    local_name: LocalName | None = None
    country: Country | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    population: Population | None = None
    website: WebAddress | None = None
    source: Citation = Field(default_factory=str)
    read_on: ReadOn | None = None
    archived: Literal[False] = Field(default_factory=lambda: False, description="false brings an archived actor back; for the registry's editors.")


class ActorRead(Shape):
    """An organisation of the registry."""

    id: UUID
    version: int = Field(description="Rises by one with each change; also the ETag.", examples=[1])
    slug: str = Field(examples=["grenoble-fr"])
    kind: ActorKind
    name: str = Field(examples=["Grenoble"])
    local_name: str | None
    country: str | None = Field(examples=["FR"])
    lat: float | None = Field(examples=[45.1885])
    lon: float | None = Field(examples=[5.7245])
    population: int | None
    website: str | None
    source: str = Field(description="Where this was read.")
    read_on: date | None = Field(description="The day on which it was read there.")
    entered_by: EnteredBy = Field(description="What kind of author stands behind the record as it is now.")
    archived: bool
    claimed: bool = Field(description="Whether the organisation itself keeps this record.")
    created_at: datetime
    updated_at: datetime


class Point(BaseModel):
    """A GeoJSON point: longitude, then latitude."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class Feature(BaseModel):
    """An actor on the map, or with `zoom` several that lie close together."""

    type: Literal["Feature"]
    id: UUID | None = Field(None, description="The actor's; several together have none.")
    geometry: Point
    properties: dict[str, Any] = Field(  # Any: JSON
        description="Of an actor: slug, kind, name, local_name, country, population, website, source. Of several: cluster (true), count."
    )


class FeatureCollection(BaseModel):
    """The actors that have a place (RFC 7946)."""

    type: Literal["FeatureCollection"]
    cell_degrees: float | None = Field(None, description="With `zoom`: how wide the cells are in which actors were counted together.")
    features: list[Feature]
