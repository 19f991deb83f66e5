"""Names of categories, tags, topics and places as pages show them; asked of `matching` and remembered for a minute."""

import time
from dataclasses import dataclass, field
from typing import Any

from chassis.context import locale
from chassis.errors import HubError
from gateway.clients.asking import Json, Record
from gateway.pages.door import Visit
from gateway.pages.formats import language_name, text_in

SECONDS = 60.0
FIRST_LANGUAGES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "ro", "bg", "el", "sq", "hr", "uk", "ru", "ka", "hy", "tr",
    "ar", "fa", "fa-AF", "ps", "ku", "ckb", "ur", "hi", "bn", "ta", "zh", "vi", "am", "ti", "om", "so", "sw", "ln",
    "bm", "ff", "wo", "ha", "rom",
)  # fmt: skip
"""Spoken languages offered for choice where `matching` names none."""
LEVELS = {"cefr": ("a1", "a2", "b1", "b2", "c1", "c2"), "school_year": tuple(str(year) for year in range(1, 14))}


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary in the reader's language."""

    categories: list[Record] = field(default_factory=list)
    tags: list[Record] = field(default_factory=list)
    topics: list[Record] = field(default_factory=list)
    languages: tuple[str, ...] = FIRST_LANGUAGES

    def category(self, code: str | None) -> str:
        """A category's name."""
        return self._name(self.categories, code)

    def tag(self, code: str | None) -> str:
        """A tag's or topic's name."""
        return self._name([*self.tags, *self.topics], code)

    def row(self, code: str | None) -> Record | None:
        """A category."""
        return next((row for row in self.categories if row["code"] == code), None)

    @property
    def roots(self) -> list[Record]:
        """The top categories that are offered here."""
        return [row for row in self.categories if not row.get("parent") and row.get("offered", True)]

    def below(self, code: str) -> list[Record]:
        """The categories directly below one that are offered here."""
        return [row for row in self.categories if row.get("parent") == code and row.get("offered", True)]

    @property
    def category_choices(self) -> list[tuple[str, str]]:
        """The categories that are offered here, for a form; those below a top one are marked by a dash."""
        offered = [row for row in self.categories if row.get("offered", True)]
        return [(row["code"], f"– {row['name']}" if row.get("parent") else row["name"]) for row in offered]

    def tag_choices(self, *kinds: str) -> list[tuple[str, str]]:
        """Tags of these kinds for a form."""
        return [(row["code"], row["name"]) for row in self.tags if row.get("kind") in kinds]

    @property
    def topic_choices(self) -> list[tuple[str, str]]:
        """Topics for a form."""
        return [(row["code"], row["name"]) for row in self.topics]

    @property
    def level_choices(self) -> list[tuple[str, str]]:
        """Levels of both scales for a form."""
        return [(level, level.upper()) for scale in LEVELS.values() for level in scale]

    @property
    def language_choices(self) -> list[tuple[str, str]]:
        """Spoken languages for a form, by name."""
        return sorted(((code, language_name(code)) for code in self.languages), key=lambda pair: pair[1].casefold())

    def _name(self, rows: list[Record], code: str | None) -> str:
        return next((row["name"] for row in rows if row["code"] == code), code or "")


_known: dict[tuple[int, str], tuple[float, Words]] = {}
"""Per hub and language; the vocabulary is public and the same for everybody."""


def forget_words() -> None:
    """Read the vocabulary anew, after it was changed here."""
    _known.clear()


async def words_of(visit: Visit) -> Words:
    """The vocabulary in the reader's language; codes stand for names while `matching` is away."""
    key = (id(visit.request.app.state.lines), locale())
    known = _known.get(key)
    if known is not None and time.monotonic() - known[0] < SECONDS:
        return known[1]
    try:
        categories, others = await visit.ask.words.categories(), await visit.ask.words.vocabulary()
    except HubError:
        return known[1] if known else Words()
    languages = tuple(row["code"] if isinstance(row, dict) else row for row in _rows(others, "languages"))
    words = Words(
        [_named(row) for row in _rows(categories, "items")],
        [_named(row) for row in _rows(others, "tags")],
        [_named(row) for row in _rows(others, "topics")],
        languages or FIRST_LANGUAGES,
    )
    if len(_known) > 100:
        _known.clear()
    _known[key] = (time.monotonic(), words)
    return words


def naming(visit: Visit, words: Words) -> dict[str, Any]:  # Any: functions for the template
    """The functions by which templates name things."""
    places = visit.settings.places

    def place_name(lat: float | None, lon: float | None) -> str:
        """The nearest place of the instance within about 1.5 km, else the coordinates."""
        if lat is None or lon is None:
            return ""
        near = min(places, key=lambda one: (one.lat - lat) ** 2 + (one.lon - lon) ** 2, default=None)
        if near is not None and abs(near.lat - lat) < 0.014 and abs(near.lon - lon) < 0.02:
            return near.name
        return f"{lat:.2f}, {lon:.2f}"

    return {"category": words.category, "tag": words.tag, "place_name": place_name}


def _rows(found: Json, name: str) -> list[Any]:  # Any: JSON
    if isinstance(found, list):
        return found
    rows = found.get(name, []) if isinstance(found, dict) else []
    if isinstance(rows, dict):
        return [{"code": code, **row} for code, row in rows.items()]
    return rows if isinstance(rows, list) else []


def _named(row: Record) -> Record:
    return {**row, "name": text_in(row.get("name") or row.get("names")) or row["code"], "hint": text_in(row.get("hint") or row.get("hints"))}
