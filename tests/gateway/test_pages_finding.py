"""Pages of finding help: reasons, ways to widen the search, the map in numbers and words, what to do next; and how light the first pages are."""

import re
from typing import Any

import pytest

from gateway.pages import open_doors
from gateway.pages.finding import kinds_meant, reasons_of
from gateway.pages.registry.actor import km_between
from gateway.pages.vocabulary import Words
from tests.gateway.pages_door import ACTOR, CANARY, CATEGORIES, ID, LISTED, Door, page_of

FOUND = {**LISTED, "languages": ["ar"], "distance_km": 2.4, "place": {"lat": 45.1912, "lon": 5.7249, "radius_km": 8}}
ASKING = {"allowed": True, "days": 60, "needs": 5, "place": "Town hall, ground floor"}


@pytest.fixture
def finding(door: Door) -> Door:
    open_doors._known.clear()
    door.fakes.answers |= {
        "GET /api/v1/directory": page_of(FOUND),
        f"GET /api/v1/directory/{ID}": FOUND,
        "GET /api/v1/asks/terms": ASKING,
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
    }
    return door


async def test_what_is_found_comes_with_its_number_and_the_reasons_why_it_helps(finding: Door) -> None:
    text = (await finding.get("/help?language=ar&near=45.19,5.72&category=language.class")).text

    assert "Offers found: 1" in text and "Speaks Arabic" in text and "2.4 km away" in text and "Tuesday" in text
    assert CANARY not in text and "Widen the search" in text and "Without: Arabic" in text


async def test_where_nothing_fits_the_page_leads_on(finding: Door) -> None:
    finding.fakes.answers["GET /api/v1/directory"] = page_of()

    text = (await finding.get("/help?category=language.class&weekday=6")).text

    assert "Nothing fits just now" in text and 'href="/ask?kind=language.class"' in text and 'href="/help">See all offers' in text
    assert "Widen the search" not in text


async def test_words_that_name_a_kind_of_help_lead_to_that_kind(finding: Door) -> None:
    text = (await finding.get("/help?q=language")).text

    assert 'href="/help?category=language.class#found"' in text
    assert [row["code"] for row in kinds_meant(Words(categories=CATEGORIES), "LANGUAGE class")] == ["language.class"]
    assert kinds_meant(Words(categories=CATEGORIES), "a b") == []


async def test_a_map_is_shown_on_demand_with_rounded_places_and_the_same_in_words(finding: Door) -> None:
    plain, mapped = (await finding.get("/help")).text, (await finding.get("/help?map=yes")).text

    assert "leaflet" not in plain and "leaflet" in mapped and "45.1912" not in mapped
    assert "&#34;lat&#34;: 45.19," in mapped and "Where the offers are" in mapped and "<script>" not in mapped


@pytest.mark.parametrize("query", [f"q={CANARY}&near={CANARY}", "weekday=9", "part=night", "within=x&near=45,5", "cursor=made-up", "near=1,2,3"])
async def test_a_search_that_was_made_up_is_answered_with_a_page(finding: Door, query: str) -> None:
    finding.fakes.answers["GET /api/v1/directory"] = (422, {"code": "invalid", "detail": "No.", "errors": []})

    response = await finding.get(f"/help?{query}")

    assert response.status_code == 200 and "could not be understood" in response.text and CANARY not in response.text


@pytest.mark.parametrize(("allowed", "words"), [(True, "Ask for this kind of help"), (False, "Go to a coordinator of the city")])
async def test_an_offer_says_what_to_do_next_and_gives_no_contact(finding: Door, allowed: bool, words: str) -> None:
    finding.fakes.answers["GET /api/v1/asks/terms"] = {**ASKING, "allowed": allowed}

    text = (await finding.get(f"/help/{ID}?again=category%3Dlanguage")).text

    assert words in text and "Town hall, ground floor" in text and f'href="/api/v1/directory/{ID}.ics"' in text
    assert 'href="/help?category=language"' in text and "mailto:" not in text and "tel:" not in text


def test_help_at_a_distance_is_told_instead_of_kilometres() -> None:
    reasons = reasons_of({**FOUND, "remote": True, "windows": []}, {}, lambda lat, lon: "")

    assert [picture for picture, _text in reasons] == ["pin"] and "km" not in reasons[0][1]


@pytest.mark.parametrize("path", ["/", "/help", "/offer", "/ask", "/needed"])
async def test_the_first_pages_are_light(finding: Door, path: str) -> None:
    page = await finding.get(path)
    linked = set(re.findall(r'(?:<link rel="stylesheet" href|<link rel="icon" href|<script src|<img[^>]* src)="([^"]+)"', page.text))

    whole = len(page.content) + sum([len((await finding.get(address)).content) for address in linked])

    assert page.status_code == 200 and len(linked) >= 3 and not any(address.startswith("http") for address in linked)
    assert whole < 100_000


async def test_a_city_without_a_declaration_is_helped_to_one(finding: Door) -> None:
    near = {**ACTOR, "id": "other", "slug": "meylan-fr", "name": "Meylan", "lat": 45.21, "lon": 5.78}
    here: dict[str, Any] = {**ACTOR, "lat": 45.18, "lon": 5.71}
    finding.fakes.answers |= {"GET /api/v1/actors/grenoble-fr": here, "GET /api/v1/actors": page_of(here, near)}
    with_one = (await finding.get("/actors/grenoble-fr")).text
    finding.fakes.answers["GET /api/v1/declarations"] = page_of()

    text = (await finding.get("/actors/grenoble-fr")).text

    assert "A letter to your mayor" in text and 'href="mailto:?subject=' in text and "/suggest?kind=place_city&amp;actor=grenoble-fr" in text
    assert "Meylan" in text and "6 km away" in text and "A letter to your mayor" not in with_one
    assert round(km_between((45.18, 5.71), (45.21, 5.78))) == 6


async def test_an_organisation_stands_while_the_directory_of_offers_is_away(finding: Door) -> None:
    finding.fakes.answers["GET /api/v1/directory"] = (503, {"code": "service_away", "detail": "Away.", "errors": []})

    response = await finding.get("/actors/grenoble-fr")

    assert response.status_code == 200 and "Help that is offered here now" not in response.text


async def test_the_archive_takes_the_name_of_a_city_and_gives_a_citation(finding: Door) -> None:
    finding.fakes.answers["GET /api/v1/actors/suggest"] = [ACTOR]

    text = (await finding.get("/archive?actor=Grenoble")).text

    assert (
        "Cite this" in text
        and 'value="Grenoble"' in text
        and "GET /api/v1/actors/suggest" in {asked for asked, _headers, _body in finding.fakes.asked}
    )
