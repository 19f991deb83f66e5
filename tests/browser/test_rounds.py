"""A round by hand, with and without scripts, in both directions of writing: begun, watched, decided otherwise, applied; no barrier on the way."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Reader
from tests.browser.look import barriers
from tests.browser.test_main_job import a_word, close, post_offer, press, record_case

pytestmark = pytest.mark.browser
PATIENCE = 60.0
LONG = pytest.mark.storm
WAYS = [("en", True), pytest.param("ar", False, marks=LONG)]


@pytest.fixture
def something_to_plan(reader: Callable[..., Reader]) -> Iterator[tuple[str, str]]:
    """An open offer and a need that it fits; the offer is closed and the need withdrawn afterwards, where they still can be."""
    volunteer, coordinator = reader("volunteer"), reader("coordinator")
    offer_id = post_offer(volunteer, f"Class for a round {a_word()}")
    coordinator.go(f"/offers/{offer_id}")
    if coordinator.page.locator('form[action$="/approve"]').count():
        press(coordinator, "/approve")
    need_id = record_case(coordinator)
    yield need_id, offer_id
    coordinator.go(f"/needs/{need_id}")
    if coordinator.page.locator('form[action$="/withdraw"]').count():
        press(coordinator, "/withdraw")
    close(volunteer, offer_id)


def until_planned(window: Reader) -> None:
    """Wait for the plan, which comes to the page by itself: by script, or without one by a refresh every five seconds."""
    window.page.wait_for_selector(".state-ready", timeout=1000 * PATIENCE)


def begin(window: Reader) -> None:
    """Begin a round over language classes."""
    window.go("/rounds")
    window.page.click("#categories summary")
    window.page.check('#categories input[value="language.class"]')
    window.page.fill("#seconds", "3")
    window.page.locator('form[action="/rounds"] button').last.click()


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_a_round_is_planned_decided_otherwise_and_applied(
    reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str, script: bool
) -> None:
    window = reader("coordinator", language, java_script_enabled=script)
    page = window.page

    begin(window)
    until_planned(window)
    drawn = page.locator("svg.chart rect").count()
    first = page.locator("article.card select").first
    name = str(first.get_attribute("name"))
    first.select_option("forbid")
    page.locator('form[action$="/plan"] button').click()
    until_planned(window)

    assert page.locator(f'select[name="{name}"]').count() == 0, "the pair may not be"
    assert page.locator(f'input[name="undo"][value="{name.replace("pair:", "forbid:")}"]').count() == 1
    assert drawn > 0, "a plan with a pair is drawn beside today"
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize(("language", "width"), [("ar", 360), pytest.param("en", 1200, marks=LONG)])
def test_no_barrier_stands_on_the_way_of_a_round(
    reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str, width: int
) -> None:
    window = reader("coordinator", language, viewport={"width": width, "height": 800})
    page, found = window.page, []

    begin(window)
    found += barriers(window.page)
    until_planned(window)
    for details in page.locator("main details").all():
        details.evaluate("one => one.open = true")
    found += barriers(window.page)
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.locator('a[href$="/apply"]').click()
    found += barriers(window.page)
    widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert found == [] and max(widths) <= width


def test_a_plan_is_applied_and_tells_what_came_of_it(reader: Callable[..., Reader], something_to_plan: tuple[str, str]) -> None:
    window = reader("coordinator")
    page = window.page
    begin(window)
    until_planned(window)
    for other in page.locator('select[name^="pair:"]').all():
        if something_to_plan[0] not in str(other.get_attribute("name")):
            other.select_option("without_need")
    page.locator('form[action$="/plan"] button').click()
    page.wait_for_timeout(500)
    until_planned(window)

    page.locator('a[href$="/apply"]').click()
    page.locator('form[action$="/apply"] button').click()

    assert page.locator(".state-applied").count() == 1 and page.locator("#made").count() == 1
    assert barriers(window.page) == []


@pytest.mark.parametrize("language", ["ar", pytest.param("en", marks=LONG)])
def test_a_need_and_an_offer_are_changed_without_a_barrier(reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str) -> None:
    window = reader("coordinator", language, viewport={"width": 360, "height": 800})
    need_id, offer_id = something_to_plan

    for path in (f"/needs/{need_id}", f"/offers/{offer_id}"):
        window.go(f"{path}/change")
        assert barriers(window.page) == [] and window.page.evaluate("document.documentElement.scrollWidth") <= 360
        window.page.locator("main form button").last.click()

        assert window.page.url.split("?")[0].endswith(path), window.words
