"""Builders of offers, needs and whole random worlds for the tests of matching."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.matching.engine.types import (
    Audience,
    Circumstances,
    LanguageWish,
    LevelRange,
    NeedFacts,
    OfferFacts,
    Place,
    ProviderRecord,
    TimeWindow,
    TopicWish,
    Urgency,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
GRENOBLE = Place(45.19, 5.73)
LYON = Place(45.76, 4.84)


def an_id(number: int) -> UUID:
    return UUID(int=number)


def an_offer(**changes: Any) -> OfferFacts:
    """An offer that the plain need is eligible for."""
    plain: dict[str, Any] = {
        "id": an_id(1),
        "category": "language.class",
        "provider_id": "actor:1",
        "places": 10,
        "places_used": 0,
        "is_open": True,
        "posted_at": NOW - timedelta(days=9),
        "languages": frozenset({"fr"}),
        "place": GRENOBLE,
        "radius_m": 5_000,
    }
    return OfferFacts(**plain | changes)


def a_need(**changes: Any) -> NeedFacts:
    """A need that the plain offer is eligible for."""
    plain: dict[str, Any] = {
        "id": an_id(101),
        "case_id": an_id(201),
        "category": "language",
        "size": 1,
        "is_open": True,
        "posted_at": NOW - timedelta(days=3),
        "languages": (LanguageWish("fr"),),
        "place": GRENOBLE,
        "consent_match": True,
    }
    return NeedFacts(**plain | changes)


def at(**changes: Any) -> Circumstances:
    plain: dict[str, Any] = {"as_of": NOW}
    return Circumstances(**plain | changes)


CATEGORIES = st.sampled_from(["language", "language.class", "language.class", "languageaid", "housing.room"])
TAGS = st.just(frozenset()) | st.frozensets(st.sampled_from(["step_free", "interpreter", "no_papers_needed", "women_only"]), max_size=2)
CODES = st.sampled_from(["fr", "fr-CH", "en", "ar"])
PLACES = st.none() | st.builds(Place, st.sampled_from([45.1, 45.2, 45.3]), st.sampled_from([5.7, 5.8]))
_WINDOW = st.builds(TimeWindow, st.integers(0, 2), st.sampled_from([0, 540, 600]), st.sampled_from([660, 1440]))
WINDOWS = st.just(()) | st.lists(_WINDOW, max_size=2).map(tuple)
FIRST_DAYS = st.none() | st.dates(date(2026, 2, 20), date(2026, 3, 8))
LAST_DAYS = st.none() | st.dates(date(2026, 2, 28), date(2026, 3, 20))
MOMENTS = st.integers(0, 5).map(lambda days: NOW - timedelta(days=days))
RECORDS = st.builds(ProviderRecord, st.integers(0, 3), st.integers(0, 3), st.integers(3, 5))
LEVELS = st.sampled_from([(None, None), ("a1", "a2"), ("a2", "c1"), ("1", "6")])

OFFERS = st.builds(
    OfferFacts,
    id=st.integers(1, 6).map(an_id),
    category=CATEGORIES,
    provider_id=st.sampled_from(["actor:1", "actor:2"]),
    places=st.integers(1, 4),
    places_used=st.integers(0, 1),
    is_open=st.sampled_from([True, True, True, False]),
    posted_at=MOMENTS,
    languages=st.frozensets(CODES, max_size=2),
    place=PLACES,
    radius_m=st.sampled_from([0, 8_000, 30_000]),
    remote=st.booleans(),
    topics=st.lists(LEVELS.map(lambda ends: LevelRange("french", *ends)), max_size=1).map(tuple),
    windows=WINDOWS,
    valid_from=FIRST_DAYS,
    valid_until=LAST_DAYS,
    provides=TAGS,
    requires=st.just(frozenset()) | TAGS,
    prefers=st.just(frozenset()) | TAGS,
    household_min=st.none() | st.integers(1, 2),
    household_max=st.none() | st.integers(2, 4),
    audience=st.sampled_from(Audience),
)
NEEDS = st.builds(
    NeedFacts,
    id=st.integers(101, 106).map(an_id),
    case_id=st.integers(201, 203).map(an_id),
    category=CATEGORIES,
    size=st.integers(1, 3),
    is_open=st.sampled_from([True, True, True, False]),
    posted_at=MOMENTS,
    household=st.integers(1, 4),
    attributes=TAGS,
    languages=st.lists(st.builds(LanguageWish, CODES, st.booleans()), max_size=2).map(tuple),
    topics=st.lists(st.builds(TopicWish, st.just("french"), st.sampled_from([None, "a1", "b2", "3"]), st.booleans()), max_size=1).map(tuple),
    place=PLACES,
    max_travel_m=st.sampled_from([0, 15_000]),
    windows=WINDOWS,
    from_date=FIRST_DAYS,
    until_date=LAST_DAYS,
    urgency=st.sampled_from(Urgency),
    requires=st.just(frozenset()) | TAGS,
    provides=TAGS,
    preferences=TAGS,
    consent_match=st.sampled_from([True, True, True, False]),
    consent_until=st.none() | MOMENTS | st.just(NOW + timedelta(days=9)),
    interpreter_linked=st.booleans(),
    from_peer=st.sampled_from([False, False, False, True]),
)
