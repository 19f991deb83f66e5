"""Small readings of text: names folded for searching, slugs, dates of three precisions, web addresses and citations."""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from services.actors.model.vocabulary import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR, SLUG_LENGTH, SLUG_PATTERN, URL_LENGTH

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"})


class _Bare(dict[int, int | None]):
    """Signs without their marks, each looked up once; the table holds at most as many as there are signs."""

    def __missing__(self, sign: int) -> int | None:
        self[sign] = None if unicodedata.combining(chr(sign)) else sign
        return self[sign]


class _Kept(_Bare):
    """The same, and a space for what is no letter or digit."""

    def __missing__(self, sign: int) -> int | None:
        bare = _BARE[sign]
        self[sign] = bare if bare is None or chr(bare).isalnum() else 0x20
        return self[sign]


_BARE, _KEPT = _Bare(), _Kept()
_GAPS = re.compile("[^a-z0-9]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?=\S)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
UNTOLD = "und"
"""BCP 47 for a language that nobody told: asked for in filters, never stored."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def folded(*texts: str | None, limit: int = 900) -> str:
    """Lower case, without accents and punctuation, words parted by one space: `Málaga (ES)` is `malaga es`. At most `limit` characters."""
    plain = " ".join(part for part in texts if part).casefold()
    if plain.isascii():
        return _GAPS.sub(" ", plain).strip()[:limit].rstrip()
    text = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    return " ".join(text.translate(_KEPT).split())[:limit].rstrip()


def without_marks(text: str) -> str:
    """The text without accents and other marks; what it can, it takes apart first (NFKD)."""
    return unicodedata.normalize("NFKD", text).translate(_BARE)


def slug_of(text: str, *, ending: str | None = None) -> str | None:
    """A readable key from a name, for example `saint-denis-fr`; None when no Latin letter or digit remains."""
    words = re.findall(r"[a-z0-9]+", folded(text))
    tail = f"-{ending.lower()}" if ending else ""
    slug = "-".join(words)[: SLUG_LENGTH - len(tail)].strip("-")
    return f"{slug}{tail}" if slug else None


def is_slug(text: str) -> bool:
    """Whether this is a readable key. What reads as a UUID is none, since addresses take either."""
    if len(text) > SLUG_LENGTH or not re.fullmatch(SLUG_PATTERN, text) or text.endswith("\n"):
        return False
    return len(text.replace("-", "")) != 32 or read_uuid(text) is None


def read_uuid(text: str) -> UUID | None:
    """The UUID that a text writes, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def is_year(year: int) -> bool:
    """Whether a year is believed."""
    return FIRST_YEAR <= year <= LAST_YEAR


def is_date(text: str) -> bool:
    """Whether this is an ISO day, month or year that exists (`2015-09-04`, `2015-09`, `2015`)."""
    match = _DATE.fullmatch(text)
    if match is None or not is_year(int(match[1])):
        return False
    if match[2] is None:
        return True
    month = int(match[2])
    if not 1 <= month <= 12:
        return False
    return match[3] is None or 1 <= int(match[3]) <= calendar.monthrange(int(match[1]), month)[1]


def day_of(text: str) -> date | None:
    """The day that `2026-09-04` writes, from FIRST_DAY to LAST_DAY, or None."""
    match = _DATE.fullmatch(text)
    if match is None or match[3] is None or not is_date(text):
        return None
    found = date(int(match[1]), int(match[2]), int(match[3]))
    return found if FIRST_DAY <= found <= LAST_DAY else None


def date_precision(text: str) -> str:
    """How precise an ISO date is: year, month or day."""
    return {4: "year", 7: "month"}.get(len(text), "day")


def language_tag(text: str) -> str | None:
    """A BCP 47 tag in its usual spelling (`PT-br` is `pt-BR`, `zh-hant` is `zh-Hant`); None for what is none."""
    if not _LANGUAGE.fullmatch(text):
        return None
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest)])


def language_tags(texts: Iterable[str]) -> tuple[str, ...] | None:
    """BCP 47 tags, each once, without the one that tells nothing; None where one is no tag."""
    tags = [language_tag(text) for text in texts]
    return None if None in tags else tuple(dict.fromkeys(tag for tag in tags if tag and tag != UNTOLD))


def is_web_address(text: str) -> bool:
    """Whether this is an http or https address with a host, without spaces and without a user name in it."""
    if len(text) > URL_LENGTH or any(char.isspace() or not char.isprintable() or char in '<>"' for char in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def is_citation(text: str) -> bool:
    """Whether a source may be shown: any words, or an http(s) address (words may follow it); no other scheme, since pages link it."""
    match = _SCHEME.match(text.strip())
    return match is None or match[1].lower() in ("http", "https")
