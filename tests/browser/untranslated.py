"""Finds what a page shows and no catalogue knows, where the hub speaks the pseudo-language: words outside its brackets that are no data."""

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel import Locale
from babel.dates import get_day_names, get_month_names

from chassis.language import ROOT
from chassis.pseudo import outside

PSEUDO = "it"
"""The language that the tests' hub shows as the pseudo-language; dates, countries and languages stay Italian (CLDR)."""
NOT_READ = {"script", "style", "code", "pre", "template"}
SPOKEN = ("alt", "title", "aria-label", "placeholder", "aria-description")
VOID = {"meta", "link", "input", "br", "hr", "img", "col", "wbr", "source"}
WORD = re.compile(r"[^\W\d_]{2,}")
CODES = re.compile(
    r"\b(?=\w*\d)\w+\b|[\w.+…-]+@[\w.…-]+|https?://\S+|/[\w/{}.-]+|\b[A-Z]{2,6}\b|[\w.-]+\.(?:csv|json|ndjson|xlsx|ttl|jsonld|geojson|ics|zip|txt|gexf|graphml)\b"
)
NAMES = {
    "english",
    "français",
    "deutsch",
    "español",
    "italiano",
    "українська",
    "العربية",
    "security",
    "txt",
    "gexf",
    "graphml",
    "enter",
    "esc",
    "escape",
    "hospitium",
    "babel",
    "osm",
    "openstreetmap",
    "leaflet",
    "wcag",
    "hsds",
    "geojson",
    "csv",
    "json",
    "ical",
    "totp",
    "km",
    "kb",
    "mb",
}


class Shown(HTMLParser):
    """The words that a page shows or speaks, with the element that they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = (tag != "html" and "lang" in given) or "translate" in given
        if not self._silent and not foreign:
            self.texts += [(f"{tag}[{name}]", given[name]) for name in SPOKEN if given.get(name)]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.texts.append(("input", given.get("value", "")))
        if tag not in VOID:
            self._open.append((tag, foreign or tag in NOT_READ))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.texts.append((self._open[-1][0] if self._open else "", data.strip()))

    @property
    def _silent(self) -> bool:
        return any(silent for _, silent in self._open)


@cache
def cldr_words() -> frozenset[str]:
    """The words that CLDR and the vocabulary give in that language."""
    own = Locale.parse(PSEUDO)
    texts = [*own.languages.values(), *own.territories.values(), *get_month_names("wide", locale=own).values(), *get_month_names(locale=own).values()]
    texts += [*get_day_names("wide", "stand-alone", locale=own).values(), *get_month_names("abbreviated", locale=own).values()]
    texts += ["fa tra e ore ora minuti minuto secondi secondo giorno giorni settimana settimane mese mesi anno anni CET CEST"]
    vocabularies = [*(ROOT / "services" / "matching" / "vocabulary").glob("*.json"), ROOT / "services" / "actors" / "model" / "practices.json"]
    texts += [text for path in vocabularies for text in _all_texts(_read(path))]
    return words_of(" ".join(texts))


def _read(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def _all_texts(found: object) -> list[str]:
    """The texts in that language, wherever they stand."""
    if isinstance(found, dict):
        own = [str(found[PSEUDO])] if isinstance(found.get(PSEUDO), str) else []
        return own + [text for value in found.values() for text in _all_texts(value)]
    return [text for value in found for text in _all_texts(value)] if isinstance(found, list) else []


def words_of(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(text))


def untranslated(html: str, data: frozenset[str]) -> list[str]:
    """The texts of a page that show words which are neither translated nor data."""
    page = Shown()
    page.feed(html)
    known = data | cldr_words() | NAMES
    found = []
    for where, text in page.texts:
        rest = words_of(CODES.sub(" ", outside(text))) - known
        if rest:
            found.append(f"<{where}> {text[:100]!r}: {', '.join(sorted(rest))[:80]}")
    return found
