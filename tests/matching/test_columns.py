"""The column index answers exactly what the plain definition answers over everything, whatever was inserted, changed and removed before."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.matching.engine.columns import grid, table
from services.matching.engine.columns.index import ColumnIndex, Ranked
from services.matching.engine.index import Index
from services.matching.engine.kernel_cache import forget_stale
from services.matching.engine.score import rank, ranked
from services.matching.engine.types import LanguageWish, Place, ProviderRecord, Verdict
from services.matching.engine.weights import NEAR_FIRST
from tests.matching.test_index import STEPS
from tests.matching.worlds import NEEDS, NOW, OFFERS, a_need, an_id, an_offer

WHERE = st.builds(Place, st.floats(44.9, 45.5), st.floats(5.5, 6.0)) | st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
REACHES = st.sampled_from([0, 900, 8_000, 30_000, 60_000, 900_000, 21_000_000])


@pytest.fixture
def cells_for_few(monkeypatch) -> Iterator[None]:
    """Grids that a handful of rows fill, sorted anew after a few changes."""
    monkeypatch.setattr(grid, "WORTH_A_GRID", 2)
    monkeypatch.setattr(grid, "ROWS_A_CELL", 0.3)
    monkeypatch.setattr(table, "SHORTEST_TAIL", 3)
    monkeypatch.setattr(table, "MUCH", 10)
    yield


def as_ranked(verdict: Verdict, other: str = "offer_id") -> Ranked:
    return Ranked(getattr(verdict, other), verdict.score, tuple(part.points for part in verdict.parts))


def assert_equal(columns: ColumnIndex, plain: Index, k: int, needs=(), offers=()):
    held = list(plain.needs.values())
    lists = columns.bulk_top_k([need.id for need in held], k, NOW, threads=2)
    for at, need in enumerate([*held, *needs]):
        expected = ranked((offer, plain.verdict(need, offer, NOW)) for offer in plain.offers.values())
        best = [as_ranked(verdict) for _, verdict in expected][:k]
        assert columns.top_k(need, k, NOW) == best
        if at < len(held):
            assert columns.top_k_of(need.id, k, NOW) == best
            found = [(lists.offer_id(at, place), int(lists.scores[at, place])) for place in range(lists.counts[at])]
            assert found == [(each.id, each.score) for each in best]
    for offer in (*plain.offers.values(), *offers):
        found = [(need, plain.verdict(need, offer, NOW)) for need in plain.needs.values()]
        eligible = sorted((pair for pair in found if pair[1].eligible), key=lambda pair: rank(pair[1], pair[0].posted_at, pair[0].id))
        assert columns.needs_for(offer, NOW) == [as_ranked(verdict, "need_id") for _, verdict in eligible]


@settings(
    max_examples=100,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, max_size=40), st.integers(1, 4), NEEDS, OFFERS)
def test_the_columns_equal_the_reference_in_both_directions(cells_for_few, steps, k, another_need, another_offer):
    columns, plain = ColumnIndex(), Index()

    for verb, *arguments in steps:
        getattr(columns, verb)(*arguments)
        getattr(plain, verb)(*arguments)
        if verb == "put_tried":
            columns.needs_for(another_offer, NOW)

    assert_equal(columns, plain, k, [another_need], [another_offer])
    assert (len(columns), columns.needs) == (len(plain.offers), len(plain.needs))


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10**9),
    st.integers(1, 5),
    st.lists(st.tuples(WHERE, REACHES, st.booleans()), min_size=20, max_size=60),
    st.lists(WHERE, max_size=8),
)
def test_whatever_the_distances_the_grid_leaves_nobody_out(cells_for_few, seed, k, spots, asking):
    dice = Random(seed)
    offers = [
        an_offer(
            id=an_id(number),
            category=f"language.{'ab'[number % 2]}",
            place=place,
            radius_m=reach,
            remote=remote and number % 5 == 0,
            places=dice.randint(1, 5),
        )
        for number, (place, reach, remote) in enumerate(spots)
    ]
    needs = [a_need(id=an_id(1000 + number), place=place, max_travel_m=dice.choice([0, 20_000, 300_000])) for number, place in enumerate(asking)]
    columns, plain = ColumnIndex(NEAR_FIRST), Index(NEAR_FIRST)

    columns.load_offers(offers)
    columns.load_needs(needs)
    for offer in offers:
        plain.put_offer(offer)
    for need in needs:
        plain.put_need(need)

    assert_equal(columns, plain, k)


def test_more_words_than_a_mask_holds_at_first_are_told_apart():
    columns, plain = ColumnIndex(), Index()
    offers = [
        an_offer(id=an_id(number), languages=frozenset({f"x{number}-YY"}), provides=frozenset({f"tag{number}"}), requires=frozenset({f"has{number}"}))
        for number in range(1, 150)
    ]
    need = a_need(
        languages=(LanguageWish("x77"), LanguageWish("X141-yy", True)), attributes=frozenset({"has141", "has77"}), requires=frozenset({"tag141"})
    )
    columns.put_need(need)
    plain.put_need(need)

    for offer in offers:
        columns.put_offer(offer)
        plain.put_offer(offer)

    assert [each.id for each in columns.top_k_of(need.id, 5, NOW)] == [an_id(141)]
    assert_equal(columns, plain, 5)


def test_other_weights_and_records_count_from_then_on():
    columns, plain = ColumnIndex(), Index()
    for index in (columns, plain):
        index.put_need(a_need())
        for number in range(1, 5):
            index.put_offer(an_offer(id=an_id(number), provider_id=f"actor:{number}", place=Place(45.19 + number / 500, 5.73)))

    for index in (columns, plain):
        index.use_weights(NEAR_FIRST)
        index.put_record("actor:3", ProviderRecord(0, 9, 9))
        index.put_record("actor:77", ProviderRecord(4, 0, 9))

    assert_equal(columns, plain, 3)


def test_a_thousand_moves_leave_the_index_as_small_as_before():
    columns = ColumnIndex()
    columns.load_offers(an_offer(id=an_id(number)) for number in range(1, 400))
    before = columns.memory_bytes()

    for turn in range(20):
        for number in range(1, 400):
            columns.put_offer(an_offer(id=an_id(number), place=Place(45.19 + turn / 1000, 5.73)))
        columns.top_k(a_need(), 3, NOW)

    assert len(columns) == 399
    assert columns.memory_bytes() < 3 * before


def test_what_was_compiled_from_other_sources_is_forgotten(tmp_path: Path):
    source, cache = tmp_path / "rule.py", tmp_path / "cache"
    source.write_text("old")
    forget_stale(cache, (source,))
    (cache / "rule.nbi").write_text("compiled")

    forget_stale(cache, (source,))
    kept = (cache / "rule.nbi").exists()
    source.write_text("new")
    forget_stale(cache, (source,))

    assert kept
    assert not (cache / "rule.nbi").exists()
