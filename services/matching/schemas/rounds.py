"""Bodies of rounds."""

from datetime import datetime
from typing import Annotated, Any
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


Pairs = Annotated[list[PairBody], Field(max_length=5000)]
Ids = Annotated[list[UUID], Field(max_length=5000)]


class RoundCreate(Body):
    """A new round."""

    needs: NeedFilterBody = Field(default_factory=NeedFilterBody)
    seconds: int = Field(10, ge=1, le=60, description="How long it may be solved.")
    pinned: Pairs = Field(default_factory=list, description="Pairs that the plan keeps where they are possible.")
    forbidden: Pairs = Field(default_factory=list, description="Pairs that the plan may not hold.")
    excluded_needs: Ids = Field(default_factory=list, description="Needs that get no place in this round.")
    excluded_offers: Ids = Field(default_factory=list, description="Offers that give no place in this round.")


class RoundUpdate(Body):
    """What is decided otherwise by hand; what is left out stays as it is. The round is solved again from where its plan stood."""

    seconds: int | None = Field(None, ge=1, le=60, description="How long it may be solved.")
    pinned: Pairs | None = None
    forbidden: Pairs | None = None
    excluded_needs: Ids | None = None
    excluded_offers: Ids | None = None


class ProgressRead(BaseModel):
    """How far the solver is: the best plan so far, an upper bound, their gap, the seconds that went by."""

    value: int
    bound: int
    gap: float
    seconds: float


class LevelFiguresRead(BaseModel):
    """Of one level of urgency: needs with a place, and what their places are worth."""

    urgency: str
    placed: int
    value: int


class FiguresRead(BaseModel):
    """What some seats come to."""

    placed: int = Field(description="Needs with a place.")
    value: int = Field(description="What their places are worth.")
    levels: list[LevelFiguresRead] = Field(description="Most urgent first.")
    mean_metres: int | None = Field(description="Mean way of the placed needs; null where no pair has two places.")
    mean_days_waited: float | None = Field(description="Mean days that the placed needs have waited.")
    providers: int = Field(description="Providers who would be asked.")
    most_asked: int = Field(description="Requests to the provider who would get most of them.")


class ComparedRead(BaseModel):
    """The plan beside today: `proposals`, where each need takes its own best offer in order of posting; `one_by_one`, where a coordinator confirms
    the most valuable pair first, again and again."""

    plan: FiguresRead
    proposals: FiguresRead
    one_by_one: FiguresRead


class MovedRead(BaseModel):
    """A need whose planned offer changed."""

    need_id: UUID
    from_offer_id: UUID
    to_offer_id: UUID


class ChangedRead(BaseModel):
    """What this plan changed against the one before the last edit."""

    added: list[dict[str, UUID]] = Field(description="Pairs of needs that had no place.")
    removed: list[dict[str, UUID]] = Field(description="Pairs of needs that have none any more.")
    moved: list[MovedRead]


class LevelCertificateRead(BaseModel):
    """One level of urgency: its value, the most that it could be worth beside the places of more urgent needs, and what the greedy reaches."""

    urgency: str
    value: int
    bound: int
    gap: float
    greedy: int


class CertificateRead(BaseModel):
    """How good the plan is. `bound`: no plan that serves the most urgent first is worth more; `proven`: this plan is shown to be such a best one."""

    value: int
    bound: int
    gap: float = Field(description="(bound - value) / bound.")
    seconds: float
    proven: bool
    components: int = Field(description="Independent parts of the round.")
    levels: list[LevelCertificateRead] = Field(description="Most urgent first.")


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
    state: str = Field(description="draft, solving, ready, applied or failed.")
    seconds: int
    needs: dict[str, Any] = Field(description="The filter.")  # Any: as in NeedFilterBody
    pinned: list[dict[str, UUID]]
    forbidden: list[dict[str, UUID]]
    excluded_needs: list[UUID]
    excluded_offers: list[UUID]
    progress: ProgressRead | None = Field(description="While it is solved, about once a second; not part of the version.")
    stopping: bool = Field(description="Whether the best plan so far was asked for.")
    weights: str | None = Field(description="The weights that the plan was made with.")
    seats: list[SeatRead] = Field(description="The planned pairs; a list of rounds gives them without score and parts.")
    unplaced: list[dict[str, UUID | str]] = Field(description="need_id, code, why (a sentence in the reader's language).")
    pins_lost: list[dict[str, UUID | str]] = Field(description="need_id, offer_id, code: forbidden, left_out, not_eligible or no_room.")
    certificate: CertificateRead | None = Field(description="Null until the round is solved.")
    greedy_value: int | None
    compared: ComparedRead | None = Field(description="The plan beside what would happen today without it.")
    changed: ChangedRead | None = Field(description="Null unless the plan follows an edit of an earlier one.")
    matches: list[UUID]
    not_applied: list[dict[str, UUID | str]] = Field(
        description="need_id, offer_id, reason: need_not_open, offer_not_open, offer_full, not_eligible or together."
    )
    failure: str | None
    created_at: datetime
    updated_at: datetime
