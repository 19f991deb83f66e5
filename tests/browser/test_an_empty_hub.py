"""The first tests, while nothing is in the hub yet: each page says what to do, and has no barrier, also where it has nothing to show."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Hub
from tests.browser.reader import Reader
from tests.browser.site import ROLES, Site, own_kinds, walk
from tests.browser.test_every_page import looked_at, watched

pytestmark = [pytest.mark.browser, pytest.mark.storm]


@pytest.fixture(scope="module")
def empty_sites(hub: Hub) -> dict[str | None, Site]:
    """What each role finds in the hub that nobody has used yet."""
    if hub.filled:
        pytest.skip("this hub has something in it already: ask for these tests first, and for a hub of their own")
    return {role: walk(hub, role) for role in ROLES}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("role", ROLES)
def test_no_empty_page_has_a_barrier(reader: Callable[..., Reader], empty_sites: dict[str | None, Site], role: str | None, language: str) -> None:
    window = watched(reader, role, language)

    found = [fault for path in own_kinds(empty_sites, role) for fault in looked_at(window, path, language)]

    assert found == []
    assert empty_sites[role].broken == []
