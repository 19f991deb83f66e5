"""Pages of the desk: one list with one next step a line, several at once, follow-up, moderation, the whole case, and the sheet."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.gateway.pages_door import CANARY, CASE, DESK_LINE, ID, MATCH, NEED, NOW, OFFER, OTHER, PROPOSAL, Door, page_of

PAGES = ["/desk", "/desk?scope=mine&kind=to_confirm", "/follow-up", "/follow-up?state=accepted", "/moderation", f"/cases/{ID}/sheet",
         f"/needs/{ID}?compare={ID}"]  # fmt: skip
LINES: list[dict[str, Any]] = [
    {**DESK_LINE, "kind": "nothing_fits", "offer": None, "score": None},
    {**DESK_LINE, "kind": "answer_due", "match": {**MATCH, "reminded_at": None}},
    {**DESK_LINE, "kind": "not_begun", "match": {**MATCH, "state": "accepted", "accepted_at": NOW, "reminded_at": NOW}},
    {**DESK_LINE, "kind": "consent_missing", "need": None, "offer": None, "score": None},
    {**DESK_LINE, "kind": "asked", "need": None, "case": None, "offer": None, "score": None, "categories": ["language.class"]},
    {**DESK_LINE, "kind": "to_approve", "need": None, "case": None, "score": None},
    {**DESK_LINE, "kind": "review_due", "need": None, "case": None, "score": None},
]


@pytest.mark.parametrize("path", PAGES)
async def test_the_pages_of_the_desk_are_whole_and_escape_what_people_wrote(door: Door, path: str) -> None:
    response = await door.get(path, "coordinator")

    assert response.status_code == 200, response.text
    assert (CANARY in response.text, response.text.count("<h1"), " style=" in response.text) == (False, 1, False)


@pytest.mark.parametrize("path", ["/desk", "/follow-up", "/moderation", f"/cases/{ID}/sheet"])
async def test_the_pages_of_the_desk_are_not_for_everybody(door: Door, path: str) -> None:
    anonymous = await door.get(path)
    volunteer = await door.get(path, "volunteer")

    assert (anonymous.status_code, anonymous.headers["location"]) == (303, f"/sign-in?next={path}")
    assert volunteer.status_code == 403


async def test_each_line_of_the_desk_has_one_next_step(door: Door) -> None:
    door.fakes.answers["GET /api/v1/desk"] = {**page_of(*LINES), "counts": {line["kind"]: 1 for line in LINES}}

    text = (await door.get("/desk", "coordinator")).text
    steps = [re.sub(r"<[^>]+>", "", part.split('class="next">')[1].split("</div>")[0]).strip() for part in text.split('<li class="line"')[1:]]

    assert steps == [
        "See what would help", "Remind the provider", "Look at the match", "Record the consent", "Read it", "Read and decide", "Look at the offer",
    ]  # fmt: skip


async def test_an_empty_desk_says_what_to_do(door: Door) -> None:
    door.fakes.answers["GET /api/v1/desk"] = {**page_of(), "counts": {}}

    text = (await door.get("/desk", "coordinator")).text

    assert "Nothing waits." in text and "/cases/new" in text


async def test_a_press_on_a_line_confirms_and_can_be_taken_back(door: Door) -> None:
    now = datetime.now(UTC).isoformat()
    door.fakes.answers["POST /api/v1/matches"] = door.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**MATCH, "created_at": now}

    pressed = await door.post("/bulk", "coordinator", one=f"confirm|need:{ID}:{ID}", once="form-1", back="/desk?scope=mine")
    desk = await door.get(pressed.headers["location"], "coordinator")
    undone = await door.post(f"/matches/{ID}/undo", "coordinator", back="/desk")

    assert pressed.headers["location"] == f"/desk?scope=mine&confirmed={ID}"
    assert f'action="/matches/{ID}/undo"' in desk.text
    assert (undone.status_code, undone.headers["location"]) == (303, "/desk?done=match-undone")
    assert door.bodies(f"POST /api/v1/matches/{ID}/cancel") == [{"reason": "confirmed_by_mistake"}]


async def test_an_older_match_is_not_taken_back_with_one_press(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**MATCH, "created_at": "2020-01-01T00:00:00Z"}

    undone = await door.post(f"/matches/{ID}/undo", "coordinator")

    assert (undone.status_code, door.bodies(f"POST /api/v1/matches/{ID}/cancel")) == (409, [])


async def test_several_at_once_say_what_was_done_and_what_was_not(door: Door) -> None:
    door.fakes.answers[f"POST /api/v1/matches/{OTHER}/remind"] = 409, {"code": "x", "detail": "The provider was reminded.", "errors": []}
    ticked = [f"match:{ID}", f"match:{OTHER}", f"need:{ID}:{ID}", f"match:{ID}", "match:x", "nonsense"]

    response = await door.post("/bulk", "coordinator", verb="remind", on=ticked, once="form-1", back="/desk")
    keys = [headers["idempotency-key"] for asked, headers, _ in door.fakes.asked if asked == f"POST /api/v1/matches/{ID}/remind"]
    await door.post("/bulk", "coordinator", verb="remind", on=ticked[:1], once="form-1", back="/desk")
    again = [headers["idempotency-key"] for asked, headers, _ in door.fakes.asked if asked == f"POST /api/v1/matches/{ID}/remind"]

    assert "1 done, 2 not done." in response.text
    assert "The provider was reminded." in response.text and "This cannot be done with it." in response.text
    assert (len(keys), again) == (1, keys * 2)


@pytest.mark.parametrize(
    ("verb", "ticked", "asked"),
    [
        ("extend", f"match:{ID}", f"POST /api/v1/matches/{ID}/extend"),
        ("withdraw", f"need:{ID}:", f"POST /api/v1/needs/{ID}/withdraw"),
        ("close", f"case:{ID}", f"POST /api/v1/cases/{ID}/close"),
        ("approve", f"offer:{ID}", f"POST /api/v1/offers/{ID}/approve"),
    ],
)
async def test_each_act_goes_through_its_own_route(door: Door, verb: str, ticked: str, asked: str) -> None:
    door.fakes.answers[f"POST /api/v1/needs/{ID}/withdraw"] = NEED

    response = await door.post("/bulk", "coordinator", verb=verb, on=ticked, once="form-1")

    assert "1 done, 0 not done." in response.text
    assert len(door.bodies(asked)) == 1


@pytest.mark.parametrize("form", [{}, {"verb": "remind"}, {"verb": "x", "on": f"match:{ID}"}, {"one": "x"}, {"one": f"drop|need:{ID}:{ID}"}])
async def test_a_bulk_form_that_chooses_nothing_says_so(door: Door, form: dict[str, str]) -> None:
    response = await door.post("/bulk", "coordinator", **form)

    assert response.status_code == 422
    assert "Tick at least one line" in response.text


async def test_a_volunteer_does_nothing_at_once(door: Door) -> None:
    response = await door.post("/bulk", "volunteer", verb="close", on=f"case:{ID}", once="form-1")

    assert "0 done, 1 not done." in response.text
    assert door.bodies(f"POST /api/v1/cases/{ID}/close") == []


@pytest.mark.parametrize(("outcome", "verb"), [("begun", "start"), ("helped", "fulfil")])
async def test_an_outcome_is_one_press(door: Door, outcome: str, verb: str) -> None:
    door.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**MATCH, "state": "in_progress"}

    response = await door.post(f"/matches/{ID}/say/{outcome}", "coordinator", back="/follow-up")

    assert response.headers["location"] == f"/follow-up?done=match-{verb}"


async def test_help_that_was_only_accepted_is_begun_before_it_is_fulfilled(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**MATCH, "state": "accepted"}

    await door.post(f"/matches/{ID}/say/helped", "coordinator")

    assert (len(door.bodies(f"POST /api/v1/matches/{ID}/start")), door.bodies(f"POST /api/v1/matches/{ID}/fulfil")) == (1, [{"outcome": "helped"}])


@pytest.mark.parametrize("verb", ["remind", "extend", "reassign"])
async def test_a_coordinator_keeps_a_match_going(door: Door, verb: str) -> None:
    response = await door.post(f"/matches/{ID}/{verb}", "coordinator")

    assert (response.status_code, response.headers["location"].endswith(f"?done=match-{verb}")) == (303, True)


async def test_a_moderator_says_why_and_the_next_offer_opens(door: Door) -> None:
    door.fakes.answers["GET /api/v1/offers"] = page_of(OFFER, {**OFFER, "id": OTHER, "title": {"en": "The other"}})

    page = (await door.get(f"/moderation?offer={OTHER}", "coordinator")).text
    silent = await door.post(f"/moderation/{ID}/refuse", "coordinator")
    refused = await door.post(f"/moderation/{ID}/refuse", "coordinator", reason="unclear")
    approved = await door.post(f"/moderation/{ID}/approve", "coordinator")

    assert page.split('id="offer-title"')[1].split("</h2>")[0].count("The other") == 1
    assert (silent.status_code, "Choose why" in silent.text, door.bodies(f"POST /api/v1/offers/{ID}/refuse")) == (422, True, [{"reason": "unclear"}])
    assert [each.headers["location"] for each in (refused, approved)] == ["/moderation?done=offer-refuse", "/moderation?done=offer-approve"]


async def test_a_case_shows_the_whole_person(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/cases/{ID}"] = {**CASE, "location": None, "consent": {"match": False, "share_contact": False, "until": None}}

    text = (await door.get(f"/cases/{ID}", "coordinator")).text

    assert "They have not agreed to be matched." in text and "It is not known where they are" in text
    assert "A match was confirmed. The provider was asked." in text and f"/cases/{ID}/sheet" in text


async def test_a_case_is_found_by_its_code(door: Door) -> None:
    door.fakes.answers["GET /api/v1/cases"] = page_of(CASE)

    found = await door.get("/cases?code=k7qx 9m2d 04tb zrhw", "coordinator")
    led = await door.get("/cases/K7QX-9M2D-04TB-ZRHW", "coordinator")
    door.fakes.answers["GET /api/v1/cases"] = page_of()
    missed = [(await door.get(path, "coordinator")).status_code for path in ("/cases?code=K7QX-9M2D-04TB-ZRHW", "/cases/x", "/cases/x/sheet")]

    assert (found.headers["location"], led.headers["location"]) == (f"/cases/{ID}", f"/cases/{ID}")
    assert missed == [404, 404, 404]


async def test_a_case_is_shared_with_a_team_by_its_name(door: Door) -> None:
    door.fakes.answers["GET /api/v1/actors"] = page_of({"id": OTHER, "name": "Red Cross", "slug": "red-cross"})

    shared = await door.post(f"/cases/{ID}/share", "coordinator", team="red cross")
    ended = await door.post(f"/cases/{ID}/unshare", "coordinator", actor_id=OTHER)
    door.fakes.answers["GET /api/v1/actors"] = page_of()
    unknown = await door.post(f"/cases/{ID}/share", "coordinator", team="x")

    assert [each.headers["location"] for each in (shared, ended)] == [f"/cases/{ID}?done=case-shared", f"/cases/{ID}?done=case-unshared"]
    assert door.bodies(f"POST /api/v1/cases/{ID}/share") == [{"actor_id": OTHER}]
    assert (unknown.status_code, "as it stands in the registry" in unknown.text) == (422, True)


@pytest.mark.parametrize("verb", ["close", "reopen"])
async def test_a_case_is_closed_and_opened_again(door: Door, verb: str) -> None:
    response = await door.post(f"/cases/{ID}/{verb}", "coordinator")

    assert response.headers["location"].startswith(f"/cases/{ID}?done=case-")


async def test_two_proposals_stand_side_by_side_and_on_a_map_of_rounded_places(door: Door) -> None:
    other = {**PROPOSAL, "offer_id": OTHER, "score": 60_000, "offer": {**OFFER, "id": OTHER, "location": {**OFFER["location"], "lat": 45.123456}}}
    door.fakes.answers[f"GET /api/v1/needs/{ID}/proposals"] = {**page_of(PROPOSAL, other), "fresh": True, "smallest_changes": []}

    text = (await door.get(f"/needs/{ID}?compare={ID}&compare={OTHER}", "coordinator")).text

    assert 'id="beside"' in text and "data-map" in text
    assert "45.12" in text and "45.123" not in text


async def test_a_small_change_of_the_need_is_made_with_one_press(door: Door) -> None:
    steps = [
        {"code": "change.distance", "params": {"metres": 840}, "text": ""},
        {"code": "change.accept_language", "params": {"language": "fr"}, "text": ""},
        {"code": "change.level", "params": {"topic": "french", "wished": "a1", "level": "a2"}, "text": ""},
    ]
    change = {"steps": steps, "text": "Travel further.", "offer_id": ID, "offers": 1, "cost": 1}
    door.fakes.answers[f"GET /api/v1/needs/{ID}/proposals"] = {"items": [], "total": 0, "fresh": True, "smallest_changes": [change]}

    text = (await door.get(f"/needs/{ID}", "coordinator")).text
    body = re.search(r'name="body" value="([^"]+)"', text)
    made = await door.post(f"/needs/{ID}/adopt", "coordinator", body=body[1].replace("&#34;", '"') if body else "", version="1")
    wrong = [(await door.post(f"/needs/{ID}/adopt", "coordinator", body=each)).status_code for each in ("", "[]", '{"case_id":1}', "{")]

    assert (made.headers["location"], wrong) == (f"/needs/{ID}?done=need-changed", [422] * 4)
    assert door.bodies(f"PATCH /api/v1/needs/{ID}") == [
        {
            "max_travel_km": 5.9,
            "languages": [{"code": "ar", "required": True}, {"code": "fr", "required": False}],
            "topics": [{"topic": "french", "level": "a2", "required": True}],
        }
    ]


async def test_the_sheet_holds_nothing_of_a_person_and_speaks_their_language(door: Door) -> None:
    door.fakes.answers["GET /api/v1/matches"] = page_of({**MATCH, "state": "accepted"})

    text = (await door.get(f"/cases/{ID}/sheet?language=ar", "coordinator")).text

    assert ('dir="rtl"' in text, CASE["code"] in text, "<path d=" in text) == (True, True, True)
    assert not [word for word in ("Amina", "+33", "volunteer-id", "v@demo") if word in text]
    assert not [asked for asked, _, _ in door.fakes.asked if "contact" in asked]
