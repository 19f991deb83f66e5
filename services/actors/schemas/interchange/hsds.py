"""Answers of HSDS for the contract. What is nested is described in full by the specification (openreferral.org); here are the fields that we send."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Nested = dict[str, Any]
"""A nested record of HSDS (Any: JSON)."""
T = TypeVar("T")


class Record(BaseModel):
    """A record of HSDS."""

    model_config = ConfigDict(extra="allow")

    id: UUID = Field(examples=["0192f0c4-7f6e-7cc3-9c44-1d3a5c1b2a10"])


class Organization(Record):
    """An actor of the registry."""

    name: str = Field(examples=["Grenoble"])
    description: str = Field(examples=["Municipality in France. Belongs to: ANVITA."])
    alternate_name: str | None = None
    website: str | None = Field(None, examples=["https://www.grenoble.fr"])
    uri: str | None = Field(None, description="The organisation's page in this hub.")
    locations: list[Nested] | None = None
    organization_identifiers: list[Nested] | None = None
    attributes: list[Nested] | None = None
    metadata: list[Nested] | None = None
    services: list[Nested] | None = None


class Service(Record):
    """An open offer."""

    name: str = Field(examples=["French class"])
    status: str = Field(description="active, or temporarily closed.", examples=["active"])
    organization_id: UUID | None = None
    description: str | None = None
    url: str | None = None
    alert: str | None = Field(None, examples=["All places are taken for now."])
    eligibility_description: str | None = None
    last_modified: datetime | None = Field(None, examples=["2026-11-21T09:00:00.000Z"])
    organization: Organization | None = None
    schedules: list[Nested] | None = None
    service_areas: list[Nested] | None = None
    service_at_locations: list[Nested] | None = None
    languages: list[Nested] | None = None
    capacities: list[Nested] | None = None
    attributes: list[Nested] | None = None
    metadata: list[Nested] | None = None


class ServiceAtLocation(Record):
    """Where an offer is given: at a place (about 1 km precise), or at a distance."""

    service_id: UUID | None = None
    location_id: UUID | None = None
    location: Nested | None = None
    service: Service | None = None


class TaxonomyRecord(Record):
    """A taxonomy."""

    name: str = Field(examples=["What is offered"])
    description: str
    version: str | None = Field(None, examples=["1"])


class TermRecord(Record):
    """A term of a taxonomy."""

    code: str = Field(examples=["language.class"])
    name: str = Field(examples=["Class"])
    description: str = Field(examples=["What is offered: Language > Class."])
    parent_id: UUID | None = None
    taxonomy: str | None = None
    taxonomy_id: UUID | None = None
    language: str | None = Field(None, examples=["en"])
    taxonomy_detail: TaxonomyRecord | None = None


class HsdsPage(BaseModel, Generic[T]):
    """A page of a list."""

    total_items: int = Field(examples=[1])
    total_pages: int = Field(examples=[1])
    page_number: int = Field(examples=[1])
    size: int = Field(description="Records on this page.", examples=[1])
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[T]


class ServicePage(HsdsPage[Service]):
    """A page of services."""


class AtLocationPage(HsdsPage[ServiceAtLocation]):
    """A page of services at locations."""


class OrganizationPage(HsdsPage[Organization]):
    """A page of organizations."""


class TaxonomyPage(HsdsPage[TaxonomyRecord]):
    """A page of taxonomies."""


class TermPage(HsdsPage[TermRecord]):
    """A page of taxonomy terms."""


class Publisher(BaseModel):
    """Who publishes."""

    name: str
    website: str
    additional_websites: list[str]


class About(BaseModel):
    """What this interface is."""

    version: str = Field(examples=["3.2"])
    profile: str
    openapi_url: str
    description: str
    publisher: Publisher
