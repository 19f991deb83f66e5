"""What each person comes for, by hand: newcomer, volunteer without an account, association, observer, administrator; with scripts in English,
without scripts in Arabic. Volunteer and coordinator walk together in test_main_job."""

import re
import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import Hub
from tests.browser.reader import NEWS, Reader
from tests.browser.test_main_job import a_word

pytestmark = pytest.mark.browser
WAYS = [("en", True), ("ar", False)]
both_ways = pytest.mark.parametrize(("language", "script"), WAYS)


def opened(window: Reader, path: str) -> None:
    window.go(path)
    assert window.count("h1") == 1


@both_ways
def test_a_newcomer_asks_without_a_name_follows_and_withdraws(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader(None, language, java_script_enabled=script)
    page = window.page
    opened(window, "/")
    window.follow('main a[href="/ask"]')
    window.unfold()
    page.check('input[name="kinds"][value="language.class"]')
    window.send()

    page.fill("#adults", "2")
    window.unfold()
    page.check("#consent")
    time.sleep(3)  # nobody fills it faster, says the page
    window.send()
    assert window.path == "/ask/noted", window.words
    code, words = (page.locator(".bigkey dd").nth(place).inner_text().strip() for place in (0, 1))
    window.send()

    assert window.path == "/follow" and re.fullmatch(r"[A-Z0-9]{4}(-[A-Z0-9]{4})+", code) and len(words.split()) == 6
    assert words not in window.content, "the words are shown once"
    window.act("/follow/close")
    window.go("/follow")
    page.fill("#code", code)
    page.fill("#words", words)
    window.send('main form[method=post]:not([action]) button, main form[method=post][action="/follow"] button')
    assert code in window.words
    window.unfold()
    page.locator('form[action="/follow/withdraw"] #sure, form[action="/follow/withdraw"] input[name=sure]').last.check()
    window.send('form[action="/follow/withdraw"]:has(input[name=sure]) button')

    assert window.count('[role="status"]') >= 1
    assert window.said("dir") == ("rtl" if language == "ar" else "ltr")


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
    window.send()
    assert window.path == "/offer/where", window.words
    window.unfold()
    page.fill("#lat", "45.19")
    page.fill("#lon", "5.72")
    window.send()
    assert window.path == "/offer/check", window.words
    page.fill("#email", address)
    window.send()
    assert window.path == "/offer/sent", window.words
    window.go(mailed_link(city, address))
    window.unfold()
    if window.count("#name"):
        page.fill("#name", "Ana")
    window.send()

    assert title in window.words
    assert len(loads) <= 8, loads


def mailed_link(hub: Hub, address: str) -> str:
    """The link of the mail that confirms an address."""
    deadline = time.monotonic() + NEWS
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
    window.send("main form[method=post] button:not([name])")
    assert window.path.startswith("/cases/"), window.words
    case = window.path

    window.go("/cases")

    window.until(f'main a[href="{case}"]', "the case in the list")


@both_ways
def test_an_observer_reads_figures_and_changes_nothing(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader("observer", language, java_script_enabled=script)
    page = window.page

    opened(window, "/statistics")
    tables = window.count("main table")
    opened(window, "/start")
    links = [str(link.get_attribute("href")) for link in page.locator("header nav a").all()]

    assert tables >= 1 or window.count("main dl") >= 1
    assert not {"/desk", "/cases", "/moderation"} & set(links)


@both_ways
def test_an_administrator_invites_somebody(reader: Callable[..., Reader], city: Hub, language: str, script: bool) -> None:
    window = reader("admin", language, java_script_enabled=script)
    page, address = window.page, f"{a_word()}@mail.example"
    opened(window, "/admin/people")
    window.unfold()

    page.fill("#email", address)
    page.select_option("#role", "volunteer")
    window.send("main form[method=post]:has(#email) button")

    assert window.count(".done") == 1, window.words
