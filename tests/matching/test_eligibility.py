"""Each hard rule, broken and kept."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.matching.engine.explain import TEMPLATES, why
from services.matching.engine.score import reference
from services.matching.engine.types import Audience, LanguageWish, LevelRange, TimeWindow, TopicWish
from services.matching.engine.week import days_mask, minutes
from tests.matching.worlds import LYON, NOW, a_need, an_offer, at

TUESDAY_MORNING = TimeWindow(1, 540, 720)
TUESDAY_EVENING = TimeWindow(1, 1080, 1200)
FRENCH_A1_TO_A2 = (LevelRange("french", "a1", "a2"),)


def codes(need: dict[str, Any], offer: dict[str, Any], here: dict[str, Any] | None = None) -> list[str]:
    return [reason.code for reason in reference(a_need(**need), an_offer(**offer), at(**here or {})).reasons]


def test_the_plain_pair_is_eligible():
    verdict = reference(a_need(), an_offer(), at())

    assert verdict.eligible
    assert verdict.reasons == ()


@pytest.mark.parametrize(
    ("need", "offer", "here", "code"),
    [
        ({"category": "housing"}, {}, {}, "category.other"),
        ({"category": "language.class.evening"}, {}, {}, "category.other"),
        ({"category": "lang"}, {}, {}, "category.other"),
        ({}, {"is_open": False}, {}, "offer.not_open"),
        ({"is_open": False}, {}, {}, "need.not_open"),
        ({"size": 3}, {"places": 4, "places_used": 2}, {}, "places.too_few"),
        ({"household": 1}, {"household_min": 2}, {}, "household.too_small"),
        ({"household": 5}, {"household_max": 4}, {}, "household.too_large"),
        ({"requires": frozenset({"step_free"})}, {}, {}, "need.requires"),
        ({}, {"requires": frozenset({"women_only"})}, {}, "offer.requires"),
        ({"languages": (LanguageWish("ar", required=True), LanguageWish("fr"))}, {}, {}, "language.required"),
        ({"languages": (LanguageWish("ar"), LanguageWish("en"))}, {}, {}, "language.none_shared"),
        ({"topics": (TopicWish("french", "b1", required=True),)}, {"topics": FRENCH_A1_TO_A2}, {}, "topic.level"),
        ({"topics": (TopicWish("french", "1", required=True),)}, {"topics": FRENCH_A1_TO_A2}, {}, "topic.level"),
        ({"topics": (TopicWish("maths", None, required=True),)}, {"topics": FRENCH_A1_TO_A2}, {}, "topic.missing"),
        ({}, {"place": LYON}, {}, "place.too_far"),
        ({"place": None}, {}, {}, "place.unknown"),
        ({"windows": (TUESDAY_MORNING,)}, {"windows": (TUESDAY_EVENING,)}, {}, "times.apart"),
        ({"windows": (TimeWindow(1, 540, 600),)}, {"windows": (TimeWindow(1, 600, 660),)}, {}, "times.apart"),
        ({"from_date": date(2026, 4, 1)}, {"valid_until": date(2026, 3, 31)}, {}, "dates.apart"),
        ({}, {"valid_until": date(2026, 3, 1)}, {}, "dates.apart"),
        # From Wednesday 4 to Friday 6 March there is no Tuesday.
        ({"windows": (TUESDAY_MORNING,), "from_date": date(2026, 3, 4), "until_date": date(2026, 3, 6)}, {}, {}, "times.apart"),
        ({"from_peer": True}, {"audience": Audience.COORDINATORS}, {}, "audience.not_shared"),
        ({"from_peer": True}, {"audience": Audience.PUBLIC}, {}, "audience.not_shared"),
        ({"consent_match": False}, {}, {}, "consent.missing"),
        ({"consent_until": NOW - timedelta(seconds=1)}, {}, {}, "consent.ended"),
        ({}, {}, {"tried": True}, "pair.tried"),
    ],
)
def test_a_broken_rule_is_the_one_reason(need: dict[str, Any], offer: dict[str, Any], here: dict[str, Any], code: str):
    found = codes(need, offer, here)

    assert found == [code]


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        ({"category": "language.class"}, {}),
        ({"size": 2}, {"places": 4, "places_used": 2}),
        ({"household": 4}, {"household_min": 4, "household_max": 4}),
        ({"requires": frozenset({"step_free"})}, {"provides": frozenset({"step_free"})}),
        ({"attributes": frozenset({"women_only"})}, {"requires": frozenset({"women_only"})}),
        ({"provides": frozenset({"women_only"})}, {"requires": frozenset({"women_only"})}),
        ({"languages": (LanguageWish("ar", required=True),)}, {"provides": frozenset({"interpreter"})}),
        ({"languages": (LanguageWish("ar", required=True),), "interpreter_linked": True}, {}),
        ({"languages": (LanguageWish("ar"), LanguageWish("FR-ch"))}, {}),
        ({"languages": ()}, {}),
        ({"languages": (LanguageWish("ar"),)}, {"languages": frozenset()}),
        ({"topics": (TopicWish("french", "a2", required=True),)}, {"topics": FRENCH_A1_TO_A2}),
        ({"topics": (TopicWish("french", "b1", required=False),)}, {"topics": FRENCH_A1_TO_A2}),
        ({"topics": (TopicWish("french", None, required=True),)}, {"topics": FRENCH_A1_TO_A2}),
        ({"max_travel_m": 200_000}, {"place": LYON}),
        ({}, {"place": LYON, "radius_m": 200_000}),
        ({"place": None}, {"remote": True}),
        ({"windows": (TUESDAY_MORNING,)}, {"windows": (TimeWindow(1, 719, 800),)}),
        ({"windows": (TUESDAY_MORNING,), "from_date": date(2026, 3, 4), "until_date": date(2026, 3, 10)}, {}),
        ({"from_date": date(2026, 3, 31)}, {"valid_until": date(2026, 3, 31)}),
        ({}, {"audience": Audience.COORDINATORS}),
        ({"from_peer": True}, {"audience": Audience.PEERS}),
        ({"consent_until": NOW}, {}),
    ],
)
def test_a_rule_that_just_holds_gives_no_reason(need: dict[str, Any], offer: dict[str, Any]):
    found = codes(need, offer)

    assert found == []


def test_every_failing_rule_is_told_in_words_not_only_the_first():
    need = a_need(size=4, requires=frozenset({"step_free"}), languages=(LanguageWish("ar"),))
    offer = an_offer(places=2, is_open=False)

    answer = why(need, offer, at(), interpreter_offers=3)

    assert not answer.eligible
    assert [told.text for told in answer.reasons] == [
        "The offer is not open.",
        "The offer has 2 places left; the need asks for 4.",
        "The need requires step_free, which the offer does not provide.",
        "They share no language.",
    ]
    assert [told.text for told in answer.hints] == ["Offers of an interpreter exist: 3."]
    assert len(answer.parts) == 10


def test_a_reader_of_another_language_gets_translated_templates():
    german = {TEMPLATES["offer.not_open"]: "Das Angebot ist nicht offen."}

    answer = why(a_need(), an_offer(is_open=False), at(), translate=lambda text: german.get(text, text))

    assert [told.text for told in answer.reasons] == ["Das Angebot ist nicht offen."]


def test_six_days_lack_one_weekday_and_seven_lack_none():
    monday = date(2026, 3, 2)

    six, seven = (minutes(days_mask(monday, monday + timedelta(days=more))) for more in (5, 6))

    assert (six, seven) == (6 * 1440, 7 * 1440)
