"""What belongs to one call, wherever it is in the code: the correlation id and the reader's language."""

from collections.abc import Sequence
from contextvars import ContextVar
from uuid import UUID

from chassis.ids import new_id

_correlation: ContextVar[UUID | None] = ContextVar("correlation_id", default=None)
_locale: ContextVar[str] = ContextVar("locale", default="en")

LOCALES = ("en", "fr", "de", "es", "it", "uk", "ar")
"""The languages that the hub speaks."""


def correlation_id() -> UUID:
    """The id of the click, call or timer that all of this follows from; made at first use."""
    current = _correlation.get()
    if current is None:
        current = new_id()
        _correlation.set(current)
    return current


def follow(correlation: UUID | None, locale: str | None = None) -> None:
    """Take over the correlation id (None: a new one at first use) and the language of the caller."""
    _correlation.set(correlation)
    if locale is not None:
        _locale.set(locale)


def locale() -> str:
    """The reader's language, one of LOCALES."""
    return _locale.get()


def best_locale(accept_language: str | None, default: str = "en", spoken: Sequence[str] = LOCALES) -> str:
    """The first of the reader's languages that is spoken here (RFC 9110, section 12.5.4; quality values respected)."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language or "").split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if language in spoken and quality > 0:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else default
