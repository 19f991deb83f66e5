"""What left the open data."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.paging import Page


class Kind(StrEnum):
    """What kind of record left."""

    ACTOR = "actor"
    MEMBERSHIP = "membership"
    DECLARATION = "declaration"
    INITIATIVE = "initiative"
    RESOURCE = "resource"
    CAPACITY = "capacity"
    PRACTICE = "practice"
    OFFER = "offer"


class TombstoneRead(BaseModel):
    """A record that left."""

    kind: Kind
    record_id: UUID
    slug: str | None = Field(description="Its readable key, if it had one.", examples=["grenoble-fr"])
    removed_at: datetime
    merged_into: UUID | None = Field(description="The record that it went into, if it was merged.")


class TombstonePage(Page[TombstoneRead]):
    """One page of what left."""

    offers_complete_since: datetime = Field(description="Withdrawn offers are remembered from here on; who last asked before begins anew.")
