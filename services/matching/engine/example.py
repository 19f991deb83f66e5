"""One invented pair, measured by the real definition: the worked example of "how matching works"."""

from datetime import UTC, datetime
from uuid import UUID

from services.matching.engine.score import reference
from services.matching.engine.types import (
    Circumstances,
    LanguageWish,
    LevelRange,
    NeedFacts,
    OfferFacts,
    Place,
    ProviderRecord,
    TimeWindow,
    TopicWish,
    Verdict,
)
from services.matching.engine.weights import Weights

NOBODY = UUID(int=0)
EVENINGS = (TimeWindow(0, 1080, 1200), TimeWindow(2, 1080, 1200))
NEED = NeedFacts(
    id=NOBODY,
    case_id=NOBODY,
    category="language.class",
    size=1,
    is_open=True,
    posted_at=datetime(2026, 1, 1, tzinfo=UTC),
    languages=(LanguageWish("ar"), LanguageWish("en")),
    topics=(TopicWish("french", "a1"), TopicWish("writing")),
    place=Place(45.19, 5.72),
    max_travel_m=5000,
    windows=EVENINGS,
    consent_match=True,
)
"""One adult who speaks Arabic, then English; could come on two evenings; would like French for beginners, and to write; waits for 12 days."""
OFFER = OfferFacts(
    id=NOBODY,
    category="language.class",
    provider_id="nobody",
    places=12,
    places_used=8,
    is_open=True,
    posted_at=datetime(2026, 1, 1, tzinfo=UTC),
    languages=frozenset({"ar", "fr"}),
    place=Place(45.20349, 5.72),
    topics=(LevelRange("french", "a1", "a2"),),
    windows=EVENINGS[:1],
)
"""A French class for beginners, 1.5 kilometres away, on one of the two evenings, in Arabic and French, with four seats left."""
MET = Circumstances(as_of=datetime(2026, 1, 13, tzinfo=UTC), record=ProviderRecord(open_requests=1, answered_in_time=8, asked=10))
"""The association has one request to answer, and answered 8 of 10 in time."""


def worked_example(weights: Weights) -> Verdict:
    """What we say of the invented pair by these weights."""
    return reference(NEED, OFFER, MET, weights)
