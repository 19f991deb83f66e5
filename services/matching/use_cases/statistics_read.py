"""Read figures over time: exact ones for coordinators and administrators, published quarters for everybody."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from chassis.errors import invalid_field
from services.matching.model.statistics.measures import DURATIONS, MEASURES, STOCKS, Grain, Spread, back, next_start, spread_of, start_of, starts
from services.matching.store.statistics import COUNTS, Asked
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.use_cases.vocabulary import Codes
from services.matching.work import Work

MOST_PERIODS = 400
PERIODS = {Grain.DAY: 31, Grain.WEEK: 26, Grain.MONTH: 12, Grain.QUARTER: 8}
"""Periods that are told where none are asked for."""
MOST_QUARTERS = 200


@dataclass(frozen=True, slots=True)
class Series:
    """Figures over time. `values` has a number for each period; `total` is their sum, or the last one of what is there at an end; `before` is the
    total of as many periods before. `times` are the durations of each period."""

    asked: Asked
    starts: list[date]
    last_day: date
    counted_at: datetime
    values: dict[str, list[int]]
    total: dict[str, int]
    before: dict[str, int]
    times: dict[str, list[Spread]]
    times_total: dict[str, Spread]
    times_before: dict[str, Spread]


@dataclass(frozen=True, slots=True)
class Part:
    """One category, area or language: its totals, and one measure over the periods."""

    key: str
    total: dict[str, int]
    values: list[int]


@dataclass(frozen=True, slots=True)
class Parts:
    """Figures broken by category, area or language, the largest first."""

    asked: Asked
    starts: list[date]
    last_day: date
    counted_at: datetime
    by: str
    measure: str
    items: list[Part]


def _require_exact(work: Work) -> None:
    require(work.caller, MODERATORS)


async def asked_for(
    work: Work,
    grain: Grain,
    first: date | None,
    last: date | None,
    category: str | None,
    area: str | None,
    language: str | None,
    by: str | None = None,
) -> tuple[Asked, date, datetime] | None:
    """The question as it can be answered, the last day that is counted and when it was; None where nothing is counted yet. Raises Invalid."""
    if category is not None:
        Codes().category("/query/category", category).done()
    dimensions = {name for name, value in (("category", category), ("area", area), ("language", language)) if value is not None} | (
        {by} if by else set()
    )
    if "area" in dimensions and "language" in dimensions:
        raise invalid_field("/query/language", "too_close", "Figures are not kept by area and language at once: the groups would be too small.")
    if len(dimensions) > 1 and grain in (Grain.DAY, Grain.WEEK):
        raise invalid_field("/query/period", "too_close", "Choose months or quarters where two of kind of help, area and language are combined.")
    counted, counted_at = await work.statistics.last_day(), await work.statistics.counted_at()
    if counted is None or counted_at is None:
        return None
    end = start_of(grain, min(last or counted, counted))
    begin = start_of(grain, first) if first is not None else back(grain, end, PERIODS[grain] - 1)
    if begin > end:
        begin = end if first is None or first <= counted else _refuse_order(first, last)
    if len(starts(grain, begin, end)) > MOST_PERIODS:
        raise invalid_field("/query/from", "too_long", "Choose a later first day or a longer period; 400 periods are told at most.")
    return Asked(grain, begin, end, category, area, language), counted, counted_at


def require_measure(measure: str) -> None:
    """Refuse what is no measure, or a duration. Raises Invalid."""
    if measure not in MEASURES or measure in DURATIONS:
        raise invalid_field("/query/measure", "unknown_measure", "Choose a measure that counts; the list of measures names them.")


def _refuse_order(first: date | None, last: date | None) -> date:
    raise invalid_field("/query/from", "wrong_order", "Choose a first day that is counted already, and before the last day.")


async def read_series(work: Work, found: tuple[Asked, date, datetime]) -> Series:
    """Figures over time, with those of as many periods before."""
    _require_exact(work)
    asked, last_day, counted_at = found
    periods = starts(asked.grain, asked.first, asked.last)
    earlier = replace(asked, first=back(asked.grain, asked.first, len(periods)), last=back(asked.grain, asked.first, 1))
    both = replace(asked, first=earlier.first)
    rows, durations = await work.statistics.series(both), await work.statistics.durations(both)
    values = _told(asked, periods, last_day, rows)
    before = _told(earlier, starts(earlier.grain, earlier.first, earlier.last), last_day, rows)
    times, times_total = _times(asked, periods, [row for row in durations if row[1] >= asked.first])
    _, times_before = _times(earlier, [], [row for row in durations if row[1] < asked.first])
    return Series(asked, periods, last_day, counted_at, values, _totals(values), _totals(before), times, times_total, times_before)


async def read_parts(work: Work, found: tuple[Asked, date, datetime], by: str, measure: str) -> Parts:
    """Figures broken by one dimension: kinds of help by their upper kind, or by what lies below the one that is asked for."""
    _require_exact(work)
    asked, last_day, counted_at = found
    periods = starts(asked.grain, asked.first, asked.last)
    name_of: Callable[[str], str] = (lambda key: key.split(".")[0]) if by == "category" and asked.category is None else (lambda key: key)
    last = _last_month(asked.last, last_day) if asked.grain is Grain.QUARTER else asked.last
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, key, value in await work.statistics.broken_totals(asked, by, last):
        totals[name_of(key)][name] += value
    rows: defaultdict[str, list[tuple[str, date, int]]] = defaultdict(list)
    for name, start, key, value in await work.statistics.broken(asked, by, [measure]):
        rows[name_of(key)].append((name, start, value))
    items = [
        Part(key, {name: totals[key].get(name, 0) for name in COUNTS}, _told(asked, periods, last_day, rows[key], (measure,))[measure])
        for key in {*totals, *rows}
    ]
    items.sort(key=lambda part: (-part.total[measure], part.key))
    return Parts(asked, periods, last_day, counted_at, by, measure, items)


async def read_published(work: Work, first: date | None, last: date | None) -> list[tuple[date, datetime, Mapping[str, Any]]]:  # Any: JSON
    """What was published of quarters, oldest first. For everybody."""
    return await work.statistics.published(first, last, MOST_QUARTERS)


async def known_keys(work: Work) -> tuple[list[str], list[str]]:
    """The areas and languages that figures can be asked for."""
    _require_exact(work)
    return await work.statistics.keys("area"), await work.statistics.keys("language")


def _told(
    asked: Asked, periods: list[date], last_day: date, rows: Iterable[tuple[str, date, int]], measures: Sequence[str] = COUNTS
) -> dict[str, list[int]]:
    """Values by measure for each period. What is there at an end is taken from the last stored period that had begun by the last counted day."""
    found: dict[str, Counter[date]] = {measure: Counter() for measure in measures}
    for measure, start, value in rows:
        period = start_of(asked.grain, start) if asked.grain is Grain.QUARTER else start
        if measure not in STOCKS or asked.grain is not Grain.QUARTER or start == _last_month(period, last_day):
            found[measure][period] += value
    return {measure: [counts.get(period, 0) for period in periods] for measure, counts in found.items()}


def _last_month(quarter: date, last_day: date) -> date:
    return min(start_of(Grain.MONTH, next_start(Grain.QUARTER, quarter) - timedelta(days=1)), start_of(Grain.MONTH, last_day))


def _totals(values: Mapping[str, list[int]]) -> dict[str, int]:
    return {measure: (counts[-1] if counts else 0) if measure in STOCKS else sum(counts) for measure, counts in values.items()}


def _times(asked: Asked, periods: list[date], rows: Iterable[tuple[str, date, int, int]]) -> tuple[dict[str, list[Spread]], dict[str, Spread]]:
    by_period: defaultdict[tuple[str, date], Counter[int]] = defaultdict(Counter)
    period_of: dict[date, date] = {}
    for measure, start, bucket, count in rows:
        if start not in period_of:
            period_of[start] = start_of(asked.grain, start)
        by_period[(measure, period_of[start])][bucket] += count
    whole: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for (measure, _period), counts in by_period.items():
        whole[measure].update(counts)
    spreads = {measure: [spread_of(by_period[(measure, period)]) for period in periods] for measure in DURATIONS}
    return spreads, {measure: spread_of(whole[measure]) for measure in DURATIONS}
