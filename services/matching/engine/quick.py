"""The score of a pair in a few microseconds: what one side alone decides is worked out once, and nothing is put into words."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.matching.engine.distance import Vector, metres_between, unit_vector
from services.matching.engine.eligibility import covers
from services.matching.engine.score import FULL, WAITING_DAYS
from services.matching.engine.types import INTERPRETER, LevelRange, NeedFacts, OfferFacts, PartName, ProviderRecord, TopicWish
from services.matching.engine.week import days_mask, week_mask
from services.matching.engine.weights import Weights

NO = -1
"""The pair is not eligible."""
NO_LIMIT = 10**9


@dataclass(slots=True, eq=False)
class OfferSketch:
    """What an offer alone decides. `spoken` are its languages in small letters, `met` these with every tag that one of them begins with
    (`fr-CH` also meets `fr`); `week` is a mask of minutes; days are ordinals."""

    id: UUID
    posted_at: datetime
    provider_id: str
    left: int
    household_min: int
    household_max: int
    provides: frozenset[str]
    requires: frozenset[str]
    prefers: frozenset[str]
    spoken: frozenset[str]
    met: frozenset[str]
    interprets: bool
    topics: tuple[LevelRange, ...]
    remote: bool
    spot: Vector | None
    radius_m: int
    week: int
    first_day: int
    last_day: int


@dataclass(slots=True, eq=False)
class NeedSketch:
    """What a need alone decides. A wish is a language in small letters with the shorter tags that it begins with; `has` is what the case and the
    need state; `minutes` the minutes a week that are asked for, 0 for any time."""

    id: UUID
    case_id: UUID
    size: int
    household: int
    requires: frozenset[str]
    has: frozenset[str]
    preferences: frozenset[str]
    wishes: tuple[tuple[str, frozenset[str]], ...]
    required_wishes: tuple[tuple[str, frozenset[str]], ...]
    interpreter_linked: bool
    required_topics: tuple[TopicWish, ...]
    wished_topics: tuple[TopicWish, ...]
    spot: Vector | None
    travel_m: int
    week: int
    minutes: int
    first_day: int
    last_day: int
    posted_at: datetime
    from_peer: bool
    consent_until: datetime | None


def beginnings(tag: str) -> list[str]:
    """The shorter tags that a language tag begins with: `fr-ch` begins with `fr`."""
    parts = tag.split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts))]


def sketch_offer(offer: OfferFacts) -> OfferSketch:
    """Work out once what an offer alone decides."""
    spoken = frozenset(code.lower() for code in offer.languages)
    return OfferSketch(
        id=offer.id,
        posted_at=offer.posted_at,
        provider_id=offer.provider_id,
        left=offer.places_left,
        household_min=offer.household_min if offer.household_min is not None else -NO_LIMIT,
        household_max=offer.household_max if offer.household_max is not None else NO_LIMIT,
        provides=offer.provides,
        requires=offer.requires,
        prefers=offer.prefers,
        spoken=spoken,
        met=spoken.union(*(beginnings(code) for code in spoken)),
        interprets=INTERPRETER in offer.provides,
        topics=offer.topics,
        remote=offer.remote,
        spot=unit_vector(offer.place) if offer.place is not None else None,
        radius_m=offer.radius_m,
        week=week_mask(offer.windows),
        first_day=offer.valid_from.toordinal() if offer.valid_from else 0,
        last_day=offer.valid_until.toordinal() if offer.valid_until else NO_LIMIT,
    )


def sketch_need(need: NeedFacts) -> NeedSketch:
    """Work out once what a need alone decides."""
    wishes = tuple((wish.code.lower(), frozenset(beginnings(wish.code.lower()))) for wish in need.languages)
    week = week_mask(need.windows)
    return NeedSketch(
        id=need.id,
        case_id=need.case_id,
        size=need.size,
        household=need.household,
        requires=need.requires,
        has=need.attributes | need.provides,
        preferences=need.preferences,
        wishes=wishes,
        required_wishes=tuple(pair for pair, wish in zip(wishes, need.languages, strict=True) if wish.required),
        interpreter_linked=need.interpreter_linked,
        required_topics=tuple(wish for wish in need.topics if wish.required),
        wished_topics=tuple(wish for wish in need.topics if not wish.required),
        spot=unit_vector(need.place) if need.place is not None else None,
        travel_m=need.max_travel_m,
        week=week,
        minutes=week.bit_count() if need.windows else 0,
        first_day=need.from_date.toordinal() if need.from_date else 0,
        last_day=need.until_date.toordinal() if need.until_date else NO_LIMIT,
        posted_at=need.posted_at,
        from_peer=need.from_peer,
        consent_until=need.consent_until,
    )


def provider_points(record: ProviderRecord, weights: Weights) -> int:
    """What a provider's record adds to the score of each of their offers: fair load and answering record, weighted."""
    fair = FULL // (1 + record.open_requests)
    answering = FULL * (record.answered_in_time + 1) // (record.asked + 2)
    return fair * weights.fair_load + answering * weights.answering


def waiting_points(need: NeedSketch, as_of: datetime, weights: Weights) -> int:
    """What waiting adds to the score of each pair of a need, weighted."""
    days = min(max(0, (as_of - need.posted_at).days), WAITING_DAYS)
    return FULL * days // WAITING_DAYS * weights.waiting


def quick_score(need: NeedSketch, offer: OfferSketch, today: int, weights: Weights) -> int:
    """The weighted parts that the two sides decide (all but continuity, the provider's record and waiting), or `NO` where a rule fails. Category,
    states, audience, consent and tried pairs are the caller's. Guarantee: with those added, the very score of `score.reference`."""
    left = offer.left
    if left < need.size or not offer.household_min <= need.household <= offer.household_max:
        return NO
    if not need.requires <= offer.provides or not offer.requires <= need.has:
        return NO
    for wish in need.required_topics:
        if not any(covers(offered, wish) for offered in offer.topics):
            return NO
    language = _language(need, offer)
    times = _times(need, offer, today)
    if language == NO or times == NO:
        return NO
    distance = _distance(need, offer)
    if distance == NO:
        return NO
    topics = FULL
    if need.wished_topics:
        covered = sum(any(covers(offered, wish) for offered in offer.topics) for wish in need.wished_topics)
        topics = FULL * covered // len(need.wished_topics)
    preferences = FULL
    if asked := len(need.preferences) + len(offer.prefers):
        preferences = FULL * (len(need.preferences & offer.provides) + len(offer.prefers & need.has)) // asked
    return (
        distance * weights.distance
        + language * weights.language
        + times * weights.times
        + topics * weights.topics
        + min(FULL, FULL * need.size // left) * weights.size_fit
        + preferences * weights.preferences
    )


def _language(need: NeedSketch, offer: OfferSketch) -> int:
    if not need.wishes:
        return FULL
    lifted = offer.interprets or need.interpreter_linked
    if not lifted:
        for code, shorter in need.required_wishes:
            if code not in offer.met and offer.spoken.isdisjoint(shorter):
                return NO
    if not offer.spoken:
        return FULL
    count = len(need.wishes)
    for position, (code, shorter) in enumerate(need.wishes):
        if code in offer.met or not offer.spoken.isdisjoint(shorter):
            return FULL * (count - position) // count
    return 0 if lifted else NO


def _times(need: NeedSketch, offer: OfferSketch, today: int) -> int:
    first = max(need.first_day, offer.first_day, today)
    last = min(need.last_day, offer.last_day)
    if last < first:
        return NO
    shared = need.week & offer.week
    if last - first < 6:
        shared &= days_mask(date.fromordinal(first), date.fromordinal(last))
    if not shared:
        return NO
    return FULL * shared.bit_count() // need.minutes if need.minutes else FULL


def _distance(need: NeedSketch, offer: OfferSketch) -> int:
    if offer.remote:
        return FULL
    if need.spot is None or offer.spot is None:
        return NO
    away, reach = metres_between(need.spot, offer.spot), max(offer.radius_m, need.travel_m)
    if away > reach:
        return NO
    return FULL if away == 0 else FULL * (reach - away) // reach if away < reach else 0


def continuity_points(weights: Weights) -> int:
    """What it adds that the provider already helps the case."""
    return FULL * weights.of(PartName.CONTINUITY)
