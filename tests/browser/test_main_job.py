"""The main job by hand, as people do it: post an offer, record a case, confirm, accept, see the contact, follow to the end."""

import time
from collections.abc import Callable
from random import choice

import pytest

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser
PATIENCE = 30.0
LONG = pytest.mark.storm
WAYS = [("en", True), ("ar", False), pytest.param("ar", True, marks=LONG), pytest.param("en", False, marks=LONG)]


def a_word() -> str:
    """Letters only: eight digits in a row would look like a telephone number."""
    return "".join(choice("abcdefghijklmnop") for _ in range(8))


def until(window: Reader, holds: Callable[[], bool], what: str) -> None:
    """Look again, as a reader without JavaScript would, until news has travelled."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come about: {window.words[:800]}"
        time.sleep(0.3)
        window.page.reload()


def press(window: Reader, action: str) -> None:
    """Press the button of the form that leads to an address."""
    window.page.locator(f'form[action$="{action}"] button').first.click()


def close(window: Reader, offer_id: str) -> None:
    """Close an offer, with the page that asks why."""
    window.go(f"/offers/{offer_id}/end")
    form = window.page.locator("main form[method=post]")
    if form.locator("input[type=radio]").count():
        form.locator("input[type=radio]").first.check()
    form.locator("button").last.click()


def post_offer(window: Reader, title: str) -> str:
    window.go("/my/offers/new")
    window.page.click('a[href="/my/offers/new?category=language.class"]')
    page = window.page
    page.fill("#title", title)
    page.fill("#description", "A small group, beginners are welcome.")
    page.fill("#places", "2")
    _place(window, "45.19", "5.72")
    page.fill("#radius_km", "8")
    page.select_option("#day0", "1")
    page.fill("#start0", "18:00")
    page.fill("#end0", "20:00")
    page.click("#languages summary")
    page.check('#languages input[value="fr"]')
    page.check('#languages input[value="ar"]')
    page.select_option("#topic0", "french")
    page.select_option("#level0", "a1")
    page.select_option("#level_to0", "a2")
    page.locator("main form button").last.click()
    assert "/offers/" in page.url and title in window.words, window.words
    return page.url.split("?")[0].rsplit("/", 1)[1]


def record_case(window: Reader) -> str:
    window.go("/cases/new")
    page = window.page
    page.fill("#adults", "1")
    page.fill("#children", "1")
    page.check('#languages input[value="ar"]')
    _place(window, "45.18", "5.73")
    page.check("#consent_match")
    page.check("#consent_share")
    page.locator("summary", has=page.locator("xpath=following-sibling::*//input[@id='contact_name']")).or_(
        page.locator("details:has(#contact_name) > summary")
    ).first.click()
    page.fill("#contact_name", "Canary Nomdefamille")
    page.fill("#contact_phone", "+33 7 99 88 77 66")
    page.select_option("#category", "language.class")
    page.fill("#max_travel_km", "5")
    page.select_option("#day0", "1")
    page.fill("#start0", "17:00")
    page.fill("#end0", "21:00")
    page.select_option("#topic0", "french")
    page.select_option("#level0", "a1")
    page.check("#topic_required0")
    page.locator("main form button").last.click()
    assert "/needs/" in page.url, window.words
    return page.url.split("?")[0].rsplit("/", 1)[1]


def _place(window: Reader, lat: str, lon: str) -> None:
    details = window.page.locator("details:has(#lat) > summary")
    if details.count():
        details.click()
    window.page.fill("#lat", lat)
    window.page.fill("#lon", lon)


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_the_main_job_is_done_by_hand(reader: Callable[..., Reader], language: str, script: bool) -> None:
    volunteer = reader("volunteer", language, java_script_enabled=script)
    coordinator = reader("coordinator", language, java_script_enabled=script)
    title = f"French class {a_word()}"

    offer_id = post_offer(volunteer, title)
    coordinator.go(f"/offers/{offer_id}")
    if coordinator.page.locator('form[action$="/approve"]').count():
        press(coordinator, "/approve")
    need_id = record_case(coordinator)
    ours = f'.proposal:has(a[href="/offers/{offer_id}"])'
    until(coordinator, lambda: coordinator.page.locator(ours).count() == 1, "a proposal of the offer")
    proposal = coordinator.page.locator(ours)
    assert proposal.locator(".reasons li").count() > 0, "a proposal says why"
    proposal.locator("form button").click()
    assert "/matches/" in coordinator.page.url, coordinator.words
    match = "/matches/" + coordinator.page.url.split("?")[0].rsplit("/", 1)[1]

    volunteer.go("/requests")
    until(volunteer, lambda: volunteer.page.locator(f'a[href="{match}"]').count() > 0, "the request")
    volunteer.page.locator(f'a[href="{match}"]').first.click()
    assert "Canary" not in volunteer.page.content()
    press(volunteer, "/accept")
    deadline = time.monotonic() + PATIENCE
    while "Canary Nomdefamille" not in volunteer.page.content():
        assert time.monotonic() < deadline, volunteer.words
        volunteer.go(match)
        press(volunteer, "/contact")
    coordinator.go(match)
    press(coordinator, "/contact")
    assert volunteer.hub.accounts["volunteer"][0] in coordinator.page.content(), coordinator.words

    volunteer.go(match)
    press(volunteer, "/start")
    coordinator.go(match)
    press(coordinator, "/fulfil")
    volunteer.go(match)

    for window in (volunteer, coordinator):
        assert window.page.locator(".state-fulfilled").count() == 1
        assert window.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    close(volunteer, offer_id)
    coordinator.go(f"/needs/{need_id}")
    assert coordinator.page.locator(f'a[href="{match}"]').count() == 1


def test_proposals_come_to_the_page_by_themselves_where_scripts_run(reader: Callable[..., Reader]) -> None:
    volunteer, coordinator = reader("volunteer"), reader("coordinator")
    offer_id = post_offer(volunteer, f"Live class {a_word()}")
    record_case(coordinator)
    coordinator.page.wait_for_timeout(1500)

    moderator = reader("coordinator")
    moderator.go(f"/offers/{offer_id}")
    press(moderator, "/approve")

    coordinator.page.wait_for_selector(f'.proposal a[href="/offers/{offer_id}"]', timeout=20_000)
    press(coordinator, "/withdraw")
    close(volunteer, offer_id)
