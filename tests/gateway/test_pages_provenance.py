"""Pages of an organisation and of cities side by side: sources, history, quality, what waits for confirmation."""

import pytest

from tests.gateway.pages_door import ACTOR, CANARY, ID, OTHER, Door, page_of

PLACES = {"purpose": "general", "places": "40", "begins_on": "2027-01-01", "source": "https://example.org"}
WAITING = {"id": ID, "network": {**ACTOR, "id": OTHER, "name": "Net"}, "member": ACTOR, "role": "member", "since": 2018, "confirmation": "one_side"}
RUN = {"id": ID, "title": CANARY, "actor": ACTOR, "partners": [{**ACTOR, "id": OTHER, "slug": "p", "name": "Partner"}], "source": "x"}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/actors/grenoble-fr", None),
        ("/actors/grenoble-fr", "coordinator"),
        ("/actors/grenoble-fr/history", None),
        (f"/history/practices/{ID}", None),
        ("/quality", None),
        ("/quality?record=declaration&country=fr&kind=municipality", None),
        ("/compare", None),
        ("/compare?actor=grenoble-fr&actor=nobody&q=g", None),
        ("/my/confirmations", "coordinator"),
        ("/my/confirmations", "member"),
        ("/my/confirmations?actor=grenoble-fr", "admin"),
        ("/actors/grenoble-fr/places/new", "coordinator"),
        ("/actors/grenoble-fr/practices/new", "admin"),
    ],
)
async def test_every_page_of_provenance_is_whole_and_escapes_what_people_wrote(door: Door, path: str, role: str | None) -> None:
    door.fakes.answers["GET /api/v1/initiatives"] = page_of(RUN)

    response = await door.get(path, role)

    text = response.text

    assert response.status_code == 200, text[:600]
    assert text.count("<h1") == 1
    assert CANARY not in text
    assert 'href="javascript' not in text
    assert " style=" not in text


async def test_an_organisation_shows_its_sources_quality_practices_places_and_where_to_go_on(door: Door) -> None:
    text = (await door.get("/actors/grenoble-fr")).text

    for words in (
        "42 of 100", "Add the address of its website.", "City card", "since 2024", "Families", "2027 on", "read on ", "2026",
        "entered by the organisation itself", "/suggest?actor=grenoble-fr", "/network?actor=grenoble-fr", "/actors/grenoble-fr/history",
        "/compare?actor=grenoble-fr",
    ):  # fmt: skip
        assert words in text, words
    assert "/places/new" not in text


async def test_a_history_tells_what_changed_without_ids(door: Door) -> None:
    text = (await door.get("/actors/grenoble-fr/history")).text

    assert "Changed" in text
    assert "Housing" in text
    assert "actor id" not in text


async def test_the_pages_of_a_language_written_from_the_right_are_whole(door: Door) -> None:

    text = (await door.get("/actors/grenoble-fr", None, **{"Accept-Language": "ar"})).text

    assert 'dir="rtl"' in text


@pytest.mark.parametrize("path", ["/my/confirmations", "/actors/grenoble-fr/places/new", "/actors/grenoble-fr/practices/new"])
async def test_who_may_not_speak_for_an_organisation_gets_no_form(door: Door, path: str) -> None:
    assert (await door.get(path)).status_code == 303
    assert (await door.get(path, "volunteer")).status_code == 403
    assert (await door.get(path, "member")).status_code in ((200,) if path == "/my/confirmations" else (403,))


async def test_an_editor_confirms_on_behalf_of_the_organisation_that_is_named(door: Door) -> None:
    door.fakes.answers["GET /api/v1/memberships"] = page_of(WAITING)
    door.fakes.answers["GET /api/v1/initiatives"] = page_of(RUN)
    door.fakes.answers[f"POST /api/v1/memberships/{ID}/confirm"] = WAITING
    door.fakes.answers[f"POST /api/v1/initiatives/{ID}/partners/{OTHER}/refuse"] = RUN

    shown = (await door.get("/my/confirmations?actor=grenoble-fr", "coordinator")).text
    first = await door.post("/my/confirmations", "coordinator", membership=ID, side=ID)
    second = await door.post("/my/confirmations", "coordinator", initiative=ID, partner=OTHER, side=ID, said="refuse")

    assert "Partner is a partner in" in shown
    assert "Confirmed by one side" in shown
    assert first.headers["location"] == f"/my/confirmations?actor={ID}&done=side-confirmed"
    assert second.headers["location"].endswith("done=side-refused")
    assert door.bodies(f"POST /api/v1/memberships/{ID}/confirm") == [{"on_behalf_of": ID}]
    assert door.bodies(f"POST /api/v1/initiatives/{ID}/partners/{OTHER}/refuse") == [{"on_behalf_of": ID}]


async def test_a_form_of_another_page_confirms_nothing(door: Door) -> None:
    response = await door.post("/my/confirmations", "coordinator", csrf="made-up", membership=ID, side=ID)

    assert response.status_code == 403
    assert door.bodies(f"POST /api/v1/memberships/{ID}/confirm") == []


async def test_places_are_recorded_and_a_refusal_comes_back_with_what_was_filled_in(door: Door) -> None:
    refusal = {"code": "period_is_taken", "detail": "Choose other days.", "errors": []}
    door.fakes.answers["POST /api/v1/capacities"] = (409, refusal)

    refused = await door.post("/actors/grenoble-fr/places/new", "coordinator", **PLACES)
    door.fakes.answers["POST /api/v1/capacities"] = (201, {"id": ID})
    kept = await door.post("/actors/grenoble-fr/places/new", "coordinator", **PLACES)

    assert refused.status_code == 422
    assert "Choose other days." in refused.text
    assert 'value="2027-01-01"' in refused.text
    assert kept.headers["location"] == "/actors/grenoble-fr?done=places-recorded"
    body = {"municipality_id": ID, "purpose": "general", "begins_on": "2027-01-01", "ends_on": None, "places": 40, "read_on": None}
    assert door.bodies("POST /api/v1/capacities")[-1] == {**body, "source": "https://example.org"}


async def test_a_practice_is_recorded(door: Door) -> None:
    door.fakes.answers["POST /api/v1/practices"] = (201, {"id": ID})

    kept = await door.post("/actors/grenoble-fr/practices/new", "coordinator", practice="city_card", since="2024", source="x")

    assert kept.headers["location"] == "/actors/grenoble-fr?done=practice-recorded"
    assert door.bodies("POST /api/v1/practices")[0]["since"] == 2024


async def test_two_cities_are_shown_side_by_side_as_tables(door: Door) -> None:
    door.fakes.answers["GET /api/v1/actors/ghent-be"] = {**ACTOR, "id": OTHER, "slug": "ghent-be", "name": "Ghent"}

    text = (await door.get("/compare?actor=grenoble-fr&actor=ghent-be")).text

    assert text.count("<table>") == 4
    assert "leave=ghent-be" in text
    assert "Places of reception today" in text
