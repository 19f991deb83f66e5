"""The language buttons, in a browser: what is half typed stays, with and without scripts, whichever form of the page it stands in."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Hub
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
FORMS: list[tuple[str | None, str, str, str]] = [
    (None, "/sign-in", "#email", "ana@mail.example"),
    (None, "/suggest?kind=missing_actor", "#name", "Club der Freunde"),
    (None, "/offer/what?category=language.class", "#title", "Tandem & tea"),
    ("coordinator", "/cases/new", "#contact_name", "Somebody Anywhere"),
    ("volunteer", "/my/offers/new?category=language.class", "#description", "A <b>small</b> group"),
]


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(("role", "path", "field", "text"), FORMS)
def test_a_half_filled_form_keeps_its_words(
    reader: Callable[..., Reader], city: Hub, role: str | None, path: str, field: str, text: str, script: bool
) -> None:
    window = reader(role, "en", java_script_enabled=script)
    window.go(path)
    window.unfold()
    window.page.fill(field, text)

    window.press('button[formaction="/language/ar"]')

    window.hub.languages.pop(role or "", None)
    assert window.said("dir") == "rtl"
    assert window.page.input_value(field) == text
    assert text not in window.page.url


def test_the_steps_of_asking_keep_their_choices(reader: Callable[..., Reader], city: Hub) -> None:
    window = reader(None, "en", java_script_enabled=False)
    page = window.page
    window.go("/ask")
    window.unfold()
    page.locator('input[name="kinds"]').first.check()
    window.send("main form[method=post] button")
    page.fill("#adults", "3")

    window.press('button[formaction="/language/uk"]')

    assert window.said("lang") == "uk"
    assert page.input_value("#adults") == "3"
    assert window.count('input[name="kinds"]') >= 1


def test_with_scripts_the_form_that_was_typed_into_last_is_kept(reader: Callable[..., Reader], city: Hub) -> None:
    window = reader("admin", "en")
    page = window.page
    window.go("/me")
    field = page.locator("main form[method=post] input[name=phone]")
    field.fill("0123 45")

    window.press('button[formaction="/language/fr"]')

    window.hub.languages.pop("admin", None)
    assert page.input_value("main input[name=phone]") == "0123 45"
