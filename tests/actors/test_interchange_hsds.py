"""HSDS: every answer passes the specification's schemas, lists are whole in pages and as lines, filters add up, bad parameters are told."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, Databases, TestClock, account, anonymous, bench_for, settings_for_tests
from services.actors.app import build
from services.actors.settings import Settings
from tests.actors.hsds_rules import faults, ids_of
from tests.actors.interchange_help import an_offer, enter, load

V3 = "/hsds/v3"
KINDS = {
    "services": "service", "service_at_locations": "service_at_location_full", "organizations": "organization_full", "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}  # fmt: skip
LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")


@pytest.fixture
async def hub(databases: Databases, clock: TestClock) -> AsyncIterator[Bench]:
    """A registry whose publisher is one of its actors."""
    async for bench in _hub(databases, "sqlite", clock):
        yield bench


@pytest.fixture
async def either_hub(databases: Databases, database_kind: str, clock: TestClock) -> AsyncIterator[Bench]:
    """The same on each kind of database."""
    async for bench in _hub(databases, database_kind, clock):
        yield bench


async def _hub(databases: Databases, kind: str, clock: TestClock) -> AsyncIterator[Bench]:
    url = await databases.fresh(kind, "actors")
    settings = Settings(**settings_for_tests(url), export_seconds=0, publisher_name="Ville de Grenoble", publisher_key="grenoble-fr")
    async with bench_for(lambda: build(settings, clock)) as bench:
        yield bench


async def _get(bench: Bench, path: str, **params: Any) -> Any:
    answer = await bench.get(anonymous(), f"{V3}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _world(bench: Bench) -> dict[str, Any]:
    """A city, a network, an association with two services, a resident's service."""
    city = await enter(bench, "Grenoble", kind="municipality", slug="grenoble-fr", country="FR", lat=45.1885, lon=5.7245, population=158198)
    network = await enter(bench, "ANVITA", kind="network", slug="anvita", website="https://anvita.fr/réseau?q=é|x")
    body = {"network_id": network["id"], "member_id": city["id"], "source": "https://example.org/x"}
    assert (await bench.post(account("coordinator"), "/api/v1/memberships", body)).status_code == 201
    helper = await enter(bench, "Accueil", slug="accueil", local_name="L'Accueil")
    french = await an_offer(bench, provider_actor_id=helper["id"], remote=True, household_min=1, household_max=4, requires=["women_only"])
    room = await an_offer(bench, provider_actor_id=helper["id"], category="housing.room", title={"fr": "Chambre"}, windows=[], state="paused")
    resident = await an_offer(bench, category="language.talk", lat=None, lon=None, radius_km=None, state="full", places_left=0, languages=["pt-BR"])
    return {"city": city, "helper": helper, "network": network, "french": french, "room": room, "resident": resident}


async def test_it_says_what_it_is(hub: Bench) -> None:
    found = await _get(hub, "")

    assert found == await _get(hub, "/")
    assert found["version"] == "3.2"
    assert found["openapi_url"].endswith("/openapi.json")
    assert found["publisher"]["name"] == "Ville de Grenoble"
    assert "email" not in json.dumps(found)


async def test_every_answer_passes_the_schemas(either_hub: Bench) -> None:
    await _world(either_hub)

    for path in LISTS:
        listed = await _get(either_hub, f"/{path}")
        full = await _get(either_hub, f"/{path}", full=True, full_service=True)
        assert listed["total_items"] == len(listed["contents"]) == len(full["contents"]) > 0
        for record in listed["contents"]:
            one = await _get(either_hub, f"/{path}/{record['id']}")
            assert faults(record, KINDS[path], in_list=path not in ("taxonomies", "taxonomy_terms")) == []
            assert faults(one, KINDS[path]) == []
            assert all(UUID(found) for found in ids_of(one))
        for record in full["contents"]:
            assert faults(record, KINDS[path]) == []


async def test_an_offer_is_a_service_with_all_that_is_known(hub: Bench) -> None:
    world = await _world(hub)

    service = await _get(hub, f"/services/{world['french']}")

    assert (service["name"], service["status"], service["description"]) == ("French class", "active", "Twice a week.")
    assert service["organization"]["name"] == "Accueil"
    assert service["organization_id"] == world["helper"]["id"]
    assert service["eligibility_description"] == "Households of 1 to 4. Requires: women only."
    assert [(row["byday"], row["opens_at"], row["closes_at"], row["until"]) for row in service["schedules"]] == [
        ("MO", "09:00", "11:00", "2027-06-30"), ("WE", "09:00", "11:00", "2027-06-30"),
    ]  # fmt: skip
    assert [(row["code"], row["name"]) for row in service["languages"]] == [("fr", "French"), ("ar", "Arabic")]
    (capacity,) = service["capacities"]
    assert (capacity["available"], capacity["maximum"], capacity["unit"]["name"]) == (4, 10, "Person")
    assert [row["location"]["location_type"] for row in service["service_at_locations"]] == ["physical", "virtual"]
    assert service["attributes"][0]["taxonomy_term"]["code"] == "language.class"


async def test_a_paused_offer_is_closed_for_a_time_and_a_residents_offer_is_the_publishers(hub: Bench) -> None:
    world = await _world(hub)

    room, resident = [await _get(hub, f"/services/{world[name]}") for name in ("room", "resident")]

    assert (room["status"], room["name"]) == ("temporarily closed", "Chambre")
    assert (resident["status"], resident["alert"]) == ("active", "All places are taken for now.")
    assert resident["organization"]["id"] == world["city"]["id"]
    assert resident["service_at_locations"] == []
    assert resident["languages"][0]["note"] == "pt-BR"


async def test_an_organization_has_a_factual_description_and_its_services(hub: Bench) -> None:
    world = await _world(hub)

    city = await _get(hub, f"/organizations/{world['city']['id']}")
    helper = await _get(hub, f"/organizations/{world['helper']['id']}", full_service=True)
    network = await _get(hub, f"/organizations/{world['network']['id']}")

    assert city["description"] == "Municipality in France, 158,198 inhabitants. Belongs to: ANVITA."
    assert city["locations"][0]["latitude"] == 45.1885
    assert helper["alternate_name"] == "L'Accueil"
    assert {row["id"] for row in helper["services"]} == {str(world["french"]), str(world["room"])}
    assert helper["services"][0]["capacities"]
    assert network["website"] == "https://anvita.fr/r%C3%A9seau?q=%C3%A9%7Cx"


FILTERS: list[tuple[str, dict[str, str], set[str]]] = [
    ("services", {"search": "FRENCH"}, {"french", "resident"}),
    ("services", {"search": "french", "taxonomy_term_id": "class"}, {"french"}),
    ("services", {"taxonomy_term_id": "language"}, {"french", "resident"}),
    ("services", {"taxonomy_term_id": "civil_society"}, set()),
    ("services", {"taxonomy_id": "offers"}, {"french", "room", "resident"}),
    ("services", {"taxonomy_id": "kinds"}, set()),
    ("services", {"organization_id": "helper"}, {"french", "room"}),
    ("services", {"organization_id": "city"}, {"resident"}),
    ("services", {"modified_after": "2026-11-21T09:00:00Z"}, {"french", "room", "resident"}),
    ("services", {"modified_after": "2026-11-22"}, set()),
    ("services", {"modified_after": "2026-11-20T10:00:00"}, {"french", "room", "resident"}),
    ("organizations", {"taxonomy_term_id": "civil_society"}, {"helper"}),
    ("organizations", {"taxonomy_term_id": "language"}, {"helper"}),
    ("organizations", {"taxonomy_id": "offers"}, {"helper"}),
    ("organizations", {"taxonomy_id": "practices"}, set()),
    ("organizations", {"search": "grenoble"}, {"city"}),
]  # fmt: skip


async def test_filters_add_up(hub: Bench) -> None:
    world = await _world(hub)
    terms = {row["code"]: row["id"] for row in (await _get(hub, "/taxonomy_terms"))["contents"]}
    taxonomies = dict(zip(("offers", "kinds", "practices"), (row["id"] for row in (await _get(hub, "/taxonomies"))["contents"]), strict=True))
    named = {"class": terms["language.class"], **terms, **taxonomies, "helper": world["helper"]["id"], "city": world["city"]["id"]}

    for path, params, expected in FILTERS:
        asked = {name: named.get(value, value) if name.endswith("_id") else value for name, value in params.items()}
        found = await _get(hub, f"/{path}", **asked)
        posted = await hub.post(anonymous(), f"{V3}/{path}", params=asked)
        lines = await hub.get(anonymous(), f"{V3}/{path}", params={**asked, "format": "ndjson"})
        ids = {str(world[name]["id"]) if isinstance(world[name], dict) else str(world[name]) for name in expected}
        assert {row["id"] for row in found["contents"]} == ids, (path, params)
        assert posted.json() == found
        assert [json.loads(line) for line in lines.content.splitlines()] == found["contents"]


async def test_places_are_found_around_a_point_and_by_the_area_they_serve(hub: Bench) -> None:
    await _world(hub)

    around = await _get(hub, "/service_at_locations", postcode="45.19,5.73", proximity=2000)
    far = await _get(hub, "/service_at_locations", postcode="48.85,2.35", proximity=2000)
    covering = await _get(hub, "/service_at_locations", postcode="48.85,2.35")
    everything = await _get(hub, "/service_at_locations", full=True)

    assert around["total_items"] == 2
    assert far["empty"]
    assert {row["location"]["location_type"] for row in covering["contents"]} == {"physical", "virtual"}
    assert everything["total_items"] == 3


async def test_terms_are_a_tree(hub: Bench) -> None:
    await _world(hub)
    terms = (await _get(hub, "/taxonomy_terms"))["contents"]
    language = next(row for row in terms if row["code"] == "language")

    below = (await _get(hub, "/taxonomy_terms", parent_id=language["id"]))["contents"]
    top = (await _get(hub, "/taxonomy_terms", top_only=True, taxonomy_id=language["taxonomy_id"]))["contents"]

    assert {row["code"] for row in below} == {"language.class", "language.talk"}
    assert {row["code"] for row in top} == {"housing", "language"}
    assert all(row["parent_id"] == language["id"] for row in below)


async def test_pages_are_whole_and_neither_lose_nor_double(hub: Bench, registry_files: dict[str, bytes]) -> None:
    await load(hub, registry_files)

    first = await _get(hub, "/organizations", per_page=400)
    pages = [await _get(hub, "/organizations", per_page=400, page=number) for number in (1, 2, 3, 4)]
    lines = (await hub.get(anonymous(), f"{V3}/organizations", params={"format": "ndjson", "full": "true"})).content.splitlines()

    assert (first["total_items"], first["total_pages"], first["first_page"], first["last_page"]) == (934, 3, True, False)
    assert [(page["size"], page["last_page"], page["empty"]) for page in pages] == [
        (400, False, False), (400, False, False), (134, True, False), (0, True, True),
    ]  # fmt: skip
    assert len({row["id"] for page in pages for row in page["contents"]}) == 934 == len(lines)
    for line in lines:
        assert faults(json.loads(line), "organization_full") == []


async def test_a_short_form_says_what_changed_when(hub: Bench) -> None:
    world = await _world(hub)

    (record,) = (await _get(hub, "/services", minimal=True, search="chambre"))["contents"]

    assert record == {"id": str(world["room"]), "name": "Chambre", "status": "temporarily closed", "last_modified": "2026-11-21T09:00:00.000Z"}


async def test_the_id_of_a_merged_or_archived_organization(hub: Bench) -> None:
    world = await _world(hub)
    await hub.post(account("coordinator"), "/api/v1/actors/accueil/archive")

    assert (await hub.get(anonymous(), f"{V3}/organizations/{world['helper']['id']}")).status_code == 404
    assert world["helper"]["id"] not in {row["id"] for row in (await _get(hub, "/organizations"))["contents"]}
    assert "organization" not in await _get(hub, f"/services/{world['french']}")


BAD = [
    "/services?page=0", "/services?page=x", "/services?per_page=0", "/services?per_page=100000", "/services?format=xml",
    "/services?taxonomy_term_id=x", "/services?modified_after=yesterday", "/services?modified_after=0001-01-01T00:00:00%2B14:00",
    "/services?full=perhaps", "/services?search=", "/service_at_locations?postcode=38000", "/service_at_locations?postcode=nan,nan",
    "/service_at_locations?proximity=100", "/service_at_locations?postcode=45,5&proximity=0", "/services/x", "/taxonomy_terms?parent_id=1",
]  # fmt: skip


async def test_bad_parameters_get_a_clear_error(hub: Bench) -> None:
    for path in BAD:
        answer = await hub.get(anonymous(), f"{V3}{path}")
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["errors"], path


async def test_what_is_not_there_is_not_found_and_an_empty_hub_has_empty_lists(hub: Bench) -> None:
    for path in LISTS:
        found = await _get(hub, f"/{path}")
        assert (await hub.get(anonymous(), f"{V3}/{path}/{new_id()}")).status_code == 404
        assert found["empty"] == (found["total_items"] == 0)
        assert found["first_page"]
        assert found["last_page"]
