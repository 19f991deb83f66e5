"""Offers and needs in numbers: every fact that pairing looks at, as the columns hold it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.matching.engine.columns.codes import Categories, Codes, Languages, fold_languages, fold_tags, level_code, level_range
from services.matching.engine.columns.layout import (
    ASKS_TIMES,
    INTERPRETER,
    LARGEST,
    LIVE,
    NEVER,
    OUT,
    PLACED,
    REMOTE,
    SPEAKING,
)
from services.matching.engine.columns.table import LOW, Encoded
from services.matching.engine.columns.windows import intervals, length, slots
from services.matching.engine.distance import Vector, unit_vector
from services.matching.engine.types import INTERPRETER as INTERPRETER_TAG
from services.matching.engine.types import Audience, NeedFacts, OfferFacts, Place

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NO_END = LARGEST
"""The ordinal day and the bound of a household where there is none."""
UNENDING = 2**63 - 1
NO_CASE = 0
"""The number of every case that nobody is known to help."""
UNPLACED: Vector = (0.0, 0.0, 0.0)


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


class Encoder:
    """Turns facts into numbers by dictionaries that grow with what it sees."""

    def __init__(self) -> None:
        self.categories, self.languages = Categories(), Languages()
        self.tags, self.topics, self.providers = Codes(), Codes(), Codes()
        self.cases: dict[UUID, int] = {}
        self._masks: dict[frozenset[str], int] = {}

    def offer(self, offer: OfferFacts) -> Encoded:
        """An offer in numbers."""
        provides, requires = self._tags(offer.provides), self._tags(offer.requires)
        speaks, interprets = self.languages.spoken(offer.languages), INTERPRETER_TAG in offer.provides
        times = intervals(offer.windows)
        first, last = _day(offer.valid_from, 0), _day(offer.valid_until, NO_END)
        least = -LARGEST if offer.household_min is None else offer.household_min
        most = NO_END if offer.household_max is None else offer.household_max
        fits = offer.is_open and (offer.remote or offer.place is not None) and first <= last
        flags = (
            LIVE
            | (REMOTE if offer.remote else 0)
            | (PLACED if offer.place else 0)
            | (SPEAKING if offer.languages else 0)
            | (INTERPRETER if interprets else 0)
        )
        topics = [(self.topics.number(topic.topic), *level_range(topic.from_level, topic.to_level)) for topic in offer.topics]
        return Encoded(
            id=offer.id,
            masks=(
                fold_languages(speaks, interprets),
                fold_tags(provides, self.topics.mask(topic.topic for topic in offer.topics), offer.audience is Audience.PEERS),
                fold_tags(requires),
                slots(times),
            ),
            limits=(min(offer.places_left, LARGEST) if fits else OUT, _bound(least), _bound(most), first, last, _bound(offer.radius_m)),
            exact=_vector(offer.place),
            facts=(flags, self.categories.number(offer.category), 0, 0, 0, 0, self.providers.number(offer.provider_id)),
            moments=(microseconds(offer.posted_at),),
            tags=(provides, requires, self._tags(offer.prefers)),
            langs=speaks,
            topics=topics,
            windows=times,
        )

    def need(self, need: NeedFacts, tried: Iterable[UUID] = ()) -> Encoded:
        """A need in numbers, with the offers that it tried. Its accepted languages are left to `kernels.accept`, for they follow the dictionary."""
        requires, has = self._tags(need.requires), self._tags(need.attributes) | self._tags(need.provides)
        times = intervals(need.windows)
        first, last = _day(need.from_date, 0), _day(need.until_date, NO_END)
        fits = need.is_open and need.consent_match and first <= last
        required = self.topics.mask(wish.topic for wish in need.topics if wish.required)
        flags = LIVE | (PLACED if need.place else 0) | (INTERPRETER if need.interpreter_linked else 0) | (ASKS_TIMES if need.windows else 0)
        facts = (flags, self.categories.number(need.category), *(0,) * 8, length(times), len(need.preferences), self.cases.get(need.case_id, NO_CASE))
        return Encoded(
            id=need.id,
            masks=(0, fold_tags(has), fold_tags(requires, required, need.from_peer), slots(times)),
            limits=(min(need.size, LARGEST) if fits else NEVER, _bound(need.household), 0, first, last, _bound(need.max_travel_m)),
            exact=_vector(need.place),
            facts=facts,
            moments=(microseconds(need.posted_at), UNENDING if need.consent_until is None else microseconds(need.consent_until)),
            tags=(requires, has, self._tags(need.preferences)),
            langs=0,
            topics=[(self.topics.number(wish.topic), level_code(wish.level), wish.required) for wish in need.topics],
            windows=times,
            wishes=[(self.languages.wish(wish.code), wish.required) for wish in need.languages],
            tried=[(key.int >> 64, key.int & LOW) for key in tried],
        )

    def case(self, case_id: UUID) -> int:
        """The number of a case, a new one where it was never seen."""
        return self.cases.setdefault(case_id, NO_CASE + 1 + len(self.cases))

    def _tags(self, tags: frozenset[str]) -> int:
        if not tags:
            return 0
        mask = self._masks.get(tags)
        if mask is None:
            if len(self._masks) > 10_000:
                self._masks.clear()
            mask = self._masks[tags] = self.tags.mask(sorted(tags))
        return mask


def _day(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


def _bound(value: int) -> int:
    return max(-LARGEST, min(value, LARGEST))


def _vector(place: Place | None) -> Vector:
    return UNPLACED if place is None else unit_vector(place)
