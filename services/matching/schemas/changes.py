"""Bodies of what would have to change for a need."""

from uuid import UUID

from pydantic import BaseModel, Field

from services.matching.schemas.parts import ReasonRead


class ChangeRead(BaseModel):
    """Steps that together would make offers fit the need."""

    steps: list[ReasonRead] = Field(description="Each step with its code, its exact amount, and its sentence. One in most cases; all are needed.")
    text: str = Field(description="All steps in words, and how many offers would then fit.")
    offer_id: UUID | None = Field(description="The offer that fits with the least of it; null where there is no offer of the category at all.")
    offers: int = Field(description="Offers that the same steps make fit, each in this amount or less.")
    cost: int = Field(description="What the steps are taken to ask of people, only to order them.")


class ChangeList(BaseModel):
    """The smallest changes, smallest first: fewer steps first, then what costs less."""

    items: list[ChangeRead]
    total: int
    looked_at: int = Field(description="Offers of the category that were looked at: open, full or paused ones, those posted last.")
    exact: bool = Field(description="Whether these were all that there are.")
