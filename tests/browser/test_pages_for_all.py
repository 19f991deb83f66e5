"""What holds for every page: no barrier that axe can find, in both directions of writing; room on a small screen; no script of a stranger."""

from collections.abc import Callable
from pathlib import Path

import axe_core_python
import pytest

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CANARY = "<script>window.canary=1</script><img src=x onerror=window.canary=1>"
FILL = """(form, canary) => {
  for (const details of form.querySelectorAll("details")) details.open = true;
  for (const field of form.querySelectorAll("input, textarea")) {
    if (["hidden", "checkbox", "radio"].includes(field.type)) continue;
    if (field.type !== "password") field.type = "text";
    field.value = canary;
  }
}"""
PAGES: dict[str | None, list[str]] = {
    None: ["/", "/help", "/help?category=language&q=nothing-like-this", "/actors", "/actors?q=grenobel", "/archive", "/open-data", "/map",
           "/compare?actor=grenoble-fr&actor=palermo-it", "/actors/grenoble-fr/history", "/suggest", "/suggest?actor=grenoble-fr", "/quality",
           "/network", "/network?network=eurocities", "/network/path?from=grenoble-fr&to=palermo-it", "/network/connect", "/network/years",
           "/ask", "/follow", "/offer", "/sign-in", "/reset", f"/welcome/{'t' * 30}", "/matching-explained", "/privacy", "/accessibility",
           "/needed", "/nothing"],
    "volunteer": ["/my/offers", "/my/offers/new", "/my/offers/new?category=language.class", "/requests", "/notifications", "/preferences", "/me",
                  "/me/second-factor", "/desk", "/me/searches", "/actors/grenoble-fr/claim"],
    "member": ["/cases", "/my/offers", "/requests", "/my/confirmations", "/imports"],
    "coordinator": ["/desk", "/moderation", "/cases", "/cases/new", "/rounds", "/admin/people", "/needed", "/asks", "/moderation/suggestions",
                    "/moderation/duplicates", "/imports", "/actors/grenoble-fr/places/new"],
    "observer": ["/admin", "/admin/audit"],
    "admin": ["/admin", "/admin/people", "/admin/clients", "/admin/messages", "/admin/audit", "/admin/weights",
              "/admin/weights/near-first-1/use", "/needed"],
}  # fmt: skip
FIRST_OF = {
    None: [("/help", 'main a[href^="/help/"]'), ("/actors", 'main a[href^="/actors/"]')],
    "volunteer": [("/my/offers", 'main a[href^="/offers/"]'), ("/requests", 'main a[href^="/matches/"]')],
    "coordinator": [
        ("/cases", 'main a[href^="/cases/0"]'),
        ("/desk", 'main a[href^="/needs/"]'),
        ("/desk", 'main a[href^="/matches/"]'),
        ("/rounds", 'main a[href^="/rounds/"]'),
    ],
    "admin": [("/admin/people", 'main a[href^="/admin/people/"]')],
}
"""Pages of one record: the first one that a list leads to, where there is one."""


def barriers(window: Reader) -> list[str]:
    window.page.evaluate(AXE)
    found = window.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{window.page.url}: {item['id']}: {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


def every_page(window: Reader, role: str | None) -> list[str]:
    paths = list(PAGES[role])
    for list_page, link in FIRST_OF.get(role, []):
        window.go(list_page)
        first = window.page.locator(link)
        if first.count():
            paths.append(str(first.first.get_attribute("href")))
    return paths


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
@pytest.mark.parametrize("role", list(PAGES))
def test_axe_finds_no_barrier(reader: Callable[..., Reader], role: str | None, language: str, scheme: str) -> None:
    window = reader(role, language, color_scheme=scheme)

    found: list[str] = []
    for path in every_page(window, role):
        window.go(path)
        assert window.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        found += barriers(window)

    assert found == []


@pytest.mark.parametrize("role", ["volunteer", "coordinator", "admin"])
def test_axe_finds_no_barrier_where_a_form_comes_back_with_faults(reader: Callable[..., Reader], role: str) -> None:
    forms = {
        "volunteer": ["/my/offers/new?category=language.class"],
        "coordinator": ["/cases/new"],
        "admin": ["/admin/people", "/admin/clients", "/admin/weights"],
    }
    window = reader(role)

    for path in forms[role]:
        window.go(path)
        window.page.locator("main form button").last.click()

        assert window.page.locator(".faults").count() == 1, path
        assert barriers(window) == []
        target = str(window.page.locator(".faults a").first.get_attribute("href"))
        assert window.page.locator(target).count() == 1, "the summary leads to the field"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_has_room_on_a_small_telephone(reader: Callable[..., Reader], role: str | None, language: str) -> None:
    window = reader(role, language, viewport={"width": 360, "height": 740})

    too_wide: list[str] = []
    for path in every_page(window, role):
        window.go(path)
        if window.page.evaluate("document.documentElement.scrollWidth") > 360:
            too_wide.append(path)

    assert too_wide == []


def test_the_keyboard_reaches_the_content_first(reader: Callable[..., Reader]) -> None:
    window = reader()
    window.go("/help")

    window.page.keyboard.press("Tab")
    focused = window.page.evaluate("document.activeElement.getAttribute('href')")
    window.page.keyboard.press("Enter")

    assert focused == "#main"
    assert window.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/sign-in"),
        (None, "/reset"),
        (None, f"/welcome/{'t' * 30}"),
        (None, "/help"),
        (None, "/actors"),
        ("volunteer", "/my/offers/new?category=language.class"),
        ("volunteer", "/me"),
        ("coordinator", "/cases/new"),
        ("admin", "/admin/people"),
        ("admin", "/admin/clients"),
        ("admin", "/admin/weights"),
    ],
)
def test_a_strangers_script_in_any_field_is_never_run(reader: Callable[..., Reader], role: str | None, path: str) -> None:
    window = reader(role)
    window.go(path)
    with_text = "main form:has(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)"
    forms = window.page.locator(with_text).count()

    for number in range(forms):
        window.go(path)
        form = window.page.locator(with_text).nth(number)
        form.evaluate(FILL, CANARY)
        form.locator("button").last.click()
        window.page.wait_for_load_state()

        assert window.page.evaluate("window.canary") is None
        assert "<script>window.canary" not in window.page.content()


def test_a_script_in_an_offers_words_is_shown_as_words(reader: Callable[..., Reader]) -> None:
    window, moderator = reader("volunteer"), reader("coordinator")
    window.go("/my/offers/new?category=language.class")
    window.page.fill("#title", CANARY)
    window.page.fill("#description", CANARY)
    window.page.check("#remote")
    window.page.locator("main form button").last.click()
    address = window.page.url.split("?")[0].removeprefix(window.hub.base_url)

    for reading, path in ((window, address), (window, "/my/offers"), (moderator, address), (moderator, "/moderation"), (moderator, "/desk")):
        reading.go(path)
        assert reading.page.evaluate("window.canary") is None

    window.go(address)
    assert CANARY in window.words
    window.page.locator('form[action$="/close"] button').click()
