"""How quickly the dashboard's questions are answered with three years of figures of 100,000 needs: `python -m bench.matching.figures_over_time`.

The figures are counted from invented spans by the rules of a real hub, into a database of their own on SQLite."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from chassis.identity import SYSTEM
from chassis.testing import Databases, account, bench_for, settings_for_tests
from hubctl.demo.cases import TONGUES, WANTS
from services.matching.app import build
from services.matching.model.statistics.counting import Keys, MatchSpan, NeedSpan, OfferSpan, Use
from services.matching.model.statistics.measures import Grain, next_start, start_of
from services.matching.settings import Settings
from services.matching.use_cases import statistics

TODAY = date(2026, 11, 21)
YEARS = 3
OFFERS = 3000
TIMES = 5
GOAL_MS = 300
QUESTIONS = {
    "three years by month": "/api/v1/statistics/series?period=month&from=2023-12-01",
    "three years by week": "/api/v1/statistics/series?period=week&from=2023-12-01",
    "a year by day": "/api/v1/statistics/series?period=day&from=2025-12-01",
    "three years by quarter, of one kind and language": "/api/v1/statistics/series?period=quarter&from=2023-12-01&category=language&language=ar",
    "three years by month, by kind of help": "/api/v1/statistics/parts?by=category&period=month&from=2023-12-01",
    "three years by month, by area, one kind of help": "/api/v1/statistics/parts?by=area&period=month&from=2023-12-01&category=housing",
    "three years by month, by language": "/api/v1/statistics/parts?by=language&period=month&from=2023-12-01",
    "published quarters": "/api/v1/statistics/published",
    "three years by month, by area": "/api/v1/statistics/parts?by=area&period=month&from=2023-12-01",
    "three years by month, of one kind": "/api/v1/statistics/series?period=month&from=2023-12-01&category=housing",
    "three years by month, within one kind": "/api/v1/statistics/parts?by=category&period=month&from=2023-12-01&category=housing",
    "three years by month, by language, one kind of help": "/api/v1/statistics/parts?by=language&period=month&from=2023-12-01&category=housing",
    "areas and languages": "/api/v1/statistics/keys",
}
PAGES = {
    "four questions of figures": (
        "three years by month",
        "three years by month, by kind of help",
        "three years by month, by area, one kind of help",
        "three years by month, by language",
    ),
    "the dashboard of three years": (
        "three years by month",
        "three years by month, by kind of help",
        "three years by month, by area",
        "three years by month, by language",
        "areas and languages",
    ),
    "the dashboard of three years of one kind of help": (
        "three years by month, of one kind",
        "three years by month, within one kind",
        "three years by month, by area, one kind of help",
        "three years by month, by language, one kind of help",
        "areas and languages",
    ),
}


def world(needs: int) -> tuple[list[NeedSpan], list[MatchSpan], list[OfferSpan]]:
    """Invented needs with up to two requests each, and offers, spread over three years."""
    random = Random(23)
    categories = [want.category for want in WANTS]
    areas = [f"{45.02 + 0.045 * row:.2f},{5.5 + 0.064 * column:.2f}" for row in range(5) for column in range(6)]
    languages = [row[0].split()[0].split("-")[0] for row in TONGUES]
    begin = datetime(TODAY.year - YEARS, TODAY.month, TODAY.day, tzinfo=UTC)
    made_needs: list[NeedSpan] = []
    matches: list[MatchSpan] = []
    for _each in range(needs):
        keys = Keys(random.choice(categories), random.choice(areas), random.choice(languages))
        posted = begin + timedelta(days=random.uniform(0, YEARS * 365))
        ended = posted + timedelta(days=random.uniform(2, 90))
        first = posted + (ended - posted) / 4
        made_needs.append(NeedSpan(keys, posted, ended, random.choice(("needs_fulfilled", "needs_withdrawn", "needs_ran_out"))))
        if random.random() < 0.3:
            matches.append(MatchSpan(keys, posted, posted + (first - posted) / 2, None, first, "declined", None, "too_far", True))
        if random.random() < 0.8:
            accepted = first + timedelta(hours=random.uniform(1, 40))
            matches.append(MatchSpan(keys, posted, first, accepted, ended, "fulfilled", "helped", None, random.random() < 0.7))
    offers = [
        OfferSpan(
            random.choice(categories), random.choice(areas), ("fr", random.choice(languages)), 3, begin + timedelta(days=random.uniform(0, 900)),
            ((begin + timedelta(days=random.uniform(0, 900)), None),), begin + timedelta(days=random.uniform(0, 1000)),
            (Use(1, begin + timedelta(days=random.uniform(0, 1000)), None),),
        )
        for _each in range(OFFERS)
    ]  # fmt: skip
    return made_needs, matches, offers


Spans = tuple[list[NeedSpan], list[MatchSpan], list[OfferSpan]]


def within(spans: Spans, first: date, last: date) -> Spans:
    """What was there on some of the days, as the store would bring it."""
    begin, end = datetime.combine(first, datetime.min.time(), UTC), datetime.combine(last, datetime.max.time(), UTC)
    needs = [need for need in spans[0] if need.posted_at <= end and (need.ended_at is None or need.ended_at >= begin)]
    matches = [match for match in spans[1] if match.made_at <= end and (match.ended_at is None or match.ended_at >= begin)]
    return needs, matches, spans[2]


def megabytes(folder: Path) -> float:
    """The size of the database files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


async def timed(ask: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """Milliseconds of an answer, by the clock and of the processor, each the median of some."""
    found, worked = [], []
    for _each in range(TIMES):
        began, before = time.perf_counter(), time.process_time()
        answer = await ask()
        found.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - before) * 1000)
        assert answer.status_code == 200, answer.text
    return median(found), median(worked)


async def main(needs: int) -> int:
    """Count, ask, tell; 1 where the answers of a page take more work than the goal."""
    with tempfile.TemporaryDirectory() as folder:
        url = await Databases(Path(folder), None).fresh("sqlite", "matching")
        async with bench_for(lambda: build(Settings(**settings_for_tests(url)), lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))) as bench:
            spans = world(needs)
            began, before = time.perf_counter(), time.process_time()
            month = start_of(Grain.MONTH, TODAY - timedelta(days=365 * YEARS))
            while month < TODAY:
                last = min(next_start(Grain.MONTH, month), TODAY) - timedelta(days=1)
                gathered = statistics.Gathered(month, last, *within(spans, month, last), {})
                async with bench.service.open_work(SYSTEM) as work:
                    await statistics.keep(work, gathered, await statistics.count(gathered, statistics.days_kept_from(work)))
                month = next_start(Grain.MONTH, month)
            size = await asyncio.to_thread(megabytes, Path(folder))
            took, worked = time.perf_counter() - began, time.process_time() - before
            print(f"{needs:,} needs, {len(spans[1]):,} requests, {OFFERS:,} offers counted in {took:.0f} s ({worked:.0f} s of work); {size:.0f} MB")
            found = {}
            for words, path in QUESTIONS.items():
                found[words] = await timed(lambda path=path: bench.get(account("admin"), path))  # type: ignore[misc]
                print(f"{words}: {found[words][0]:.0f} ms ({found[words][1]:.0f} ms of work)", flush=True)
            slowest = 0.0
            for page, questions in PAGES.items():
                whole, worked = (sum(found[words][at] for words in questions) for at in (0, 1))
                slowest = max(slowest, worked)
                print(f"{page}, all answers one after the other: {whole:.0f} ms ({worked:.0f} ms of work; goal: {GOAL_MS} ms)")
            return int(slowest > GOAL_MS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
