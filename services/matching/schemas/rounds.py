"""Bodies of rounds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.matching.engine.types import Urgency
from services.matching.schemas.parts import Codes, PartRead, PlaceBody


class NeedFilterBody(Body):
    """Which open needs take part; what is empty does not narrow."""

    categories: Codes = Field(default_factory=list)
    urgencies: list[Urgency] = Field(default_factory=list, max_length=4)
    ids: list[UUID] = Field(default_factory=list, max_length=5000)
    near: PlaceBody | None = None
    radius_km: float = Field(0, ge=0, le=200)


class PairBody(Body):
    """A need and an offer."""

    need_id: UUID
    offer_id: UUID


class RoundCreate(Body):
    """A new round."""

    needs: NeedFilterBody = Field(default_factory=NeedFilterBody)
    seconds: int = Field(10, ge=1, le=60, description="How long it may be solved.")
    pinned: list[PairBody] = Field(default_factory=list, max_length=5000)
    forbidden: list[PairBody] = Field(default_factory=list, max_length=5000)


class RoundUpdate(Body):
    """Other pins and bans; the round is solved again."""

    seconds: int = Field(10, ge=1, le=60)
    pinned: list[PairBody] = Field(default_factory=list, max_length=5000)
    forbidden: list[PairBody] = Field(default_factory=list, max_length=5000)


class SeatRead(BaseModel):
    """A planned pair: its value in the round, and the score with its parts as the definition gives them at this moment."""

    need_id: UUID
    offer_id: UUID
    value: int
    score: int | None = None
    eligible: bool | None = Field(None, description="Whether the pair still fits as it is now.")
    parts: list[PartRead] = Field(default_factory=list)


class RoundRead(BaseModel):
    """A round: its plan with the certificate (value, upper bound, gap, seconds, proven), the needs without a place and why, and what the plain
    greedy would have reached."""

    id: UUID
    version: int
    state: str
    seconds: int
    needs: dict[str, Any] = Field(description="The filter.")  # Any: as in NeedFilterBody
    pinned: list[dict[str, UUID]]
    forbidden: list[dict[str, UUID]]
    seats: list[SeatRead] = Field(description="The planned pairs; a list of rounds gives them without score and parts.")
    unplaced: list[dict[str, UUID | str]]
    pins_lost: list[dict[str, UUID | str]]
    certificate: dict[str, Any] | None = Field(description="Null until the round is solved.")  # Any: numbers and lists
    greedy_value: int | None
    matches: list[UUID]
    not_applied: list[dict[str, UUID | str]]
    failure: str | None
    created_at: datetime
    updated_at: datetime
