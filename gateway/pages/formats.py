"""Dates, numbers, languages and countries as the reader writes them (CLDR, through Babel)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from chassis.context import locale

RIGHT_TO_LEFT = frozenset({"ar"})


def direction() -> str:
    """In which direction the reader's language is written."""
    return "rtl" if locale() in RIGHT_TO_LEFT else "ltr"


def isolated(params: Mapping[str, object]) -> dict[str, object]:
    """Parts of a sentence, each kept in its own direction: a code or a name in other letters does not turn around in an Arabic sentence.
    Addresses stay as they are, so that they can be copied."""
    if direction() == "ltr":
        return dict(params)
    apart = {name: f"\u2068{part}\u2069" for name, part in params.items() if isinstance(part, str) and not part.startswith(("http", "/"))}
    return {**params, **apart}


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
        return str(format_date(date.fromisoformat(value[:10]), "long", locale=_cldr()))
    except ValueError:
        return value


def instant(value: str) -> datetime:
    """A moment given in ISO form; one without a zone is in UTC. Raises ValueError for anything else."""
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def moment(value: str | None, zone: ZoneInfo) -> str:
    """A moment given in ISO form, in the instance's time zone."""
    if not value:
        return ""
    try:
        at = instant(value)
    except ValueError:
        return value
    local = at.astimezone(zone)
    day_text, hour_text = format_date(local, "medium", locale=_cldr()), format_time(local, "short", locale=_cldr())
    # CLDR's own pattern joins the two as the language does.
    return str(Locale.parse(_cldr()).datetime_formats["medium"].format(hour_text, day_text))


def is_newer(value: str, minutes: int) -> bool:
    """Whether a moment given in ISO form is less than so many minutes ago."""
    return datetime.now(UTC) - instant(value) < timedelta(minutes=minutes)


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
    """A time of the day as fields of forms take it."""
    return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else str(value)


def minutes_of(value: Any) -> int:  # Any: "18:00", or minutes after midnight
    """A time of the day in minutes after midnight; 24:00 is the end of the day. Raises ValueError for anything else."""
    if isinstance(value, int):
        return value
    hours, minutes = (int(part) for part in str(value).split(":")[:2])
    return hours * 60 + minutes


def hour(value: Any) -> str:  # Any: "18:00", or minutes after midnight
    """A time of the day as the reader's language writes it: 18:00, or 6:00 PM."""
    try:
        hours, minutes = divmod(minutes_of(value), 60)
        # The end of the day is written as such, not as its beginning.
        return clock(value) if hours == 24 else str(format_time(time(hours, minutes), "short", locale=_cldr()))
    except ValueError:
        return str(value)


def listed(parts: Iterable[object]) -> str:
    """Several things in one line, joined as the reader's language joins them."""
    return str(format_list([str(part) for part in parts], locale=_cldr()))


def since(value: str | None) -> str:
    """How long ago a moment was, or how far ahead it is: "3 hours ago", "in 2 days"."""
    if not value:
        return ""
    try:
        passed = instant(value) - datetime.now(UTC)
    except ValueError:
        return value
    return str(format_timedelta(passed, add_direction=True, locale=_cldr()))


def week() -> list[int]:
    """The days of the week, Monday being 0, in the order in which the reader's country counts them."""
    first = int(Locale.parse(_cldr()).first_week_day)
    return [(first + place) % 7 for place in range(7)]


def weekday(day: int, width: Literal["abbreviated", "narrow", "short", "wide"] = "wide") -> str:
    """The name of a day of the week, Monday being 0."""
    return str(get_day_names(width, "stand-alone", locale=_cldr())[day])


def _cldr() -> str:
    """The reader's language as CLDR knows it. English is that of Europe: 21 November, 18:00, and a week that begins on Monday."""
    return {"en": "en_150"}.get(locale(), locale())


def sentence_of(reason: Any) -> str:  # Any: a sentence, or an object that holds one
    """The words of a reason, which a service has already translated."""
    if isinstance(reason, Mapping):
        told = reason.get("told")
        return sentence_of(told) if told else str(reason.get("text") or reason.get("sentence") or reason.get("message") or reason.get("code") or "")
    return str(reason or "")
