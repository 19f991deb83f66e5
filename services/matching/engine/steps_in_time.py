"""How far dates and hours of a pair must move until it has a minute in common: later ends, earlier begins, longer windows, another weekday."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from services.matching.engine.eligibility import dates_in_common
from services.matching.engine.types import NeedFacts, OfferFacts, TimeWindow
from services.matching.engine.week import MINUTES_A_DAY, days_mask, week_mask

Moved = tuple[str, int, tuple[tuple[str, str | int], ...]]
"""A step's code, amount and parameters."""
WEEK = 7


def time_steps(need: NeedFacts, offer: OfferFacts, today: date) -> Iterator[tuple[Moved, ...]]:
    """For the rule of times: nothing where it holds, else one group of ways, or two groups (dates, hours) that are both needed.

    Windows that meet on some weekday only lack days: the ends move later, or the begins earlier, by the fewest days with which such a weekday
    lies between. Otherwise hours are missing too, on the days in common, or on the first day in common once the ends have moved."""
    days = dates_in_common(need, offer, today)
    met = week_mask(need.windows) & week_mask(offer.windows)
    if days and met & days_mask(*days):
        return
    if met:
        hours = tuple(_more_hours(need.windows, offer.windows, days_mask(*days))) if days else ()
        yield (*_moved_dates(need, offer, today, met), *hours)
    elif days:
        yield tuple(_more_hours(need.windows, offer.windows, days_mask(*days)))
    else:
        first = _first(need, offer, today)
        yield (("change.end", (first - _last(need, offer)).days, ()),)
        yield tuple(_more_hours(need.windows, offer.windows, days_mask(first, first)))


def _first(need: NeedFacts, offer: OfferFacts, today: date) -> date:
    return max(day for day in (need.from_date, offer.valid_from, today) if day is not None)


def _last(need: NeedFacts, offer: OfferFacts) -> date:
    return min(day for day in (need.until_date, offer.valid_until) if day is not None)


def _moved_dates(need: NeedFacts, offer: OfferFacts, today: date, met: int) -> Iterator[Moved]:
    """The fewest days by which the last day in common moves later, or the first one earlier, until they meet."""
    first, last = _first(need, offer, today), _last(need, offer)
    apart = max(1, (first - last).days)
    yield next(("change.end", days, ()) for days in range(apart, apart + WEEK) if met & days_mask(first, last + timedelta(days=days)))
    for days in range(apart, min(apart + WEEK - 1, (first - today).days) + 1):
        if met & days_mask(first - timedelta(days=days), last):
            yield "change.begin", days, ()
            return


def _more_hours(mine: tuple[TimeWindow, ...], theirs: tuple[TimeWindow, ...], days: int) -> Iterator[Moved]:
    """Ways to have a minute in common on one of some days: the fewest minutes by which windows of one day grow towards each other, and, on days
    on which only one side has a window, that window for the other side; where neither has any then, some window they have, on the first day."""
    both = [day for day in range(WEEK) if days >> day * MINUTES_A_DAY & 1]
    gaps = [(right - left, day, left, right) for day in both for left, right in _gaps(_of(mine, day), _of(theirs, day))]
    if gaps:
        minutes, day, left, right = min(gaps)
        yield "change.hours", minutes, _window(day, left, right)
    alone = [window for day in both if not (_of(mine, day) and _of(theirs, day)) for window in _of(mine, day) + _of(theirs, day)]
    if not gaps and not alone:
        alone = [TimeWindow(both[0], window.from_minute, window.to_minute) for window in (mine + theirs)[:1]]
    for window in dict.fromkeys(alone):
        yield "change.weekday", 1, _window(window.day, window.from_minute, window.to_minute)


def _of(windows: Iterable[TimeWindow], day: int) -> list[TimeWindow]:
    return [window for window in windows if window.day == day]


def _gaps(mine: list[TimeWindow], theirs: list[TimeWindow]) -> Iterator[tuple[int, int]]:
    """For each two windows of a day, what must be added to one so that it reaches the other's nearest minute."""
    for a in mine:
        for b in theirs:
            early, late = (a, b) if a.from_minute < b.from_minute else (b, a)
            yield early.to_minute, late.from_minute + 1


def _window(day: int, left: int, right: int) -> tuple[tuple[str, str | int], ...]:
    return (("day", day), ("from", clock(left)), ("to", clock(right)))


def clock(minute: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(text: str) -> int:
    """Minutes after midnight of a time as a clock shows it."""
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)
