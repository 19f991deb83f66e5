"""The facts that pairing looks at: values only, without names, contacts or free text."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

INTERPRETER = "interpreter"
"""The tag of `provides` that lifts the language rules for a pair."""


class Unit(StrEnum):
    """What a place of an offer is: the unit of its category."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ITEM = "item"
    HOUR = "hour"


class Urgency(StrEnum):
    """How long a need can wait."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


MOST_URGENT_FIRST = (Urgency.URGENT, Urgency.HIGH, Urgency.NORMAL, Urgency.LOW)


class Audience(StrEnum):
    """Who may see an offer: everyone, coordinators of this instance, or coordinators of this instance and of its peers."""

    PUBLIC = "public"
    COORDINATORS = "coordinators"
    PEERS = "peers"


class LinkKind(StrEnum):
    """How a need hangs on another need of its case."""

    SAME_PROVIDER = "same_provider"
    TOGETHER = "together"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Link:
    """A need's tie to another need of the same case."""

    kind: LinkKind
    need_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A point in degrees (WGS 84)."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A weekly window: day 0 (Monday) to 6, minutes of that day, `from_minute` included and `to_minute` (at most 1440) not."""

    day: int
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class LevelRange:
    """A topic that an offer covers, from a level to a level of one scale (both None: at every level)."""

    topic: str
    from_level: str | None = None
    to_level: str | None = None


@dataclass(frozen=True, slots=True)
class TopicWish:
    """A topic that a need asks for, at a level (None: at any), required or only wished."""

    topic: str
    level: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class LanguageWish:
    """A language (BCP 47) that would do; a required one must be spoken. The order of a need's wishes is the order of preference."""

    code: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What pairing knows of an offer. `radius_m` is in metres; `place` is None for a purely remote offer; no windows mean any time;
    no languages mean that language plays no part (a coat). `prefers` are tags that the provider would welcome in a case; they never exclude one."""

    id: UUID
    category: str
    provider_id: str
    places: int
    places_used: int
    is_open: bool
    posted_at: datetime
    languages: frozenset[str] = frozenset()
    place: Place | None = None
    radius_m: int = 0
    remote: bool = False
    topics: tuple[LevelRange, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    provides: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    prefers: frozenset[str] = frozenset()
    household_min: int | None = None
    household_max: int | None = None
    audience: Audience = Audience.PUBLIC

    @property
    def places_left(self) -> int:
        """Places that nobody holds."""
        return self.places - self.places_used


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What pairing knows of a need, with what it takes over from its case (household, languages where it names none, attributes, place, consent).
    `max_travel_m` is in metres; `interpreter_linked` says that a linked offer already provides an interpreter; `from_peer` that a peer sent it."""

    id: UUID
    case_id: UUID
    category: str
    size: int
    is_open: bool
    posted_at: datetime
    household: int = 1
    attributes: frozenset[str] = frozenset()
    languages: tuple[LanguageWish, ...] = ()
    topics: tuple[TopicWish, ...] = ()
    place: Place | None = None
    max_travel_m: int = 0
    windows: tuple[TimeWindow, ...] = ()
    from_date: date | None = None
    until_date: date | None = None
    urgency: Urgency = Urgency.NORMAL
    requires: frozenset[str] = frozenset()
    provides: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    consent_match: bool = False
    consent_until: datetime | None = None
    interpreter_linked: bool = False
    from_peer: bool = False


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """A provider's counters: requests open now, requests answered in time, requests ever asked and answered or expired."""

    open_requests: int = 0
    answered_in_time: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a pair's verdict depends on besides the two sides: the moment, the provider's record, whether the provider already helps this case,
    and whether the pair was tried and declined or expired."""

    as_of: datetime
    record: ProviderRecord = ProviderRecord()
    helps_case: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and the numbers and codes that fill its sentence (`explain.TEMPLATES`)."""

    code: str
    params: tuple[tuple[str, str | int], ...] = ()


class PartName(StrEnum):
    """The parts of a score."""

    DISTANCE = "distance"
    LANGUAGE = "language"
    TIMES = "times"
    TOPICS = "topics"
    SIZE_FIT = "size_fit"
    CONTINUITY = "continuity"
    PREFERENCES = "preferences"
    FAIR_LOAD = "fair_load"
    ANSWERING = "answering"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: 0 to 1000 points, the weight it counts with, and the reason that says it in words."""

    name: PartName
    points: int
    weight: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the definition says of a pair: every rule that fails, the parts, and the score (0 to 100 000, the weighted sum of the parts)."""

    need_id: UUID
    offer_id: UUID
    reasons: tuple[Reason, ...]
    parts: tuple[Part, ...]
    score: int
    weights: str

    @property
    def eligible(self) -> bool:
        """Whether every rule holds."""
        return not self.reasons
