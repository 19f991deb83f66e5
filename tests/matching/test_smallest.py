"""What is told as the smallest change is true: done, it makes an offer fit, and a little less does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.eligibility import category_is_below, failing
from services.matching.engine.explain import sentence
from services.matching.engine.levels import CEFR, SCHOOL_YEARS
from services.matching.engine.smallest import COSTS, Change, smallest_changes
from services.matching.engine.steps import EFFECTS, Step, applied, ways
from services.matching.engine.steps_in_time import clock, minute_of
from services.matching.engine.types import Audience, LanguageWish, LevelRange, TimeWindow, TopicWish
from tests.matching.worlds import LYON, NEEDS, NOW, OFFERS, a_need, an_id, an_offer, at

TODAY = NOW.date()
SITUATIONS = st.builds(at, tried=st.booleans())


def less(step):
    """The same step done a little less, in every way that there is."""
    if step.code == "change.hours":
        window = {name: step.of(name) for name in ("day", "from", "to")}
        start, end = minute_of(window["from"]), minute_of(window["to"])
        return [
            Step(step.code, step.amount - 1, (("day", window["day"]), ("from", clock(a)), ("to", clock(b))))
            for a, b in ((start + 1, end), (start, end - 1))
        ]
    if step.code == "change.level":
        scale = CEFR if step.of("wished") in CEFR else SCHOOL_YEARS
        wished, level = scale.index(step.of("wished")), scale.index(step.of("level"))
        nearer = scale[level + (1 if wished > level else -1)]
        return [replace(step, params=(*step.params[:2], ("level", nearer)))]
    return [replace(step, amount=step.amount - 1)] if step.amount > 1 else []


def after(steps, facts):
    """What fails once some steps were done."""
    for step in steps:
        facts = applied(step, facts)
    return failing(*facts)


def the_best(need, *offers, **circumstances) -> Change:
    return smallest_changes(need, [(offer, at(**circumstances)) for offer in offers])[0]


def told(change: Change) -> list[tuple[str, dict[str, str | int]]]:
    return [(reason.code, dict(reason.params)) for reason in change.reasons]


@settings(max_examples=150, deadline=None)
@given(NEEDS, st.lists(st.tuples(OFFERS, SITUATIONS), max_size=5, unique_by=lambda pair: pair[0].id))
def test_a_change_makes_its_offer_fit_and_nothing_less_does(need, pairs):
    facts = {offer.id: (need, offer, situation) for offer, situation in pairs}

    changes = smallest_changes(need, pairs)

    for change in changes:
        if change.offer_id is None:
            assert not any(category_is_below(offer.category, need.category) for offer, _ in pairs)
            continue
        assert after(change.steps, facts[change.offer_id]) == ()
        for position, step in enumerate(change.steps):
            others = change.steps[:position] + change.steps[position + 1 :]
            assert after(others, facts[change.offer_id]) != ()
            for weaker in less(step):
                assert after((*others, weaker), facts[change.offer_id]) != ()


@settings(max_examples=150, deadline=None)
@given(NEEDS, OFFERS, SITUATIONS)
def test_whatever_fails_can_be_made_to_hold_one_group_at_a_time(need, offer, situation):
    need = replace(need, category=offer.category)

    groups = list(ways(need, offer, situation))

    assert bool(groups) == bool(failing(need, offer, situation))
    for taken in range(3):
        chosen = [step for group in groups for step in group[min(taken, len(group) - 1)]]
        assert after(chosen, (need, offer, situation)) == ()
    for group in groups if len(groups) > 1 else ():
        assert all(after(way, (need, offer, situation)) for way in group)


@settings(max_examples=50, deadline=None)
@given(NEEDS, st.lists(st.tuples(OFFERS, SITUATIONS), max_size=5, unique_by=lambda pair: pair[0].id), st.randoms())
def test_the_order_of_the_offers_means_nothing(need, pairs, chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)

    assert smallest_changes(need, shuffled) == smallest_changes(need, pairs)


CASES = {
    "distance": ({"max_travel_m": 90_000}, {"place": LYON, "radius_m": 0}, [("change.distance", {"metres": 3_981})]),
    "radius": ({}, {"place": LYON, "radius_m": 90_000}, [("change.radius", {"metres": 3_981})]),
    "language": ({"languages": (LanguageWish("ar", True),)}, {}, [("change.interpreter", {"language": "ar"})]),
    "accepting": ({"languages": (LanguageWish("ar"),)}, {}, [("change.accept_language", {"language": "fr"})]),
    "end": ({"until_date": TODAY + timedelta(2)}, {"valid_from": TODAY + timedelta(5)}, [("change.end", {"days": 3})]),
    "begin": (
        {"until_date": TODAY + timedelta(9), "windows": (TimeWindow(2, 540, 600),)},
        {"valid_from": TODAY + timedelta(3), "valid_until": TODAY + timedelta(4)},
        [("change.begin", {"days": 1})],
    ),
    "hours": (
        {"windows": (TimeWindow(1, 540, 600),)},
        {"windows": (TimeWindow(1, 620, 700), TimeWindow(2, 540, 600))},
        [("change.hours", {"day": 1, "from": "10:00", "to": "10:21", "minutes": 21})],
    ),
    "weekday": (
        {"windows": (TimeWindow(1, 540, 600),)},
        {"windows": (TimeWindow(2, 1080, 1200),)},
        [("change.weekday", {"day": 1, "from": "09:00", "to": "10:00"})],
    ),
    "places": ({"size": 3}, {"places": 2}, [("change.places", {"places": 1})]),
    "full": ({}, {"places": 2, "places_used": 2, "is_open": False}, [("change.places", {"places": 1})]),
    "paused": ({}, {"is_open": False}, [("change.open", {})]),
    "small household": ({}, {"household_min": 3}, [("change.household_min", {"persons": 2})]),
    "large household": ({"household": 5}, {"household_max": 4}, [("change.household_max", {"persons": 1})]),
    "tag": ({"requires": frozenset({"step_free"})}, {}, [("change.need_tag", {"tag": "step_free"})]),
    "their tag": ({}, {"requires": frozenset({"women_only"})}, [("change.offer_tag", {"tag": "women_only"})]),
    "interpreter": ({"requires": frozenset({"interpreter"}), "languages": ()}, {}, [("change.any_interpreter", {})]),
    "level": (
        {"topics": (TopicWish("french", "b2", True),)},
        {"topics": (LevelRange("french", "a1", "a2"), LevelRange("french", "a1", "b1"))},
        [("change.level", {"topic": "french", "wished": "b2", "level": "b1"})],
    ),
    "topic": ({"topics": (TopicWish("french", None, True),)}, {}, [("change.topic", {"topic": "french"})]),
    "place": ({"place": None}, {}, [("change.place", {})]),
    "peers": ({"from_peer": True}, {"audience": Audience.PUBLIC}, [("change.shared", {})]),
    "consent": ({"consent_match": False}, {}, [("change.consent", {})]),
    "closed need": ({"is_open": False}, {}, [("change.need_open", {})]),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_has_its_smallest_change(name):
    of_need, of_offer, expected = CASES[name]

    change = the_best(a_need(**of_need), an_offer(**of_offer))

    assert told(change) == expected
    assert all("{" not in sentence(reason) for reason in change.reasons)


def test_an_offer_that_was_tried_can_be_asked_again():
    change = the_best(a_need(), an_offer(), tried=True)

    assert told(change) == [("change.retry", {})]


def test_one_rule_comes_before_two_however_dear_it_is():
    far = an_offer(id=an_id(1), place=LYON)
    twice = an_offer(id=an_id(2), is_open=False, requires=frozenset({"women_only"}))

    change = the_best(a_need(), far, twice)

    assert (change.offer_id, len(change.steps)) == (an_id(1), 1)


def test_two_rules_are_told_together_where_no_single_one_suffices():
    change = the_best(a_need(household=5), an_offer(household_max=4, is_open=False))

    assert told(change) == [("change.household_max", {"persons": 1}), ("change.open", {})]
    assert change.unlocks == 1


def test_a_change_that_unlocks_several_offers_says_how_many():
    offers = [an_offer(id=an_id(number), languages=frozenset({"ar"})) for number in (1, 2, 3)]

    change = the_best(a_need(), *offers)

    assert (change.steps[0].code, change.offer_id, change.unlocks) == ("change.accept_language", an_id(1), 3)


def test_the_nearest_offer_gives_the_metres():
    near, far = (an_offer(id=an_id(number), place=LYON, radius_m=radius) for number, radius in ((1, 93_000), (2, 80_000)))

    change = the_best(a_need(max_travel_m=1_000), far, near)

    assert (told(change), change.offer_id, change.unlocks) == ([("change.radius", {"metres": 981})], an_id(1), 1)


def test_a_category_without_any_offer_is_told():
    change = the_best(a_need(category="housing"), an_offer())

    assert (told(change), change.offer_id, change.unlocks) == ([("change.find", {"needed": "housing"})], None, 0)


def test_dates_that_meet_on_the_wrong_weekday_move_until_the_right_one():
    need = a_need(until_date=date(2026, 3, 4), windows=(TimeWindow(4, 540, 600),))

    change = the_best(need, an_offer())

    assert told(change) == [("change.end", {"days": 2})]


def test_every_step_has_a_cost_and_an_effect():
    assert set(COSTS) == set(EFFECTS)
