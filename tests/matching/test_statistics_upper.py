"""Figures by upper kind of help: kept of months beside those of each kind, and never another number."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.identity import SYSTEM
from chassis.migrate import upgrade
from chassis.testing import Databases
from services.matching.model.statistics.counting import Figure, Keys, MatchSpan, NeedSpan, OfferSpan
from services.matching.model.statistics.measures import Grain
from services.matching.store.statistics import Asked
from services.matching.use_cases import statistics
from tests.matching.bench import World

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)
KINDS = ("housing", "housing.room", "housing.flat.shared", "food.parcel", "food", "language.class")
COLUMNS = ("grain", "split", "measure", "start", "category", "area", "language", "bucket", "value")


async def some_months(world: World) -> None:
    """Needs, requests and offers of nearly three months, counted."""
    random, begin = Random(5), datetime(2026, 9, 1, tzinfo=UTC)
    needs, matches, offers = [], [], []
    for _each in range(60):
        keys = Keys(random.choice(KINDS), random.choice(("45.20,5.75", "-")), random.choice(("ar", "uk")))
        at = begin + timedelta(days=random.uniform(0, 75))
        needs.append(NeedSpan(keys, at, None, None))
        matches.append(MatchSpan(keys, at, at + timedelta(hours=random.uniform(1, 90)), None, None, "confirmed", None, None, True))
        offers.append(OfferSpan(keys.category, keys.area, (keys.language, "fr"), 2, at, ((at, None),)))
    month = FIRST
    while month <= LAST:
        last = min(LAST, (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        gathered = statistics.Gathered(month, last, needs, matches, offers, {last: {"": 3, "housing.room": 2, "food": 1}})
        async with world.bench.service.open_work(SYSTEM) as work:
            await statistics.keep(work, gathered, await statistics.count(gathered, FIRST))
        month = last + timedelta(days=1)


async def test_what_is_told_by_upper_kind_is_the_sum_of_the_kinds_below(either_world: World) -> None:
    await some_months(either_world)
    asked = Asked(Grain.MONTH, FIRST, date(2026, 11, 1))

    async with either_world.bench.service.open_work(SYSTEM, reading=True) as work:
        upper = Counter({row[:3]: row[3] for row in await work.statistics.broken(asked, "category")})
        fine = await work.statistics.broken(asked, "category", fine=True)
        totals = Counter({row[:2]: row[2] for row in await work.statistics.broken_totals(asked, "category", date(2026, 11, 1))})
        housing = Asked(Grain.MONTH, FIRST, date(2026, 11, 1), category="housing")
        areas, languages = await work.statistics.broken(housing, "area"), await work.statistics.broken(housing, "language")
        times = sum(row[3] for row in await work.statistics.durations(housing))

    summed: Counter[tuple[str, date, str]] = Counter()
    for measure, start, kind, value in fine:
        summed[(measure, start, kind.split(".")[0])] += value
    assert (asked.split("category"), housing.split("area"), housing.split("category")) == ("top", "top area", "category")
    assert upper == summed and {key for _, _, key in upper} == {"housing", "food", "language"}
    assert totals[("needs_posted", "food")] == sum(
        value for (measure, _, kind), value in summed.items() if (measure, kind) == ("needs_posted", "food")
    )
    assert totals[("needs_without_place", "housing")] == 2
    for rows in (areas, languages):
        assert sum(row[3] for row in rows if row[0] == "needs_posted") == totals[("needs_posted", "housing")]
    assert times == totals[("needs_matched", "housing")]


async def test_counting_a_day_again_leaves_the_upper_kinds_as_they_were(world: World) -> None:
    await some_months(world)
    asked = Asked(Grain.MONTH, FIRST, date(2026, 11, 1))
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        before = await work.statistics.broken(asked, "category")

    await some_months(world)

    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        assert sorted(await work.statistics.broken(asked, "category")) == sorted(before)


async def test_months_that_were_counted_before_get_their_upper_kinds(databases: Databases, database_kind: str) -> None:
    url = await databases.empty(database_kind)
    await upgrade(url, "matching", "0010")
    table = sa.table("statistic", sa.column("start", sa.Date()), *(sa.column(name) for name in COLUMNS if name != "start"))
    kept = [
        ("month", Figure("category area", "needs_posted", FIRST, kind, "-"), value)
        for kind, value in (("housing", 1), ("housing.room", 2), ("food.parcel", 4))
    ] + [("day", Figure("category", "needs_posted", FIRST, "housing.room"), 8), ("month", Figure("", "needs_posted", FIRST), 7)]
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for grain, one, value in kept:
            row = (grain, one.split, one.measure, one.day, one.category, one.area, one.language, one.bucket, value)
            await connection.execute(sa.insert(table).values(dict(zip(COLUMNS, row, strict=True))))

    await upgrade(url, "matching")

    async with engine.connect() as connection:
        query = sa.select(table.c.grain, table.c.split, table.c.category, table.c.area, table.c.value).order_by(table.c.value)
        found = [tuple(row) for row in (await connection.execute(query)).all()]
    await engine.dispose()
    assert found == [
        ("month", "category area", "housing", "-", 1),
        ("month", "category area", "housing.room", "-", 2),
        ("month", "top area", "housing", "-", 3),
        ("month", "category area", "food.parcel", "-", 4),
        ("month", "top area", "food", "-", 4),
        ("month", "", "", "", 7),
        ("day", "category", "housing.room", "", 8),
    ]


async def test_figures_are_read_from_their_key_alone(databases: Databases, database_kind: str) -> None:
    engine = create_async_engine(await databases.fresh(database_kind, "matching"))
    asked = {
        "sqlite": "SELECT sql LIKE '%WITHOUT ROWID%' FROM sqlite_master WHERE name = 'statistic'",
        "postgresql": "SELECT indnatts = 9 AND indnkeyatts = 8 FROM pg_index WHERE indrelid = 'statistic'::regclass AND indisprimary",
    }

    async with engine.connect() as connection:
        found = (await connection.execute(sa.text(asked[database_kind]))).scalar_one()
    await engine.dispose()

    assert found
