"""The kinds of help as this city shows them: the reviewed vocabulary, with what the city chose for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services.matching.vocabulary import Category

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """What the city chose for one kind of help. Version 0: nothing was chosen."""

    code: str
    version: int = 0
    offered: bool = True
    names: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    place: int | None = None
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A kind of help with what the city chose; `offered` is False where it or what it belongs to is switched off."""

    category: Category
    choice: CategoryChoice
    offered: bool

    def name(self, language: str) -> str:
        """The city's own name, else that of the vocabulary."""
        return self.choice.names.get(language) or self.category.names.get(language) or self.category.names["en"]

    @property
    def names(self) -> dict[str, str]:
        """Every name."""
        return {**self.category.names, **self.choice.names}


def shown(categories: Mapping[str, Category], choices: Mapping[str, CategoryChoice]) -> list[Shown]:
    """Every kind of help, a parent before its children, in the city's order; what has no place keeps the vocabulary's."""
    order = {code: number for number, code in enumerate(categories)}

    def place(code: str) -> tuple[int, int]:
        chosen = choices[code].place if code in choices else None
        return (chosen if chosen is not None else 1000 + order[code], order[code])

    def below(parent: str | None) -> Iterable[Shown]:
        codes = sorted((code for code, each in categories.items() if each.parent == parent), key=place)
        for code in codes:
            choice = choices.get(code, CategoryChoice(code))
            yield Shown(categories[code], choice, is_offered(code, categories, choices))
            yield from below(code)

    return list(below(None))


def is_offered(code: str, categories: Mapping[str, Category], choices: Mapping[str, CategoryChoice]) -> bool:
    """Whether neither it nor what it belongs to is switched off."""
    at: str | None = code
    while at is not None and at in categories:
        if at in choices and not choices[at].offered:
            return False
        at = categories[at].parent
    return True
