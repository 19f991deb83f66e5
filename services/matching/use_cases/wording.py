"""Reasons in the reader's language: the sentence is translated, and codes in it stand under their names."""

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names

from chassis.context import locale
from chassis.language import translate
from services.matching.engine.explain import TEMPLATES
from services.matching.engine.types import Reason
from services.matching.vocabulary import UnknownCode, name

NAMED = frozenset({"tag", "topic", "offered", "needed"})
"""Parameters of reasons that are codes of the vocabulary."""


def worded(reason: Reason) -> str:
    """A reason as a sentence for the present reader."""
    reader = locale()
    return translate(TEMPLATES[reason.code], reader, {key: _shown(key, value, reader) for key, value in reason.params})


def _shown(key: str, value: str | int, reader: str) -> str:
    if isinstance(value, str) and key in NAMED:
        try:
            return name(value, reader)
        except UnknownCode:
            return value
    if key == "day" and isinstance(value, int):
        return weekday_name(value, reader)
    return language_name(value, reader) if isinstance(value, str) and key == "language" else str(value)


def weekday_name(day: int, reader: str) -> str:
    """A day of the week (0: Monday) under its name in a language, from CLDR."""
    return str(get_day_names("wide", "stand-alone", reader)[day])


def language_name(code: str, reader: str) -> str:
    """A language under its name in another one, from CLDR; its code where there is none."""
    try:
        found = Locale.parse(code, sep="-").get_display_name(reader)
    except (ValueError, UnknownLocaleError):
        return code
    return found or code
