"""How names are read for searching: in any spelling and script, without accents; and how good a hit is."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from math import log10

from anyascii import anyascii
from rapidfuzz.distance import OSA

from services.actors.model.texts import without_marks

FOLDING = 1
"""Rises when names are read in another way; everything is then read again."""
WORD_LENGTH = 60
MOST_WORDS = 8
"""Words of a question that count."""
MOST_KEPT_WORDS = 400
MOST_TOGETHER = 24
"""Letters of a name of several words that is also found when it is written as one."""
SAINTS = {
    "st": ("saint", "sankt", "sint"), "ste": ("sainte",), "saint": ("st",),
    "sainte": ("ste", "st"), "sankt": ("st",), "sint": ("st",), "mt": ("mont",),
}  # fmt: skip
"""Words that are written short or long."""
_SPELLINGS = re.compile("ae|oe|ue|aa")
_GAPS = re.compile("[^a-z0-9]+")
_APOSTROPHES = re.compile("['\u2019\u02bc`]")


class Sought(StrEnum):
    """What can be found."""

    ACTOR = "actor"
    INITIATIVE = "initiative"
    DECLARATION = "declaration"
    RESOURCE = "resource"


class Tier(IntEnum):
    """How good a hit is, best first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    SIMILAR = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a record for searching: every name in its folded spelling, every word once."""

    kind: Sought
    title: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    sort_key: str
    sub: str
    country: str | None
    archived: bool = False
    people: int | None = None

    @property
    def single_words(self) -> set[str]:
        """The words as they are written, without names written together."""
        return set(self.words) - {name.replace(" ", "") for name in self.names if " " in name}


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for."""

    key: str
    words: tuple[str, ...]


def spelling(text: str) -> str:
    """The spelling that all spellings of a name share: Latin small letters and digits, words parted by a space.

    `Köln`, `Koeln` and `Koln` are `koln`; `Αθήνα` is `athina`; `Århus` and `Aarhus` are `arhus`.
    """
    bare = _APOSTROPHES.sub("", (text if text.isascii() else without_marks(text)).casefold())
    latin = bare if bare.isascii() else anyascii(bare).casefold()
    return _GAPS.sub(" ", _SPELLINGS.sub(lambda pair: pair[0][0], latin)).strip()


@lru_cache(maxsize=4096)
def kept_spelling(text: str) -> str:
    """The same of a text of a record: identifiers and names come several times while records are written. What readers ask is not kept."""
    return spelling(text)


def question_of(text: str) -> Question:
    """A question as it was typed, ready to be looked up."""
    words = tuple(dict.fromkeys(word[:WORD_LENGTH] for word in spelling(text).split()))[:MOST_WORDS]
    return Question(" ".join(spelling(text).split()[:MOST_WORDS]), words)


def names_of(*texts: str | None) -> tuple[str, ...]:
    """The folded spellings of all these names, each once, with their short and long forms."""
    found: dict[str, None] = {}
    for text in texts:
        if text and (key := kept_spelling(text)):
            found[key] = None
            parts = key.split()
            for at, part in enumerate(parts):
                found |= {" ".join([*parts[:at], other, *parts[at + 1 :]]): None for other in SAINTS.get(part, ())}
    return tuple(found)


def words_of(names: tuple[str, ...], *others: str | None) -> tuple[str, ...]:
    """Every word by which a record is found: of its names, each name written together, and of what else it says."""
    found: dict[str, None] = {}
    for name in names:
        parts = name.split()
        for part in parts:
            found[part[:WORD_LENGTH]] = None
        if 1 < len(parts) <= 4 and len(name) <= MOST_TOGETHER:
            found["".join(parts)] = None
    for text in others:
        if text:
            for part in kept_spelling(text).split():
                found[part[:WORD_LENGTH]] = None
    return tuple(found)[:MOST_KEPT_WORDS]


def tier_of(names: str, key: str) -> Tier:
    """How well the kept names (`|a|b|`) answer a question all of whose words were found."""
    if f"|{key}|" in names:
        return Tier.EXACT
    return Tier.PREFIX if f"|{key}" in names else Tier.WORDS


def lightness(people: int | None, links: int) -> int:
    """Where a record stands among equals: the more people or memberships, the lower."""
    return -(round(100 * log10(1 + (people or 0))) + 10 * min(links, 50))


def grams(word: str) -> set[str]:
    """The trigrams of a word, its beginning and end marked."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def forgiven(word: str) -> int:
    """How many typing errors are forgiven in a word: none in up to 3 letters, one in up to 6, then two."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def likeness(asked: str, word: str) -> int | None:
    """The typing errors between what was typed and a word, in half steps: the word itself, its beginning (one half more), or a part of it
    (three halves). None: another word."""
    if len(asked) >= 4 and asked in word:
        return 3
    most = forgiven(asked)
    whole = OSA.distance(asked, word, score_cutoff=most)
    if whole <= most:
        return 2 * whole
    begun = OSA.distance(asked, word[: len(asked)], score_cutoff=most) if len(word) > len(asked) else most + 1
    return 2 * begun + 1 if begun <= most else None
