"""Loads the closed vocabulary of matching (categories, tags, topics) from the reviewed files beside it, and answers questions about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chassis.errors import Invalid

FOLDER = Path(__file__).parent

NAME_LOCALES = ("en", "fr", "de", "es", "it", "uk", "ar")
"""The languages in which every category, tag and topic has a name, English first."""

LANGUAGES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "ro", "bg", "el", "sq", "hr", "uk", "ru", "ka", "hy", "tr",
    "ar", "fa", "fa-AF", "ps", "ku", "ckb", "ur", "hi", "bn", "ta", "zh", "vi", "am", "ti", "om", "so", "sw", "ln",
    "bm", "ff", "wo", "ha", "rom",
)  # fmt: skip
"""The spoken languages a hub of welcome offers for choice first, as BCP 47 codes; their names come from CLDR (through Babel)."""


class Unit(StrEnum):
    """What one place of an offer counts."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ITEM = "item"
    HOUR = "hour"


class Kind(StrEnum):
    """On which side of an offer a tag may stand: what the offer `provides`, what it `requires` of a household, or both."""

    PROVIDES = "provides"
    REQUIRES = "requires"
    BOTH = "both"


class Scale(StrEnum):
    """How the level of a topic is counted: the CEFR (a1 lowest, c2 highest), or school years 1 to 13."""

    CEFR = "cefr"
    SCHOOL_YEAR = "school_year"


class UnknownCode(Invalid):
    """A code that the vocabulary does not hold."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of help. `unit` and `returns` are what a new offer starts with; `hints` tells who posts an offer what to write."""

    code: str
    parent: str | None
    unit: Unit
    returns: bool
    names: Mapping[str, str]
    hints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tag:
    """An attribute that an offer provides or requires. No tag ever says who a person is: no nationality, religion or legal status."""

    code: str
    kind: Kind
    names: Mapping[str, str]

    @property
    def may_be_provided(self) -> bool:
        """Whether an offer may provide it, and so a need may require it."""
        return self.kind is not Kind.REQUIRES

    @property
    def may_be_required(self) -> bool:
        """Whether an offer may require it, and so a case or need may provide it."""
        return self.kind is not Kind.PROVIDES


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that is taught or practised, with the scale of its levels."""

    code: str
    scale: Scale
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All three lists by code, in the order of their files."""

    categories: Mapping[str, Category]
    tags: Mapping[str, Tag]
    topics: Mapping[str, Topic]


@cache
def load() -> Vocabulary:
    """The vocabulary, read from its files once per process."""
    categories = {
        row["code"]: Category(
            code=row["code"],
            parent=row["parent"],
            unit=Unit(row["unit"]),
            returns=row["returns"],
            names=MappingProxyType(row["names"]),
            hints=MappingProxyType(row["hints"]),
        )
        for row in _rows("categories.json")
    }
    tags = {row["code"]: Tag(row["code"], Kind(row["kind"]), MappingProxyType(row["names"])) for row in _rows("tags.json")}
    topics = {row["code"]: Topic(row["code"], Scale(row["scale"]), MappingProxyType(row["names"])) for row in _rows("topics.json")}
    return Vocabulary(MappingProxyType(categories), MappingProxyType(tags), MappingProxyType(topics))


@cache
def children_of(code: str | None) -> tuple[Category, ...]:
    """The categories directly below a code, in the order of the file; the roots for `None`; none for a leaf."""
    return tuple(category for category in load().categories.values() if category.parent == code)


@cache
def is_within(code: str, ancestor: str) -> bool:
    """Whether a category is the other one or lies below it: `housing.room` is within `housing`. Unknown codes are within nothing."""
    at = load().categories.get(code)
    while at is not None:
        if at.code == ancestor:
            return True
        at = load().categories.get(at.parent) if at.parent else None
    return False


def name(code: str, locale: str) -> str:
    """The name of a category, tag or topic in a language ("fr" also serves "fr-CH"), in English where there is none. `UnknownCode` otherwise."""
    words = load()
    found = words.categories.get(code) or words.tags.get(code) or words.topics.get(code)
    if found is None:
        raise UnknownCode("Choose a code of the vocabulary.")
    return _in(found.names, locale)


def hint(code: str, locale: str) -> str:
    """The sentence that helps somebody who posts an offer of a category, in a language or else in English. `UnknownCode` otherwise."""
    found = load().categories.get(code)
    if found is None:
        raise UnknownCode("Choose a category of the vocabulary.")
    return _in(found.hints, locale)


def levels(scale: Scale) -> tuple[str, ...]:
    """The levels of a scale as they are written in offers and needs, lowest first."""
    if scale is Scale.CEFR:
        return ("a1", "a2", "b1", "b2", "c1", "c2")
    return tuple(str(year) for year in range(1, 14))


def _in(texts: Mapping[str, str], locale: str) -> str:
    return texts.get(locale) or texts.get(locale.split("-")[0]) or texts["en"]


# The rows are trusted: reviewed files of this folder, whose shape the tests check.
def _rows(file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / file).read_text("utf-8"))
    return rows
