"""The pages that change a need, an offer, and where a household is: filled with what is there, sent back whole, nothing lost."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.gateway.pages_door import CANARY, ID, NEED, OFFER, Door

TOPICS = [{"topic": "french", "level": "a1", "required": True}, {"topic": "french", "level": "b1", "required": False}]
RICH_NEED = {
    **NEED, "topics": [*TOPICS, {"topic": "french", "level": None, "required": False}], "from": "2026-11-21", "max_travel_km": 7.5,
    "languages": [{"code": "fr", "required": False}, {"code": "ar", "required": True}], "windows": [{"day": 2, "from": "09:00", "to": "12:00"}],
    "requires": ["lift"], "preferences": ["lift"],
}  # fmt: skip
RICH_OFFER = {
    **OFFER, "title": {"fr": "Cours", "ar": "دروس"}, "description": {"fr": "Petit groupe."}, "prefers": [], "provides": ["lift"], "state": "open",
}  # fmt: skip


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send back of the last form's fields, untouched."""

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, list[str]] = {}
            self.within: str | None = None
            self.text = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            known = dict(attrs)
            name = known.get("name")
            if tag == "input" and name and (known.get("type") not in ("checkbox", "radio") or "checked" in known):
                self.found.setdefault(name, []).append(known.get("value") or "")
            elif tag in ("select", "textarea"):
                self.within = name
                if tag == "textarea":
                    self.found[name or ""] = [""]
                    self.text = True
            elif tag == "option" and "selected" in known and self.within:
                self.found[self.within] = [known.get("value") or ""]

        def handle_data(self, data: str) -> None:
            if self.text and self.within:
                self.found[self.within] = [data]

        def handle_endtag(self, tag: str) -> None:
            if tag in ("select", "textarea"):
                self.within, self.text = None, False

    reader = Reader()
    form = next(part for part in page.split("<form")[1:] if 'name="version"' in part)
    reader.feed("<form" + form.split("</form>")[0])
    reader.found.pop("csrf")
    return reader.found


async def test_a_need_comes_back_from_its_form_as_it_was(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/needs/{ID}"] = RICH_NEED
    page = await door.get(f"/needs/{ID}/change", "coordinator")

    response = await door.post(f"/needs/{ID}/change", "coordinator", **fields_of(page.text))

    assert response.headers["location"] == f"/needs/{ID}?done=need-changed"
    [body] = door.bodies(f"PATCH /api/v1/needs/{ID}")
    kept = ("category", "size", "topics", "max_travel_km", "windows", "from", "until", "urgency", "requires", "preferences", "languages")
    assert {name: body[name] for name in kept} == {name: RICH_NEED[name] for name in kept}
    assert not {"links", "provides", "case_id"} & body.keys()
    assert next(headers for asked, headers, _ in door.fakes.asked if asked.startswith("PATCH"))["if-match"] == '"1"'


async def test_an_offer_comes_back_from_its_form_as_it_was(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/offers/{ID}"] = RICH_OFFER
    page = await door.get(f"/offers/{ID}/change", "coordinator")

    response = await door.post(f"/offers/{ID}/change", "coordinator", **fields_of(page.text))

    assert response.headers["location"] == f"/offers/{ID}?done=offer-changed"
    [body] = door.bodies(f"PATCH /api/v1/offers/{ID}")
    assert body == {name: RICH_OFFER[name] for name in body}
    assert not {"category", "unit"} & body.keys() and body["household"] == {"min": None, "max": 4}


async def test_a_description_is_taken_away_in_one_language_only(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/offers/{ID}"] = {**RICH_OFFER, "description": {"fr": "Petit groupe.", "ar": "مجموعة"}}
    form = {"title": "Cours du soir", "text_language": "fr", "description": "", "places": "2", "remote": "yes", "audience": "public", "version": "1"}

    await door.post(f"/offers/{ID}/change", "volunteer", **form)

    [body] = door.bodies(f"PATCH /api/v1/offers/{ID}")
    assert body["title"] == {"fr": "Cours du soir", "ar": "دروس"} and body["description"] == {"ar": "مجموعة"}


async def test_what_the_service_refuses_is_shown_with_what_was_typed(door: Door) -> None:
    fault = {"pointer": "/max_travel_km", "code": "less_than_equal", "message": "Give at most 200."}
    refused = (422, {"code": "invalid", "detail": "Look again.", "errors": [fault]})
    door.fakes.answers[f"PATCH /api/v1/needs/{ID}"] = refused

    response = await door.post(f"/needs/{ID}/change", "coordinator", category="language.class", max_travel_km="999", version="1")

    assert response.status_code == 422 and '<a href="#max_travel_km">Give at most 200.' in response.text and 'value="999"' in response.text


async def test_more_rows_for_times_change_nothing_yet(door: Door) -> None:
    response = await door.post(f"/needs/{ID}/change", "coordinator", rows="2", more_rows="yes", version="1")
    other = await door.post(f"/offers/{ID}/change", "coordinator", title=CANARY, rows="2", more_rows="yes", version="1")

    assert 'name="day3"' in response.text and 'name="day3"' in other.text and CANARY not in other.text
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("PATCH")]


async def test_where_a_household_is_is_kept_coarsely(door: Door) -> None:
    response = await door.post(f"/cases/{ID}/place", "coordinator", place="0", version="1")

    assert response.headers["location"] == f"/cases/{ID}?done=saved"
    assert door.bodies(f"PATCH /api/v1/cases/{ID}") == [{"location": {"lat": 45.19, "lon": 5.73}}]


async def test_no_place_is_no_answer(door: Door) -> None:
    response = await door.post(f"/cases/{ID}/place", "coordinator", version="1")

    assert response.status_code == 422 and "Choose a place, or give both coordinates." in response.text


@pytest.mark.parametrize("path", [f"/needs/{ID}/change", f"/offers/{ID}/change", f"/cases/{ID}/place"])
async def test_nobody_changes_anything_without_an_account(door: Door, path: str) -> None:
    read, sent = await door.get(path), await door.post(path, version="1")

    assert read.headers["location"].startswith("/sign-in") and sent.headers["location"].startswith("/sign-in")
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("PATCH")]


@pytest.mark.parametrize(
    ("path", "role"), [(f"/needs/{ID}/change", "volunteer"), (f"/cases/{ID}/place", "admin"), (f"/offers/{ID}/change", "observer")]
)
async def test_another_role_changes_nothing(door: Door, path: str, role: str) -> None:
    read, sent = await door.get(path, role), await door.post(path, role, version="1", title="x", places="1", remote="yes", place="0")

    assert read.status_code == 403 and sent.status_code == 403
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("PATCH")]


@pytest.mark.parametrize(("path", "asked", "record", "state"), [("needs", "needs", NEED, "withdrawn"), ("offers", "offers", OFFER, "closed")])
async def test_what_has_ended_is_not_changed(door: Door, path: str, asked: str, record: dict[str, Any], state: str) -> None:
    door.fakes.answers[f"GET /api/v1/{asked}/{ID}"] = {**record, "state": state}

    response = await door.get(f"/{path}/{ID}/change", "coordinator")

    assert response.status_code == 409 and "can" in response.text


@pytest.mark.parametrize("path", [f"/needs/{ID[:-1]}9/change", f"/offers/{ID[:-1]}9/change", f"/cases/{ID[:-1]}9/place"])
async def test_what_is_not_the_visitors_to_see_leads_nowhere(door: Door, path: str) -> None:
    response = await door.get(path, "coordinator")

    assert response.status_code == 404
