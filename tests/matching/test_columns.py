"""The column index answers exactly what the plain definition answers over everything, whatever was inserted, changed and removed before."""


from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.columns.index import ColumnIndex, Ranked
from services.matching.engine.index import Index
from services.matching.engine.score import rank, ranked
from services.matching.engine.types import Verdict
from tests.matching.test_index import STEPS
from tests.matching.worlds import NEEDS, NOW, OFFERS


def as_ranked(verdict: Verdict, other: str = "offer_id") -> Ranked:
    return Ranked(getattr(verdict, other), verdict.score, tuple(part.points for part in verdict.parts))


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=40), st.integers(1, 4), NEEDS, OFFERS)
def test_the_columns_equal_the_reference_in_both_directions(steps, k, another_need, another_offer):
    columns, plain = ColumnIndex(), Index()
    for verb, *arguments in steps:
        getattr(columns, verb)(*arguments)
        getattr(plain, verb)(*arguments)

    for need in (*plain.needs.values(), another_need):
        expected = ranked((offer, plain.verdict(need, offer, NOW)) for offer in plain.offers.values())
        assert columns.top_k(need, k, NOW) == [as_ranked(verdict) for _, verdict in expected][:k]
    for offer in (*plain.offers.values(), another_offer):
        found = [(need, plain.verdict(need, offer, NOW)) for need in plain.needs.values()]
        eligible = sorted((pair for pair in found if pair[1].eligible), key=lambda pair: rank(pair[1], pair[0].posted_at, pair[0].id))
        assert columns.needs_for(offer, NOW) == [as_ranked(verdict, "need_id") for _, verdict in eligible]
