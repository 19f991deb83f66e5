"""Weekly windows as one integer of 10 080 bits, a bit a minute from Monday 00:00, so that overlap is `&` and minutes are counted bits."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from services.matching.engine.types import TimeWindow

MINUTES_A_DAY = 1440
_DAY = (1 << MINUTES_A_DAY) - 1
_WEEK = (1 << 7 * MINUTES_A_DAY) - 1


def week_mask(windows: Iterable[TimeWindow]) -> int:
    """The minutes of the week that the windows cover; no windows mean every minute."""
    return _mask(tuple(windows))


@lru_cache(maxsize=10_000)
def _mask(windows: tuple[TimeWindow, ...]) -> int:
    mask = 0
    for window in windows:
        minutes = (1 << window.to_minute) - (1 << window.from_minute)
        mask |= minutes << window.day * MINUTES_A_DAY
    return mask or _WEEK


def days_mask(first: date | None, last: date | None) -> int:
    """The minutes of the weekdays that occur between two dates, both included (None: without end); 0 where the range is empty."""
    if first is None or last is None or (last - first).days >= 6:
        return _WEEK
    mask, day = 0, first
    while day <= last:
        mask |= _DAY << day.weekday() * MINUTES_A_DAY
        day += timedelta(days=1)
    return mask


def minutes(mask: int) -> int:
    """How many minutes a week a mask holds."""
    return mask.bit_count()
