"""The kinds of solidarity practice with their group, their names in seven languages and where each is named, from the file beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.actors.model.texts import folded
from services.actors.model.vocabulary import Practice

NAME_LOCALES = ("en", "fr", "de", "es", "it", "uk", "ar")
"""The languages in which every kind has a name."""
GROUPS = ("reception", "access", "inclusion", "participation", "governance")
"""Kinds that belong together, in the order in which pages show them."""


@dataclass(frozen=True, slots=True)
class PracticeKind:
    """A kind of practice. `source` says where it is named."""

    code: Practice
    group: str
    names: Mapping[str, str]
    source: str

    def name_in(self, locale: str) -> str:
        """The name in a language, or in English."""
        return self.names.get(locale.split("-")[0], self.names["en"])


@cache
def practice_words() -> Mapping[str, str]:
    """From folded words, the code or a name in one of our languages, to the codes."""
    return {folded(word): kind.code for kind in practice_kinds() for word in (kind.code, *kind.names.values())}


@cache
def practice_kinds() -> tuple[PracticeKind, ...]:
    """All kinds, group by group."""
    rows = json.loads((Path(__file__).parent / "practices.json").read_text(encoding="utf-8"))
    kinds = [PracticeKind(Practice(row["code"]), row["group"], row["names"], row["source"]) for row in rows]
    return tuple(sorted(kinds, key=lambda kind: GROUPS.index(kind.group)))
