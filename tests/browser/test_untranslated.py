"""Every page of every role in the pseudo-language: what stands outside its brackets, and is no data, was never given to the translators."""

import inspect

import httpx2
import pytest

from tests.browser import canary, conftest, untranslated
from tests.browser import city as made
from tests.browser.conftest import Hub
from tests.browser.reader import PATIENCE
from tests.browser.site import ROLES, Site, own_kinds
from tests.journeys import hub as people
from tests.journeys import journey

pytestmark = pytest.mark.browser
PUBLISHER = "The municipality that runs this hub"
"""The publisher of open data until the city says who it is."""
SOURCES = [inspect.getsource(module) for module in (made, people, journey, canary)]
DATA = untranslated.words_of(" ".join([*SOURCES, *conftest.SETTINGS.values(), PUBLISHER]))
FULL_OF_DATA = ("/admin/messages", "/admin/weights", "/admin/audit")
"""Pages that show mails to others, names of weights and codes of what was done."""


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_shown_that_no_translator_saw(city: Hub, sites: dict[str | None, Site], role: str | None) -> None:
    found: dict[str, str] = {}
    cookies = city.cookies(role, untranslated.PSEUDO)
    with httpx2.Client(base_url=city.base_url, cookies=cookies, headers={"Accept": "text/html"}, timeout=PATIENCE) as client:
        for path in {path.split("?")[0]: path for path in own_kinds(sites, role) if not path.startswith(FULL_OF_DATA)}.values():
            answer = client.get(path)
            for text in untranslated.untranslated(answer.text, DATA) if "text/html" in answer.headers.get("content-type", "") else ():
                found.setdefault(text, path)

    assert [f"{path}: {text}" for text, path in found.items()] == []
