"""Pages about the hub: the real weights with an example, the true periods, an honest statement, an imprint that says what is missing."""

from typing import Any

import pytest

from gateway.pages import open_doors
from tests.gateway.pages_door import PART_NAMES, REASON, Door

EXAMPLE = {"weights": "default-1", "score": 68_250, "parts": [{"name": name, "points": 700, "weight": 10, "reason": REASON} for name in PART_NAMES]}
TERMS = {"allowed": True, "days": 45, "needs": 5, "place": "Town hall, ground floor", "need_days": 80, "closed_case_days": 20}


@pytest.fixture
def about(door: Door) -> Door:
    open_doors._known.clear()
    door.fakes.answers |= {
        "GET /api/v1/asks/terms": TERMS,
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
        "GET /api/v1/weights/default-1/example": EXAMPLE,
    }
    return door


async def test_how_matching_works_is_shown_with_a_picture_a_table_and_an_example_of_the_real_formula(about: Door) -> None:
    text = (await about.get("/matching-explained")).text

    assert 'class="chart" role="img"' in text and "The weights in use here; they add up to 100" in text
    assert "Together: 68.2 of 100." in text and "They lie 900 metres apart." in text and "You do not agree?" in text


async def test_the_page_stands_without_the_example_and_without_matching(about: Door) -> None:
    del about.fakes.answers["GET /api/v1/weights/default-1/example"]
    without_example = await about.get("/matching-explained")
    del about.fakes.answers["GET /api/v1/weights"]
    without_weights = await about.get("/matching-explained")

    assert without_example.status_code == 200 and "Together:" not in without_example.text and "add up to 100" in without_example.text
    assert without_weights.status_code == 200 and "cannot be read at this moment" in without_weights.text


async def test_the_privacy_notice_names_the_periods_that_hold_here(about: Door) -> None:
    text = (await about.get("/privacy")).text

    assert "45 days after the last change at most" in text and "80 days. The household: 20 days after" in text
    assert "There is no field for them." in text and 'href="#rights"' in text


async def test_the_privacy_notice_stands_while_the_services_are_away(about: Door) -> None:
    about.fakes.answers.clear()

    page = await about.get("/privacy")

    assert page.status_code == 200 and "Until the case is closed" in page.text


@pytest.mark.parametrize("role", [None, "admin"])
async def test_the_imprint_says_plainly_what_the_administrator_has_not_written(about: Door, role: Any) -> None:
    text = (await about.get("/imprint", role)).text

    assert "This page is not complete yet" in text and "Postal address" in text
    assert ('<p><a href="/admin">' in text) == (role == "admin")


async def test_the_accessibility_statement_names_its_status_its_tests_and_what_does_not_work(about: Door) -> None:
    text = (await about.get("/accessibility")).text

    assert all(
        word in text for word in ("Partially compliant", "2018/1523", "have not tested the hub yet", "enforces accessibility", "last reviewed on")
    )
