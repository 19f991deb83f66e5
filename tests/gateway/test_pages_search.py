"""Pages of searching: what is found and asked, what is said when nothing is found, the archive, and kept searches."""

from typing import Any

import pytest

from tests.gateway.pages_door import ACTOR, CANARY, ID, NOW, Door, page_of

FACETS = {
    "total": 2, "kind": [{"value": "municipality", "count": 1}, {"value": "network", "count": 1}], "country": [{"value": "FR", "count": 2}],
    "network": [{"value": ID, "name": CANARY, "slug": "net", "count": 1}], "theme": [],
}  # fmt: skip
RESOURCE = {
    "id": ID, "version": 1, "slug": "x", "title": CANARY, "authors": CANARY, "year": 2018, "kind": "report", "topic_themes": ["housing"],
    "languages": ["fr", "ar"],
    "actors": [{"id": ID, "slug": "grenoble-fr", "kind": "municipality", "name": CANARY}], "url": "javascript:alert(1)", "source": "x",
}  # fmt: skip
SEARCH = {
    "id": ID, "version": 4, "name": CANARY, "query": {"q": "solid & more", "kind": "network", "confirmed": True, "country": None}, "language": "en",
    "digest": "weekly", "looked_at": NOW, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "GET /api/v1/actors/facets": FACETS, "GET /api/v1/actors": page_of(ACTOR), "GET /api/v1/resources": page_of(RESOURCE),
    "GET /api/v1/archive-languages": {"items": [{"language": "und", "count": 3}, {"language": "fr", "count": 2}, {"language": "de", "count": 1}]},
    "GET /api/v1/actors/suggest": [ACTOR], "GET /api/v1/searches": page_of(SEARCH), "POST /api/v1/searches": SEARCH,
    f"PATCH /api/v1/searches/{ID}": SEARCH, f"DELETE /api/v1/searches/{ID}": SEARCH,
}  # fmt: skip


@pytest.fixture(autouse=True)
def answers(door: Door) -> None:
    door.fakes.answers |= ANSWERS


@pytest.mark.parametrize(
    ("path", "role"),
    [("/actors?q=x", None), ("/actors?kind=network", "member"), ("/archive?q=x&theme=housing", None), ("/me/searches", "volunteer")],
)
async def test_every_page_is_whole_and_escapes_what_people_wrote(door: Door, path: str, role: str | None) -> None:
    response = await door.get(path, role)

    assert response.status_code == 200, response.text[:600]
    assert response.text.count("<h1") == 1
    assert "<script>" not in response.text and " style=" not in response.text and " onclick" not in response.text
    assert 'href="javascript' not in response.text


async def test_what_was_found_comes_with_its_number_and_with_ways_to_narrow_it(door: Door) -> None:
    page = (await door.get("/actors?q=solid")).text

    assert "(2)" in page and "/actors/grenoble-fr" in page
    assert "/actors?q=solid&amp;kind=municipality" in page
    assert "/actors?q=solid&amp;network=net" in page


async def test_the_archive_is_narrowed_by_the_languages_that_it_has(door: Door) -> None:
    page = (await door.get("/archive?language=fr")).text

    choices = page.split('id="language"')[1].split("</select>")[0]
    order = [choices.index(text) for text in ('<option value="fr" selected>French (2)', "German (1)", '<option value="und">Not known (3)')]
    assert order == sorted(order)
    assert '<a href="/archive?language=ar#found">Arabic</a>' in page


async def test_the_archive_is_shown_while_its_languages_are_away(door: Door) -> None:
    del door.fakes.answers["GET /api/v1/archive-languages"]

    page = await door.get("/archive")

    assert page.status_code == 200 and 'id="language"' not in page.text


async def test_the_list_is_shown_while_the_counts_are_away(door: Door) -> None:
    del door.fakes.answers["GET /api/v1/actors/facets"]

    page = await door.get("/actors?q=solid")

    assert page.status_code == 200 and "/actors/grenoble-fr" in page.text


async def test_who_finds_nothing_reads_what_may_be_meant_and_may_suggest_it(door: Door) -> None:
    door.fakes.answers["GET /api/v1/actors"] = page_of()

    page = (await door.get("/actors?q=grenobel")).text

    assert "Did you mean:" in page and "/actors/grenoble-fr" in page
    assert 'href="/suggest"' in page


async def test_a_search_that_cannot_be_understood_says_so(door: Door) -> None:
    door.fakes.answers["GET /api/v1/actors"] = (422, {"code": "invalid", "detail": "No.", "errors": []})

    page = await door.get("/actors?country=123")

    assert page.status_code == 200 and "could not be understood" in page.text


async def test_a_search_is_kept_as_it_was_shown(door: Door) -> None:
    answer = await door.post("/me/searches", "volunteer", q="solid", kind="network", confirmed="true", name="Mine", digest="daily")

    assert answer.headers["location"] == "/me/searches?done=saved"
    assert door.bodies("POST /api/v1/searches") == [
        {"name": "Mine", "query": {"q": "solid", "kind": "network", "confirmed": True}, "digest": "daily", "language": "en"}
    ]


async def test_a_kept_search_leads_to_what_it_finds(door: Door) -> None:
    page = (await door.get("/me/searches", "volunteer")).text
    led = await door.get(f"/me/searches/{ID}", "volunteer")
    lost = await door.get(f"/me/searches/{ID[:-1]}9", "volunteer")

    assert "/actors?q=solid+%26+more&amp;kind=network&amp;confirmed=true" in page
    assert led.headers["location"] == "/actors?q=solid+%26+more&kind=network&confirmed=true"
    assert lost.status_code == 404


async def test_a_kept_search_is_changed_and_removed(door: Door) -> None:
    changed = await door.post(f"/me/searches/{ID}", "volunteer", version="4", digest="never")
    removed = await door.post(f"/me/searches/{ID}/remove", "volunteer", version="4")

    assert changed.status_code == removed.status_code == 303
    assert door.bodies(f"PATCH /api/v1/searches/{ID}") == [{"digest": "never"}]
    sent = {asked: headers.get("if-match") for asked, headers, _ in door.fakes.asked}
    assert sent[f"DELETE /api/v1/searches/{ID}"] == '"4"'


async def test_kept_searches_are_for_who_is_signed_in(door: Door) -> None:
    assert (await door.get("/me/searches")).headers["location"].startswith("/sign-in")
    assert "/sign-in?next=/actors" in (await door.get("/actors?q=x")).text
    assert (await door.post("/me/searches", "volunteer", csrf="", q="x")).status_code == 403
