"""Figures over the door: exact for those who may, the same published quarters for everybody, and no question that breaks."""

from datetime import date
from typing import Any

import pytest

from chassis.testing import TestClock, anonymous, api_client
from tests.matching.bench import World

SERIES = "/api/v1/statistics/series"
PARTS = "/api/v1/statistics/parts"
AREA = "45.20,5.75"


async def a_month(world: World, clock: TestClock) -> None:
    """Two needs, one with an accepted request; ten days later."""
    case = await world.a_case()
    match = await world.a_match(await world.a_need(case))
    clock.forward(hours=5)
    await world.do(world.volunteer, match, "matches", "accept")
    await world.a_need(case, category="food.parcel", topics=[])
    clock.forward(days=10)
    await world.bench.run_timer("count days")


async def test_a_coordinator_reads_exact_figures_with_those_of_before(either_world: World, clock: TestClock) -> None:
    await a_month(either_world, clock)

    found = await either_world.get(either_world.coordinator, f"{SERIES}?period=month&from=2026-11-01")

    assert (found["starts"], found["as_of"]) == (["2026-11-01"], "2026-11-30")
    assert found["values"]["needs_posted"] == [2] and found["before"]["needs_posted"] == 0
    assert found["times_total"]["time_to_accept"] == {"count": 1, "median": 5, "lower": 5, "upper": 5}


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter"])
async def test_each_period_tells_the_same_sums(world: World, clock: TestClock, period: str) -> None:
    await a_month(world, clock)

    found = await world.get(world.admin, f"{SERIES}?period={period}&from=2026-11-20&to=2026-11-30")

    assert (found["total"]["needs_posted"], found["total"]["needs_waiting"], found["total"]["offers_open"]) == (2, 1, 1)
    assert len(found["values"]["needs_posted"]) == len(found["starts"])


async def test_figures_are_narrowed_and_broken_by_kind_of_help_area_and_language(world: World, clock: TestClock) -> None:
    await a_month(world, clock)
    keys = await world.get(world.admin, "/api/v1/statistics/keys")

    narrowed = await world.get(world.admin, f"{SERIES}?period=month&category=language&area={keys['areas'][0]}")
    kinds = await world.get(world.admin, f"{PARTS}?by=category")
    below = await world.get(world.admin, f"{PARTS}?by=category&category=language&measure=needs_waiting")
    languages = await world.get(world.admin, f"{PARTS}?by=language&category=food")

    assert narrowed["total"]["needs_posted"] == 1
    assert [(part["key"], part["total"]["needs_posted"]) for part in kinds["items"]] == [("food", 1), ("language", 1)]
    assert [part["key"] for part in below["items"]] == ["language.class"]
    assert [(part["key"], part["total"]["needs_posted"]) for part in languages["items"]] == [("ar", 1)]


@pytest.mark.parametrize("path", [SERIES, f"{PARTS}?by=area", "/api/v1/statistics/keys"])
async def test_exact_figures_are_for_coordinators_and_administrators(world: World, path: str) -> None:
    answers = [await world.bench.get(who, path) for who in (anonymous(), world.volunteer, world.member, world.observer, api_client("statistics"))]

    assert [answer.status_code for answer in answers] == [401, 403, 403, 403, 403]
    assert (await world.bench.get(world.coordinator, path)).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("area=45.20,5.75&language=ar", "too_close"),
        ("period=day&category=language&language=ar", "too_close"),
        ("category=none.such", "unknown_category"),
        ("period=day&from=2001-01-01", "too_long"),
        ("from=2026-12-30&to=2026-11-01", "wrong_order"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_refused_with_what_to_do(world: World, clock: TestClock, query: str, code: str) -> None:
    await a_month(world, clock)

    answer = await world.bench.get(world.admin, f"{SERIES}?{query}")

    assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize(
    "query", ["from=0001-01-01", "to=9999-12-31", "period=year", "area=%00", "area=x", "language=%F0%9F", "category=%27", "from=x"]
)
async def test_no_question_breaks_the_service(world: World, query: str) -> None:
    answers = [
        await world.bench.get(world.admin, f"{path}{query}") for path in (f"{SERIES}?", f"{PARTS}?by=category&", "/api/v1/statistics/published?")
    ]

    assert {answer.status_code for answer in answers} <= {200, 422}


async def test_an_answer_is_kept_until_it_is_counted_again(world: World, clock: TestClock) -> None:
    await a_month(world, clock)
    first = await world.bench.get(world.admin, SERIES)

    again = await world.bench.get(world.admin, SERIES, headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304 and first.headers["cache-control"] == "private, max-age=300"


async def test_everybody_reads_the_same_published_quarters_and_definitions(world: World, clock: TestClock) -> None:
    await a_month(world, clock)
    clock.forward(days=40)
    await world.bench.run_timer("count days")

    readers: list[Any] = [await world.bench.get(who, "/api/v1/statistics/published") for who in (anonymous(), world.coordinator, api_client("read"))]
    measures = (await world.bench.get(anonymous(), "/api/v1/statistics/measures")).json()["items"]

    assert len({reader.text for reader in readers}) == 1 and readers[0].json()["items"][0]["needs"]["total"] is None
    assert readers[0].json()["items"][0]["start"] == date(2026, 10, 1).isoformat()
    assert len(measures) == len({row["code"] for row in measures}) and all(row["definition"].endswith(".") for row in measures)
