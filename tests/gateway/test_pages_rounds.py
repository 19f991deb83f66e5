"""The pages of rounds: begun as asked, watched, read beside today, decided otherwise by hand, applied after a word of what will happen."""

from typing import Any

import pytest

from tests.gateway.pages_door import CANARY, ID, OFFER, OTHER, PAIR, PROGRESS, ROUND, Door, page_of

HERE = f"/rounds/{ID}"
NAME = f"pair:{ID}:{ID}"
GONE = "01980000-0000-7000-8000-00000000000f"


def shows(door: Door, **changes: Any) -> None:
    """The round as a test wants it."""
    door.fakes.answers[f"GET /api/v1{HERE}"] = {**ROUND, **changes}


async def test_a_round_is_begun_over_the_needs_that_were_chosen(door: Door) -> None:
    form = {"categories": ["language.class"], "urgencies": ["urgent", "high"], "place": "0", "radius_km": "3,5", "seconds": "20", "once": "form-9"}

    response = await door.post("/rounds", "coordinator", **form)

    assert response.headers["location"] == f"{HERE}?done=round-started"
    near = {"near": {"lat": 45.1905, "lon": 5.7265}, "radius_km": 3.5}
    assert door.bodies("POST /api/v1/rounds") == [
        {"needs": {"categories": ["language.class"], "urgencies": ["urgent", "high"], **near}, "seconds": 20}
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"radius_km": "5"}, "Choose the place that the kilometres are counted from."),
        ({"place": "0"}, "Say how many kilometres around the place."),
        ({"lat": "north", "lon": "5.7", "radius_km": "5"}, "Use a number, as a map shows it."),
    ],
)
async def test_a_half_given_place_is_explained_and_not_sent(door: Door, form: dict[str, str], words: str) -> None:
    response = await door.post("/rounds", "coordinator", **form)

    assert response.status_code == 422 and words in response.text
    assert door.bodies("POST /api/v1/rounds") == []


async def test_what_the_service_refuses_stands_at_its_field(door: Door) -> None:
    fault = {"pointer": "/seconds", "code": "less_than_equal", "message": "Give at most 60."}
    door.fakes.answers["POST /api/v1/rounds"] = (422, {"code": "invalid", "detail": "Look again.", "errors": [fault]})

    response = await door.post("/rounds", "coordinator", seconds="99")

    assert response.status_code == 422 and '<a href="#seconds">Give at most 60.' in response.text and 'value="99"' in response.text


async def test_while_it_is_planned_the_page_shows_how_far_it_is_and_looks_again_by_itself(door: Door) -> None:
    shows(door, state="solving", progress=PROGRESS, seats=[], unplaced=[], certificate=None, compared=None)

    text = (await door.get(HERE, "coordinator")).text

    assert "3.2 of at most 10 seconds" in text and "At most 10 % better is possible." in text
    assert f'<noscript><meta http-equiv="refresh" content="5; url={HERE}"></noscript>' in text
    assert 'data-live-seconds="2"' in text and f'action="{HERE}/stop"' in text


async def test_a_reader_can_tell_the_page_not_to_look_again_by_itself(door: Door) -> None:
    shows(door, state="solving", seats=[], unplaced=[], certificate=None, compared=None)

    text = (await door.get(f"{HERE}?still=yes", "coordinator")).text

    assert "http-equiv" not in text and "Let this page look again by itself" in text


async def test_a_finished_round_does_not_look_again(door: Door) -> None:
    text = (await door.get(HERE, "coordinator")).text

    assert "http-equiv" not in text and "data-live-seconds" not in text


async def test_planning_is_stopped_with_one_button_which_then_is_gone(door: Door) -> None:
    response = await door.post(f"{HERE}/stop", "coordinator")
    shows(door, state="solving", stopping=True, seats=[], unplaced=[], certificate=None, compared=None)
    page = await door.get(HERE, "coordinator")

    assert response.headers["location"] == f"{HERE}?done=round-stopped" and len(door.bodies(f"POST /api/v1{HERE}/stop")) == 1
    assert "You asked for the best plan so far." in page.text and f'action="{HERE}/stop"' not in page.text


@pytest.mark.parametrize(
    ("proven", "gap", "words"),
    [
        (True, 0.0, "This plan is proven to be the best possible."),
        (False, 0.004, "At most 0.4 % better is possible."),
        (False, 0.000_001, "At most 0.01 % better is possible."),
    ],
)
async def test_the_certificate_is_told_in_plain_words_and_never_too_well(door: Door, proven: bool, gap: float, words: str) -> None:
    shows(door, certificate={**ROUND["certificate"], "proven": proven, "gap": gap})

    text = (await door.get(HERE, "coordinator")).text

    assert words in text and "Ranked by the weights “default-1”." in text


async def test_the_plan_is_drawn_beside_today_and_told_as_a_table(door: Door) -> None:
    text = (await door.get(HERE, "coordinator")).text

    assert text.count('<rect class="bar bar-2" x="0.0%"') == 3, "one bar of the plan for each level that anybody serves"
    assert '<th scope="row">Urgent</th><td>3</td><td>4</td><td>5</td>' in text
    assert '<th scope="row">Mean way, km</th><td>2.4</td>' in text and '<th scope="row">Mean days waited</th><td>–</td>' in text


async def test_bars_grow_from_the_right_where_one_reads_from_the_right(door: Door) -> None:
    response = await door.client.get("/needed", headers={"Cookie": "hub-language=ar"})

    assert '<rect class="bar bar-2" x="28.0%"' in response.text and 'text-anchor="end"' in response.text


async def test_each_pair_is_shown_with_its_reasons_and_what_fits_no_more_is_marked(door: Door) -> None:
    shows(door, seats=[{**ROUND["seats"][0], "eligible": False}])

    text = (await door.get(HERE, "coordinator")).text

    assert "They lie 900 metres apart." in text and "81.5" in text
    assert "This pair does not fit any more." in text and "&lt;script&gt;window.canary=1" in text and CANARY not in text


async def test_decisions_by_hand_are_sent_together_and_what_the_form_does_not_show_stays(door: Door) -> None:
    standing = {"need_id": OTHER, "offer_id": GONE}
    shows(door, version=7, forbidden=[standing], excluded_offers=[GONE])

    response = await door.post(f"{HERE}/plan", "coordinator", **{NAME: "keep", "leave_out": OTHER, "seconds": "5", "version": "7"})

    assert response.headers["location"] == f"{HERE}?done=round-again"
    [body] = door.bodies(f"PATCH /api/v1{HERE}")
    assert body == {"pinned": [PAIR], "forbidden": [standing], "excluded_needs": [OTHER], "excluded_offers": [GONE], "seconds": 5}
    assert next(headers for asked, headers, _ in door.fakes.asked if asked.startswith("PATCH"))["if-match"] == '"7"'


@pytest.mark.parametrize(
    ("decided", "body"),
    [
        ("", {}),
        ("forbid", {"forbidden": [PAIR]}),
        ("without_need", {"excluded_needs": [ID]}),
        ("without_offer", {"excluded_offers": [ID]}),
        (CANARY, {}),
    ],
)
async def test_a_pair_that_was_kept_is_kept_no_longer_when_decided_otherwise(door: Door, decided: str, body: dict[str, Any]) -> None:
    shows(door, pinned=[PAIR])

    await door.post(f"{HERE}/plan", "coordinator", **{NAME: decided, "version": "2", "seconds": "10"})

    nothing: dict[str, Any] = {"pinned": [], "forbidden": [], "excluded_needs": [], "excluded_offers": [], "seconds": 10}
    assert door.bodies(f"PATCH /api/v1{HERE}") == [nothing | body]


async def test_decisions_are_listed_and_taken_back(door: Door) -> None:
    shows(door, forbidden=[PAIR], excluded_needs=[ID], excluded_offers=[OTHER], pinned=[{"need_id": OTHER, "offer_id": ID}])
    boxes = [f"keep:{OTHER}:{ID}", f"forbid:{ID}:{ID}", f"without_need:{ID}", f"without_offer:{OTHER}"]

    page = await door.get(HERE, "coordinator")
    await door.post(f"{HERE}/plan", "coordinator", undo=[*boxes, CANARY], version="2")

    assert all(f'name="undo" value="{box}"' in page.text for box in boxes)
    [body] = door.bodies(f"PATCH /api/v1{HERE}")
    assert not any(body[name] for name in ("pinned", "forbidden", "excluded_needs", "excluded_offers"))


async def test_names_that_are_no_pairs_decide_nothing(door: Door) -> None:
    await door.post(f"{HERE}/plan", "coordinator", **{"pair:x:y": "keep", f"pair:{ID}": "keep", "leave_out": "x", "version": "2"})

    [body] = door.bodies(f"PATCH /api/v1{HERE}")
    assert body["pinned"] == [] and body["excluded_needs"] == []


async def test_who_was_too_late_reads_so_on_the_round_as_it_is_now(door: Door) -> None:
    late = "Somebody changed this round in the meantime; read it again."
    door.fakes.answers[f"PATCH /api/v1{HERE}"] = (412, {"code": "precondition_failed", "detail": late, "errors": []})

    response = await door.post(f"{HERE}/plan", "coordinator", **{NAME: "forbid", "version": "1"})

    assert response.status_code == 422 and late in response.text and 'value="forbid" selected' in response.text


async def test_what_the_last_edit_changed_is_told_pair_by_pair(door: Door) -> None:
    moved = {"need_id": ID, "from_offer_id": OTHER, "to_offer_id": ID}
    door.fakes.answers[f"GET /api/v1/offers/{OTHER}"] = {**OFFER, "id": OTHER, "title": {"en": "The former class"}, "state": "full"}
    shows(door, changed={"added": [PAIR], "removed": [], "moved": [moved]})

    text = (await door.get(HERE, "coordinator")).text

    assert "These have a place now (1)" in text.replace("</h3>", "") and "The former class" in text and "These have none any more" not in text


async def test_before_applying_one_reads_what_will_happen(door: Door) -> None:
    page = await door.get(f"{HERE}/apply", "coordinator")
    asked = door.bodies(f"POST /api/v1{HERE}/apply")
    response = await door.post(f"{HERE}/apply", "coordinator", version="2")

    assert "Needs that get a match: 1." in page.text and "3 in all" in page.text and 'name="version" value="2"' in page.text
    assert asked == [] and response.headers["location"] == f"{HERE}?done=round-applied"


@pytest.mark.parametrize("version", ["1", "", CANARY])
async def test_a_plan_that_changed_since_it_was_read_is_not_applied(door: Door, version: str) -> None:
    response = await door.post(f"{HERE}/apply", "coordinator", version=version)

    assert response.status_code == 409 and "The plan has changed since you read it." in response.text
    assert door.bodies(f"POST /api/v1{HERE}/apply") == []


async def test_a_round_that_is_not_ready_has_nothing_to_apply(door: Door) -> None:
    shows(door, state="applied")

    response = await door.get(f"{HERE}/apply", "coordinator")

    assert response.headers["location"] == HERE


async def test_after_applying_one_reads_what_was_not_possible_any_more_pair_by_pair(door: Door) -> None:
    shows(door, state="applied", matches=[ID, OTHER], not_applied=[{**PAIR, "reason": "offer_full"}])

    text = (await door.get(HERE, "coordinator")).text

    assert "Matches that were made: 2." in text and "Not possible any more, and left out: 1" in text and "The offer has become full." in text
    assert "Plan again" not in text and f"{HERE}/apply" not in text


async def test_a_round_that_failed_says_why_and_can_be_planned_again(door: Door) -> None:
    shows(door, state="failed", failure="nothing_to_plan", seats=[], unplaced=[], certificate=None, compared=None)

    text = (await door.get(HERE, "coordinator")).text

    assert "No open need has an offer that fits." in text and f'action="{HERE}/plan"' in text


async def test_a_long_plan_comes_in_pages(door: Door) -> None:
    seats = [{**ROUND["seats"][0], "value": n} for n in range(60)]
    shows(door, seats=seats)

    last = await door.get(f"{HERE}?pairs=99", "coordinator")

    assert "Page 3 of 3" in last.text and last.text.count("Why this pair?") == 10 and f'href="{HERE}?pairs=2#pairs"' in last.text


async def test_needs_and_offers_that_no_list_names_are_asked_for_one_by_one_and_may_be_gone(door: Door) -> None:
    door.fakes.answers["GET /api/v1/needs"] = page_of()
    door.fakes.answers["GET /api/v1/offers"] = page_of()

    text = (await door.get(HERE, "coordinator")).text

    asked = [what for what, _, _ in door.fakes.asked]
    assert f"GET /api/v1/needs/{ID}" in asked and f"GET /api/v1/needs/{OTHER}" in asked and f"GET /api/v1/offers/{ID}" in asked
    assert "Language class" in text and "A need" in text


async def test_an_administrator_reads_and_decides_nothing(door: Door) -> None:
    page = await door.get(HERE, "admin")
    refused = [await door.post(f"{HERE}/{what}", "admin", version="2") for what in ("plan", "stop", "apply")]

    assert "How good is this plan?" in page.text and "Your decision" not in page.text and f"{HERE}/apply" not in page.text
    assert [response.status_code for response in refused] == [403, 403, 403]


@pytest.mark.parametrize("what", ["plan", "stop", "apply"])
@pytest.mark.parametrize(("role", "status"), [(None, 303), ("volunteer", 403), ("member", 403), ("observer", 403)])
async def test_others_do_nothing_with_a_round(door: Door, what: str, role: str | None, status: int) -> None:
    response = await door.post(f"{HERE}/{what}", role, version="2")

    assert response.status_code == status
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith(("POST", "PATCH"))]


@pytest.mark.parametrize("path", [f"/rounds/{OTHER}", f"/rounds/{OTHER}/apply", "/rounds/x", f"{HERE}?pairs=0", f"{HERE}?pairs=x"])
async def test_a_round_of_another_team_and_a_round_that_is_none_look_alike(door: Door, path: str) -> None:
    response = await door.get(path, "coordinator")

    assert response.status_code == 404 and "There is nothing here" in response.text


@pytest.mark.parametrize("what", ["plan", "stop", "apply"])
async def test_a_form_without_the_sessions_word_changes_no_round(door: Door, what: str) -> None:
    response = await door.post(f"{HERE}/{what}", "coordinator", csrf="wrong", version="2")

    assert response.status_code == 403
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith(("POST", "PATCH"))]
