"""By keyboard alone: the content is reached first, everything can be reached and left, focus is seen, Escape closes what opened."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Hub
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one), shown = one.matches(':focus-visible');
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  one.dataset.met = (Number(one.dataset.met) || 0) + 1;
  return {what: one.outerHTML.slice(0, 120), met: Number(one.dataset.met), seen: shown && seen,
          inside: box.bottom > 0 && box.width > 0 && box.top < innerHeight,
          parts: ['date', 'time', 'month', 'datetime-local'].includes(one.type)};
}"""
MOST = 250
WALKS: list[tuple[str | None, str, str]] = [
    (None, "/", "en"),
    (None, "/help", "ar"),
    (None, "/ask", "en"),
    ("volunteer", "/my/offers/new?category=language.class", "ar"),
    ("coordinator", "/desk", "en"),
    ("coordinator", "/cases/new", "en"),
]


def walked(window: Reader) -> list[dict[str, Any]]:
    """All that the Tab key reaches, in order, until the page ends."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST):
        window.page.keyboard.press("Tab")
        stop = window.page.evaluate(FOCUSED)
        if stop is None or stop["met"] > (6 if stop["parts"] else 1):
            break
        if stop["met"] == 1:
            stops.append(stop)
    return stops


@pytest.mark.parametrize(("role", "path", "language"), WALKS)
def test_the_tab_key_walks_through_the_whole_page(reader: Callable[..., Reader], city: Hub, role: str | None, path: str, language: str) -> None:
    window = reader(role, language)
    window.go(path)

    stops = walked(window)

    assert 5 < len(stops) < MOST, "the walk ends: nothing holds the focus"
    assert 'href="#main"' in stops[0]["what"], "the content is reached first"
    assert "/language/" in stops[-1]["what"] or "<a" in stops[-1]["what"], "the last stop is in the footer"
    assert [stop["what"] for stop in stops if not stop["seen"]] == [], "focus is seen"
    assert [stop["what"] for stop in stops if not stop["inside"]] == [], "what has the focus is on the screen"


def test_the_first_link_leads_to_the_content(reader: Callable[..., Reader]) -> None:
    window = reader()
    window.go("/privacy")

    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Enter")

    expect(window.page.locator("#main")).to_be_focused()


def test_the_menu_of_a_telephone_opens_by_keyboard_and_escape_closes_it(reader: Callable[..., Reader]) -> None:
    window = reader(viewport={"width": 360, "height": 740})
    window.go("/privacy")
    menu, summary = window.page.locator("#menu"), window.page.locator("#menu summary")

    summary.focus()
    window.page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    window.page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_signing_in_needs_no_mouse(reader: Callable[..., Reader], language: str) -> None:
    window = reader(None, language)
    email, password = window.hub.accounts["volunteer"]
    window.go("/sign-in")

    window.page.focus("#email")
    window.page.keyboard.type(email)
    window.page.keyboard.press("Tab")
    window.page.keyboard.type(password)
    window.page.keyboard.press("Enter")

    window.page.wait_for_url("**/requests*", wait_until="domcontentloaded")
    assert window.count("h1") == 1


def test_faults_take_the_focus_to_their_fields(reader: Callable[..., Reader]) -> None:
    window = reader()
    window.go("/sign-in")
    window.send("main form button")

    window.page.locator(".faults a").first.focus()
    window.page.keyboard.press("Enter")

    expect(window.page.locator("#email")).to_be_focused()
