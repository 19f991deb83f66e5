"""Figures over time: exact for coordinators and administrators, published quarters and definitions for everybody."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from chassis.context import locale
from chassis.edge import HubRoute
from chassis.language import translate
from services.matching.api.common import InOneTransaction
from services.matching.model.statistics.measures import MEASURES, Grain
from services.matching.schemas.parts import Code, Language
from services.matching.schemas.statistics import KeysRead, MeasureRead, MeasuresRead, PartRead, PartsRead, QuarterRead, QuartersRead, SeriesRead
from services.matching.store.statistics import Asked
from services.matching.use_cases import statistics_read as do
from services.matching.use_cases.rights import MODERATORS, require

router = APIRouter(prefix="/api/v1/statistics", route_class=HubRoute, tags=["statistics"])
FOR_A_WHILE = "private, max-age=300"
FOR_ALL = "public, max-age=3600"
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
First = Annotated[date | None, Query(alias="from", ge=EARLIEST, le=LATEST, description="A day of the first period; null: a usual number of periods.")]
Last = Annotated[date | None, Query(alias="to", ge=EARLIEST, le=LATEST, description="A day of the last period; null: the last day that is counted.")]
Period = Annotated[Grain, Query(description="The length of a period.")]
OfCategory = Annotated[Code | None, Query(description="Of this category and all below.")]
OfArea = Annotated[str | None, Query(pattern=r"^(-|remote|-?\d{1,2}\.\d{2},-?\d{1,3}\.\d{2})$", max_length=15, description="Of this area: see keys.")]
OfLanguage = Annotated[Language | None, Query(description="Needs of households whose first language this is; offers in it.")]
Counted = tuple[Asked, date, datetime]


@router.get("/series")
async def read_series(
    work: InOneTransaction,
    answer: Response,
    period: Period = Grain.MONTH,
    first: First = None,
    last: Last = None,
    category: OfCategory = None,
    area: OfArea = None,
    language: OfLanguage = None,
) -> SeriesRead:
    """Every measure over time, with the same of as many periods before. For coordinators and administrators: exact, so not for publishing."""
    require(work.caller, MODERATORS)
    found = await do.asked_for(work, period, first, last, category, area, language)
    answer.headers["Cache-Control"] = FOR_A_WHILE
    if found is None:
        nothing: dict[str, Any] = {name: {} for name in ("values", "total", "before", "times", "times_total", "times_before")}  # Any: empty parts
        return SeriesRead(**_uncounted(period, category, area, language), **nothing)
    series = await do.read_series(work, found)
    return SeriesRead(
        **_head(found, series.starts),
        values=series.values,
        total=series.total,
        before=series.before,
        times={name: [asdict(one) for one in spreads] for name, spreads in series.times.items()},
        times_total={name: asdict(one) for name, one in series.times_total.items()},
        times_before={name: asdict(one) for name, one in series.times_before.items()},
    )


@router.get("/parts")
async def read_parts(
    work: InOneTransaction,
    answer: Response,
    by: Annotated[Literal["category", "area", "language"], Query(description="What to break by.")],
    measure: Annotated[str, Query(max_length=30, description="The measure that is told for each period, and ordered by.")] = "needs_posted",
    period: Period = Grain.MONTH,
    first: First = None,
    last: Last = None,
    category: OfCategory = None,
    area: OfArea = None,
    language: OfLanguage = None,
) -> PartsRead:
    """Measures broken by kind of help, area or language. For coordinators and administrators: exact, so not for publishing."""
    require(work.caller, MODERATORS)
    do.require_measure(measure)
    found = await do.asked_for(work, period, first, last, category, area, language, by)
    answer.headers["Cache-Control"] = FOR_A_WHILE
    if found is None:
        return PartsRead(**_uncounted(period, category, area, language), by=by, measure=measure, items=[])
    parts = await do.read_parts(work, found, by, measure)
    items = [PartRead(key=part.key, total=part.total, values=part.values) for part in parts.items]
    return PartsRead(**_head(found, parts.starts), by=by, measure=measure, items=items)


@router.get("/keys")
async def read_keys(work: InOneTransaction, answer: Response) -> KeysRead:
    """The areas and languages that there are figures of."""
    require(work.caller, MODERATORS)
    answer.headers["Cache-Control"] = FOR_A_WHILE
    areas, languages = await do.known_keys(work)
    return KeysRead(areas=areas, languages=languages)


@router.get("/published")
async def read_published(
    work: InOneTransaction,
    answer: Response,
    first: Annotated[date | None, Query(alias="from", ge=EARLIEST, le=LATEST, description="Quarters that begin on this day or later.")] = None,
    last: Annotated[date | None, Query(alias="to", ge=EARLIEST, le=LATEST, description="Quarters that begin on this day or earlier.")] = None,
) -> QuartersRead:
    """What is published of the quarters that are over, the same for every reader and for ever: small groups withheld, the rest rounded (rule R21)."""
    rows = await do.read_published(work, first, last)
    answer.headers["Cache-Control"] = FOR_ALL
    items = [QuarterRead.model_validate({"start": start, "published_at": at, **figures}) for start, at, figures in rows]
    return QuartersRead(version=rows[-1][0].toordinal() if rows else 0, items=items, total=len(items))


@router.get("/measures")
async def read_measures(answer: Response) -> MeasuresRead:
    """What each figure counts, in the reader's language."""
    answer.headers["Cache-Control"] = FOR_ALL
    answer.headers["Vary"] = "Accept-Language"
    items = [
        MeasureRead(code=one.code, kind=str(one.kind), group=str(one.group), unit=one.unit, definition=translate(one.definition, locale()))
        for one in MEASURES.values()
    ]
    return MeasuresRead(items=items, total=len(items))


def _head(found: Counted, starts: list[date]) -> dict[str, Any]:  # Any: fields of FiguresRead
    asked, last_day, counted_at = found
    return {
        "version": int(counted_at.timestamp()), "period": asked.grain, "starts": starts, "as_of": last_day,
        "category": asked.category, "area": asked.area, "language": asked.language,
    }  # fmt: skip


def _uncounted(period: Grain, category: str | None, area: str | None, language: str | None) -> dict[str, Any]:  # Any: as above
    return {"version": 0, "period": period, "starts": [], "as_of": None, "category": category, "area": area, "language": language}
