"""Pages of suggestions, claims and records that look alike: without scripts, for everybody who may, and what was typed is kept."""

from typing import Any

import pytest

from tests.gateway.pages_door import ACTOR, CANARY, ID, NOW, OTHER, Door, page_of

SUGGESTION = {
    "id": ID, "version": 1, "kind": "correction", "state": "open", "record_kind": "actor", "record_id": ID, "record_version": 1,
    "record_version_now": 2, "values": {"name": CANARY, "population": 5}, "source": "javascript:alert(1)", "note": CANARY, "times": 2,
    "changes": [{"field": "name", "now": None, "proposed": CANARY}, {"field": "population", "now": 4, "proposed": 5}],
    "reason": None, "result_kind": None, "result_id": None, "created_at": NOW, "updated_at": NOW, "decided_at": None,
}  # fmt: skip
FULL = {**ACTOR, "lat": 45.19, "lon": None, "version": 1, "claimed": False, "archived": False}
PAIR = {
    "id": ID, "version": 3, "state": "open", "score": 96, "reasons": ["similar_name"], "created_at": NOW, "updated_at": NOW, "left": FULL,
    "right": {**FULL, "id": OTHER, "slug": "twin", "name": "Twin", "website": None, "population": 9},
}  # fmt: skip
MERGE = {"id": ID, "version": 1, "state": "done", "kept": ACTOR, "gone_id": OTHER, "gone_slug": "twin", "gone_name": CANARY, "moved": {},
         "created_at": NOW, "updated_at": NOW}  # fmt: skip
CLAIM = {"id": ID, "version": 1, "actor_id": ID, "account_id": ID, "text": CANARY, "state": "open", "reason": None, "created_at": NOW,
         "updated_at": NOW, "decided_at": None}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "GET /api/v1/suggestion-stamp": {"stamp": "stamp-1", "wait_seconds": 3, "hours": 4},
    "POST /api/v1/suggestions": (201, {"id": ID, "secret": "word-of-theirs", "state": "open"}),
    "POST /api/v1/suggestion-contacts": (202, {}),
    "POST /api/v1/suggestion-states": {
        "id": ID,
        "kind": "correction",
        "state": "refused",
        "reason": "unclear",
        "result_kind": None,
        "result_id": None,
    },
    "GET /api/v1/suggestions": page_of(SUGGESTION),
    f"GET /api/v1/suggestions/{ID}": SUGGESTION,
    f"POST /api/v1/suggestions/{ID}/accept": SUGGESTION,
    f"POST /api/v1/suggestions/{ID}/refuse": SUGGESTION,
    "GET /api/v1/claims": page_of(CLAIM),
    f"POST /api/v1/claims/{ID}/accept": CLAIM,
    f"POST /api/v1/actors/{ID}/claims": (201, CLAIM),
    f"POST /api/v1/actors/{ID}/claims/end": FULL,
    f"GET /api/v1/actors/{ID}": FULL,
    "GET /api/v1/actors/grenoble-fr": FULL,
    "GET /api/v1/duplicates": page_of(PAIR),
    f"GET /api/v1/duplicates/{ID}": PAIR,
    f"PATCH /api/v1/duplicates/{ID}": PAIR,
    "GET /api/v1/merges": page_of(MERGE),
    f"POST /api/v1/actors/{OTHER}/merge": (201, MERGE),
    f"POST /api/v1/actors/{ID}/merge": (201, MERGE),
    f"POST /api/v1/merges/{ID}/undo": MERGE,
}


@pytest.fixture(autouse=True)
def answering(door: Door) -> None:
    """The services answer what these pages ask."""
    door.fakes.answers.update(ANSWERS)


@pytest.mark.parametrize("path", ["/suggest", "/suggest?kind=missing_actor", "/suggest?kind=place_city", "/suggest?kind=missing_membership",
                                  "/suggest?kind=missing_resource", "/suggest?actor=grenoble-fr", "/suggest/answer", f"/suggest/answer/{ID}",
                                  "/actors/grenoble-fr/claim"])  # fmt: skip
async def test_everybody_finds_the_forms_without_scripts(door: Door, path: str) -> None:
    page = await door.get(path)

    assert page.status_code == 200, page.text
    assert CANARY not in page.text and "<script>" not in page.text
    assert page.text.count("<h1>") == 1


@pytest.mark.parametrize(
    "path", ["/moderation/suggestions", f"/moderation/suggestions/{ID}", "/moderation/duplicates", f"/moderation/duplicates/{ID}"]
)
async def test_queues_are_for_those_who_keep_the_registry(door: Door, path: str) -> None:
    pages = {role: await door.get(path, role) for role in (None, "volunteer", "observer", "coordinator", "admin")}

    assert [page.status_code for page in pages.values()] == [303, 403, 403, 200, 200]
    assert CANARY not in pages["coordinator"].text and 'href="javascript:' not in pages["coordinator"].text


async def test_a_suggestion_shows_its_secret_once_and_its_address_goes_to_the_vault_alone(door: Door) -> None:
    fields = {"suggestion": "missing_actor", "kind": "civil_society", "name": "Accueil", "country": "fr", "source": "https://example.org",
              "stamp": "stamp-1", "homepage": "", "email": "zoe@mail.example"}  # fmt: skip

    page = await door.post("/suggest", **fields)

    (sent,) = door.bodies("POST /api/v1/suggestions")
    (left,) = door.bodies("POST /api/v1/suggestion-contacts")
    assert page.status_code == 200 and "word-of-theirs" in page.text and page.headers["cache-control"] == "no-store"
    assert sent["values"] == {"kind": "civil_society", "name": "Accueil", "country": "FR"} and sent["stamp"] == "stamp-1"
    assert "zoe" not in str(sent) and left == {"suggestion_id": ID, "email": "zoe@mail.example", "locale": "en"}


async def test_a_correction_sends_only_what_differs(door: Door) -> None:
    fields = {"suggestion": "correction", "actor": "grenoble-fr", "name": "Grenoble", "country": "FR", "website": "javascript:alert(1)",
              "population": "158000", "lat": "45.19", "lon": "", "source": "S", "stamp": "s"}  # fmt: skip

    await door.post("/suggest", **fields)

    (sent,) = door.bodies("POST /api/v1/suggestions")
    assert (sent["record"], sent["values"]) == ({"kind": "actor", "id": ID}, {"name": "Grenoble"})


async def test_what_a_service_refuses_comes_back_with_what_was_typed(door: Door) -> None:
    fault = {"pointer": "/values/name", "code": "contact", "message": "Leave addresses out."}
    door.fakes.answers["POST /api/v1/suggestions"] = (422, {"code": "invalid", "detail": "No.", "errors": [fault]})

    page = await door.post("/suggest", suggestion="missing_actor", kind="civil_society", name="Typed name", source="S", stamp="kept-stamp")
    empty = await door.post("/suggest", suggestion="missing_actor", name="Typed name")

    assert page.status_code == 422 and "Leave addresses out." in page.text and 'value="Typed name"' in page.text and 'value="kept-stamp"' in page.text
    assert empty.status_code == 422 and len(door.bodies("POST /api/v1/suggestions")) == 1


async def test_a_suggestion_stands_even_when_its_address_cannot_be_kept(door: Door) -> None:
    door.fakes.answers["POST /api/v1/suggestion-contacts"] = (422, {"code": "invalid", "detail": "No."})

    page = await door.post("/suggest", suggestion="missing_actor", kind="civil_society", name="N", source="S", stamp="s", email="no address")

    assert page.status_code == 200 and "could not be kept" in page.text


async def test_the_answer_is_read_with_the_secret_in_the_form(door: Door) -> None:
    page = await door.post("/suggest/answer", id=ID, secret="word-of-theirs")
    door.fakes.answers["POST /api/v1/suggestion-states"] = (404, {"code": "no_such_suggestion", "detail": "There is no such suggestion."})
    wrong = await door.post("/suggest/answer", id=ID, secret="guess")

    assert "It was not accepted." in page.text and "It is not clear what is meant." in page.text
    assert wrong.status_code == 422 and "There is no such suggestion." in wrong.text


async def test_a_coordinator_accepts_what_is_ticked_refuses_and_agrees_to_claims(door: Door) -> None:
    path = f"/moderation/suggestions/{ID}"
    ticked = {"offered": ["name", "population"], "taken": "name", "value-name": "Better", "was-name": "Worse", "record_version": "2"}

    taken = await door.post(path, "coordinator", decision="accept", **ticked)
    refused = await door.post(path, "coordinator", decision="refuse", reason="spam")
    claimed = await door.post(f"/moderation/claims/{ID}", "coordinator", decision="accept")
    strange = [await door.post(path, role, decision="accept", **ticked) for role in ("volunteer", "observer")]

    (body,) = door.bodies(f"POST /api/v1/suggestions/{ID}/accept")
    assert body == {"values": {"name": "Better"}, "leave_out": ["population"], "record_version": 2}
    assert door.bodies(f"POST /api/v1/suggestions/{ID}/refuse") == [{"reason": "spam"}]
    assert [answer.status_code for answer in (taken, refused, claimed)] == [303] * 3
    assert [answer.status_code for answer in strange] == [403, 403]


async def test_two_records_are_merged_value_by_value_or_kept_apart(door: Door) -> None:
    path = f"/moderation/duplicates/{ID}"

    merged = await door.post(path, "admin", decision="merge", keep="left", **{"take-population": "right", "take-name": "left"})
    apart = await door.post(path, "admin", decision="apart", version="3")
    undone = await door.post(f"/moderation/merges/{ID}/undo", "admin")

    assert [answer.status_code for answer in (merged, apart, undone)] == [303] * 3
    assert door.bodies(f"POST /api/v1/actors/{OTHER}/merge") == [{"into": ID, "values": {"population": 9}}]
    assert door.bodies(f"PATCH /api/v1/duplicates/{ID}") == [{"state": "not_duplicates"}]


async def test_a_later_merge_in_the_way_is_told_on_the_page(door: Door) -> None:
    door.fakes.answers[f"POST /api/v1/merges/{ID}/undo"] = (409, {"code": "later_merge_first", "detail": "Undo the later one first."})

    page = await door.post(f"/moderation/merges/{ID}/undo", "coordinator")

    assert page.status_code == 409 and "Undo the later one first." in page.text


async def test_a_volunteer_claims_and_others_are_told_to_sign_in(door: Door) -> None:
    path = "/actors/grenoble-fr/claim"

    sent = await door.post(path, "volunteer", text="I am on the board.")
    empty = await door.post(path, "volunteer", text="")
    anonymous = await door.post(path, text="Mine")
    coordinator = await door.get(path, "coordinator")

    assert door.bodies(f"POST /api/v1/actors/{ID}/claims") == [{"text": "I am on the board."}]
    assert (sent.status_code, sent.headers["location"]) == (303, "/actors/grenoble-fr?done=claim-made")
    assert [empty.status_code, anonymous.status_code, coordinator.status_code] == [422, 303, 403]


async def test_an_administrator_ends_that_an_organisation_keeps_its_own_record(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/actors/{ID}"] = {**FULL, "claimed": True}
    pages = [await door.get("/moderation/suggestions", role) for role in ("admin", "coordinator")]

    ended = await door.post("/actors/grenoble-fr/claim/end", "admin")
    refused = await door.post("/actors/grenoble-fr/claim/end", "volunteer")

    assert ["/actors/grenoble-fr/claim/end" in page.text for page in pages] == [True, False]
    assert (ended.status_code, refused.status_code) == (303, 403)
    assert len(door.bodies(f"POST /api/v1/actors/{ID}/claims/end")) == 1
