"""A round by hand, with and without scripts, in both directions of writing: begun, watched, decided otherwise, applied; no barrier on the way."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.look import barriers
from tests.browser.reader import NEWS, Reader
from tests.browser.test_main_job import a_word, close, post_offer, record_case

pytestmark = pytest.mark.browser
LONG = pytest.mark.storm
WAYS = [("en", True), pytest.param("ar", False, marks=LONG)]


@pytest.fixture
def something_to_plan(reader: Callable[..., Reader]) -> Iterator[tuple[str, str]]:
    """An open offer and a need that it fits; the offer is closed and the need withdrawn afterwards, where they still can be."""
    volunteer, coordinator = reader("volunteer"), reader("coordinator")
    offer_id = post_offer(volunteer, f"Class for a round {a_word()}")
    coordinator.go(f"/offers/{offer_id}")
    if coordinator.count('form[action$="/approve"]'):
        coordinator.act("/approve")
    need_id = record_case(coordinator)
    yield need_id, offer_id
    coordinator.go(f"/needs/{need_id}")
    if coordinator.count('form[action$="/withdraw"]'):
        coordinator.act("/withdraw")
    close(volunteer, offer_id)


def until_planned(window: Reader) -> None:
    """Wait for the plan, which comes to the page by itself: by script, or without one by a refresh every five seconds. The script loads the whole
    page anew when the plan is there; only that one is read."""
    expect(window.page.locator("html:not([data-watched]) .state-ready")).to_be_visible(timeout=1000 * NEWS)


WATCHED = """addEventListener("DOMContentLoaded", () => {
  if (document.querySelector("#live[data-live-seconds]")) document.documentElement.dataset.watched = "";
});"""
"""Put before a page's own scripts: marks a page that will load itself anew."""


def planner(reader: Callable[..., Reader], language: str = "en", **options: Any) -> Reader:
    """A coordinator who plans."""
    window = reader("coordinator", language, **options)
    window.context.add_init_script(WATCHED)
    return window


def choose(window: Reader, select: Locator, value: str) -> None:
    """Choose by hand: a part that keeps itself fresh waits while somebody is in it."""
    select.focus()
    select.select_option(value)


def begin(window: Reader) -> None:
    """Begin a round over language classes."""
    window.go("/rounds")
    window.page.click("#categories summary")
    window.page.check('#categories input[value="language.class"]')
    window.page.fill("#seconds", "3")
    window.send('form[action="/rounds"] button')


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_a_round_is_planned_decided_otherwise_and_applied(
    reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str, script: bool
) -> None:
    window = planner(reader, language, java_script_enabled=script)
    page = window.page

    begin(window)
    until_planned(window)
    drawn = window.count("svg.chart rect")
    first = page.locator("article.card select").first
    name = str(first.get_attribute("name"))
    choose(window, first, "forbid")
    window.press('form[action$="/plan"] button')
    until_planned(window)

    assert window.count(f'select[name="{name}"]') == 0, "the pair may not be"
    assert window.count(f'input[name="undo"][value="{name.replace("pair:", "forbid:")}"]') == 1
    assert drawn > 0, "a plan with a pair is drawn beside today"
    assert window.said("dir") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize(("language", "width"), [("ar", 360), pytest.param("en", 1200, marks=LONG)])
def test_no_barrier_stands_on_the_way_of_a_round(
    reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str, width: int
) -> None:
    window = planner(reader, language, viewport={"width": width, "height": 800})
    page, found = window.page, []

    begin(window)
    found += barriers(window.page)
    until_planned(window)
    for details in page.locator("main details").all():
        details.evaluate("one => one.open = true")
    found += barriers(window.page)
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    window.press('a[href$="/apply"]')
    found += barriers(window.page)
    widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert found == [] and max(widths) <= width


def test_a_plan_is_applied_and_tells_what_came_of_it(reader: Callable[..., Reader], something_to_plan: tuple[str, str]) -> None:
    window = planner(reader)
    page = window.page
    begin(window)
    until_planned(window)
    for other in page.locator('select[name^="pair:"]').all():
        if something_to_plan[0] not in str(other.get_attribute("name")):
            choose(window, other, "without_need")
    window.press('form[action$="/plan"] button')
    until_planned(window)

    window.press('a[href$="/apply"]')
    window.press('form[action$="/apply"] button')

    assert window.count(".state-applied") == 1 and window.count("#made") == 1
    assert barriers(window.page) == []


@pytest.mark.parametrize("language", ["ar", pytest.param("en", marks=LONG)])
def test_a_need_and_an_offer_are_changed_without_a_barrier(reader: Callable[..., Reader], something_to_plan: tuple[str, str], language: str) -> None:
    window = reader("coordinator", language, viewport={"width": 360, "height": 800})
    need_id, offer_id = something_to_plan

    for path in (f"/needs/{need_id}", f"/offers/{offer_id}"):
        window.go(f"{path}/change")
        assert barriers(window.page) == [] and window.page.evaluate("document.documentElement.scrollWidth") <= 360
        window.send("main form button")

        assert window.path.endswith(path), window.words
