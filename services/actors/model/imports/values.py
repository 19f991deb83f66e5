"""Reads the values of one record, whether they come from cells or from JSON, and keeps the first thing that is wrong with it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from chassis.contact_hints import ContactHint, contact_hints
from chassis.formulas import FORMULA, unguarded
from services.actors.model.imports.forms import LineFault, Texts
from services.actors.model.imports.limits import MAX_CELL
from services.actors.model.texts import folded, is_citation, is_slug, is_web_address
from services.actors.model.vocabulary import MOST_PEOPLE, NAME_LENGTH, SOURCE_LENGTH, ActorKind

TITLE_LENGTH, DESCRIPTION_LENGTH = 120, 600
"""What an offer's texts may have."""
KEY_LENGTH = 200
MOST_LANGUAGES = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_NUMBER = re.compile(r"[-+]?\d{1,15}([.,]\d{1,20})?", re.ASCII)
_SUSPECT = re.compile(r"[@(\[{]|(?:\d\D*){8}", re.ASCII)
"""Without one of these no ASCII text holds an e-mail address or a telephone number."""
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+){1,5}(?::\d{2,5})?(?:/[A-Za-z0-9._~/%-]{0,300})?")
"""The form that most web addresses have; others are looked at more closely."""
_SPACES = re.compile(r"\s+")
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")

KIND_WORDS: dict[str, ActorKind] = {
    **{kind.value: kind for kind in ActorKind},
    **dict.fromkeys(("ville", "commune", "mairie", "city", "town", "stadt", "gemeinde", "comune", "municipio", "ayuntamiento", "ccas", "cias"),
                    ActorKind.MUNICIPALITY),
    **dict.fromkeys(("region", "region", "departement", "land", "provincia", "province", "county"), ActorKind.REGION),
    **dict.fromkeys(("association", "ngo", "ong", "charity", "verein", "asso", "cso", "nonprofit", "non-profit", "asociacion", "associazione"),
                    ActorKind.CIVIL_SOCIETY),
    **dict.fromkeys(("network", "reseau", "netzwerk", "rete", "red"), ActorKind.NETWORK),
    **dict.fromkeys(("university", "universite", "universitat", "universidad", "universita"), ActorKind.UNIVERSITY),
    **dict.fromkeys(("public", "state", "agency", "behorde", "administration", "ministry", "prefecture"), ActorKind.PUBLIC_BODY),
}  # fmt: skip
"""Words for kinds of organisations, folded, in several languages."""


@dataclass(slots=True)
class Reading:
    """The values of one record. What is missing is None; what is wrong becomes the fault; what cannot be kept becomes a note."""

    line: int
    fault: LineFault | None = None
    notes: list[str] = field(default_factory=list)
    contacts: int = 0

    def wrong(self, column: str | None, code: str, message: str, **params: str | int) -> None:
        """Note what is wrong; the first fault of a record counts."""
        if self.fault is None:
            self.fault = LineFault(line=self.line, code=code, message=message, column=column, params=tuple(params.items()))

    def note(self, code: str) -> None:
        """Note what of the record is not kept as it is."""
        if code not in self.notes:
            self.notes.append(code)

    def drop_contact(self, *values: Any) -> None:  # Any: whatever stands where a contact stands
        """Leave out contacts, and count them."""
        self.contacts += sum(1 for value in values if value not in (None, "", [], {}))

    def words(self, value: Any, column: str, longest: int = MAX_CELL) -> str | None:  # Any: a cell, or a value of JSON
        """Words on one line, or None. Faults: no text, too long, a formula, hidden characters."""
        if value is None or value == "":
            return None
        if isinstance(value, bool | list | dict):
            self.wrong(column, "not_a_text", "A text is expected here.")
            return None
        text = str(value)
        if len(text) > MAX_CELL:
            self.wrong(column, "too_long", "Use at most {longest} characters.", longest=longest)
            return None
        if _HIDDEN.search(text):
            self.wrong(column, "characters", "This text holds characters that cannot be stored.")
            return None
        text = _SPACES.sub(" ", text).strip()
        if text.startswith(FORMULA) and not _NUMBER.fullmatch(text):
            self.wrong(column, "formula", "A text must not begin with = + - or @, since spreadsheets would run it.")
            return None
        text = unguarded(text)
        if len(text) > longest:
            self.wrong(column, "too_long", "Use at most {longest} characters.", longest=longest)
            return None
        return text or None

    def required(self, value: Any, column: str, longest: int = NAME_LENGTH) -> str:  # Any: as above
        """Words that must be there."""
        text = self.words(value, column, longest)
        if text is None:
            self.wrong(column, "missing", "This must not be empty.")
        return text or ""

    def name(self, value: Any, column: str) -> str:  # Any: as above
        """The public name of an organisation, without a contact in it."""
        return self.public(self.required(value, column), column)

    def local_name(self, value: Any, column: str) -> str | None:  # Any: as above
        """The name in the organisation's own language, or None."""
        return self.public(self.words(value, column, NAME_LENGTH) or "", column) or None

    def public(self, text: str, column: str) -> str:
        """A text that everybody reads: an e-mail address or a telephone number in it is a fault."""
        for hint in contact_hints(text) if not text.isascii() or _SUSPECT.search(text) else ():
            if hint is not ContactHint.DOCUMENT:
                self.wrong(column, "holds_a_contact", "This text is public: take the e-mail address or telephone number out of it.")
        return text

    def prose(self, value: Any, column: str, longest: int) -> str:  # Any: as above
        """A public text, without marks of web pages, cut at a word where it is too long."""
        text = "" if value is None else value
        if not isinstance(text, str):
            self.wrong(column, "not_a_text", "A text is expected here.")
            return ""
        text = _TAGS.sub(" ", text[: MAX_CELL + 1])
        read = self.words(text.lstrip("=+-@ \t\r\n") if column.startswith("description") else text, column) or ""
        self.public(read, column)
        if len(read) > longest:
            self.note(f"shortened_{column}")
            cut = read[: longest - 1]
            read = (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut).rstrip(" ,;:.") + "…"
        return read

    def texts(self, value: Any, column: str, longest: int, language: str) -> Texts:  # Any: as above
        """A public text under its language; nothing when it is empty."""
        text = self.prose(value, column, longest)
        return ((language, text),) if text else ()

    def key(self, value: Any, column: str) -> str:  # Any: as above
        """What a source calls a record."""
        return self.required(value, column, KEY_LENGTH)

    def slug(self, value: Any, column: str) -> str | None:  # Any: as above
        """A readable key of the registry, or None."""
        text = self.words(value, column)
        if text is not None and not is_slug(text):
            self.wrong(column, "id_form", "An id has small letters, digits and single hyphens, for example grenoble-fr.")
        return text

    def number(self, value: Any, column: str, least: float, most: float) -> float | None:  # Any: as above
        """A number within bounds, with a point or a comma."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            text = value.strip().replace("\u2212", "-")
            value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
            self.wrong(column, "number", "Use a number from {least} to {most}.", least=round(least), most=round(most))
            return None
        return float(value)

    def whole(self, value: Any, column: str, least: int = 0, most: int = MOST_PEOPLE) -> int | None:  # Any: as above
        """A whole number within bounds."""
        found = self.number(value.replace(" ", "").replace("\u202f", "") if isinstance(value, str) else value, column, least, most)
        return None if found is None else int(found)

    def place(self, lat: Any, lon: Any, columns: tuple[str, str] = ("lat", "lon")) -> tuple[float | None, float | None]:  # Any: as above
        """A point; one half without the other is a fault."""
        north, east = self.number(lat, columns[0], -90, 90), self.number(lon, columns[1], -180, 180)
        if (north is None) != (east is None):
            self.wrong(columns[0], "half_a_place", "Give both lat and lon, or neither.")
            return None, None
        if north == 0 and east == 0:
            self.note("null_island")
            return None, None
        return north, east

    def country(self, value: Any, column: str) -> str | None:  # Any: as above
        """Two capital letters, or None."""
        text = self.words(value, column)
        if text is not None and not re.fullmatch("[A-Z]{2}", text.upper()):
            self.wrong(column, "country_form", "Use two capital letters (ISO 3166-1), for example FR.")
            return None
        return text.upper() if text else None

    def website(self, value: Any, column: str) -> str | None:  # Any: as above
        """An address that a reader may follow; one that is none is left out, with a note."""
        text = self.words(value, column, MAX_CELL)
        if text is None:
            return None
        if "://" not in text and re.fullmatch(r"[\w.-]+\.[a-zA-Z]{2,}(/\S*)?", text):
            text = f"https://{text}"
        if not _PLAIN_ADDRESS.fullmatch(text) and not is_web_address(text):
            self.note("website_left_out")
            return None
        return text

    def citation(self, value: Any, column: str) -> str | None:  # Any: as above
        """Where the record was read."""
        text = self.words(value, column, SOURCE_LENGTH)
        if text is not None and not is_citation(text):
            self.wrong(column, "url_scheme", "An address must begin with https:// or http://.")
        return None if text is None else self.public(text, column)

    def one_of(self, value: Any, column: str, words: Mapping[str, str], allowed: type[StrEnum]) -> str | None:  # Any: as above
        """A code of a closed list, or a word for one (`words`: folded word to code); it must be there."""
        text = self.required(value, column, MAX_CELL)
        found = words.get(folded(text))
        if text and found is None:
            self.wrong(column, "not_in_list", "Choose from: {choices}.", choices=", ".join(allowed))
        return found

    def fault_here(self) -> LineFault:
        """What is wrong with a record that cannot be made."""
        assert self.fault is not None
        return self.fault

    def kind(self, value: Any, column: str) -> str | None:  # Any: as above
        """The kind of an organisation, in one of several languages' words; an unknown word is left out, with a note."""
        text = self.words(value, column)
        if text is None:
            return None
        found = KIND_WORDS.get(text.lower()) or next((KIND_WORDS[word] for word in folded(text).split() if word in KIND_WORDS), None)
        if found is None:
            self.note("kind_left_out")
        return found.value if found else None

    def languages(self, values: Any, column: str) -> tuple[str, ...]:  # Any: as above
        """Codes of languages; what is none is left out, with a note."""
        found: list[str] = []
        for value in values if isinstance(values, list | tuple) else re.split(r"[;,|]", values) if isinstance(values, str) else ():
            code = value.strip() if isinstance(value, str) else ""
            if _LANGUAGE.fullmatch(code) and len(found) < MOST_LANGUAGES:
                found.append(code)
            elif code:
                self.note("language_left_out")
        return tuple(dict.fromkeys(found))

    def day(self, value: Any, column: str, first_year: int = 2000) -> str | None:  # Any: as above
        """An ISO day of this age, or None."""
        text = value.isoformat()[:10] if isinstance(value, date) else self.words(value, column)
        if text is None:
            return None
        try:
            found = date.fromisoformat(text[:10])
        except ValueError:
            found = date.min
        if not first_year <= found.year <= 2100:
            self.wrong(column, "date", "Use a date that exists, for example 2026-09-04.")
            return None
        return found.isoformat()
