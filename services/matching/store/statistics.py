"""Figures of days, weeks and months, and what was published of quarters, in the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, String, and_, case, delete, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.model.statistics.counting import PAIRS, Figure
from services.matching.model.statistics.measures import DURATIONS, MEASURES, STOCKS, Grain, next_start, start_of, starts
from services.matching.tables import Base, PublishedQuarterRow, StatisticDayRow, StatisticRow

F, D, Q = (Base.metadata.tables[name].c for name in ("statistic", "statistic_day", "published_quarter"))
STATISTIC = Base.metadata.tables["statistic"]
COLUMNS = ("grain", "split", "measure", "start", "category", "area", "language", "bucket", "value")
PORTION = 5000
GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH)
"""The grains in which figures are kept."""
SPLITS = ("", "category", "area", "language", *PAIRS)
UPPER = {split: split.replace("category", "top") for split in SPLITS if "category" in split}
"""Of months, figures by kind of help are kept by upper kind as well: a question about those reads few rows."""
COUNTS = tuple(measure for measure in MEASURES if measure not in DURATIONS)
SOMETHING = ("needs_posted", "needs_waiting", "needs_with_match", "offers_posted", "offers_open")
"""Where none of these is told, nothing is."""
FLOWS = tuple(measure for measure in COUNTS if measure not in STOCKS)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures are asked for: of periods from `first` to `last` (their first days), of a category and all below, an area, a language."""

    grain: Grain
    first: date
    last: date
    category: str | None = None
    area: str | None = None
    language: str | None = None

    @property
    def stored(self) -> Grain:
        """The grain in which they are kept: quarters are told from months."""
        return Grain.MONTH if self.grain is Grain.QUARTER else self.grain

    @property
    def until(self) -> date:
        """The first day after them."""
        return next_start(self.grain, self.last)

    @property
    def starts(self) -> list[date]:
        """The first days of the stored periods."""
        return starts(self.stored, self.first, self.until - timedelta(days=1))

    def split(self, by: str | None = None, *, fine: bool = False) -> str:
        """Which counts answer it, broken further by one dimension: by upper kind of help where these are enough, unless it should be fine."""
        found = " ".join(name for name in ("category", "area", "language") if getattr(self, name) is not None or name == by)
        whole = self.category is None if by == "category" else self.category is not None and "." not in self.category
        return UPPER.get(found, found) if whole and not fine and self.stored is Grain.MONTH else found


class StatisticsStore:
    """Figures of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def last_day(self) -> date | None:
        """The last day that is counted."""
        found: date | None = (await self._session.execute(select(func.max(D.day)))).scalar()
        return found

    async def counted_at(self) -> datetime | None:
        """When the last day was counted."""
        return (await self._session.execute(select(D.counted_at).order_by(D.day.desc()).limit(1))).scalar()

    async def put_days(self, first: date, last: date, counts: Counter[Figure], now: datetime) -> None:
        """Replace the figures of some days, and those of the weeks and months that they lie in."""
        await self._session.execute(delete(StatisticRow).where(*_kept(Grain.DAY), F.start.between(first, last)))
        rows = [
            {"grain": "day", "split": one.split, "measure": one.measure, "start": one.day, "category": one.category, "area": one.area,
             "language": one.language, "bucket": one.bucket, "value": value}
            for one, value in counts.items()
        ]  # fmt: skip
        for at in range(0, len(rows), PORTION):
            await self._session.execute(insert(STATISTIC), rows[at : at + PORTION])
        days = [date.fromordinal(each) for each in range(first.toordinal(), last.toordinal() + 1)]
        await self._session.execute(delete(StatisticDayRow).where(D.day.between(first, last)))
        await self._session.execute(insert(StatisticDayRow), [{"day": day, "counted_at": now} for day in days])
        for grain in (Grain.WEEK, Grain.MONTH):
            for start in sorted({start_of(grain, day) for day in days}):
                await self._roll_up(grain, start)

    async def _roll_up(self, grain: Grain, start: date) -> None:
        """Add the days of a period up: what happened is summed, what was there is taken from its last counted day."""
        end = next_start(grain, start)
        last = (await self._session.execute(select(func.max(D.day)).where(D.day >= start, D.day < end))).scalar()
        await self._session.execute(delete(StatisticRow).where(*_kept(grain), F.start == start))
        keys = (F.split, F.measure, F.category, F.area, F.language, F.bucket)
        chosen = select(
            literal(str(grain), String(5)), F.split, F.measure, literal(start, Date()), F.category, F.area, F.language, F.bucket,
            func.sum(F.value).cast(Integer),
        )  # fmt: skip
        of_period = and_(*_kept(Grain.DAY), F.start >= start, F.start < end)
        chosen = chosen.where(of_period, or_(F.measure.not_in(STOCKS), F.start == last)).group_by(*keys)
        if grain is Grain.WEEK:
            # Broken by two dimensions, figures are told by month and quarter only: the smaller the groups, the longer the time.
            chosen = chosen.where(F.split.not_in(PAIRS))
        await self._session.execute(insert(StatisticRow).from_select(COLUMNS, chosen))
        if grain is Grain.MONTH:
            await self._sum_upper_kinds(start)

    async def _sum_upper_kinds(self, month: date) -> None:
        """Add the kinds of help of a month up to their upper kinds."""
        of_month = and_(*_kept(Grain.MONTH), F.start == month)
        kinds = (await self._session.execute(select(F.category).where(of_month, F.split == "category").distinct())).scalars().all()
        if not kinds:
            return
        upper = case({kind: literal(kind.split(".")[0], String(120)) for kind in kinds}, value=F.category)
        for split, name in UPPER.items():
            keys = (F.measure, upper, F.area, F.language, F.bucket)
            chosen = select(F.grain, literal(name, String(20)), F.measure, F.start, *keys[1:], func.sum(F.value).cast(Integer))
            chosen = chosen.where(of_month, F.split == split).group_by(F.grain, F.start, *keys)
            await self._session.execute(insert(StatisticRow).from_select(COLUMNS, chosen))

    async def forget_days(self, pairs_before: date, days_before: date) -> None:
        """Drop figures of single days that lie far back: weeks and months keep them. Those broken by two dimensions go first."""
        for splits, before in ((PAIRS, pairs_before), (SPLITS, days_before)):
            await self._session.execute(delete(StatisticRow).where(*_kept(Grain.DAY, splits), F.start < before))

    async def forget_years(self, before: date) -> None:
        """Drop everything that lies years back."""
        for grain in GRAINS:
            await self._session.execute(delete(StatisticRow).where(*_kept(grain), F.start < before))

    async def series(self, asked: Asked) -> list[tuple[str, date, int]]:
        """Measure, first day of the stored period, and value; durations left out."""
        query = self._of(asked, asked.split(), COUNTS)
        query = query.with_only_columns(F.measure, F.start, func.sum(F.value)).group_by(F.measure, F.start)
        return [(row[0], row[1], int(row[2])) for row in (await self._session.execute(query)).all()]

    async def durations(self, asked: Asked) -> list[tuple[str, date, int, int]]:
        """Measure, first day of the stored period, bucket and count."""
        query = self._of(asked, asked.split(), DURATIONS)
        query = query.with_only_columns(F.measure, F.start, F.bucket, func.sum(F.value)).group_by(F.measure, F.start, F.bucket)
        return [(row[0], row[1], row[2], int(row[3])) for row in (await self._session.execute(query)).all()]

    async def broken_totals(self, asked: Asked, by: str, last: date) -> list[tuple[str, str, int]]:
        """Measure, the category, area or language, and its total: of what happens the sum, of what is there the value of the stored period that
        begins on `last`; durations left out."""
        name, split = F[by], asked.split(by)
        found: list[tuple[str, str, int]] = []
        for query in (self._of(asked, split, FLOWS), self._of(asked, split, tuple(sorted(STOCKS)), [last])):
            query = query.with_only_columns(F.measure, name, func.sum(F.value)).group_by(F.measure, name)
            found += [(row[0], row[1], int(row[2])) for row in (await self._session.execute(query)).all()]
        return found

    async def broken(self, asked: Asked, by: str, measures: Sequence[str] = COUNTS, *, fine: bool = False) -> list[tuple[str, date, str, int]]:
        """Measure, first day of the stored period, the category, area or language, and value; durations left out. Kinds of help are told by their
        upper kind where none is asked for, unless it should be fine."""
        name = F[by]
        query = self._of(asked, asked.split(by, fine=fine), measures)
        query = query.with_only_columns(F.measure, F.start, name, func.sum(F.value)).group_by(F.measure, F.start, name)
        return [(row[0], row[1], row[2], int(row[3])) for row in (await self._session.execute(query)).all()]

    def _of(self, asked: Asked, split: str, measures: Sequence[str], days: Sequence[date] | None = None) -> Select[Any]:
        """The rows that answer, found by the whole beginning of their key: grain, split, measure, period, and the kind of help where one is asked."""
        of_days = F.start.in_(asked.starts if days is None else days)
        query = select(STATISTIC).where(F.grain == str(asked.stored), F.split == split, F.measure.in_(measures), of_days)
        # What a split does not name is empty in all its rows. Saying so, as far as the key is known, lets the database read them in the order in
        # which they lie; after the first part that is open it would only have more to plan.
        exact = {"category": asked.category if "top" in split or asked.category is None else None, "area": asked.area, "language": asked.language}
        named = split.replace("top", "category").split()
        for name in ("category", "area", "language"):
            if name in named and exact[name] is None:
                break
            query = query.where(F[name] == (exact[name] or ""))
        if asked.category is not None and exact["category"] is None:
            query = query.where(or_(F.category == asked.category, F.category.startswith(asked.category + ".", autoescape=True)))
        if asked.area is not None:
            query = query.where(F.area == asked.area)
        if asked.language is not None:
            query = query.where(F.language == asked.language)
        return query

    async def keys(self, name: str) -> list[str]:
        """The areas or languages that there are figures of, by name."""
        query = select(F[name]).where(F.grain == "month", F.split == name, F.measure.in_(SOMETHING)).distinct().order_by(F[name]).limit(500)
        return list((await self._session.execute(query)).scalars())

    async def published(self, first: date | None, last: date | None, limit: int) -> list[tuple[date, datetime, Mapping[str, Any]]]:
        """What was published of quarters, oldest first; the newest ones where there are more than `limit`."""
        query = select(PublishedQuarterRow).order_by(Q.start.desc()).limit(limit)
        if first is not None:
            query = query.where(Q.start >= first)
        if last is not None:
            query = query.where(Q.start <= last)
        rows = list((await self._session.execute(query)).scalars())
        return [(row.start, row.published_at, row.figures) for row in reversed(rows)]

    async def published_starts(self) -> set[date]:
        """The quarters that are published."""
        return set((await self._session.execute(select(Q.start))).scalars())

    async def publish(self, start: date, figures: Mapping[str, Any], now: datetime) -> None:
        """Publish a quarter, once and for all."""
        await self._session.execute(insert(PublishedQuarterRow).values(start=start, figures=dict(figures), published_at=now))


def _kept(grain: Grain, splits: Sequence[str] = SPLITS) -> tuple[ColumnElement[bool], ...]:
    """Whatever is kept of a grain, named by the beginning of its key, so that a first day after it is found and not searched."""
    names = (*splits, *(UPPER[split] for split in splits if split in UPPER and grain is Grain.MONTH))
    return F.grain == str(grain), F.split.in_(names), F.measure.in_(tuple(MEASURES))


def without_pairs_from(day: date) -> date:
    """The day before which figures of single days are not kept broken by two dimensions: the present month and week can always be added up."""
    return day - timedelta(days=45)
