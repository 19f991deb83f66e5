"""HTTP bodies of matching, and how they become the model's values and back."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.matching.engine.types import Audience, LanguageWish, LevelRange, Link, LinkKind, Place, TimeWindow, TopicWish, Unit, Urgency
from services.matching.model.case import AgeBand
from services.matching.model.limits import DESCRIPTION_LENGTH, TITLE_LENGTH
from services.matching.model.match import CancelReason, DeclineReason, Outcome
from services.matching.model.offer import Location

Code = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[a-z][a-z0-9_.-]*$", examples=["language.class"])]
Language = Annotated[str, Field(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$", examples=["fr"])]
Lat = Annotated[float, Field(ge=-90, le=90, description="Degrees north, WGS 84.", examples=[45.19])]
Lon = Annotated[float, Field(ge=-180, le=180, description="Degrees east, WGS 84.", examples=[5.72])]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31), examples=["2026-12-01"])]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="Local time of the hub.", examples=["18:00"])]
Codes = Annotated[list[Code], Field(max_length=30)]
Windows = Annotated[list["WindowBody"], Field(max_length=20)]
PROVIDER_WORDS = "Whose offer it is; by default the caller's own, or that of the organisation in which they have a place."


class WindowBody(Body):
    """A weekly window; day 0 is Monday."""

    day: int = Field(ge=0, le=6, examples=[1])
    from_: Clock = Field(alias="from")
    to: Clock = Field(examples=["20:00"])

    @model_validator(mode="after")
    def _in_order(self) -> "WindowBody":
        if self.from_ >= self.to:
            raise Refused("not_a_window", "A window begins before it ends, on the same day.")
        return self

    def value(self) -> TimeWindow:
        """As the model has it."""
        return TimeWindow(self.day, _minute(self.from_), _minute(self.to))


class TopicRangeBody(Body):
    """A topic with the levels that an offer covers; no levels: every level."""

    topic: Code = Field(examples=["french"])
    from_: str | None = Field(None, alias="from", max_length=4, examples=["a1"])
    to: str | None = Field(None, max_length=4, examples=["a2"])


class LocationBody(Body):
    """Where help is given: a point with the provider's own reach in kilometres, or remotely."""

    lat: Lat | None = None
    lon: Lon | None = None
    radius_km: float = Field(0, ge=0, le=200, examples=[8])
    remote: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "LocationBody":
        if (self.lat is None) != (self.lon is None):
            raise Refused("half_a_place", "Give both lat and lon, or neither.")
        return self

    def value(self) -> Location:
        """As the model has it."""
        place = Place(self.lat, self.lon) if self.lat is not None and self.lon is not None else None
        return Location(place, self.radius_km, self.remote)


class ProviderBody(Body):
    """An organisation of the registry, or (for coordinators) a volunteer's account."""

    actor_id: UUID | None = None
    account_id: UUID | None = None


class HouseholdBounds(Body):
    """The least and most persons of a household that fit."""

    min: int | None = Field(None, ge=1, le=30)
    max: int | None = Field(None, ge=1, le=30)


def _texts(longest: int) -> Any:  # Any: an annotated dictionary
    text = Annotated[str, Field(min_length=1, max_length=longest)]
    return Annotated[dict[Language, text], Field(max_length=20)]


class OfferFields(Body):
    """What creating and changing an offer share."""

    @field_validator("topics", "windows", mode="before", check_fields=False)
    @classmethod
    def _no_null(cls, value: object) -> object:
        return [] if value is None else value


class OfferCreate(OfferFields):
    """A new offer."""

    category: Code
    title: _texts(TITLE_LENGTH) = Field(min_length=1, examples=[{"fr": "Cours de français"}])  # type: ignore[valid-type]
    description: _texts(DESCRIPTION_LENGTH) = Field(default_factory=dict, examples=[{"fr": "Petit groupe."}])  # type: ignore[valid-type]
    provider: ProviderBody | None = Field(None, description=PROVIDER_WORDS)
    unit: Unit
    places: int = Field(ge=1, le=10_000)
    returns: bool = Field(description="Whether a place comes back when its match ends (a seat does, a coat does not).")
    languages: list[Language] = Field(default_factory=list, max_length=20)
    location: LocationBody
    topics: list[TopicRangeBody] = Field(default_factory=list, max_length=20)
    windows: Windows = Field(default_factory=list)
    valid_from: Day | None = None
    valid_until: Day | None = None
    provides: Codes = Field(default_factory=list)
    requires: Codes = Field(default_factory=list)
    household: HouseholdBounds | None = None
    audience: Audience = Audience.PUBLIC


class OfferUpdate(OfferFields):
    """A change of an offer; what is not named stays."""

    category: Code | None = None
    title: _texts(TITLE_LENGTH) | None = None  # type: ignore[valid-type]
    description: _texts(DESCRIPTION_LENGTH) | None = None  # type: ignore[valid-type]
    unit: Unit | None = None
    places: int | None = Field(None, ge=1, le=10_000)
    returns: bool | None = None
    languages: list[Language] | None = Field(None, max_length=20)
    location: LocationBody | None = None
    topics: list[TopicRangeBody] | None = Field(None, max_length=20)
    windows: Windows | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    provides: Codes | None = None
    requires: Codes | None = None
    household: HouseholdBounds | None = None
    audience: Audience | None = None


class OfferRead(BaseModel):
    """An offer as the caller may see it: who gives it is shown to coordinators and to its own people (`provider`), organisations to everybody."""

    id: UUID
    version: int
    state: str
    category: str
    title: dict[str, str]
    description: dict[str, str]
    provider: dict[str, str | None]
    unit: str
    places: int
    places_left: int
    returns: bool
    languages: list[str]
    location: dict[str, float | bool | None]
    topics: list[dict[str, str | None]]
    windows: list[dict[str, int | str]]
    valid_from: date | None
    valid_until: date | None
    provides: list[str]
    requires: list[str]
    household: dict[str, int | None]
    audience: str
    review_on: date | None
    posted_at: datetime | None
    created_at: datetime
    updated_at: datetime


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


class PlaceBody(Body):
    """A coarse place: two decimals at most (about 1 km)."""

    lat: Lat
    lon: Lon


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


class ReasonRead(BaseModel):
    """Why: a stable code with its parameters, and the sentence in the reader's language."""

    code: str
    params: dict[str, str | int]
    text: str


class PartRead(BaseModel):
    """One part of a score: 0 to 1000 points, counted with its weight."""

    name: str
    points: int
    weight: int
    reason: ReasonRead


class ProposalRead(BaseModel):
    """A computed pairing: the score (0 to 100,000) is the weighted sum of its parts."""

    need_id: UUID
    offer_id: UUID
    rank: int
    score: int
    parts: list[PartRead]
    reasons: list[str] = Field(description="The parts that speak for it, in words.")
    weights: str
    offer: OfferRead


class ProposalList(BaseModel):
    """A need's proposals, best first. `fresh` is false while they are being computed for the need as it is now."""

    items: list[ProposalRead]
    total: int
    fresh: bool
    computed_at: datetime | None


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


class MatchCreate(Body):
    """Pair a need with an offer."""

    need_id: UUID
    offer_id: UUID


class DeclineBody(Body):
    """Why not."""

    reason: DeclineReason = DeclineReason.OTHER


class CancelBody(Body):
    """Why it ends."""

    reason: CancelReason = CancelReason.OTHER


class FulfilBody(Body):
    """How it went."""

    outcome: Literal[Outcome.HELPED, Outcome.HELPED_IN_PART] = Outcome.HELPED


class FailBody(Body):
    """What went wrong."""

    outcome: Literal[Outcome.NO_SHOW_OF_CASE, Outcome.NO_SHOW_OF_PROVIDER, Outcome.DID_NOT_FIT, Outcome.BROKEN_OFF] = Outcome.BROKEN_OFF


class MatchConsent(BaseModel):
    """What the person behind the case allows at this moment. A live match goes on when `match` was taken back, and shows it here."""

    match: bool
    share_contact: bool


class MatchNeed(BaseModel):
    """What is asked for, as far as the provider must know it to answer."""

    urgency: str
    languages: list[str]
    topics: list[dict[str, str | bool | None]]
    windows: list[dict[str, int | str]]
    from_: date | None = Field(serialization_alias="from")
    until: date | None


class MatchRead(BaseModel):
    """A match. `side` says on which side the caller stands: provider, case, or both."""

    id: UUID
    version: int
    state: str
    need_id: UUID
    offer_id: UUID
    case_id: UUID
    case_code: str | None = Field(description="For the case's team; for the provider once they accepted.")
    consent: MatchConsent
    need: MatchNeed
    side: Literal["provider", "case", "both"] = Field(description="Where the caller stands.")
    category: str
    provider: dict[str, str | None]
    size: int
    score: int
    weights: str
    confirmed_by: UUID
    answered_by: UUID | None
    on_behalf: bool
    answer_by: datetime
    round_id: UUID | None
    accepted_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    outcome: str | None
    created_at: datetime
    updated_at: datetime


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


class CategoryRead(BaseModel):
    """A kind of help."""

    code: str
    parent: str | None
    unit: str
    returns: bool
    name: str = Field(description="In the reader's language.")
    hint: str
    names: dict[str, str]
    hints: dict[str, str] = Field(description="For who posts an offer of this kind, in every language.")


class TagRead(BaseModel):
    """An attribute tag."""

    code: str
    kind: str
    name: str
    names: dict[str, str]


class TopicRead(BaseModel):
    """A topic and its scale of levels."""

    code: str
    scale: str
    levels: list[str]
    name: str
    names: dict[str, str]


class VocabularyRead(BaseModel):
    """Every code that records may carry."""

    categories: list[CategoryRead]
    tags: list[TagRead]
    topics: list[TopicRead]
    languages: list[str]


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def windows_of(bodies: list[WindowBody]) -> tuple[TimeWindow, ...]:
    """Weekly windows as the model has them."""
    return tuple(body.value() for body in bodies)


def ranges_of(bodies: list[TopicRangeBody]) -> tuple[LevelRange, ...]:
    """An offer's topics as the model has them."""
    return tuple(LevelRange(body.topic, body.from_, body.to) for body in bodies)


def wishes_of(bodies: list[LanguageWishBody]) -> tuple[LanguageWish, ...]:
    """A need's languages as the model has them."""
    return tuple(LanguageWish(body.code, body.required) for body in bodies)


def topics_of(bodies: list[TopicWishBody]) -> tuple[TopicWish, ...]:
    """A need's topics as the model has them."""
    return tuple(TopicWish(body.topic, body.level, body.required) for body in bodies)


def links_of(bodies: list[LinkBody]) -> tuple[Link, ...]:
    """Ties to other needs as the model has them."""
    return tuple(Link(body.kind, body.need_id) for body in bodies)


Shape = Callable[[Any], Any]
"""From a body's value to the model's (Any: both differ by field)."""
