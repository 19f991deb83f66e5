"""The figures of days: what is counted, when, and that counting again changes nothing."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chassis.identity import SYSTEM
from chassis.testing import TestClock
from services.matching.model.statistics.counting import Figure, Keys, MatchSpan, NeedSpan, OfferSpan, Use, count_days
from services.matching.model.statistics.measures import Grain, Spread, bucket_of, next_start, spread_of, start_of, starts
from services.matching.store.statistics import Asked
from services.matching.store.statistics_sources import area_of, open_times
from services.matching.use_cases import statistics
from tests.matching.bench import World

FIRST = date(2026, 11, 1)
DAY = date(2026, 11, 21)
AREA = area_of(45.18, 5.73)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def of(counts: Counter[Figure], measure: str, split: str = "", **keys: str) -> dict[int, int]:
    """A measure by day of the month."""
    wanted = {"category": "", "area": "", "language": "", **keys}
    return {
        one.day.day: value
        for one, value in sorted(counts.items())
        if (one.measure, one.split, one.category, one.area, one.language) == (measure, split, *wanted.values())
    }


def test_a_need_waits_until_it_has_a_match_and_counts_when_it_ends() -> None:
    keys = Keys("housing.room", "45.19,5.72", "ar")
    need = NeedSpan(keys, at(2), at(9), "needs_fulfilled")
    match = MatchSpan(keys, at(2), at(4), at(5), at(9), "fulfilled", "helped", None, True)

    counts = count_days(date(2026, 11, 1), date(2026, 11, 30), [need], [match], [], FIRST)

    assert of(counts, "needs_posted") == {2: 1} and of(counts, "needs_fulfilled", "language", language="ar") == {9: 1}
    assert of(counts, "needs_waiting") == {2: 1, 3: 1}
    assert of(counts, "needs_with_match", "area", area="45.19,5.72") == {day: 1 for day in range(4, 9)}
    assert counts[Figure("", "time_to_match", date(2026, 11, 4), bucket=48)] == 1
    assert counts[Figure("", "time_to_fulfil", date(2026, 11, 9), bucket=96)] == 1
    assert counts[Figure("", "outcome_helped", date(2026, 11, 9))] == 1


def test_an_offer_is_never_asked_then_asked_then_full_and_counts_in_each_language() -> None:
    uses = (Use(1, at(3), at(6)), Use(2, at(4), None))
    offer = OfferSpan("language.class", "-", ("fr", "ar"), 3, at(1), ((at(2), None),), at(3), uses)

    counts = count_days(date(2026, 11, 1), date(2026, 11, 7), [], [], [offer], FIRST)

    assert (
        of(counts, "offers_never_asked") == {2: 1} and of(counts, "offers_asked") == {3: 1, 6: 1, 7: 1} and of(counts, "offers_full") == {4: 1, 5: 1}
    )
    assert of(counts, "places_used") == {3: 1, 4: 3, 5: 3, 6: 2, 7: 2} and of(counts, "places")[7] == 3
    assert of(counts, "offers_open", "language", language="ar") == of(counts, "offers_open", "language", language="fr") == of(counts, "offers_open")


def test_days_counted_apart_are_the_days_counted_together() -> None:
    keys = Keys("food.parcel")
    needs = [NeedSpan(keys, at(day), at(day + 9), "needs_withdrawn") for day in range(1, 20)]
    together = count_days(date(2026, 11, 1), date(2026, 11, 28), needs, [], [], FIRST)

    apart = count_days(date(2026, 11, 1), date(2026, 11, 13), needs, [], [], FIRST) + count_days(
        date(2026, 11, 14), date(2026, 11, 28), needs, [], [], FIRST
    )

    assert {figure: count for figure, count in apart.items() if not figure.split} == {
        figure: count for figure, count in together.items() if not figure.split
    }


@pytest.mark.parametrize(
    ("state", "moves", "times"),
    [
        ("open", [], [(1, None)]),
        ("awaiting_moderation", [], []),
        ("open", [(3, "offer.approved")], [(3, None)]),
        ("closed", [(2, "offer.refused")], []),
        ("open", [(3, "offer.paused"), (5, "offer.resumed")], [(1, 3), (5, None)]),
        ("closed", [(3, "offer.paused"), (5, "offer.closed")], [(1, 3)]),
        ("closed", [], [(1, 20)]),
    ],
)
def test_when_an_offer_took_requests_is_read_from_its_trail(state: str, moves: list[tuple[int, str]], times: list[tuple[int, int | None]]) -> None:
    found = open_times(at(1), state, at(20), [(at(day), action) for day, action in moves])

    assert found == tuple((at(begin), at(end) if end else None) for begin, end in times)


def test_a_period_begins_where_the_calendar_says() -> None:
    assert [start_of(grain, DAY) for grain in Grain] == [DAY, date(2026, 11, 16), date(2026, 11, 1), date(2026, 10, 1)]
    assert [next_start(grain, start_of(grain, DAY)) for grain in Grain] == [
        date(2026, 11, 22),
        date(2026, 11, 23),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert starts(Grain.MONTH, date(2026, 11, 30), date(2027, 1, 1)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_half_of_the_durations_lie_between_the_quartiles() -> None:
    assert spread_of({}) == Spread(0)
    assert spread_of({1: 1, 2: 1, 24: 1, 48: 1}) == Spread(4, 2, 1, 24)
    assert [bucket_of(hours * 3600) for hours in (0.5, 71.9, 73, 60 * 24 + 1)] == [0, 71, 72, 1344]


async def pass_days(world: World, clock: TestClock, days: int) -> None:
    clock.forward(days=days)
    await world.bench.run_timer("count days")


async def figures(world: World, split: str = "", grain: Grain = Grain.DAY, **keys: str) -> dict[str, int]:
    """Measures summed over everything that is stored."""
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        asked = Asked(grain, date(2026, 11, 1), date(2027, 1, 1), **{name: value for name, value in keys.items() if value is not None})
        assert asked.split() == split
        found: Counter[str] = Counter()
        for measure, _start, value in await work.statistics.series(asked):
            found[measure] += value
        return dict(found)


async def test_a_day_is_counted_once_it_is_over(either_world: World, clock: TestClock) -> None:
    match = await either_world.a_match()
    await either_world.do(either_world.volunteer, match, "matches", "accept")
    await either_world.bench.run_timer("count days")
    early = await figures(either_world)

    await pass_days(either_world, clock, 1)

    found = await figures(either_world)
    assert early == {}
    assert {
        name: found[name] for name in ("needs_posted", "needs_matched", "requests_made", "requests_accepted", "needs_with_match")
    } == dict.fromkeys(("needs_posted", "needs_matched", "requests_made", "requests_accepted", "needs_with_match"), 1)
    assert (found["offers_open"], found["places"], found["places_used"], found["offers_asked"]) == (1, 2, 1, 1)
    assert (await figures(either_world, "category area", category="language", area=AREA))["needs_posted"] == 1
    assert (await figures(either_world, "language", language="ar"))["needs_posted"] == 1


async def test_weeks_and_months_add_what_happened_and_keep_what_was_there_last(either_world: World, clock: TestClock) -> None:
    await either_world.a_need()
    clock.forward(days=1)
    await either_world.a_need()

    await pass_days(either_world, clock, 3)

    for grain in (Grain.WEEK, Grain.MONTH):
        found = await figures(either_world, grain=grain)
        assert (found["needs_posted"], found["needs_waiting"]) == ((2, 2) if grain is Grain.MONTH else (2, 4))


async def test_counting_again_changes_nothing(either_world: World, clock: TestClock) -> None:
    await either_world.a_match()
    await pass_days(either_world, clock, 3)
    before = [await figures(either_world, grain=grain) for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH)]

    async with either_world.bench.service.open_work(SYSTEM) as work:
        gathered = await statistics.gather_days(work, date(2026, 11, 21), date(2026, 11, 23))
        await statistics.keep(work, gathered, await statistics.count(gathered, DAY))

    assert [await figures(either_world, grain=grain) for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH)] == before


async def test_figures_outlive_the_household_that_they_counted(world: World, clock: TestClock) -> None:
    need = await world.a_need()
    await world.do(world.coordinator, need, "needs", "withdraw")
    await world.do(world.coordinator, {"id": need["case_id"]}, "cases", "close")
    await pass_days(world, clock, 1)
    before = await figures(world, "language", grain=Grain.MONTH, language="ar")

    clock.forward(days=40)
    await world.bench.run_timer("keep retention")
    await world.bench.run_timer("count days")

    assert before == await figures(world, "language", grain=Grain.MONTH, language="ar") == {"needs_posted": 1, "needs_withdrawn": 1}


async def test_single_days_go_after_their_time_and_pairs_sooner(world: World, clock: TestClock) -> None:
    await world.a_need()
    await pass_days(world, clock, 80)
    pairs = await figures(world, "category area", category="language", area=AREA)
    await pass_days(world, clock, 400)

    assert "needs_posted" not in pairs
    assert "needs_posted" not in await figures(world) and (await figures(world, grain=Grain.MONTH))["needs_posted"] == 1


async def test_no_figure_holds_an_id(world: World, clock: TestClock) -> None:
    need = await world.a_need()
    await pass_days(world, clock, 1)

    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        rows: list[Any] = [tuple(row) for row in (await work.session.execute(_everything())).all()]

    assert rows and not any(need["id"] in str(row) or need["case_id"] in str(row) for row in rows)


def _everything() -> Any:
    from services.matching.tables import Base

    return Base.metadata.tables["statistic"].select()
