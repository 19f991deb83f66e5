"""What is published of a quarter gives no small group away, whatever was counted: neither by itself, nor added up, subtracted or crossed."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.testing import TestClock
from services.matching.model.statistics.measures import Spread
from services.matching.model.statistics.published import SMALL, STEP, Tree, category_tree, flat, open_parts, publish, published_spread, rounded
from services.matching.use_cases.statistics import _lists
from tests.matching.bench import World

MONTHS = ("2026-01", "2026-02", "2026-03")
KINDS = ("housing", "housing.room", "housing.flat", "food.meal", "food.parcel", "legal.asylum")
AREAS = ("a", "b", "c", "-")
FATES = ("fulfilled", "ended", "going_on")
ONE = st.tuples(st.sampled_from(MONTHS), st.sampled_from(KINDS), st.sampled_from(AREAS), st.sampled_from(FATES))
PEOPLE = st.lists(st.tuples(ONE, st.integers(1, 25)), max_size=14).map(lambda rows: [one for one, many in rows for _ in range(many)])
Needs = list[tuple[str, str, str, str]]


def told(needs: Needs) -> dict[str, Any]:
    """What is published of these needs."""
    month, kind, area, fate = (Counter(one[at] for one in needs) for at in range(4))
    return _lists(
        len(needs),
        month=(dict.fromkeys(MONTHS, 0) | month, True),
        category=(dict(kind), False),
        area=(dict(area), False),
        fate=(dict.fromkeys(FATES, 0) | fate, True),
    )


def groups(needs: Needs, name: str, found: Mapping[str, Any]) -> dict[str, frozenset[int]]:
    """Each published part of a list, as the needs that it counts."""
    at = ("month", "category", "area", "fate").index(name)

    def counts(code: str, value: str) -> bool:
        if name != "category":
            return value == code
        return value == code.removesuffix(".general") if code.endswith(".general") else value == code or value.startswith(f"{code}.")

    return {code: frozenset(number for number, one in enumerate(needs) if counts(code, one[at])) for code in found[name]}


def atoms(whole: frozenset[int], parts: list[frozenset[int]]) -> list[frozenset[int]]:
    """What sums and differences of a whole and its parts, which are nested or apart, can single out."""
    return [each - frozenset().union(*(part for part in parts if part < each)) for each in [whole, *parts]]


@given(PEOPLE)
@settings(max_examples=60, deadline=None)
def test_no_published_figure_and_no_difference_of_published_figures_is_a_small_group(needs: Needs) -> None:
    found, everybody = told(needs), frozenset(range(len(needs)))

    for name in ("month", "category", "area", "fate"):
        parts = groups(needs, name, found)
        assert all(len(part) >= SMALL and found[name][code] == rounded(len(part)) for code, part in parts.items())
        for rest in atoms(everybody, list(parts.values())) if parts else []:
            closed = name in ("month", "fate") and not rest
            assert len(rest) >= SMALL or closed
    assert found["total"] is None or len(needs) >= SMALL


@given(PEOPLE)
@settings(max_examples=40, deadline=None)
def test_no_crossing_of_two_lists_can_be_placed_more_closely_than_a_small_group(needs: Needs) -> None:
    found, everybody = told(needs), frozenset(range(len(needs)))

    lists = {name: atoms(everybody, list(groups(needs, name, found).values())) for name in ("month", "category", "area", "fate") if found[name]}

    for one, other in combinations(lists.values(), 2):
        for here in filter(None, one):
            for there in filter(None, other):
                low, high = max(0, len(here) + len(there) - len(needs)), min(len(here), len(there))
                assert high - low >= SMALL


@given(PEOPLE, PEOPLE)
@settings(max_examples=15, deadline=None)
def test_two_quarters_taken_together_or_apart_give_no_small_group_away(first: Needs, second: Needs) -> None:
    published = [told(first), told(second)]

    together = [[len(part) for part in groups(needs, "area", found).values()] for needs, found in zip((first, second), published, strict=True)]

    for one in together[0]:
        for other in together[1]:
            assert one >= SMALL and other >= SMALL and one + other >= 2 * SMALL


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60)), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_published_parts_leave_is_never_small(counts: dict[str, int], closed: bool) -> None:
    whole = sum(counts.values())

    left = whole - sum(counts[name] for name in open_parts(whole, counts, closed))

    assert left >= SMALL or whole < SMALL or (closed and left == 0 and all(count >= SMALL for count in counts.values()))


@pytest.mark.parametrize(
    ("counts", "closed", "parts"),
    [
        ({"a": 40, "b": 30}, True, {"a": 40, "b": 30}),
        ({"a": 40, "b": 30}, False, {"a": 40}),
        ({"a": 40, "b": 30, "c": 9}, True, {"a": 40}),
        ({"a": 40, "b": 6, "c": 7}, True, {"a": 40}),
        ({"a": 40}, False, {}),
        ({"a": 9}, True, {}),
    ],
)
def test_parts_are_withheld_with_the_one_that_would_give_them_away(counts: dict[str, int], closed: bool, parts: dict[str, int]) -> None:
    found = publish(Tree(sum(counts.values()), flat(counts), closed))

    assert {name: part.count for name, part in found.parts.items()} == parts if found else not parts


def test_kinds_of_help_are_a_tree_in_which_each_branch_keeps_its_small_parts() -> None:
    found = publish(category_tree({"housing": 3, "housing.room": 22, "housing.flat": 12, "food.meal": 31, "legal.asylum": 14}, 82))

    assert found is not None and set(found.parts) == {"housing", "food"} and set(found.parts["housing"].parts) == {"housing.room"}
    assert found.parts["food"].parts == {} and found.count % STEP == 0


def test_a_list_of_another_population_is_not_told() -> None:
    assert _lists(30, area=({"a": 12, "b": 17}, False)) == {"total": None, "area": {}}


def test_a_duration_of_few_is_not_told_and_its_quartiles_only_of_many() -> None:
    assert published_spread(Spread(9, 24, 12, 48)) is None
    assert published_spread(Spread(10, 30, 12, 48)) == {"median_days": 1}
    assert published_spread(Spread(40, 30, 12, 48)) == {"median_days": 1, "lower_days": 1, "upper_days": 2}


async def test_a_quarter_is_published_when_it_is_over_and_never_changes(world: World, clock: TestClock) -> None:
    case = await world.a_case()
    for category in ["language.class"] * 12 + ["food.parcel"] * 13:
        await world.a_need(case, category=category, topics=[])
    clock.forward(days=30)
    await world.bench.run_timer("count days")
    early = (await world.bench.get(world.observer, "/api/v1/statistics/published")).json()
    clock.forward(days=20)
    await world.bench.run_timer("count days")
    first = (await world.bench.get(world.observer, "/api/v1/statistics/published")).json()

    clock.forward(days=90)
    await world.bench.run_timer("keep retention")
    await world.bench.run_timer("count days")

    later = (await world.bench.get(world.observer, "/api/v1/statistics/published")).json()
    assert early["items"] == [] and first["items"][0]["start"] == date(2026, 10, 1).isoformat()
    assert first["items"][0]["needs"]["total"] == 25 and first["items"][0]["needs"]["category"] == {"food": 15}
    assert later["items"][0] == first["items"][0] and len(later["items"]) == 2
