"""A scarce place may be kept free for others, and nobody is starved by that."""

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.potentials import NEVER_DELAYED, PATIENCE_DAYS, Advice, judge
from services.matching.engine.types import Urgency
from tests.matching.worlds import an_id

OFFERS = st.integers(1, 5).map(an_id)
VALUES = st.lists(st.tuples(OFFERS, st.integers(1, 1000)), max_size=5)
PRICES = st.dictionaries(OFFERS, st.integers(0, 1000))


def test_a_place_that_others_would_gain_more_from_is_better_kept_free():
    (found,) = judge([(an_id(1), 300)], 2, {an_id(1): 200}, Urgency.NORMAL, 3)

    assert (found.advice, found.price, found.margin) == (Advice.KEEP_FREE, 400, -100)
    assert found.reason is not None and found.reason.params == (("price", 400), ("value", 300))


@given(VALUES, st.integers(1, 4), PRICES, st.sampled_from(Urgency), st.integers(0, 40))
def test_the_urgent_and_the_patient_are_never_asked_to_wait(values, size, prices, urgency, days):
    found = judge(values, size, prices, urgency, days)

    assert [each.offer_id for each in found] == [offer_id for offer_id, _ in values]
    for each in found:
        kept = each.advice is Advice.KEEP_FREE
        assert kept == (each.margin < 0 and urgency not in NEVER_DELAYED and days < PATIENCE_DAYS)
        assert kept == (each.reason is not None)


@given(VALUES, st.integers(1, 4), st.integers(0, 40))
def test_without_prices_everything_is_taken(values, size, days):
    found = judge(values, size, {}, Urgency.LOW, days)

    assert all(each.advice is Advice.TAKE and each.margin == each.value for each in found)
