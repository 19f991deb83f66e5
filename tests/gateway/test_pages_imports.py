"""The pages of imports: a file handed over, the preview by outcome, columns and categories chosen, confirmed, watched."""

from typing import Any

import pytest

from gateway.session import form_token
from tests.gateway.pages_door import CANARY, ID, NOW, Door

HERE = f"/imports/{ID}"
JOB: dict[str, Any] = {
    "id": ID, "version": 4, "source_key": "dora", "format": "csv", "state": "checked", "actor_id": None, "done": 3, "total": 3, "remove_gone": False,
    "contacts": 2, "counts": {"lines": {"organisation": {"new": 1, "changed": 1, "gone": 1}, "service": {"unmapped": 1}, "row": {"refused": 1}}},
    "tables": {"*": {"rows": "organisations", "columns": {"Nom": "name"}, "header": ["Nom", "Ville", "Mail"], "left_out": ["Mail"]}}, "problem": None,
    "created_at": NOW, "updated_at": NOW, "finished_at": None,
}  # fmt: skip
LINE: dict[str, Any] = {
    "seq": 1, "place": "", "line": 2, "kind": "organisation", "outcome": "new", "key": "k1", "name": CANARY, "record_id": ID, "told": None,
    "code": None, "message": None, "detail": {"notes": ["kind_left_out"], "suggestion": {"id": ID, "slug": "known", "name": "Known"}},
}  # fmt: skip


@pytest.fixture
def imports(door: Door) -> Door:
    door.fakes.answers |= {
        "GET /api/v1/imports": {"items": [JOB], "total": None},
        "POST /api/v1/imports": (202, JOB),
        f"GET /api/v1{HERE}": JOB,
        f"GET /api/v1{HERE}/lines": {"items": [LINE], "total": None},
        f"POST /api/v1{HERE}/check": {**JOB, "state": "checking"},
        f"POST /api/v1{HERE}/confirm": {**JOB, "state": "writing"},
        f"POST /api/v1{HERE}/cancel": {**JOB, "state": "cancelled"},
        "GET /api/v1/import-sources/dora": {"key": "dora", "categories": {"old": "food"}},
        "PUT /api/v1/import-sources/dora": {"key": "dora"},
    }
    return door


async def test_a_file_is_handed_over_as_it_is(imports: Door) -> None:
    token = form_token("coordinator-token")
    form = {"csrf": token, "source": "Dora", "format": "", "language": "fr"}

    response = await imports.client.post(
        "/imports", data=form, files={"file": ("list.csv", b"id;nom\n", "text/csv")}, headers={"Cookie": "hub-session-loopback=coordinator-token"}
    )

    assert response.headers["location"] == f"{HERE}?done=import-begun"
    [headers] = [headers for what, headers, _ in imports.fakes.asked if what == "POST /api/v1/imports"]
    assert headers["content-type"].startswith("multipart/form-data; boundary=")


async def test_a_form_without_a_file_or_a_source_says_so(imports: Door) -> None:
    response = await imports.post("/imports", "coordinator")

    assert response.status_code == 422
    assert "Choose a file." in response.text and "Give the source a short name" in response.text
    assert imports.bodies("POST /api/v1/imports") == []


async def test_the_list_shows_earlier_imports(imports: Door) -> None:
    text = (await imports.get("/imports", "member")).text

    assert f'href="{HERE}"' in text and "Waits for you to confirm it" in text and 'enctype="multipart/form-data"' in text


async def test_the_preview_shows_outcomes_as_tabs_with_counts_and_escapes_what_the_file_says(imports: Door) -> None:
    text = (await imports.get(HERE, "coordinator")).text

    assert "New (1)" in text and f'href="{HERE}?outcome=refused#lines"' in text
    assert CANARY not in text and "&lt;script&gt;" in text
    assert "Contacts that were left out: 2." in text
    assert "The kind of organisation is not known and is left out." in text
    assert "It is the same as Known in the registry" in text


async def test_a_change_is_shown_before_and_after(imports: Door) -> None:
    changes = {"changes": [{"field": "lat", "before": 45.1, "after": 45.2}]}
    imports.fakes.answers[f"GET /api/v1{HERE}/lines"] = {"items": [{**LINE, "outcome": "changed", "detail": changes}], "total": None}

    text = (await imports.get(f"{HERE}?outcome=changed", "coordinator")).text

    assert "Latitude: <del>45.1</del> <ins>45.2</ins>" in text


async def test_columns_are_chosen_and_remembered(imports: Door) -> None:
    response = await imports.post(f"{HERE}/mapping", "coordinator", rows0="organisations", **{"column0-0": "name", "column0-1": "country"})

    assert response.headers["location"] == f"{HERE}?done=import-again"
    assert imports.bodies("PUT /api/v1/import-sources/dora") == [
        {"mapping": {"*": {"rows": "organisations", "columns": {"Nom": "name", "Ville": "country"}}}}
    ]
    assert imports.bodies(f"POST /api/v1{HERE}/check") == [{"links": {}}]


async def test_columns_of_practices_and_of_places_of_reception_are_chosen_likewise(imports: Door) -> None:
    page = (await imports.get(HERE, "coordinator")).text

    await imports.post(f"{HERE}/mapping", "coordinator", rows0="capacities", **{"column0-0": "organisation", "column0-1": "practice"})

    assert '<option value="practices">Practices</option>' in page and '<option value="capacities">Places of reception</option>' in page
    assert '<option value="begins_on">First day</option>' in page
    assert imports.bodies("PUT /api/v1/import-sources/dora") == [{"mapping": {"*": {"rows": "capacities", "columns": {"Nom": "organisation"}}}}]


async def test_categories_of_the_source_are_chosen_and_added_to_those_it_has(imports: Door) -> None:
    await imports.post(f"{HERE}/categories", "coordinator", term0="Zeppelins", category0="community", term1="Rest", category1="")

    assert imports.bodies("PUT /api/v1/import-sources/dora") == [{"categories": {"old": "food", "Zeppelins": "community"}}]


async def test_a_suggestion_is_accepted_by_a_tick(imports: Door) -> None:
    await imports.post(f"{HERE}/same", "coordinator", same=f"{ID}|k1")

    assert imports.bodies(f"POST /api/v1{HERE}/check") == [{"links": {"k1": ID}}]


async def test_it_is_confirmed_or_given_up(imports: Door) -> None:
    confirmed = await imports.post(f"{HERE}/confirm", "coordinator", remove_gone="yes")
    cancelled = await imports.post(f"{HERE}/cancel", "coordinator")

    assert confirmed.headers["location"] == f"{HERE}?done=import-confirmed"
    assert cancelled.headers["location"] == f"{HERE}?done=import-cancelled"
    assert imports.bodies(f"POST /api/v1{HERE}/confirm") == [{"remove_gone": True}]


async def test_while_it_is_written_the_page_shows_how_far_it_is_and_looks_again_by_itself(imports: Door) -> None:
    imports.fakes.answers[f"GET /api/v1{HERE}"] = {**JOB, "state": "writing", "done": 1200, "total": 5000}

    text = (await imports.get(HERE, "coordinator")).text
    still = (await imports.get(f"{HERE}?still=yes", "coordinator")).text

    assert '<progress max="5000" value="1200"' in text and "1,200 of 5,000 rows" in text
    assert f'<noscript><meta http-equiv="refresh" content="5; url={HERE}"></noscript>' in text
    assert "http-equiv" not in still


async def test_the_report_shows_both_sides(imports: Door) -> None:
    counts = {"lines": {"service": {"new": 2}}, "told": {"created": 1, "refused": 1}}
    imports.fakes.answers[f"GET /api/v1{HERE}"] = {**JOB, "state": "finished", "counts": counts}

    text = (await imports.get(HERE, "coordinator")).text

    assert "Is an offer now: 1" in text and "Refused as an offer: 1" in text


async def test_a_file_that_is_refused_says_why(imports: Door) -> None:
    problem = {"code": "zip_bomb", "text": "This archive unpacks to far more than files that people make; it was not opened.", "params": {}}
    imports.fakes.answers[f"GET /api/v1{HERE}"] = {**JOB, "state": "refused", "counts": {}, "problem": problem}

    text = (await imports.get(HERE, "coordinator")).text

    assert "unpacks to far more" in text


@pytest.mark.parametrize("role", [None, "volunteer", "observer"])
async def test_who_may_not_import_does_not_get_in(imports: Door, role: str | None) -> None:
    response = await imports.get("/imports", role)

    assert response.status_code == (303 if role is None else 403)
