"""Bodies of needs and of their proposals."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.matching.engine.potentials import Move
from services.matching.engine.types import LanguageWish, Link, LinkKind, TopicWish, Urgency
from services.matching.schemas.changes import ChangeRead
from services.matching.schemas.offers import OfferRead
from services.matching.schemas.parts import Code, Codes, Day, Language, PartRead, ReasonRead, Windows


class LanguageWishBody(Body):
    """A language that would do; a required one must be spoken."""

    code: Language
    required: bool = False


class TopicWishBody(Body):
    """A topic at a level, required or wished."""

    topic: Code
    level: str | None = Field(None, max_length=4, examples=["a1"])
    required: bool = False


class LinkBody(Body):
    """A tie to another need of the same case."""

    kind: LinkKind
    need_id: UUID


class NeedCreate(Body):
    """A new need of a case."""

    case_id: UUID
    category: Code
    size: int = Field(1, ge=1, le=100, description="In the category's unit.")
    languages: list[LanguageWishBody] = Field(default_factory=list, max_length=20, description="None named: those of the case.")
    topics: list[TopicWishBody] = Field(default_factory=list, max_length=20)
    max_travel_km: float = Field(0, ge=0, le=200)
    windows: Windows = Field(default_factory=list, description="None named: any time.")
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    urgency: Urgency = Urgency.NORMAL
    requires: Codes = Field(default_factory=list)
    provides: Codes = Field(default_factory=list)
    preferences: Codes = Field(default_factory=list)
    links: list[LinkBody] = Field(default_factory=list, max_length=10)


class NeedUpdate(Body):
    """A change of an open need; what is not named stays."""

    category: Code | None = None
    size: int | None = Field(None, ge=1, le=100)
    languages: list[LanguageWishBody] | None = Field(None, max_length=20)
    topics: list[TopicWishBody] | None = Field(None, max_length=20)
    max_travel_km: float | None = Field(None, ge=0, le=200)
    windows: Windows | None = None
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    urgency: Urgency | None = None
    requires: Codes | None = None
    provides: Codes | None = None
    preferences: Codes | None = None
    links: list[LinkBody] | None = Field(None, max_length=10)


class NeedRead(BaseModel):
    """A need."""

    id: UUID
    case_id: UUID
    version: int
    state: str
    category: str
    size: int
    languages: list[dict[str, str | bool]]
    topics: list[dict[str, str | bool | None]]
    max_travel_km: float
    windows: list[dict[str, int | str]]
    from_: date | None = Field(serialization_alias="from")
    until: date | None
    urgency: str
    requires: list[str]
    provides: list[str]
    preferences: list[str]
    links: list[dict[str, str]]
    posted_at: datetime
    created_at: datetime
    updated_at: datetime


class AdviceRead(BaseModel):
    """The pair seen from all open needs together: what it is worth, what its places are worth to others (in the points of a round's value, by the
    last computation of what is lacking), and whether to take the place or rather to keep it free. It never changes the order of proposals."""

    advice: Move
    value: int
    price: int
    reason: str = Field(description="In words.")


class ProposalRead(BaseModel):
    """A computed pairing: the score (0 to 100,000) is the weighted sum of its parts."""

    need_id: UUID
    offer_id: UUID
    rank: int
    score: int
    parts: list[PartRead]
    reasons: list[str] = Field(description="The parts that speak for it, in words.")
    weights: str
    advice: AdviceRead
    offer: OfferRead


class ProposalList(BaseModel):
    """A need's proposals, best first. `fresh` is false while they are being computed for the need as it is now. Where there are none,
    `smallest_changes` says what would give one."""

    items: list[ProposalRead]
    total: int
    fresh: bool
    computed_at: datetime | None
    smallest_changes: list[ChangeRead] = Field(description="Empty where there are proposals, and until they are computed.")


class PairRead(BaseModel):
    """Any pair, explained: every rule that fails, hints, and the parts of the score."""

    need_id: UUID
    offer_id: UUID
    eligible: bool
    score: int
    weights: str
    why_not: list[ReasonRead]
    hints: list[ReasonRead]
    parts: list[PartRead]
    match_state: str | None = Field(description="What became of the pair the last time that it was matched, if ever.")
    match_id: UUID | None


def wishes_of(bodies: list[LanguageWishBody]) -> tuple[LanguageWish, ...]:
    """A need's languages as the model has them."""
    return tuple(LanguageWish(body.code, body.required) for body in bodies)


def topics_of(bodies: list[TopicWishBody]) -> tuple[TopicWish, ...]:
    """A need's topics as the model has them."""
    return tuple(TopicWish(body.topic, body.level, body.required) for body in bodies)


def links_of(bodies: list[LinkBody]) -> tuple[Link, ...]:
    """Ties to other needs as the model has them."""
    return tuple(Link(body.kind, body.need_id) for body in bodies)
