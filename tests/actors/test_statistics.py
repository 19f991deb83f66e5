"""Published figures: nobody recognisable in them, fixed for a day, the same for every reader."""

from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, TestClock, account, anonymous, api_client
from contracts.matching import OfferApprovedV1
from services.actors.model.statistics import protected, rounded


async def post_offers(bench: Bench, category: str, count: int) -> None:
    for _ in range(count):
        await bench.hear(
            OfferApprovedV1(
                offer_id=new_id(), version=1, state="open", category=category, audience="public", unit="person", places=1, places_left=1,
                returns=True, title={"en": "x"},
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ({}, {}, None),
        ({"a": 3}, {"a": None}, None),
        ({"a": 12, "b": 13}, {"a": 10, "b": 15}, 25),
        ({"a": 40, "b": 7, "c": 20}, {"a": 40, "b": None, "c": None}, 65),
        ({"a": 40, "b": 7, "c": 6}, {"a": 40, "b": None, "c": None}, 55),
        ({"a": 40, "b": 3, "c": 2}, {"a": None, "b": None, "c": None}, 45),
        ({"a": 40, "b": 3, "c": 2, "d": 30}, {"a": 40, "b": None, "c": None, "d": None}, 75),
        ({"a": 40, "b": 0}, {"a": None, "b": None}, 40),
        ({"b": 20, "a": 20, "c": 9}, {"a": None, "b": 20, "c": None}, 50),
    ],
)
def test_small_cells_are_suppressed_with_their_complement(counts: dict[str, int], cells: dict[str, int | None], total: int | None) -> None:
    found = protected(counts)

    assert (found.cells, found.total) == (cells, total)


def test_counts_are_rounded_to_the_nearest_five() -> None:
    assert [rounded(count) for count in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]


def test_what_the_total_leaves_never_points_at_a_small_group() -> None:
    for one in range(0, 30, 3):
        for two in range(0, 30, 3):
            counts = {"a": one, "b": two, "c": 25, "d": 11}

            hidden = [name for name, count in protected(counts).cells.items() if count is None]

            assert not hidden or len(hidden) == len(counts) or (len(hidden) > 1 and sum(counts[name] for name in hidden) >= 10)


async def test_before_the_first_snapshot_there_is_nothing_to_read(bench: Bench) -> None:
    answer = await bench.get(anonymous(), "/api/v1/statistics")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_yet_published")


async def test_the_days_figures_are_fixed_and_the_same_for_everybody(either_bench: Bench, clock: TestClock) -> None:
    await post_offers(either_bench, "housing.room", 13)
    await post_offers(either_bench, "language.class", 11)
    clock.forward(minutes=2)
    await either_bench.run_timer("take the day's statistics")
    first = await either_bench.get(anonymous(), "/api/v1/statistics")

    await post_offers(either_bench, "housing.flat", 5)
    clock.forward(minutes=2)
    await either_bench.run_timer("take the day's statistics")
    readers = [await either_bench.get(caller, "/api/v1/statistics") for caller in (anonymous(), account("admin"), api_client("statistics"))]
    clock.forward(days=1)
    await either_bench.run_timer("take the day's statistics")
    next_day = await either_bench.get(anonymous(), "/api/v1/statistics")

    assert first.json()["open_offers_by_category"] == {"housing": 15, "language": 10}
    assert first.json()["open_offers"] == 25
    assert all(reader.json() == first.json() for reader in readers)
    assert next_day.json()["open_offers_by_category"] == {"housing": 20, "language": 10}


async def test_a_hub_that_is_being_filled_publishes_when_it_is_quiet(bench: Bench, clock: TestClock, an_actor: Any) -> None:
    await bench.run_timer("take the day's statistics")
    await an_actor("Net", kind="network")
    await bench.run_timer("take the day's statistics")
    registry = (await bench.get(anonymous(), "/api/v1/statistics")).json()
    await post_offers(bench, "housing.room", 20)
    await bench.run_timer("take the day's statistics")
    filling = (await bench.get(anonymous(), "/api/v1/statistics")).json()
    clock.forward(seconds=61)

    await bench.run_timer("take the day's statistics")

    assert (registry["actors"], registry["networks"], registry["open_offers"]) == (1, 1, None)
    assert filling["open_offers"] is None
    assert (await bench.get(anonymous(), "/api/v1/statistics")).json()["open_offers"] == 20


async def test_news_every_minute_does_not_keep_an_ordinary_day_from_being_published(bench: Bench, clock: TestClock) -> None:
    await post_offers(bench, "housing.room", 20)
    clock.forward(minutes=2)
    await bench.run_timer("take the day's statistics")
    clock.forward(days=1)
    await post_offers(bench, "housing.room", 20)

    await bench.run_timer("take the day's statistics")

    assert (await bench.get(anonymous(), "/api/v1/statistics")).json()["open_offers"] == 40
