"""Made-up offers and needs for the measurements of scoring: 12 categories, 48 languages, 300 towns in 120 x 110 km, drawn in large chunks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.types import (
    Audience,
    LanguageWish,
    LevelRange,
    NeedFacts,
    OfferFacts,
    Place,
    ProviderRecord,
    TimeWindow,
    TopicWish,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = [f"{kind}.{what}" for kind in ("housing", "language", "health", "food") for what in ("one", "two", "three")]
LANGUAGES = [f"{first}{second}" for first in "abcdefgh" for second in "nopqrs"]
TAGS = [f"tag_{number}" for number in range(24)] + ["interpreter"]
TOPICS = ["french", "mathematics", "reading", "computing", "german", "english"]
LEVELS = ("a1", "a2", "b1", "b2", "c1", "c2")
STARTS, LENGTHS = (8, 9, 10, 13, 14, 16, 18), (1, 2, 3, 4)
WEST, SOUTH, WIDTH, HEIGHT = 5.0, 44.7, 1.53, 0.99
"""Degrees: about 120 x 110 km at this latitude."""
TOWNS = 300
CHUNK = 10_000


class Draws:
    """Random values in chunks, taken one by one; the same seed, the same values."""

    def __init__(self, seed: int, count: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.count = count
        towns = np.random.default_rng(99)
        self.towns = towns.random((TOWNS, 2)) * (HEIGHT, WIDTH) + (SOUTH, WEST)
        share = 1 / np.sqrt(np.arange(1, TOWNS + 1))
        self.share = share / share.sum()
        # Sets that come again are made once, as the vocabulary of a hub makes them come again.
        self.sets: dict[tuple[int, ...], frozenset[str]] = {}

    def whole(self, low: int, high: int) -> list[int]:
        """Whole numbers from `low` to before `high`."""
        return list(self.dice.integers(low, high, self.count).tolist())

    def chosen(self, values: list[Any], shares: list[float]) -> list[Any]:
        """Values by their shares."""
        return [values[at] for at in self.dice.choice(len(values), self.count, p=shares).tolist()]

    def places(self) -> list[Place]:
        """Places around towns, larger towns more often."""
        at = self.towns[self.dice.choice(TOWNS, self.count, p=self.share)] + self.dice.normal(0, 0.02, (self.count, 2))
        return [Place(lat, lon) for lat, lon in at.tolist()]

    def subsets(self, words: list[str], most: int, weights: npt.NDArray[np.float64] | None = None) -> list[frozenset[str]]:
        """Up to `most` words each."""
        picked = self.dice.choice(len(words), (self.count, most), p=weights)
        counts = self.dice.integers(0, most + 1, self.count)
        return [self._set(words, line[:number]) for line, number in zip(picked.tolist(), counts.tolist(), strict=True)]

    def _set(self, words: list[str], numbers: list[int]) -> frozenset[str]:
        key = (len(words), *numbers)
        if key not in self.sets:
            self.sets[key] = frozenset(words[number] for number in numbers)
        return self.sets[key]

    def windows(self, always: float) -> list[tuple[TimeWindow, ...]]:
        """Up to five weekly windows; none for the share `always`, for any time."""
        counts = np.where(self.dice.random(self.count) < always, 0, self.dice.integers(1, 6, self.count)).tolist()
        days, starts = self.dice.integers(0, 7, (self.count, 5)).tolist(), self.dice.choice(STARTS, (self.count, 5)).tolist()
        lengths = self.dice.choice(LENGTHS, (self.count, 5)).tolist()
        return [
            tuple(TimeWindow(day[at], 60 * start[at], 60 * (start[at] + length[at])) for at in range(number))
            for number, day, start, length in zip(counts, days, starts, lengths, strict=True)
        ]

    def ids(self) -> list[UUID]:
        """Random ids."""
        return [UUID(int=high << 64 | low) for high, low in self.dice.integers(0, 2**63, (self.count, 2)).tolist()]

    def moments(self, days: int) -> list[datetime]:
        """Moments of the last so many days, whole minutes, so that some are the same."""
        return [NOW - timedelta(minutes=minutes) for minutes in self.whole(0, days * 1440)]


def language_shares() -> npt.NDArray[np.float64]:
    """How many speak each language: a few are common, most are rare."""
    share = 1 / np.arange(1, len(LANGUAGES) + 1)
    shares: npt.NDArray[np.float64] = share / share.sum()
    return shares


def offers(count: int, seed: int = 1) -> Iterator[OfferFacts]:
    """So many offers, radius 5 to 50 km, one in fifty remote, a tenth paused."""
    for begin in range(0, count, CHUNK):
        draws = Draws(seed * 1_000_003 + begin, min(CHUNK, count - begin))
        levels, topics = draws.whole(0, 6), draws.whole(0, len(TOPICS))
        columns = zip(
            draws.ids(),
            draws.chosen(KINDS, [1 / 12] * 12),
            draws.whole(0, max(1, count // 5)),
            draws.whole(1, 9),
            draws.whole(0, 3),
            draws.chosen([True, False], [0.9, 0.1]),
            draws.moments(200),
            draws.subsets(LANGUAGES, 3, language_shares()),
            draws.places(),
            draws.whole(5_000, 50_001),
            draws.chosen([True, False], [0.02, 0.98]),
            draws.windows(0.25),
            draws.subsets(TAGS, 6),
            draws.subsets(TAGS, 1),
            draws.subsets(TAGS, 2),
            draws.chosen([None, 1, 2], [0.7, 0.2, 0.1]),
            draws.chosen([None, 3, 5], [0.7, 0.15, 0.15]),
            draws.whole(-300, 300),
            draws.chosen([Audience.PUBLIC, Audience.PEERS], [0.8, 0.2]),
            zip(topics, levels, strict=True),
            strict=True,
        )
        for (
            key,
            kind,
            who,
            places,
            used,
            is_open,
            posted,
            spoken,
            place,
            radius,
            remote,
            windows,
            has,
            asks,
            likes,
            least,
            most,
            end,
            audience,
            taught,
        ) in columns:
            yield OfferFacts(
                id=key,
                category=kind,
                provider_id=f"actor:{who}",
                places=places,
                places_used=min(used, places),
                is_open=is_open,
                posted_at=posted,
                languages=spoken,
                place=place,
                radius_m=radius,
                remote=remote,
                topics=(LevelRange(TOPICS[taught[0]], LEVELS[taught[1] // 2], LEVELS[taught[1] // 2 + 3]),) if kind.startswith("language") else (),
                windows=windows,
                valid_until=(NOW + timedelta(days=end)).date() if end > -30 and end % 3 == 0 else None,
                provides=has,
                requires=asks if end % 4 == 0 else frozenset(),
                prefers=likes,
                household_min=least,
                household_max=most,
                audience=audience,
            )


def needs(count: int, seed: int = 2) -> Iterator[NeedFacts]:
    """So many open needs with consent, travel up to 15 km."""
    for begin in range(0, count, CHUNK):
        draws = Draws(seed * 1_000_003 + begin, min(CHUNK, count - begin))
        columns = zip(
            draws.ids(),
            draws.ids(),
            draws.chosen([*KINDS, "housing", "language"], [0.9 / 12] * 12 + [0.05, 0.05]),
            draws.chosen([1, 2, 3, 4], [0.55, 0.2, 0.15, 0.1]),
            draws.moments(60),
            draws.subsets(LANGUAGES, 3, language_shares()),
            draws.places(),
            draws.whole(0, 15_001),
            draws.windows(0.3),
            draws.subsets(TAGS, 1),
            draws.subsets(TAGS, 4),
            draws.subsets(TAGS, 2),
            draws.chosen([1, 2, 3, 4, 5], [0.4, 0.25, 0.15, 0.1, 0.1]),
            draws.whole(0, 6),
            draws.whole(0, 90),
            strict=True,
        )
        for key, case, kind, size, posted, wished, place, travel, windows, asks, has, likes, household, level, late in columns:
            yield NeedFacts(
                id=key,
                case_id=case,
                category=kind,
                size=size,
                is_open=True,
                posted_at=posted,
                household=household,
                attributes=has,
                languages=tuple(LanguageWish(code, required=late % 10 == 0) for code in sorted(wished)),
                topics=(TopicWish(TOPICS[level], LEVELS[level], required=late % 2 == 0),) if kind.startswith("language") and late % 3 == 0 else (),
                place=place,
                max_travel_m=travel,
                windows=windows,
                from_date=(NOW + timedelta(days=late)).date() if late % 4 == 0 else None,
                until_date=(NOW + timedelta(days=late + 4)).date() if late % 12 == 0 else None,
                requires=asks if late % 3 == 1 else frozenset(),
                preferences=likes,
                consent_match=True,
            )


def records(offers_in_all: int, seed: int = 3) -> Iterator[tuple[str, ProviderRecord]]:
    """The counters of half of the providers."""
    dice = np.random.default_rng(seed)
    for who in range(0, max(1, offers_in_all // 5), 2):
        asked = int(dice.integers(0, 12))
        yield f"actor:{who}", ProviderRecord(int(dice.integers(0, 4)), int(dice.integers(0, asked + 1)), asked)
