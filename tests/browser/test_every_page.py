"""Every page that a role can reach by its links: none is broken, none has a barrier, each has room on a small screen, none runs a stranger's script.

Each kind of page is found by walking the links, so that a new page is tested the day it is made. Quick runs look at each kind once, every second
one in the other direction of writing; HUB_BROWSER_TURN=1 changes them over. `--long` looks at all of them in both, light and dark, with and without
scripts.
"""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Error

from tests.browser.look import WATCH, as_without_scripts, barriers, strictness, too_wide
from tests.browser.reader import Reader, went_on
from tests.browser.site import ROLES, Site, kind_of, own_kinds

pytestmark = pytest.mark.browser
TURN = int(os.environ.get("HUB_BROWSER_TURN", "0"))
MAIN = {"/", "/help", "/ask", "/needed", "/desk", "/requests", "/cases"}
"""Pages that quick runs look at in both directions of writing."""


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_nowhere_and_no_page_is_lax(sites: dict[str | None, Site], role: str | None) -> None:
    site = sites[role]

    twice = [f"{path}: {one}" for path, page in site.pages.items() for one in set(page.ids) if page.ids.count(one) > 1]

    assert site.broken == []
    assert site.inline == [], "no inline script and no inline style"
    assert [path for path, page in site.pages.items() if page.headings != 1] == [], "one heading of the first order"
    assert twice == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier(reader: Callable[..., Reader], sites: dict[str | None, Site], role: str | None) -> None:
    paths = own_kinds(sites, role)

    found: list[str] = []
    for number, language in enumerate(("en", "ar")):
        window = watched(reader, role, language, color_scheme=("light", "dark")[(TURN + number) % 2])
        for place, path in enumerate(paths):
            if (place + TURN) % 2 == number or kind_of(path) in MAIN:
                found += looked_at(window, path, language)

    assert found == []


@pytest.mark.storm
@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_a_barrier_in_any_way_of_looking(
    reader: Callable[..., Reader], sites: dict[str | None, Site], role: str | None, language: str, scheme: str, script: bool
) -> None:
    window = watched(reader, role, language, color_scheme=scheme)
    if not script:
        as_without_scripts(window.context)

    found = [fault for path in whole_range(sites, role) for fault in looked_at(window, path, language, colours=scheme == "dark")]

    assert found == []


@pytest.mark.storm
@pytest.mark.parametrize("language", ["fr", "de", "es", "it", "uk"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_room_in_every_language(reader: Callable[..., Reader], sites: dict[str | None, Site], role: str | None, language: str) -> None:
    window = watched(reader, role, language)

    found = [fault for path in whole_range(sites, role, 1) for fault in looked_at(window, path, language, axe=False)]

    assert found == []


def whole_range(sites: dict[str | None, Site], role: str | None, each: int = 2) -> list[str]:
    """Every kind of page, by the first role that has it; and by each role those that show the most of a page's frame."""
    own = own_kinds(sites, role, each)
    return own + [path for path in sites[role].paths(1) if kind_of(path) in MAIN and path not in own]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_forms_with_faults_have_no_barrier(reader: Callable[..., Reader], sites: dict[str | None, Site], language: str) -> None:
    forms = {
        None: ["/sign-in", "/follow", "/ask", "/offer/what?category=language.class", "/suggest?kind=missing_actor"],
        "volunteer": ["/my/offers/new?category=language.class"],
        "coordinator": ["/cases/new"],
        "admin": ["/admin/people", "/admin/clients", "/admin/weights"],
    }
    half = [(role, path) for role, paths in forms.items() for place, path in enumerate(paths) if (place + TURN) % 2 == (language == "ar")]

    for role in {role for role, _ in half}:
        window = reader(role, language)
        for path in (path for who, path in half if who == role):
            window.go(path)
            window.send("main form#typed button:not([name=more_rows])")

            assert window.count(".faults") == 1, f"{path}: {window.words[:500]}"
            assert barriers(window.page) == []
            links = window.page.locator(".faults a")
            targets = [str(link.get_attribute("href")) for link in links.all()]
            assert [target for target in targets if window.count(target) != 1] == [], "the summary leads to the field"


def watched(reader: Callable[..., Reader], role: str | None, language: str, **options: object) -> Reader:
    window = reader(role, language, **options)
    window.context.add_init_script(WATCH)
    return window


def looked_at(window: Reader, path: str, language: str, *, axe: bool = True, colours: bool = False) -> list[str]:
    """All that is to be found on one page, in one visit; where it goes on to another page by itself meanwhile, that one is looked at."""
    for _ in range(5):
        try:
            return _looked_at(window, path, language, axe, colours)
        except Error as error:
            if not went_on(error):
                raise
    raise AssertionError(f"{path} never stood still")


def _looked_at(window: Reader, path: str, language: str, axe: bool, colours: bool) -> list[str]:
    window.page.set_viewport_size({"width": 1280, "height": 800} if language == "en" else {"width": 360, "height": 740})
    window.go(path)
    found = [] if window.said("dir") == ("rtl" if language == "ar" else "ltr") else [f"{path}: the direction is wrong"]
    if axe:
        found += barriers(window.page, colours=colours)
    found += too_wide(window.page, 360) + too_wide(window.page, 320)
    return found + strictness(window.page)
