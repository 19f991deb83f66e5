"""A language for tests and development: English in brackets, with accents, longer by 40 %: what stands outside brackets is not translated."""

import re
from collections.abc import Iterator, Mapping

from chassis.city_words import Words

OPEN, CLOSE = "⟦", "⟧"
LONGER = 0.4
ACCENTS = str.maketrans("aeiouyAEIOUYcnszCNSZ", "áéíóúýÁÉÍÓÚÝçñšžÇÑŠŽ")
PART = re.compile(r"(\{[a-z_]+\})")


def pseudo(sentence: str) -> str:
    """A sentence as the pseudo-language says it; its parameters stay."""
    accented = "".join(part if PART.fullmatch(part) else part.translate(ACCENTS) for part in PART.split(sentence))
    return f"{OPEN}{accented}{'·' * max(1, round(len(sentence) * LONGER))}{CLOSE}"


def outside(text: str) -> str:
    """What of a text stands in no bracket."""
    kept, depth = [], 0
    for letter in text:
        depth += letter == OPEN
        if depth == 0:
            kept.append(letter)
        depth = max(0, depth - (letter == CLOSE))
    return "".join(kept)


class _Every(Mapping[str, str]):
    """Has a translation for every sentence."""

    def __getitem__(self, sentence: str) -> str:
        return pseudo(sentence)

    def __contains__(self, sentence: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _EveryForm(Mapping[str, tuple[str, ...]]):
    """Has one form of every counting sentence for any number."""

    def __getitem__(self, one: str) -> tuple[str, ...]:
        return (pseudo(one),) * 6

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def pseudo_words() -> Words:
    """The catalogue of the pseudo-language."""
    return Words(_Every(), _EveryForm())
