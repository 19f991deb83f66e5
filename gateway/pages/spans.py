"""Spans of time as people say them: "3 days ago", "2 days left"."""

from datetime import UTC, datetime

from babel.dates import format_timedelta

from chassis.context import locale


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _at(moment: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def ago(moment: str | None) -> str:
    """How long ago something was; nothing where it is not known."""
    found = _at(moment)
    return str(format_timedelta(found - now(), add_direction=True, locale=locale())) if found is not None else ""


def left(moment: str | None) -> str:
    """How much time is left until a moment; nothing when it is over."""
    found = _at(moment)
    return str(format_timedelta(found - now(), locale=locale())) if found is not None and found > now() else ""


def is_soon(moment: str | None, hours: int = 48) -> bool:
    """Whether less than so many hours are left."""
    found = _at(moment)
    return found is not None and (found - now()).total_seconds() < hours * 3600
