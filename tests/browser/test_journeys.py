"""What each person comes for, by hand: newcomer, volunteer without an account, association, observer, administrator; with scripts in English,
without scripts in Arabic. Volunteer and coordinator walk together in test_main_job."""

import re
import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import Hub, Reader
from tests.browser.test_main_job import a_word, until

pytestmark = pytest.mark.browser
WAYS = [("en", True), ("ar", False)]
both_ways = pytest.mark.parametrize(("language", "script"), WAYS)
SUBMIT = "main form[method=post] button:not([name]):not([type=button])"


def opened(window: Reader, path: str) -> None:
    window.go(path)
    assert window.page.locator("h1").count() == 1


def send(window: Reader) -> None:
    """Press the last button of the page's form."""
    window.page.locator(SUBMIT).last.click()


@both_ways
def test_a_newcomer_asks_without_a_name_follows_and_withdraws(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader(None, language, java_script_enabled=script)
    page = window.page
    opened(window, "/")
    window.follow('main a[href="/ask"]')
    window.unfold()
    page.check('input[name="kinds"][value="language.class"]')
    send(window)

    page.fill("#adults", "2")
    window.unfold()
    page.check("#consent")
    time.sleep(3)  # nobody fills it faster, says the page
    send(window)
    assert window.path == "/ask/noted", window.words
    code, words = (page.locator(".bigkey dd").nth(place).inner_text().strip() for place in (0, 1))
    send(window)

    assert window.path == "/follow" and re.fullmatch(r"[A-Z0-9]{4}(-[A-Z0-9]{4})+", code) and len(words.split()) == 6
    assert words not in page.content(), "the words are shown once"
    page.locator('form[action="/follow/close"] button').first.click()
    window.go("/follow")
    page.fill("#code", code)
    page.fill("#words", words)
    send_to(window, "/follow")
    assert code in window.words
    window.unfold()
    page.locator('form[action="/follow/withdraw"] #sure, form[action="/follow/withdraw"] input[name=sure]').last.check()
    page.locator('form[action="/follow/withdraw"]:has(input[name=sure]) button').last.click()

    assert page.locator('[role="status"]').count() >= 1
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")


def send_to(window: Reader, action: str) -> None:
    window.page.locator(f'main form[method=post]:not([action]) button, main form[method=post][action="{action}"] button').last.click()


@both_ways
def test_a_volunteer_without_an_account_gets_to_a_moderated_offer(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader(None, language, java_script_enabled=script)
    page, title, address = window.page, f"Help with letters {a_word()}", f"{a_word()}@mail.example"
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    opened(window, "/")
    window.follow('main a[href^="/offer"]')
    window.unfold()
    window.follow('main a[href^="/offer/what?category=language.class"]')
    page.fill("#title", title)
    page.fill("#places", "2")
    window.unfold()
    page.locator('#languages input[value="fr"]').check()
    send(window)
    assert window.path == "/offer/where", window.words
    window.unfold()
    page.fill("#lat", "45.19")
    page.fill("#lon", "5.72")
    send(window)
    assert window.path == "/offer/check", window.words
    page.fill("#email", address)
    send(window)
    assert window.path == "/offer/sent", window.words
    window.go(mailed_link(city, address))
    window.unfold()
    if page.locator("#name").count():
        page.fill("#name", "Ana")
    send(window)

    assert title in window.words
    assert len(loads) <= 8, loads


def mailed_link(hub: Hub, address: str) -> str:
    """The link of the mail that confirms an address."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        for mail in hub.ask("admin", "GET", "/api/v1/messages/caught")["items"]:
            found = re.search(r"/offer/confirm/[\w-]+", mail["text"]) if mail["recipient"] == address else None
            if found:
                return found.group(0)
        time.sleep(0.3)
    raise AssertionError("no mail came")


@both_ways
def test_an_association_records_a_case_and_finds_its_way_back(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader("member", language, java_script_enabled=script)
    page = window.page
    opened(window, "/cases/new")
    page.fill("#adults", "2")
    window.unfold()
    page.fill("#lat", "45.18")
    page.fill("#lon", "5.73")
    page.check("#consent_match")
    page.locator("main form[method=post] button:not([name])").last.click()
    assert window.path.startswith("/cases/"), window.words
    case = window.path

    window.go("/cases")

    until(window, lambda: page.locator(f'main a[href="{case}"]').count() > 0, "the case in the list")


@both_ways
def test_an_observer_reads_figures_and_changes_nothing(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader("observer", language, java_script_enabled=script)
    page = window.page

    opened(window, "/statistics")
    tables = page.locator("main table").count()
    opened(window, "/start")
    links = [str(link.get_attribute("href")) for link in page.locator("header nav a").all()]

    assert tables >= 1 or page.locator("main dl").count() >= 1
    assert not {"/desk", "/cases", "/moderation"} & set(links)


@both_ways
def test_an_administrator_invites_somebody(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader("admin", language, java_script_enabled=script)
    page, address = window.page, f"{a_word()}@mail.example"
    opened(window, "/admin/people")
    window.unfold()
    form = page.locator("main form[method=post]:has(#email)")

    page.fill("#email", address)
    page.select_option("#role", "volunteer")
    form.locator("button").last.click()

    assert page.locator(".done").count() == 1, window.words
