"""What is lacking: profiles of offers, how many needs one more would serve, what its place is worth, and what of it is published."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.distance import distance_m
from services.matching.engine.eligibility import failing
from services.matching.engine.scarcity.figures import Census, members
from services.matching.engine.scarcity.profiles import ALL_WINDOWS, PARTS, Asks, Gives, Profile, asks_of, bits_of, cell_of, gives_of, ideal_offer
from services.matching.engine.scarcity.published import SMALL, STEP, Released, published
from services.matching.engine.scarcity.question import Expected, Question, findings_from, findings_to_plain, question_from, question_to_plain
from services.matching.engine.scarcity.worker import find_here
from services.matching.engine.types import LanguageWish, Place, TimeWindow
from services.matching.engine.weights import DEFAULT
from tests.matching.worlds import GRENOBLE, LYON, NEEDS, a_need, an_offer, at

TUESDAY_EVENING = bits_of((1, 2))
CELLS = ((45.18, 5.72), (45.22, 5.72))
ASKS = st.builds(
    Asks,
    category=st.sampled_from(["legal", "legal.accompaniment", "housing.room"]),
    languages=st.sampled_from([(), (("ar",),), (("ar",), ("fr",)), (("ar", "fr"),)]),
    windows=st.sampled_from([ALL_WINDOWS, TUESDAY_EVENING, bits_of((1, None)), 0]),
    cell=st.none() | st.sampled_from(CELLS),
    size=st.just(1),
    ideal=st.integers(50, 99),
)
GIVES = st.builds(
    Gives,
    category=st.sampled_from(["legal", "legal.accompaniment", "housing.room"]),
    languages=st.none() | st.frozensets(st.sampled_from(["ar", "fr"]), min_size=1),
    windows=st.sampled_from([ALL_WINDOWS, TUESDAY_EVENING]),
    cell=st.sampled_from(CELLS),
    remote=st.booleans(),
    places=st.integers(0, 3),
)


def asks(**changes) -> Asks:
    return replace(Asks("legal.accompaniment", (("ar",),), TUESDAY_EVENING, CELLS[0], 1, 90), **changes)


def gives(**changes) -> Gives:
    return replace(Gives("legal.accompaniment", None, ALL_WINDOWS, CELLS[0], False, 1), **changes)


def a_question(needs, offers, chance: Random) -> Question:
    """Pairs at random where the categories allow them, with values below the ideal one."""
    pairs = [
        (number, other, chance.randint(1, need.ideal))
        for number, need in enumerate(needs)
        for other, offer in enumerate(offers)
        if (offer.category + ".").startswith(need.category + ".") and need.size <= offer.places and chance.random() < 0.7
    ]
    return Question(tuple(needs), tuple(offers), tuple(pairs))


def value_with(question: Question, needs: set[int], places: int) -> int:
    """The best plan's value once a new offer has places for these needs, solved anew."""
    new = len(question.gives)
    more = tuple((number, new, question.asks[number].ideal) for number in sorted(needs))
    return find_here(replace(question, gives=(*question.gives, gives(places=places)), pairs=question.pairs + more), 1).value


def served_with(question: Question, needs: set[int], places: int) -> int:
    new = len(question.gives)
    more = tuple((number, new, question.asks[number].ideal) for number in sorted(needs))
    return find_here(replace(question, gives=(*question.gives, gives(places=places)), pairs=question.pairs + more), 1).totals[""].without_place


def test_the_example_of_a_call_for_help_is_found():
    needs = [asks() for _ in range(14)] + [asks(category="housing.room", languages=(), windows=ALL_WINDOWS, cell=None)] * 3

    found = find_here(Question(tuple(needs), (), ()), 1)

    best = found.figures[0]
    assert best.profile == Profile("legal.accompaniment", ("ar",), (1, 2), None)
    assert (best.served_by_one_more, best.open_needs, best.without_place, best.free_places, best.exact) == (14, 14, 14, 0, True)
    assert best.shadow_price == 90
    assert found.figures[1].profile == Profile("housing.room")


def test_where_the_hour_of_a_day_does_not_matter_the_day_is_named():
    needs = tuple(asks(windows=bits_of((1, None))) for _ in range(3))

    found = find_here(Question(needs, (), ()), 1)

    assert [figure.profile for figure in found.figures] == [Profile("legal.accompaniment", ("ar",), (1, None), None)]


def test_what_no_need_asks_for_is_not_named():
    needs = tuple(asks(languages=(), windows=ALL_WINDOWS) for _ in range(3))

    found = find_here(Question(needs, (), ()), 1)

    assert [figure.profile for figure in found.figures] == [Profile("legal.accompaniment")]


def test_an_area_is_named_where_it_has_fewer_needs_than_the_hub():
    needs = tuple(asks(cell=CELLS[number % 3 // 2]) for number in range(9))

    found = find_here(Question(needs, (), ()), 1)

    assert [(figure.profile.cell, figure.served_by_one_more) for figure in found.figures] == [(None, 9), (CELLS[0], 6), (CELLS[1], 3)]


def test_places_left_count_where_the_offer_is_of_the_profile():
    needs = (asks(), asks())
    offers = (
        gives(places=2, languages=frozenset({"fr"})),
        gives(places=3),
        gives(places=4, windows=bits_of((2, None))),
        gives(places=5, category="legal"),
    )

    found = find_here(Question(needs, offers, ()), 1)

    assert found.figures[0].free_places == 3
    assert found.totals["legal"].free_places == 14


def test_one_more_offer_serves_others_too_when_needs_move_over():
    """Need 0 fits the new offer and sits at the only place of another, which need 1 could use but not the new one."""
    needs = (asks(ideal=90), asks(languages=(("fr",),)), asks())
    question = Question(needs, (gives(),), ((0, 0, 80), (1, 0, 50)))

    found = find_here(question, 1)

    arabic = next(figure for figure in found.figures if figure.profile.languages == ("ar",))
    assert (arabic.without_place, arabic.served_by_one_more, arabic.exact) == (1, 2, True)
    assert found.prices == ((0, 50),)


@settings(max_examples=25, deadline=None)
@given(st.lists(ASKS, min_size=1, max_size=7), st.lists(GIVES, max_size=3), st.integers(0, 99))
def test_figures_of_unit_demand_are_what_solving_anew_gives(needs, offers, seed):
    question = a_question(needs, offers, Random(seed))

    found = find_here(question, 1)

    assert found.proven
    census = Census(question.asks, range(len(needs)))
    for figure in found.figures[:4]:
        served = set(members(census.of(figure.profile)))
        assert figure.exact
        assert value_with(question, served, 1) - found.value == figure.shadow_price
        assert found.totals[""].without_place - served_with(question, served, len(needs)) == figure.served_by_one_more
    prices = dict(found.prices)
    for number, offer in enumerate(question.gives):
        wider = (*question.gives[:number], replace(offer, places=offer.places + 1), *question.gives[number + 1 :])
        assert find_here(replace(question, gives=wider), 1).value - found.value == prices.get(number, 0)


def test_a_place_that_nobody_waits_for_has_a_price_where_needs_like_those_of_the_past_are_expected():
    """One open need that could go to either of two places; those recorded lately could use only the first."""
    lately = Expected(sizes=(1, 1), pairs=((0, 0, 90), (1, 0, 80)), times=1.5)
    question = Question((asks(),), (gives(), gives()), ((0, 0, 60), (0, 1, 50)))

    alone, ahead = find_here(question, 1), find_here(replace(question, expected=lately), 1)
    shuffled = replace(lately, sizes=(1, 1), pairs=lately.pairs[::-1])
    again = find_here(replace(question, pairs=question.pairs[::-1], expected=shuffled), 1)

    assert alone.prices == ()
    assert ahead.prices == again.prices and [offer for offer, _ in ahead.prices] == [0]
    assert 10 < dict(ahead.prices)[0] <= 90
    assert (ahead.figures, ahead.totals, ahead.published, ahead.value) == (alone.figures, alone.totals, alone.published, alone.value)


def test_what_is_expected_of_one_kind_of_help_changes_no_price_of_another():
    needs = (asks(), asks())
    offers = (gives(), gives(category="housing.room", places=1))
    question = Question(needs, offers, ((0, 0, 80), (1, 0, 50)))

    found = find_here(replace(question, expected=Expected((1,), ((0, 1, 70),), 3.0)), 1)

    prices = dict(found.prices)
    assert prices[0] == dict(find_here(question, 1).prices)[0] == 50
    assert 0 < prices[1] <= 70


def test_households_count_directly_and_get_the_prices_of_the_linear_programme():
    needs = tuple(asks(category="housing.room", languages=(), size=size, ideal=90) for size in (2, 3, 3))
    question = Question(needs, (gives(category="housing.room", places=5),), ((0, 0, 60), (1, 0, 60), (2, 0, 60)))

    found = find_here(question, 1)

    assert (found.value, found.proven) == (120, True)
    assert [(figure.served_by_one_more, figure.exact) for figure in found.figures] == [(1, False)]
    assert found.prices == ((0, 20),)
    assert found.figures[0].shadow_price == 90


@settings(max_examples=100, deadline=None)
@given(st.lists(ASKS, min_size=1, max_size=12))
def test_every_profile_serves_somebody_and_no_two_of_a_category_the_same(needs):
    found = find_here(Question(tuple(needs), (), ()), 1)

    census = Census(tuple(needs), range(len(needs)))
    sets = [(figure.profile.category, census.of(figure.profile)) for figure in found.figures]
    assert all(served for _, served in sets)
    assert len(set(sets)) == len(sets)
    for figure in found.figures:
        one = figure.profile
        for number in members(census.of(one)):
            need = needs[number]
            assert (one.category + ".").startswith(need.category + ".")
            assert not need.languages or any(set(option) <= set(one.languages) for option in need.languages)
            assert need.windows & bits_of(one.window) if one.window else need.windows == ALL_WINDOWS
            assert one.cell in (None, need.cell)


@settings(max_examples=150, deadline=None)
@given(NEEDS)
def test_the_ideal_offer_fits_whatever_is_asked_for(need):
    need = replace(need, is_open=True, consent_match=True, consent_until=None)

    reasons = {reason.code for reason in failing(need, ideal_offer(need, at()), at())}

    assert reasons <= {"dates.apart", "times.apart"}
    assert (asks_of(need, at(), DEFAULT) is None) == bool(reasons)
    assert asks_of(replace(need, consent_match=False), at(), DEFAULT) is None


def test_needs_are_told_coarsely():
    need = a_need(
        languages=(LanguageWish("fr-CH"), LanguageWish("AR")),
        windows=(TimeWindow(1, 1000, 1100),),
        from_date=date(2026, 3, 10),
        until_date=date(2026, 3, 11),
    )

    found = asks_of(need, at(), DEFAULT)
    required = asks_of(replace(need, languages=(LanguageWish("fr", True), LanguageWish("ar", True), LanguageWish("en"))), at(), DEFAULT)
    interpreted = asks_of(replace(need, interpreter_linked=True), at(), DEFAULT)

    assert found.languages == (("ar",), ("fr",))
    assert found.windows == bits_of((1, 1)) | bits_of((1, 2))
    assert found.cell == cell_of(GRENOBLE)
    assert (required.languages, interpreted.languages) == ((("ar", "fr"),), ())


def test_offers_are_told_coarsely():
    offer = an_offer(languages=frozenset({"fr-CH"}), valid_until=at().as_of.date(), places_used=3)

    found = gives_of(offer, at().as_of.date())

    assert (found.languages, found.windows, found.places) == (frozenset({"fr"}), bits_of((0, None)), 7)
    assert gives_of(replace(offer, provides=frozenset({"interpreter"})), at().as_of.date()).languages is None
    assert gives_of(offer, at().as_of.date() + timedelta(days=1)).windows == 0


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_cells_are_about_five_kilometres_wide(lat, lon):
    here = Place(lat, lon)

    cell = cell_of(here)

    assert distance_m(here, Place(*cell)) < 5_700
    assert cell == cell_of(Place(*cell)) or abs(lat) > 80


def test_neighbours_share_a_cell_and_cities_do_not():
    assert cell_of(GRENOBLE) == cell_of(Place(GRENOBLE.lat, GRENOBLE.lon + 0.005))
    assert cell_of(GRENOBLE) != cell_of(LYON)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ASKS, st.integers(1, 25)), min_size=1, max_size=6), st.lists(GIVES, max_size=3), st.integers(0, 9))
def test_nothing_published_gives_a_small_group_away(kinds, offers, seed):
    needs = [need for need, count in kinds for _ in range(count)]
    chance = Random(seed)
    census = Census(needs, [number for number in range(len(needs)) if chance.random() < 0.8])

    found = published(census, offers)

    groups = []
    numbers = []
    for name, total in found.totals.items():
        groups += [census.within(name)] * (total.open_needs is not None)
        groups += [census.within(name) & census.unplaced] * (total.without_place is not None)
        numbers += [total.open_needs, total.without_place, total.free_places]
    for figure in found.figures:
        one = figure.profile
        assert len(one.languages) <= 1 and one.window is None and one.cell is None
        needs = census.at_any_hour(one.category, one.languages)
        groups += [needs & census.unplaced]
        groups += [needs] * (figure.open_needs is not None)
        numbers += [figure.open_needs, figure.served_by_one_more, figure.free_places]
    assert all(number is None or (number >= SMALL and number % STEP == 0) for number in numbers)
    assert all(group.bit_count() >= SMALL for group in groups)
    for whole in groups:
        inside = [group for group in groups if group & ~whole == 0]
        for chosen in (*((group,) for group in inside), *combinations(inside, 2)):
            apart = len(chosen) == 1 or chosen[0] & chosen[1] == 0
            rest = whole.bit_count() - sum(group.bit_count() for group in chosen)
            assert not apart or rest == 0 or rest >= SMALL


def test_a_group_is_withheld_where_it_would_leave_a_small_rest():
    released = Released()

    answers = [released.allow((1 << 30) - 1), released.allow((1 << 25) - 1), released.allow((1 << 12) - 1), released.allow(((1 << 12) - 1) << 12)]

    assert answers == [True, False, True, False]


@settings(max_examples=30, deadline=None)
@given(st.lists(ASKS, min_size=1, max_size=6), st.lists(GIVES, max_size=3), st.integers(0, 99))
def test_questions_and_findings_travel_unchanged(needs, offers, seed):
    question = a_question(needs, offers, Random(seed))
    question = replace(question, expected=Expected((1,) * len(needs), question.pairs, 0.5))
    found = find_here(question, 1)

    assert question_from(question_to_plain(question)) == question
    assert findings_from(findings_to_plain(found)) == found


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_a_weekday_is_made_of_its_parts(part):
    assert bits_of((3, part)) & bits_of((3, None)) == bits_of((3, part))
