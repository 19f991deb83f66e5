"""Numbers for words: dictionaries that grow, the bit masks made of their numbers, and the level codes that compare as integers."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from services.matching.engine.columns.layout import INTERPRETS, NO_LANGUAGE, SHARED, TAG_BITS, TOPIC_BITS
from services.matching.engine.eligibility import speaks
from services.matching.engine.levels import is_range, rank_of

Words = npt.NDArray[np.uint64]
WORD = (1 << 64) - 1
LANGUAGE_BITS = 62
UNKNOWN_LEVEL = 0
ANY_LEVEL = -1
"""The code of a wish without a level: every offered range answers it."""
EVERY_LEVEL = (-1, 127)
NO_LEVEL = (127, -2)
"""The range of levels that are not two levels of one scale in order: it holds no level."""
SCALE_STEP = 32


class Codes:
    """Words and their numbers, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.number_of: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.number_of)

    def number(self, word: str) -> int:
        """The number of a word, a new one where it was never seen."""
        return self.number_of.setdefault(word, len(self.number_of))

    def mask(self, words: Iterable[str]) -> int:
        """An integer with the bits of the words' numbers."""
        mask = 0
        for word in words:
            mask |= 1 << self.number(word)
        return mask

    @property
    def words(self) -> int:
        """How many 64-bit words a mask takes."""
        return max(1, -(-len(self.number_of) // 64))


def split(mask: int, count: int) -> tuple[int, ...]:
    """A mask as `count` words of 64 bits, the lowest first."""
    return tuple(mask >> 64 * at & WORD for at in range(count))


def fold(mask: int, bits: int) -> int:
    """A mask laid over itself every `bits` bits: what is within another mask stays within its fold, and what meets it still meets it."""
    low, folded = (1 << bits) - 1, 0
    while mask:
        folded |= mask & low
        mask >>= bits
    return folded


def fold_tags(tags: int, topics: int = 0, shared: bool = False) -> int:
    """Tags, topics and whether peers may see it, in one word."""
    return fold(tags, TAG_BITS) | fold(topics, TOPIC_BITS) << TAG_BITS | (SHARED if shared else 0)


def fold_languages(mask: int, interprets: bool) -> int:
    """What an offer speaks in one word, with a bit for "names no language" and one for "interprets"."""
    return (fold(mask, LANGUAGE_BITS) if mask else NO_LANGUAGE) | (INTERPRETS if interprets else 0)


class Languages:
    """The languages that offers speak and that needs wish for, and which meets which (`eligibility.speaks`), worked out once for each pair."""

    def __init__(self) -> None:
        self._spoken = Codes()
        self._wished = Codes()
        self.met: list[int] = []
        self.changed = True

    def spoken(self, codes: Iterable[str]) -> int:
        """The mask of what an offer speaks."""
        mask = 0
        for code in codes:
            known = len(self._spoken)
            number = self._spoken.number(code.lower())
            if number == known:
                self._learn(code, 1 << number)
            mask |= 1 << number
        return mask

    def _learn(self, code: str, bit: int) -> None:
        for wish, number in self._wished.number_of.items():
            if speaks(code, wish):
                self.met[number] |= bit
        self.changed = True

    def wish(self, code: str) -> int:
        """The number of a wished language; `met` holds at that number the mask of the spoken codes that meet it."""
        number = self._wished.number(code.lower())
        if number == len(self.met):
            self.met.append(self._spoken.mask(each for each in self._spoken.number_of if speaks(each, code)))
            self.changed = True
        return number

    @property
    def words(self) -> int:
        """How many 64-bit words a mask of spoken languages takes."""
        return self._spoken.words

    def table(self) -> tuple[Words, Words]:
        """For each wish the mask that meets it, in words, and the same folded into one."""
        count = self.words
        whole = [split(mask, count) for mask in self.met] or [(0,) * count]
        return np.array(whole, np.uint64), np.array([fold(mask, LANGUAGE_BITS) for mask in self.met] or [0], np.uint64)


class Categories:
    """The categories that were seen, and which lies at or below which in the tree."""

    def __init__(self) -> None:
        self._codes = Codes()
        self.below = np.zeros((0, 0), np.bool_)

    def number(self, category: str) -> int:
        """The number of a category; the table covers it from now on."""
        number = self._codes.number(category)
        if number == len(self.below):
            names = list(self._codes.number_of)
            self.below = np.array([[low == high or low.startswith(high + ".") for low in names] for high in names], np.bool_)
        return number


def level_code(level: str | None) -> int:
    """A wished level as a number that is compared with the ends of an offered range."""
    if level is None:
        return ANY_LEVEL
    found = rank_of(level)
    return UNKNOWN_LEVEL if found is None else 1 + found[1] + SCALE_STEP * (found[0] == "school_year")


def level_range(lowest: str | None, highest: str | None) -> tuple[int, int]:
    """The ends of an offered range: a level lies within it where its code does."""
    if lowest is None or highest is None:
        return EVERY_LEVEL
    return (level_code(lowest), level_code(highest)) if is_range(lowest, highest) else NO_LEVEL
