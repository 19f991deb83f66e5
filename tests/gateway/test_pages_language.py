"""Choosing another language: the page stays, with what was typed into it; nothing of it stands in an address, and no password is kept."""

from random import Random
from typing import Any

import pytest

from chassis.context import follow
from gateway.pages import open_doors
from gateway.pages.formats import hour, listed
from gateway.pages.kept import COOKIE
from gateway.pages.words import household_text, say
from gateway.session import form_token
from tests.gateway.pages_door import CANARY, ID, ME, Door

BACK = "language-back"


@pytest.fixture(autouse=True)
def answering(door: Door) -> None:
    open_doors._known.clear()
    door.fakes.answers |= {
        "GET /api/v1/suggestion-stamp": {"stamp": "stamp-1", "wait_seconds": 3, "hours": 4},
        "GET /api/v1/asks/terms": {"allowed": True, "days": 60, "needs": 5},
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
        "PATCH /api/v1/me": {**ME, "locale": "de"},
    }


async def switched(door: Door, path: str, role: str | None = None, **fields: Any) -> Any:
    """The page in German, after its half-filled form was sent to the language's address; checks the way there."""
    if role:
        door.client.cookies.set("hub-session-loopback", f"{role}-token")
    csrf = form_token(f"{role}-token") if role else ""
    answer = await door.post("/language/de", csrf=csrf, **{BACK: path}, **fields)
    assert answer.status_code == 303, answer.text
    assert not any(str(value) in answer.headers["location"] for value in fields.values() if len(str(value)) > 4)
    page = await door.get(answer.headers["location"])
    assert page.status_code == 200, page.text
    return page


async def test_what_was_typed_is_there_again_in_another_language(door: Door) -> None:
    page = await switched(door, "/suggest?kind=missing_actor", name="Club der Freunde", website="https://club.example")

    assert 'value="Club der Freunde"' in page.text
    assert '<html lang="de"' in page.text


async def test_it_is_shown_once_and_then_forgotten(door: Door) -> None:
    page = await switched(door, "/sign-in", email="ana@mail.example")

    again = await door.get("/sign-in")

    assert 'value="ana@mail.example"' in page.text
    assert "ana@mail.example" not in again.text


async def test_a_password_is_never_kept_and_the_cookie_is_sealed(door: Door) -> None:
    answer = await door.post("/language/fr", email="ana@mail.example", password="a quiet river", **{BACK: "/sign-in"})
    cookies = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
    page = await door.get("/sign-in")

    assert "a quiet river" not in page.text
    assert all("HttpOnly" in cookie and "ana" not in cookie for cookie in cookies if cookie.startswith(COOKIE))
    assert any(cookie.startswith(COOKIE) and "Max-Age=120" in cookie for cookie in cookies)


async def test_another_page_and_another_person_do_not_see_it(door: Door) -> None:
    await door.post("/language/fr", email="ana@mail.example", **{BACK: "/sign-in"})

    elsewhere = await door.get("/reset")
    door.client.cookies.set("hub-session-loopback", "volunteer-token")
    other = await door.get("/me", "volunteer")

    assert "ana@mail.example" not in elsewhere.text + other.text


@pytest.mark.parametrize(
    ("path", "fields", "shown"),
    [
        ("/cases/new", {"adults": "3", "contact_name": "Somebody Anywhere", "rows": "4", "day3": "2"}, ['value="Somebody Anywhere"', 'name="day3"']),
        (f"/cases/{ID}/needs/new", {"size": "7", "max_travel_km": "12.5"}, ['value="7"', 'value="12.5"']),
        (f"/cases/{ID}/contact/keep", {"contact_name": "Somebody Anywhere"}, ['value="Somebody Anywhere"']),
        ("/my/offers/new?category=language.class", {"title": "Tandem & tea", "returns": "yes"}, ["Tandem &amp; tea"]),
    ],
)
async def test_each_form_of_a_coordinator_is_kept(door: Door, path: str, fields: dict[str, str], shown: list[str]) -> None:
    page = await switched(door, path, "coordinator", **fields)

    assert [text for text in shown if text not in page.text] == []


async def test_the_second_page_of_asking_stays_the_second(door: Door) -> None:
    page = await switched(door, "/ask", step="who", kinds="language.class", adults="2", opened="x")

    assert 'name="adults"' in page.text and 'value="2"' in page.text


async def test_a_text_that_is_too_long_stays_behind_and_the_page_says_so(door: Door) -> None:
    chance = Random(7)
    noise = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(40_000))
    answer = await door.post("/language/de", name="Kept", summary=noise, **{BACK: "/suggest?kind=missing_actor"})

    assert answer.headers["location"].endswith("&done=typed-in-part")


@pytest.mark.parametrize("back", ["//elsewhere.example/x", "https://elsewhere.example", "/\\elsewhere.example", "/no/such/page", ""])
async def test_the_language_buttons_lead_to_no_other_site_and_to_no_missing_page(door: Door, back: str) -> None:
    answer = await door.post("/language/de", **{BACK: back})

    assert answer.headers["location"] == "/"


async def test_words_that_were_kept_are_escaped(door: Door) -> None:
    page = await switched(door, "/sign-in", email=f'"><{CANARY}')

    assert CANARY not in page.text


async def test_a_hub_without_that_language_says_so(door: Door) -> None:
    answer = await door.post("/language/xx", **{BACK: "/"})

    assert answer.status_code == 404


def test_a_code_in_an_arabic_sentence_keeps_its_own_direction() -> None:
    follow(None, "ar")
    arabic = say("Case {code}", code="133Q-FRE5")
    follow(None, "en")

    assert "\u2068133Q-FRE5\u2069" in arabic
    assert say("Case {code}", code="133Q-FRE5") == "Case 133Q-FRE5"


@pytest.mark.parametrize(("language", "shown"), [("en", "18:00"), ("fr", "18:00"), ("ar", "6:00\u00a0م")])
def test_hours_lists_and_households_are_written_as_the_language_does(language: str, shown: str) -> None:
    follow(None, language)
    hours, things, people = hour("18:00"), listed(["a", "b", "c"]), household_text({"adults": 1, "children": 2})
    follow(None, "en")

    assert hours.replace("\u202f", "\u00a0").replace(" ", "\u00a0") == shown.replace(" ", "\u00a0")
    assert things == {"en": "a, b and c", "fr": "a, b et c"}.get(language, things)
    assert people == {"en": "1 adult and 2 children", "fr": "1 adulte et 2 enfants"}.get(language, people)
