"""Sentences in the reader's language, from gettext catalogues: those that come with the hub, and over them those of the city.

The English sentence, with `{named}` parameters, is the key. A sentence without a translation is given in English: better read than missing.
A city keeps its own words in a folder (`HUB_WORDS`, one `<language>.po` each); they are read again when a file changes, without a restart.
"""

import gettext
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.plurals import get_plural

from chassis.city_words import Fault, Words, checked, read_file
from chassis.pseudo import pseudo_words
from chassis.telemetry import log_for

ROOT = Path(__file__).parent.parent
FOLDERS = (
    ROOT / "chassis" / "locales",
    *(ROOT / "services" / name / "locales" for name in ("actors", "people", "matching", "notifications")),
    ROOT / "gateway" / "locales",
)
CITY_VARIABLE = "HUB_WORDS"
"""Names the folder of the city's own catalogues."""
PSEUDO_VARIABLE = "HUB_PSEUDO_LANGUAGE"
"""For tests and development: this language is shown as bracketed, accented, longer English, so that untranslated text is seen at once."""
LOOK_SECONDS = 2.0
"""How often the city's file is looked at."""


@dataclass(slots=True)
class _City:
    """What was last read of the city's words for one language."""

    until: float = 0
    stamp: tuple[int, int] | None = None
    words: Words = field(default_factory=Words)


_cities: dict[tuple[str, str], _City] = {}


@cache
def shipped(locale: str) -> Words:
    """All sentences of one language that come with the hub, read once."""
    words = Words()
    for folder in FOLDERS:
        path = folder / f"{locale}.po"
        if path.exists():
            words = words.with_(read_file(path, locale))
    return words


def catalogue(locale: str) -> Words:
    """All sentences of one language: the hub's, with the city's over them."""
    if os.environ.get(PSEUDO_VARIABLE) == locale:
        return pseudo_words()
    folder = os.environ.get(CITY_VARIABLE)
    return _with_city(folder, locale) if folder else shipped(locale)


def translate(sentence: str, locale: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence in a language, filled with its parameters. A parameter that a translation misspells shows as `{name}`, never an error."""
    text = catalogue(locale).sentences.get(sentence, sentence)
    return text.format_map(_Kept(params)) if params else text


def translate_count(one: str, many: str, locale: str, count: int, params: Mapping[str, object]) -> str:
    """A sentence about a number of things, in the form that the language has for that number (six in Arabic, three in Ukrainian)."""
    forms = catalogue(locale).plurals.get(one)
    place = plural_place(locale)(abs(count))
    text = forms[place] if forms and place < len(forms) else (one if count == 1 else many)
    return text.format_map(_Kept(params))


@cache
def plural_place(locale: str) -> Callable[[int], int]:
    """Which form a language uses for a number (CLDR's rules, as gettext numbers them)."""
    place: Callable[[int], int] = gettext.c2py(get_plural(locale).plural_expr)
    return place


def known_sentences() -> Words:
    """Every sentence that the hub can say, as its key."""
    french = shipped("fr")
    return Words({sentence: sentence for sentence in french.sentences}, {one: (one, french.manys[one]) for one in french.plurals}, french.manys)


def city_file(folder: str, locale: str) -> Path:
    """Where a city keeps its words of one language."""
    return Path(folder) / f"{locale}.po"


def _with_city(folder: str, locale: str) -> Words:
    now, city = time.monotonic(), _cities.setdefault((folder, locale), _City())
    if now < city.until:
        return city.words
    path = city_file(folder, locale)
    try:
        found = path.stat()
        stamp: tuple[int, int] | None = (found.st_mtime_ns, found.st_size)
    except OSError:
        stamp = None
    if stamp != city.stamp or not city.until:
        own, faults = checked(path, locale, known_sentences()) if stamp else (Words(), [])
        _tell(faults, locale)
        city.words, city.stamp = shipped(locale).with_(own), stamp
    city.until = now + LOOK_SECONDS
    return city.words


def _tell(faults: list[Fault], locale: str) -> None:
    for fault in faults[:20]:
        log_for("language").warning("a city's translation is not used", language=locale, line=fault.line, reason=fault.reason)


class _Kept(dict[str, object]):
    """Leaves unknown parameters as they stand."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
