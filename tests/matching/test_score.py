"""The parts of the score, their weights, and the order they give."""

import re
from datetime import timedelta
from math import radians
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from services.matching.engine import eligibility, potentials, score, seating, smallest, steps, steps_in_time
from services.matching.engine.distance import EARTH_RADIUS_M, distance_m
from services.matching.engine.explain import TEMPLATES, why
from services.matching.engine.score import ranked, reference
from services.matching.engine.types import LanguageWish, LevelRange, PartName, Place, ProviderRecord, TimeWindow, TopicWish
from services.matching.engine.weights import Weights, WeightsDoNotAddUp
from tests.matching.worlds import GRENOBLE, LYON, NEEDS, NOW, OFFERS, a_need, an_id, an_offer, at


def points(part: PartName, need: dict[str, Any], offer: dict[str, Any], here: dict[str, Any] | None = None) -> int:
    verdict = reference(a_need(**need), an_offer(**offer), at(**here or {}))
    return next(found.points for found in verdict.parts if found.name is part)


AWAY = distance_m(GRENOBLE, Place(45.20, 5.73))
MORNING, HALF_OF_IT = TimeWindow(0, 540, 660), TimeWindow(0, 600, 700)


@pytest.mark.parametrize(
    ("part", "need", "offer", "here", "expected"),
    [
        (PartName.DISTANCE, {}, {}, {}, 1000),
        (PartName.DISTANCE, {}, {"place": Place(45.20, 5.73), "radius_m": AWAY * 2}, {}, 500),
        (PartName.DISTANCE, {"max_travel_m": AWAY * 4}, {"place": Place(45.20, 5.73), "radius_m": AWAY}, {}, 750),
        (PartName.DISTANCE, {}, {"place": Place(45.20, 5.73), "radius_m": AWAY}, {}, 0),
        (PartName.DISTANCE, {}, {"place": LYON}, {}, 0),
        (PartName.DISTANCE, {"place": None}, {"remote": True}, {}, 1000),
        (PartName.LANGUAGE, {"languages": (LanguageWish("ar"), LanguageWish("fr"))}, {}, {}, 500),
        (PartName.LANGUAGE, {"languages": (LanguageWish("fr"), LanguageWish("ar"))}, {}, {}, 1000),
        (PartName.LANGUAGE, {"languages": (LanguageWish("ar"),)}, {"provides": frozenset({"interpreter"})}, {}, 0),
        (PartName.LANGUAGE, {"languages": ()}, {}, {}, 1000),
        (PartName.TIMES, {"windows": (MORNING,)}, {"windows": (HALF_OF_IT,)}, {}, 500),
        (PartName.TIMES, {"windows": (MORNING, MORNING)}, {"windows": (MORNING,)}, {}, 1000),
        (PartName.TIMES, {}, {"windows": (MORNING,)}, {}, 1000),
        (PartName.TOPICS, {"topics": (TopicWish("french", "a1"), TopicWish("maths"))}, {"topics": (LevelRange("french"),)}, {}, 500),
        (PartName.TOPICS, {}, {}, {}, 1000),
        (PartName.SIZE_FIT, {"size": 1}, {"places": 6, "places_used": 2}, {}, 250),
        (PartName.SIZE_FIT, {"size": 4}, {"places": 4}, {}, 1000),
        (PartName.SIZE_FIT, {"size": 4}, {"places": 4, "places_used": 4}, {}, 0),
        (PartName.CONTINUITY, {}, {}, {"helps_case": True}, 1000),
        (PartName.CONTINUITY, {}, {}, {}, 0),
        (PartName.PREFERENCES, {"preferences": frozenset({"a", "b"})}, {"provides": frozenset({"a"})}, {}, 500),
        (PartName.PREFERENCES, {"attributes": frozenset({"family"})}, {"prefers": frozenset({"family", "beginner"})}, {}, 500),
        (PartName.PREFERENCES, {"provides": frozenset({"family"})}, {"prefers": frozenset({"family"})}, {}, 1000),
        (PartName.PREFERENCES, {"preferences": frozenset({"a"}), "attributes": frozenset({"c"})}, {"prefers": frozenset({"b", "c", "d"})}, {}, 250),
        (PartName.PREFERENCES, {}, {}, {}, 1000),
        (PartName.FAIR_LOAD, {}, {}, {"record": ProviderRecord(open_requests=3)}, 250),
        (PartName.FAIR_LOAD, {}, {}, {}, 1000),
        (PartName.ANSWERING, {}, {}, {}, 500),
        (PartName.ANSWERING, {}, {}, {"record": ProviderRecord(answered_in_time=8, asked=8)}, 900),
        (PartName.WAITING, {"posted_at": NOW - timedelta(days=30)}, {}, {}, 500),
        (PartName.WAITING, {"posted_at": NOW - timedelta(days=300)}, {}, {}, 1000),
        (PartName.WAITING, {"posted_at": NOW + timedelta(days=3)}, {}, {}, 0),
    ],
)
def test_a_part_measures_what_its_name_says(part: PartName, need: dict[str, Any], offer: dict[str, Any], here: dict[str, Any], expected: int):
    found = points(part, need, offer, here)

    assert found == expected


def test_the_score_is_the_weighted_sum_under_the_weights_name():
    weights = Weights(
        "city-2", distance=0, language=0, times=0, topics=0, size_fit=60, continuity=40, preferences=0, fair_load=0, answering=0, waiting=0
    )

    verdict = reference(a_need(size=5), an_offer(places=10), at(helps_case=True), weights)

    assert verdict.score == 60 * 500 + 40 * 1000
    assert verdict.weights == "city-2"


@pytest.mark.parametrize("wrong", [{"distance": 21}, {"distance": -5, "language": 40}])
def test_weights_that_do_not_sum_to_a_hundred_are_refused(wrong: dict[str, int]):
    with pytest.raises(WeightsDoNotAddUp):
        Weights(**wrong)


def test_ties_go_to_the_earlier_offer_and_then_to_the_lower_id():
    late, early, twin = an_offer(id=an_id(1)), an_offer(id=an_id(3), posted_at=NOW - timedelta(days=20)), an_offer(id=an_id(2))

    order = [offer.id.int for offer, _ in ranked((offer, reference(a_need(), offer, at())) for offer in (twin, late, early))]

    assert order == [3, 1, 2]


def test_distances_agree_with_a_known_one():
    paris, lyon = Place(48.8566, 2.3522), Place(45.7640, 4.8357)

    found = distance_m(paris, lyon)

    assert abs(found - 391_500) < 1_500
    assert found == distance_m(lyon, paris)


@pytest.mark.parametrize(("degrees", "most_below"), [(0.5, 1), (1.8, 9), (18.0, 10_000)])
def test_the_chord_stays_close_below_the_arc(degrees: float, most_below: int):
    here, there = Place(45.0 - degrees / 2, 5.7), Place(45.0 + degrees / 2, 5.7)

    below = EARTH_RADIUS_M * radians(degrees) - distance_m(here, there)

    assert -1 < below < most_below


@settings(max_examples=150, deadline=None)
@given(NEEDS, OFFERS)
def test_every_pair_can_be_told_in_words_and_scores_stay_within_bounds(need, offer):
    answer = why(need, offer, at())

    assert all(told.text and "{" not in told.text for told in (*answer.reasons, *(part.told for part in answer.parts)))
    assert all(0 <= part.points <= 1000 for part in answer.parts)
    assert answer.score == sum(part.points * part.weight for part in answer.parts)
    assert answer == why(need, offer, at())


def test_every_code_has_a_sentence_and_every_sentence_a_code():
    used = {
        code
        for module in (eligibility, potentials, score, seating, smallest, steps, steps_in_time)
        for code in re.findall(r'"((?:[a-z_]+\.)+[a-z_]+|score\.[a-z_.]+)"', Path(module.__file__).read_text())
    }

    assert used | {"hint.interpreter", "change.fits"} == set(TEMPLATES)
