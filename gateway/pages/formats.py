"""Dates, numbers, languages and countries as the reader writes them (CLDR, through Babel)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from chassis.context import locale

RIGHT_TO_LEFT = frozenset({"ar"})


def direction() -> str:
    """In which direction the reader's language is written."""
    return "rtl" if locale() in RIGHT_TO_LEFT else "ltr"


def number(value: float | None) -> str:
    """A number; nothing where there is none."""
    return "" if value is None else str(format_decimal(value, locale=locale()))


def kilometres(metres: float | None) -> str:
    """A distance given in metres, in kilometres with one decimal."""
    return "" if metres is None else str(format_decimal(metres / 1000, format="#,##0.#", locale=locale()))


def day(value: str | None) -> str:
    """A day given as an ISO date or moment."""
    if not value:
        return ""
    try:
        return str(format_date(date.fromisoformat(value[:10]), "long", locale=locale()))
    except ValueError:
        return value


def moment(value: str | None, zone: ZoneInfo) -> str:
    """A moment given in ISO form, in the instance's time zone."""
    if not value:
        return ""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return str(format_datetime(at.astimezone(zone), "medium", locale=locale()))


def language_name(code: str) -> str:
    """The name of a spoken language in the reader's language."""
    own = Locale.parse(locale())
    tag = code.replace("-", "_")
    found = own.languages.get(tag) or own.languages.get(tag.split("_")[0])
    return str(found) if found else code


def country_name(code: str | None) -> str:
    """The name of a country in the reader's language."""
    return str(Locale.parse(locale()).territories.get(code, code)) if code else ""


def text_in(texts: Mapping[str, str] | str | None) -> str:
    """The text in the reader's language, else in English, else in any."""
    if not texts:
        return ""
    if isinstance(texts, str):
        return texts
    return texts.get(locale()) or texts.get("en") or next(iter(texts.values()))


def text_language(texts: Mapping[str, str] | str | None) -> str:
    """In which language `text_in` answers, for the `lang` attribute."""
    if not texts or isinstance(texts, str) or locale() in texts:
        return locale()
    return "en" if "en" in texts else next(iter(texts))


def clock(value: Any) -> str:  # Any: "18:00", or minutes after midnight
    """A time of the day."""
    return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else str(value)


def sentence_of(reason: Any) -> str:  # Any: a sentence, or an object that holds one
    """The words of a reason, which a service has already translated."""
    if isinstance(reason, Mapping):
        told = reason.get("told")
        return sentence_of(told) if told else str(reason.get("text") or reason.get("sentence") or reason.get("message") or reason.get("code") or "")
    return str(reason or "")
