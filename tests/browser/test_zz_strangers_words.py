"""The last tests: a stranger's script in each field of each form of each role, names and settings of the hub included, is never run anywhere."""

from collections.abc import Callable

import pytest

from tests.browser.canary import post_everywhere
from tests.browser.conftest import Hub
from tests.browser.look import WATCH, strictness, too_wide
from tests.browser.reader import Reader
from tests.browser.site import ROLES, Site, own_kinds

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def posted(city: Hub, sites: dict[str | None, Site]) -> dict[str | None, list[str]]:
    """What was wrong with the answers, after every role posted every form."""
    return {role: post_everywhere(city, role, site) for role, site in sites.items()}


@pytest.mark.parametrize("role", ROLES)
def test_forms_answer_hostile_words_with_words(posted: dict[str | None, list[str]], role: str | None) -> None:
    assert posted[role] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_runs_a_strangers_script_or_breaks_its_frame(
    reader: Callable[..., Reader], posted: dict[str | None, list[str]], sites: dict[str | None, Site], role: str | None
) -> None:
    window = reader(role)
    window.context.add_init_script(WATCH)

    found: list[str] = []
    for path in own_kinds(sites, role):
        window.go(path)
        found += strictness(window.page) + too_wide(window.page, 360)

    assert found == []
