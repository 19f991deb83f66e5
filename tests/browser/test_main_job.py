"""The main job by hand, as people do it: post an offer, record a case, confirm, accept, see the contact, follow to the end."""

import time
from collections.abc import Callable
from random import choice

import pytest
from playwright.sync_api import expect

from tests.browser.reader import NEWS, Reader

pytestmark = pytest.mark.browser
LONG = pytest.mark.storm
WAYS = [("en", True), ("ar", False), pytest.param("ar", True, marks=LONG), pytest.param("en", False, marks=LONG)]


def a_word() -> str:
    """Letters only: eight digits in a row would look like a telephone number."""
    return "".join(choice("abcdefghijklmnop") for _ in range(8))


def close(window: Reader, offer_id: str) -> None:
    """Close an offer, with the page that asks why."""
    window.go(f"/offers/{offer_id}/end")
    reasons = window.page.locator("main form[method=post] input[type=radio]")
    if reasons.count():
        reasons.first.check()
    window.send("main form[method=post] button")


def post_offer(window: Reader, title: str) -> str:
    window.go("/my/offers/new")
    window.follow('a[href="/my/offers/new?category=language.class"]')
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
    window.send("main form button")
    assert "/offers/" in window.path and title in window.words, window.words
    return window.key


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
    window.send("main form button")
    assert "/needs/" in window.path, window.words
    return window.key


def _place(window: Reader, lat: str, lon: str) -> None:
    details = window.page.locator("details:has(#lat) > summary")
    if details.count():
        details.click()
    window.page.fill("#lat", lat)
    window.page.fill("#lon", lon)


def until_shown(window: Reader, match: str, contact: str) -> None:
    """Ask for the contact data of the other side, until the news that they may be seen has travelled."""
    deadline = time.monotonic() + NEWS
    while contact not in window.content:
        assert time.monotonic() < deadline, window.words
        window.go(match)
        window.act("/contact")


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_the_main_job_is_done_by_hand(reader: Callable[..., Reader], language: str, script: bool) -> None:
    volunteer = reader("volunteer", language, java_script_enabled=script)
    coordinator = reader("coordinator", language, java_script_enabled=script)
    title = f"French class {a_word()}"

    offer_id = post_offer(volunteer, title)
    coordinator.go(f"/offers/{offer_id}")
    if coordinator.count('form[action$="/approve"]'):
        coordinator.act("/approve")
    need_id = record_case(coordinator)
    proposal = coordinator.until(f'.proposal:has(a[href="/offers/{offer_id}"])', "a proposal of the offer")
    assert proposal.locator(".reasons li").count() > 0, "a proposal says why"
    coordinator.press(proposal.locator("form button"))
    assert "/matches/" in coordinator.path, coordinator.words
    match = f"/matches/{coordinator.key}"

    volunteer.go("/requests")
    volunteer.until(f'a[href="{match}"]', "the request")
    volunteer.follow(f'a[href="{match}"]')
    assert "Canary" not in volunteer.content
    volunteer.act("/accept")
    until_shown(volunteer, match, "Canary Nomdefamille")
    coordinator.go(match)
    coordinator.act("/contact")
    assert volunteer.hub.accounts["volunteer"][0] in coordinator.content, coordinator.words

    volunteer.go(match)
    volunteer.act("/start")
    coordinator.go(match)
    coordinator.act("/fulfil")
    volunteer.go(match)

    for window in (volunteer, coordinator):
        assert window.count(".state-fulfilled") == 1
        assert window.said("dir") == ("rtl" if language == "ar" else "ltr")
    close(volunteer, offer_id)
    coordinator.go(f"/needs/{need_id}")
    assert coordinator.count(f'a[href="{match}"]') == 1


def listen(window: Reader) -> None:
    """Load the page anew, and wait until its stream of news has a place in the news of every service: from then on it is told of everything."""
    line, streams, received = window.context.new_cdp_session(window.page), set[str](), list[int]()
    line.on("Network.requestWillBeSent", lambda told: streams.add(told["requestId"]) if "/api/v1/events" in told["request"]["url"] else None)
    line.on("Network.dataReceived", lambda told: received.append(told["dataLength"]) if told["requestId"] in streams else None)
    line.send("Network.enable")
    window.again()
    deadline = time.monotonic() + NEWS
    while sum(received) <= len("retry: 2000\n\n"):
        assert time.monotonic() < deadline, "the stream of news did not begin"
        window.page.wait_for_timeout(100)


def test_proposals_come_to_the_page_by_themselves_where_scripts_run(reader: Callable[..., Reader]) -> None:
    volunteer, coordinator = reader("volunteer"), reader("coordinator")
    offer_id = post_offer(volunteer, f"Live class {a_word()}")
    record_case(coordinator)
    listen(coordinator)

    moderator = reader("coordinator")
    moderator.go(f"/offers/{offer_id}")
    moderator.act("/approve")

    expect(coordinator.page.locator(f'.proposal a[href="/offers/{offer_id}"]')).to_be_visible(timeout=1000 * NEWS)
    coordinator.act("/withdraw")
    close(volunteer, offer_id)
