"""The invented past of the demo: the same for the same day, possible in itself, and without anything but counts."""

from datetime import date

from hubctl.demo.history import past
from services.matching.model.statistics.counting import count_days

TODAY = date(2026, 11, 21)


def test_the_same_day_has_the_same_past() -> None:
    assert past(TODAY) == past(TODAY)


def test_nothing_in_the_past_happens_before_what_leads_to_it() -> None:
    found = past(TODAY)

    assert all(need.ended_at is None or need.posted_at < need.ended_at for need in found.needs)
    assert all(
        match.need_posted_at < match.made_at and (match.accepted_at or match.made_at) < (match.ended_at or match.made_at) for match in found.matches
    )
    assert all(need.posted_at.date() < TODAY for need in found.needs) and all(offer.posted_at.date() < TODAY for offer in found.offers)


def test_its_figures_are_on_the_scale_of_the_city_and_never_below_nothing() -> None:
    found = past(TODAY)

    counts = count_days(date(2026, 10, 1), date(2026, 10, 31), found.needs, found.matches, found.offers, date(2026, 10, 1))

    assert min(counts.values()) > 0
    assert 250 < max(count for figure, count in counts.items() if (figure.measure, figure.split) == ("offers_open", "")) < 600
    assert 30 < sum(count for figure, count in counts.items() if (figure.measure, figure.split) == ("needs_posted", "")) < 150
