"""The arithmetic of quality: parts, their fall with age, and what would raise the score."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.actors.model.provenance import EnteredBy
from services.actors.model.quality import FIELDS, ORGANISATIONS, PLACES, UNPLACED, freshness_of, quality_of
from services.actors.model.quality_words import SENTENCES
from services.actors.model.records import Actor, Membership
from services.actors.model.vocabulary import ActorKind, Confirmation, MembershipRole

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
CITY = Actor(
    id=new_id(), slug="ghent-be", kind=ActorKind.MUNICIPALITY, name="Ghent", country="BE", lat=51.0, lon=3.7, population=265_086,
    website="https://stad.gent", source="https://stad.gent", read_on=TODAY, entered_by=EnteredBy.MEMBER, created_at=NOW, updated_at=NOW,
)  # fmt: skip
MEMBERSHIP = Membership(
    id=new_id(), network_id=new_id(), member_id=CITY.id, role=MembershipRole.MEMBER, since=2018, source="https://x.example", read_on=TODAY,
    created_at=NOW, updated_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize("wanted", [PLACES, UNPLACED, ORGANISATIONS, *FIELDS.values()])
def test_the_weights_of_each_kind_sum_to_a_hundred_and_each_has_a_sentence(wanted: tuple) -> None:  # type: ignore[type-arg]
    assert sum(one.weight for one in wanted) == 100
    assert {one.code for one in wanted} <= SENTENCES.keys()


def test_a_full_fresh_record_of_the_organisation_itself_has_all_points() -> None:
    quality = quality_of(CITY, TODAY)

    assert (quality.score, quality.improve) == (100, ())


def test_each_thing_that_is_missing_is_asked_for_the_greatest_gain_first() -> None:
    poor = replace(CITY, lat=None, lon=None, population=None, entered_by=EnteredBy.IMPORT, source="a list")

    quality = quality_of(poor, TODAY)

    assert [(one.code, one.gain) for one in quality.improve] == [("own_organisation", 14), ("place", 10), ("population", 8), ("source_address", 8)]
    assert quality.score == 61
    assert quality_of(replace(poor, claimed=True), TODAY).confirmation == 100


@pytest.mark.parametrize(
    ("confirmation", "points"),
    [(Confirmation.BOTH_SIDES, 100), (Confirmation.ONE_SIDE, 60), (Confirmation.NONE, 20), (Confirmation.REFUSED, 0)],
)
def test_a_membership_counts_what_its_sides_say(confirmation: Confirmation, points: int) -> None:
    quality = quality_of(replace(MEMBERSHIP, confirmation=confirmation), TODAY)

    assert quality.confirmation == points
    assert ("both_sides" in {one.code for one in quality.improve}) == (points < 100)


@pytest.mark.parametrize(("days", "points"), [(0, 100), (180, 100), (181, 95), (240, 95), (241, 90), (1380, 0), (9000, 0)])
def test_freshness_falls_by_five_every_sixty_days_after_half_a_year(days: int, points: int) -> None:
    assert freshness_of(TODAY - timedelta(days=days), TODAY)[0] == points


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 5000))
def test_freshness_stays_until_the_day_that_is_due_and_falls_on_it(last: date, days: int) -> None:
    on = last + timedelta(days=days)

    points, due = freshness_of(last, on)

    assert (due is None) == (points == 0)
    if due is not None:
        assert due > on
        assert freshness_of(last, due - timedelta(days=1))[0] == points
        assert freshness_of(last, due)[0] < points


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_of_reading_in_the_future_counts_as_today(read_on: date) -> None:
    quality = quality_of(replace(CITY, read_on=read_on), TODAY)

    assert 0 <= quality.score <= 100
    assert quality.due is None or quality.due > TODAY
