"""The index answers exactly what the plain definition answers over everything, whatever was inserted, changed and removed before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.columns.large import LargeIndex
from services.matching.engine.index import Index
from services.matching.engine.score import rank, ranked
from services.matching.engine.types import INTERPRETER
from tests.matching.worlds import NEEDS, NOW, OFFERS, RECORDS, a_need, an_id, an_offer

STEPS = st.one_of(
    st.tuples(st.just("put_offer"), OFFERS),
    st.tuples(st.just("put_offer"), OFFERS),
    st.tuples(st.just("put_need"), NEEDS),
    st.tuples(st.just("put_need"), NEEDS),
    st.tuples(st.just("remove_offer"), st.integers(1, 6).map(an_id)),
    st.tuples(st.just("remove_need"), st.integers(101, 106).map(an_id)),
    st.tuples(st.just("put_record"), st.sampled_from(["actor:1", "actor:2"]), RECORDS),
    st.tuples(st.just("put_helpers"), st.integers(201, 203).map(an_id), st.frozensets(st.sampled_from(["actor:1", "actor:2"]))),
    st.tuples(st.just("put_tried"), st.integers(101, 106).map(an_id), st.integers(1, 6).map(an_id)),
)


@pytest.mark.parametrize("kind", [Index, LargeIndex])
@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=30), st.integers(1, 4), NEEDS, OFFERS)
def test_the_index_equals_the_reference_in_both_directions(kind, steps, k, another_need, another_offer):
    index = kind()
    offers, needs = {}, {}
    for verb, *arguments in steps:
        getattr(index, verb)(*arguments)
        if verb == "put_offer":
            offers[arguments[0].id] = arguments[0]
        elif verb == "put_need":
            needs[arguments[0].id] = arguments[0]
        elif verb == "remove_offer":
            offers.pop(arguments[0], None)
        elif verb == "remove_need":
            needs.pop(arguments[0], None)

    for need in (*needs.values(), another_need):
        expected = ranked((offer, index.verdict(need, offer, NOW)) for offer in offers.values())
        assert index.top_k(need, k, NOW) == [verdict for _, verdict in expected][:k]
        assert index.best(need, k, NOW) == [(verdict.offer_id, verdict.score) for _, verdict in expected][:k]
    for offer in (*offers.values(), another_offer):
        found = [(need, index.verdict(need, offer, NOW)) for need in needs.values()]
        eligible = [pair for pair in found if pair[1].eligible]
        eligible.sort(key=lambda pair: rank(pair[1], pair[0].posted_at, pair[0].id))
        assert index.needs_for(offer, NOW) == [verdict for _, verdict in eligible]
    assert dict(index.offers) == offers and dict(index.needs) == needs
    assert index.interpreters == sum(offer.is_open and INTERPRETER in offer.provides for offer in offers.values())


def test_an_offer_that_fills_up_leaves_the_list_and_comes_back_when_freed():
    index, need = Index(), a_need(size=2)
    index.put_offer(an_offer(places=3))

    index.put_offer(an_offer(places=3, places_used=2))
    while_used = index.top_k(need, 5, NOW)
    index.put_offer(an_offer(places=3, places_used=1))

    assert while_used == []
    assert [verdict.offer_id for verdict in index.top_k(need, 5, NOW)] == [an_id(1)]


def test_a_freed_slot_carries_nothing_of_its_former_owner():
    index = Index()
    index.put_offer(an_offer(id=an_id(1), category="housing.room"))

    index.remove_offer(an_id(1))
    index.put_offer(an_offer(id=an_id(2)))

    assert index.top_k(a_need(category="housing"), 5, NOW) == []
    assert [verdict.offer_id for verdict in index.top_k(a_need(), 5, NOW)] == [an_id(2)]


def test_an_offer_finds_needs_of_its_own_category_and_of_those_above():
    index = Index()
    for number, category in enumerate(["language", "language.class", "language.class.evening", "housing"]):
        index.put_need(a_need(id=an_id(101 + number), category=category))

    found = index.needs_for(an_offer(category="language.class"), NOW)

    assert [verdict.need_id.int for verdict in found] == [101, 102]
