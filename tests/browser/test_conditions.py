"""Poor conditions: a slow line, little data, a small or enlarged screen, no scripts, printing."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Hub
from tests.browser.look import too_wide
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
FIRST_PAGES: list[tuple[str | None, str]] = [
    (None, "/"), (None, "/help"), (None, "/ask"), (None, "/offer"), (None, "/needed"), (None, "/sign-in"),
    ("volunteer", "/requests"), ("coordinator", "/desk"), ("observer", "/admin"),
]  # fmt: skip
MOST_BYTES = 100_000
MOST_SECONDS = 8
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
ENLARGED: list[tuple[str | None, str]] = [(None, "/help"), (None, "/ask"), ("coordinator", "/desk"), ("coordinator", "/cases/new")]


@pytest.mark.parametrize(("role", "path"), FIRST_PAGES)
def test_a_first_page_is_small(reader: Callable[..., Reader], city: Hub, role: str | None, path: str) -> None:
    window = reader(role)
    line = window.context.new_cdp_session(window.page)
    received: list[float] = []
    line.send("Network.enable")
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    window.page.goto(window.hub.base_url + path, wait_until="load")

    assert 0 < sum(received) < MOST_BYTES, f"{path}: {sum(received):.0f} bytes were transferred"


def test_the_start_page_can_be_read_soon_on_a_slow_line(reader: Callable[..., Reader], city: Hub) -> None:
    # The line is slow by the page's own weight; a machine that is busy with something else at that moment may look twice more.
    for _ in range(3):
        window = reader()
        line = window.context.new_cdp_session(window.page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_3G)
        started = time.monotonic()
        window.go("/")
        expect(window.page.locator("h1")).to_be_visible()
        seconds = time.monotonic() - started
        if seconds < MOST_SECONDS:
            break

    assert seconds < MOST_SECONDS


@pytest.mark.parametrize(("role", "path"), ENLARGED)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_enlarged_to_200_percent_is_read_without_scrolling_sideways(
    reader: Callable[..., Reader], city: Hub, role: str | None, path: str, language: str
) -> None:
    # A screen of 1280 points at 200 % is 640 wide; at 400 % it is 320, as WCAG asks for reflow.
    window = reader(role, language, device_scale_factor=2, viewport={"width": 640, "height": 400})
    window.go(path)

    assert too_wide(window.page, 640, 400) + too_wide(window.page, 320, 256) == []


def test_letters_twice_as_large_leave_the_page_whole(reader: Callable[..., Reader], city: Hub) -> None:
    window = reader()
    window.go("/help")

    wide = window.page.evaluate("(() => { document.documentElement.style.fontSize = '200%'; return document.documentElement.scrollWidth; })()")

    assert wide <= 1280


def test_a_page_is_printed_without_menus(reader: Callable[..., Reader], city: Hub) -> None:
    window = reader("coordinator")
    window.go("/desk")

    window.page.emulate_media(media="print")

    expect(window.page.locator("footer.bottom")).to_be_hidden()
    expect(window.page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_scripts_the_menu_and_the_languages_work(reader: Callable[..., Reader], city: Hub, language: str) -> None:
    window = reader(None, language, java_script_enabled=False, viewport={"width": 360, "height": 740})
    window.go("/help")

    window.page.click("#menu summary")
    window.press('#menu a[href="/needed"]')
    assert window.path == "/needed"
    other = "ar" if language == "en" else "en"
    window.press(f'button[formaction="/language/{other}"]')

    assert window.path == "/needed" and window.said("lang") == other
