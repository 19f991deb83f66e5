"""Every page of every role in the pseudo-language: what stands outside its brackets, and is no data, was never given to the translators."""

import inspect

import pytest

from tests.browser import city as made
from tests.browser.conftest import Hub
from tests.browser.site import walk
from tests.browser.untranslated import PSEUDO, untranslated, words_of
from tests.journeys import hub as people
from tests.journeys import journey

pytestmark = pytest.mark.browser
DATA = words_of(" ".join(inspect.getsource(module) for module in (made, people, journey)) + " canary")


@pytest.mark.parametrize("role", [None, "volunteer", "member", "coordinator", "observer", "admin"])
def test_nothing_is_shown_that_no_translator_saw(city: Hub, role: str | None) -> None:
    site = walk(city, role, PSEUDO, each=1)

    found = {text: path for path, text in ((path, text) for path, html in site.texts.items() for text in untranslated(html, DATA))}

    city.languages.pop(role or "", None)
    assert [f"{path}: {text}" for text, path in found.items()] == []
