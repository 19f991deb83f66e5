"""Bodies of presets of weights."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.matching.engine.weights import Weights
from services.matching.model.weights import NOTE_LENGTH
from services.matching.schemas.parts import PartRead

Percentage = Annotated[int, Field(ge=0, le=100, examples=[10])]


class WeightsPartsBody(Body):
    """The weight of each part of the score, in percent; all ten are named, and they sum to 100."""

    distance: Percentage
    language: Percentage
    times: Percentage
    topics: Percentage
    size_fit: Percentage
    continuity: Percentage
    preferences: Percentage
    fair_load: Percentage
    answering: Percentage
    waiting: Percentage

    @model_validator(mode="after")
    def _whole(self) -> "WeightsPartsBody":
        total = sum(self.model_dump().values())
        if total != 100:
            raise Refused("do_not_add_up", "The weights must sum to 100; these sum to {total}.", total=total)
        return self

    def value(self, version: str) -> Weights:
        """As the engine has them."""
        return Weights(version, **self.model_dump())


class WeightsCreate(Body):
    """New weights under a new name. They never change afterwards: other weights get another name."""

    version: str = Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", examples=["fair-load-2"])
    parts: WeightsPartsBody
    note: str = Field("", max_length=NOTE_LENGTH, description="What they are for. Public.", examples=["Ask the same few less."])


class WeightsPartRead(BaseModel):
    """One part of the score: its weight in percent, and what it measures, in the reader's language."""

    name: str = Field(examples=["distance"])
    weight: int
    text: str


class WeightsRead(BaseModel):
    """A preset of weights; `text` says what a built-in one is for, in the reader's language."""

    version: str = Field(examples=["default-1"])
    parts: dict[str, int]
    explained: list[WeightsPartRead] = Field(description="The same with words, heaviest first.")
    text: str
    note: str
    built_in: bool
    in_use: bool
    created_at: datetime | None = Field(description="Null for a built-in preset that was never chosen.")
    used_since: datetime | None = Field(description="Null while it is not in use, and for the default where nobody chose.")


class WeightsList(BaseModel):
    """Every preset by name, and which is in use."""

    in_use: str
    items: list[WeightsRead]
    total: int


class WeightsExample(BaseModel):
    """One invented pair, measured by the same definition and weights as real ones: an Arabic speaker who waits for an evening class of French."""

    weights: str = Field(examples=["default-1"])
    score: int = Field(description="The sum of points times weight: 0 to 100 000.")
    parts: list[PartRead]
