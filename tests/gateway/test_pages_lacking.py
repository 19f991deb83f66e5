"""The page "what we need now": calls for help for everybody, exact figures for coordinators, and the way from a call to an offer."""

from typing import Any
from urllib.parse import quote

import pytest

from gateway.pages import open_doors
from tests.gateway.pages_door import CANARY, ID, LACKING, SCARCITY, Door

OFFER_THIS = "/offer/what?category=language.class&languages=ar&day=1&part=evening&near=45.19%2C5.72"
FORM = "/my/offers/new?category=language.class&languages=ar&day=1&part=evening"
ROUNDED = {**LACKING, "open_needs": None, "served_by_one_more": 10, "at_least": False, "shadow_price": None}


def lacks(door: Door, *rows: dict[str, Any], **changes: Any) -> None:
    """What is lacking, as a test wants it."""
    door.fakes.answers["GET /api/v1/scarcity"] = {**SCARCITY, "items": list(rows), "total": len(rows), **changes}


async def test_everybody_reads_calls_for_help_rounded_and_without_prices(door: Door) -> None:
    lacks(door, ROUNDED, rounded=True)

    text = (await door.get("/needed")).text

    assert "would help about 10 times" in text and "Figures are rounded to 5" in text
    assert "Worth of one more place" not in text and "82.5" not in text and "Compute it again now" not in text


async def test_a_coordinator_reads_exact_figures_and_what_one_more_place_is_worth(door: Door) -> None:
    text = (await door.get("/needed", "coordinator")).text

    assert "You read the exact figures." in text and "12 or more" in text and "<td>82.5</td>" in text
    assert "Language class · Arabic · Tuesday evening" in text and 'action="/needed/refresh"' in text


@pytest.mark.parametrize(
    ("role", "link"),
    [
        (None, f"/sign-in?next={quote(OFFER_THIS, safe='')}"),
        ("volunteer", OFFER_THIS.replace("&", "&amp;")),
        ("member", OFFER_THIS.replace("&", "&amp;")),
        ("coordinator", OFFER_THIS.replace("&", "&amp;")),
        ("observer", None),
        ("admin", None),
    ],
)
async def test_offer_this_leads_to_the_form_where_the_reader_may_post(door: Door, role: str | None, link: str | None) -> None:
    text = (await door.get("/needed", role)).text

    assert (f'href="{link}"' in text) if link else "I can help with this" not in text


async def test_anybody_is_led_from_a_call_straight_to_an_offer_that_is_filled_in(door: Door) -> None:
    open_doors._known.clear()
    door.fakes.answers |= {
        "GET /api/v1/asks/terms": {"allowed": False, "days": 60, "needs": 5},
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
    }

    calls, form = await door.get("/needed"), await door.get(OFFER_THIS)
    again = await door.get("/offer/what", **{"Cookie": form.headers["set-cookie"].split(";")[0]})

    assert OFFER_THIS.replace("&", "&amp;") in calls.text
    assert all('<input type="checkbox" name="languages" value="ar" checked>' in page.text for page in (form, again))


async def test_the_form_is_filled_with_what_the_call_asks_for(door: Door) -> None:
    text = (await door.get(FORM, "volunteer")).text

    assert '<input type="checkbox" name="languages" value="ar" checked>' in text
    assert '<option value="1" selected>Tuesday' in text and 'name="start0" type="time" value="18:00"' in text
    assert 'id="returns" name="returns" value="yes" checked' in text


@pytest.mark.parametrize("query", ["&languages=xx,yy&day=9&part=noon", f"&languages={CANARY}&day={CANARY}&part={CANARY}"])
async def test_a_call_that_was_made_up_fills_in_nothing(door: Door, query: str) -> None:
    response = await door.get(f"/my/offers/new?category=language.class{query}", "volunteer")

    assert response.status_code == 200 and CANARY not in response.text
    assert 'name="languages" value="ar" checked' not in response.text and 'name="start0" type="time" value=""' in response.text


async def test_the_list_is_narrowed_by_kind_and_language(door: Door) -> None:
    response = await door.get("/needed?category=language.class&language=ar")

    assert response.status_code == 200
    assert '<option value="language.class" selected>' in response.text and '<option value="ar" selected>' in response.text


async def test_a_search_that_the_service_refuses_is_told_in_plain_words(door: Door) -> None:
    door.fakes.answers["GET /api/v1/scarcity"] = (422, {"code": "invalid", "detail": "No.", "errors": []})

    response = await door.get(f"/needed?category={CANARY}")

    assert response.status_code == 200 and "This search was not understood." in response.text and CANARY not in response.text


@pytest.mark.parametrize(
    ("role", "changes", "words"),
    [
        (None, {"rounded": True}, "Nothing is lacking at the moment that concerns enough people to be told here."),
        (None, {"rounded": True, "computed_at": None}, "This has not been computed yet."),
        ("coordinator", {}, "No further offer of one kind would serve an open need at the moment."),
    ],
)
async def test_an_empty_page_says_why_it_is_empty(door: Door, role: str | None, changes: dict[str, Any], words: str) -> None:
    lacks(door, **changes)

    assert words in (await door.get("/needed", role)).text


async def test_words_of_a_service_are_escaped(door: Door) -> None:
    lacks(door, {**LACKING, "sentence": CANARY, "category": CANARY}, {**LACKING, "category": CANARY})

    text = (await door.get("/needed")).text

    assert CANARY not in text and "&lt;script&gt;" in text


async def test_a_coordinator_has_it_computed_again(door: Door) -> None:
    response = await door.post("/needed/refresh", "coordinator")

    assert response.headers["location"] == "/needed?done=lacking-refreshed"
    assert len(door.bodies("POST /api/v1/scarcity/refresh")) == 1


@pytest.mark.parametrize(("role", "status"), [(None, 303), ("volunteer", 403), ("member", 403), ("observer", 403)])
async def test_others_do_not(door: Door, role: str | None, status: int) -> None:
    response = await door.post("/needed/refresh", role)

    assert response.status_code == status and door.bodies("POST /api/v1/scarcity/refresh") == []


async def test_the_name_of_the_api_leads_to_the_page(door: Door) -> None:
    response = await door.get("/scarcity")

    assert response.headers["location"] == "/needed"


async def test_a_need_that_nothing_fits_says_which_small_change_would_do(door: Door) -> None:
    changes = [
        {"steps": [{"code": code, "params": {}, "text": ""}], "text": f"{code} {CANARY}", "offer_id": offer, "offers": 1, "cost": 1}
        for code, offer in (("change.distance", ID), ("change.hours", ID), ("change.open", ID), ("change.place", ID), ("change.find", None))
    ]
    door.fakes.answers[f"GET /api/v1/needs/{ID}/proposals"] = {"items": [], "total": 0, "fresh": True, "smallest_changes": changes}

    text = (await door.get(f"/needs/{ID}", "coordinator")).text
    listed = text.split('<ol class="changes">')[1].split("</ol>")[0].split("<li>")[1:]

    assert [f'href="/needs/{ID}/change"' in each for each in listed] == [True, True, False, False, False]
    assert [f'href="/offers/{ID}"' in each for each in listed] == [False, True, True, False, False]
    assert f'href="/cases/{ID}/place"' in listed[3] and 'href="/my/offers/new?category=language.class"' in listed[4]
    assert CANARY not in text


async def test_a_need_with_proposals_asks_for_no_change(door: Door) -> None:
    text = (await door.get(f"/needs/{ID}", "coordinator")).text

    assert "The smallest changes" not in text and "being computed" not in text
