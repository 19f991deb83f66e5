"""Places of reception in time: which stored record a file speaks of, and whose days are taken."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.actors.model.periods import settled, share_a_day
from services.actors.model.records import Capacity, capacity_id_of
from services.actors.model.vocabulary import Purpose

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CITY = UUID(int=1)


def a_capacity(first: int, last: int | None, places: int = 10, record: int | None = None) -> Capacity:
    begins_on = date(2027, 1, first)
    record_id = capacity_id_of(CITY, Purpose.GENERAL, begins_on) if record is None else UUID(int=record)
    return Capacity(
        id=record_id, municipality_id=CITY, purpose=Purpose.GENERAL, begins_on=begins_on, ends_on=None if last is None else date(2027, 1, last),
        places=places, source="x", created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def test_a_row_speaks_of_the_record_with_the_same_first_day() -> None:
    stored = a_capacity(1, 10, record=7)

    named, taken = settled([a_capacity(1, 12, places=20)], [stored])

    assert ([one.id for one in named], taken) == ([stored.id], set())


def test_one_period_may_be_shortened_for_the_next_in_any_order_of_the_rows() -> None:
    stored = [a_capacity(1, None)]

    assert settled([a_capacity(1, 10), a_capacity(11, None)], stored)[1] == set()
    assert settled([a_capacity(11, None), a_capacity(1, 10)], stored)[1] == set()


def test_what_cannot_be_shortened_keeps_its_days() -> None:
    stored = [a_capacity(1, 5), a_capacity(20, 25)]

    _, taken = settled([a_capacity(6, 12), a_capacity(1, 22)], stored)

    assert taken == {1}


def test_a_record_that_moved_on_keeps_its_id() -> None:
    moved = Capacity(**{**{name: getattr(a_capacity(1, 5), name) for name in Capacity.__dataclass_fields__}, "begins_on": date(2027, 1, 3)})

    named, taken = settled([a_capacity(1, 2)], [moved])

    assert taken == set() and named[0].id != moved.id


periods = st.tuples(st.integers(1, 28), st.none() | st.integers(0, 27)).map(
    lambda pair: a_capacity(pair[0], None if pair[1] is None else min(31, pair[0] + pair[1]))
)


def _one_each(some: list[Capacity]) -> list[Capacity]:
    kept: list[Capacity] = []
    for one in some:
        if not any(share_a_day(one, other) for other in kept):
            kept.append(one)
    return kept


@given(st.lists(periods, max_size=6, unique_by=lambda one: one.begins_on), st.lists(periods, max_size=6))
def test_no_two_share_a_day_afterwards(wanted: list[Capacity], there: list[Capacity]) -> None:
    stored = _one_each(there)

    named, taken = settled(wanted, stored)

    after = {one.id: one for one in stored} | {one.id: one for number, one in enumerate(named) if number not in taken}
    rows = list(after.values())
    assert not any(share_a_day(one, other) for at, one in enumerate(rows) for other in rows[:at])
