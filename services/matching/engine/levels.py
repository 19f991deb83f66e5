"""The two ordered scales in which a topic's level is told: the CEFR for languages (a1..c2) and school years (1..13)."""

from enum import StrEnum

CEFR = ("a1", "a2", "b1", "b2", "c1", "c2")
SCHOOL_YEARS = tuple(str(year) for year in range(1, 14))


class Scale(StrEnum):
    """Which of the two scales a level belongs to."""

    CEFR = "cefr"
    SCHOOL_YEAR = "school_year"


_RANKS: dict[str, tuple[Scale, int]] = {level: (Scale.CEFR, rank) for rank, level in enumerate(CEFR)} | {
    level: (Scale.SCHOOL_YEAR, rank) for rank, level in enumerate(SCHOOL_YEARS)
}


def rank_of(level: str) -> tuple[Scale, int] | None:
    """The scale of a level and its position in it, or None where the word is no level."""
    return _RANKS.get(level)


def is_range(lowest: str, highest: str) -> bool:
    """Whether two levels stand on one scale, in order."""
    low, high = rank_of(lowest), rank_of(highest)
    return low is not None and high is not None and low[0] is high[0] and low[1] <= high[1]


def within(level: str, lowest: str, highest: str) -> bool:
    """Whether a level lies between two others of the same scale, ends included."""
    here = rank_of(level)
    return is_range(lowest, level) and is_range(level, highest) if here else False
