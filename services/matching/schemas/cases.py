"""Bodies of cases."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.matching.model.case import AgeBand
from services.matching.schemas.parts import Codes, Day, Language, PlaceBody


class HouseholdBody(Body):
    """How many they are, and in which bands of age."""

    adults: int = Field(ge=0, le=30, examples=[1])
    children: int = Field(0, ge=0, le=30, examples=[2])
    age_bands: dict[AgeBand, Annotated[int, Field(ge=0, le=30)]] | list[AgeBand] = Field(default_factory=list, max_length=10, examples=[["6-11"]])

    @model_validator(mode="after")
    def _somebody(self) -> "HouseholdBody":
        if not 1 <= self.adults + self.children <= 30:
            raise Refused("household_size", "A household has 1 to 30 members.")
        return self


class ConsentBody(Body):
    """What the person allowed, in the words of `text_version`."""

    match: bool = Field(description="May be paired with offers.")
    share_contact: bool = Field(description="The provider of an accepted match may see the contact.")
    purpose: str = Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$", examples=["matching"])
    until: Day | None = None
    text_version: str = Field(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z._-]+$", examples=["2026-11"])


class CaseCreate(Body):
    """A new case. There is no field for a name: a contact, where there is one, goes to `/cases/{code}/contact`."""

    household: HouseholdBody
    languages: list[Language] = Field(default_factory=list, max_length=20)
    attributes: Codes = Field(default_factory=list)
    location: PlaceBody | None = None
    consent: ConsentBody


class CaseUpdate(Body):
    """A change of a case; what is not named stays."""

    household: HouseholdBody | None = None
    languages: list[Language] | None = Field(None, max_length=20)
    attributes: Codes | None = None
    location: PlaceBody | None = None


class ShareBody(Body):
    """The organisation whose team may see the case too."""

    actor_id: UUID


class CaseRead(BaseModel):
    """A case."""

    id: UUID
    code: str
    version: int
    state: str
    household: dict[str, int | list[str]]
    languages: list[str]
    attributes: list[str]
    location: dict[str, float] | None
    consent: dict[str, bool | datetime | None]
    recorded_by: UUID | None
    actor_id: UUID | None
    shared_with: list[UUID]
    created_at: datetime
    updated_at: datetime
