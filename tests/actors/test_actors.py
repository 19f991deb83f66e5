"""Actors: who may enter and change them, how they are found, map and graph."""

from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.testing import Bench, account, anonymous, api_client
from contracts.actors import ActorArchivedV1, ActorChangedV1, ActorCreatedV1
from services.actors.model.records import actor_id_of
from services.actors.use_cases.importing import import_registry

NEW = {"kind": "civil_society", "name": "Maison des Réfugiés", "country": "FR", "source": "https://example.org"}


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_a_coordinator_enters_an_actor_and_everybody_reads_it_by_id_and_key(bench: Bench) -> None:
    answer = await bench.post(account("coordinator"), "/api/v1/actors", NEW)

    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["slug"] == "maison-des-refugies"
    assert UUID(answer.json()["id"]) == actor_id_of("maison-des-refugies")
    by_key = await bench.get(anonymous(), "/api/v1/actors/maison-des-refugies")
    by_id = await bench.get(anonymous(), f"/api/v1/actors/{answer.json()['id']}")
    assert by_key.json() == by_id.json() == answer.json()
    assert [type(event) for event in await bench.queued()] == [ActorCreatedV1]
    assert await bench.audit_actions() == ["actor.created"]


async def test_a_municipality_gets_its_country_into_its_key(an_actor: Any) -> None:
    actor = await an_actor("Saint-Étienne", kind="municipality", country="FR")

    assert actor["slug"] == "saint-etienne-fr"


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (anonymous(), 401),
        (account("volunteer"), 403),
        (account("member", actor=actor_id_of("maison-des-refugies")), 403),
        (account("observer"), 403),
        (api_client("read", "offers"), 403),
        (account("admin"), 201),
        (api_client("registry"), 201),
        (None, 401),
    ],
)
async def test_only_the_registrys_editors_enter_actors(bench: Bench, caller: Any, status: int) -> None:
    answer = await bench.post(caller, "/api/v1/actors", NEW)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"kind": "club"}, "/kind"),
        ({"country": "fr"}, "/country"),
        ({"lat": 91, "lon": 0}, "/lat"),
        ({"lat": 45}, "/lat"),
        ({"website": "ftp://example.org"}, "/website"),
        ({"website": "https://user@example.org"}, "/website"),
        ({"source": "javascript:alert(1)"}, "/source"),
        ({"source": None}, "/source"),
        ({"slug": "Not A Slug"}, "/slug"),
        ({"slug": "01890a5d-ac96-774b-bcce-b302099a8057"}, "/slug"),
        ({"population": 2**40}, "/population"),
        ({"id": str(actor_id_of("x"))}, "/id"),
        ({"name": "ميونخ"}, "/slug"),
    ],
)
async def test_bad_fields_are_named_and_not_repeated(bench: Bench, change: dict[str, Any], pointer: str) -> None:
    answer = await bench.post(account("admin"), "/api/v1/actors", {**NEW, **change})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await bench.queued() == []


async def test_a_taken_key_is_a_conflict(bench: Bench, an_actor: Any) -> None:
    await an_actor("Maison", slug="maison")

    answer = await bench.post(account("admin"), "/api/v1/actors", {**NEW, "slug": "maison"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_recorded")


async def test_a_member_changes_their_own_actor_but_not_another_nor_its_kind(bench: Bench, an_actor: Any) -> None:
    mine, other = await an_actor("Ours"), await an_actor("Theirs")
    member = account("member", actor=UUID(mine["id"]))

    changed = await bench.patch(member, "/api/v1/actors/ours", {"website": "https://ours.example"}, version=1)
    elsewhere = await bench.patch(member, f"/api/v1/actors/{other['id']}", {"name": "Mine now"}, version=1)
    kind = await bench.patch(member, "/api/v1/actors/ours", {"kind": "municipality"}, version=2)
    archive = await bench.post(member, "/api/v1/actors/ours/archive")

    assert (changed.status_code, changed.json()["website"], changed.json()["version"]) == (200, "https://ours.example", 2)
    assert [answer.status_code for answer in (elsewhere, kind, archive)] == [403, 403, 403]
    assert isinstance((await bench.queued())[-1], ActorChangedV1)


async def test_a_volunteer_with_a_place_and_a_stranger_change_nothing(bench: Bench, an_actor: Any) -> None:
    mine = await an_actor("Ours")

    statuses = [
        (await bench.patch(caller, "/api/v1/actors/ours", {"name": "x"}, version=1)).status_code
        for caller in (anonymous(), account("volunteer", actor=UUID(mine["id"])), account("member"), api_client("offers", actor=UUID(mine["id"])))
    ]

    assert statuses == [401, 403, 403, 403]


async def test_a_change_needs_the_version_that_was_read(bench: Bench, an_actor: Any) -> None:
    await an_actor("Ours")
    await bench.patch(account("admin"), "/api/v1/actors/ours", {"name": "Ours 2"}, version=1)

    stale = await bench.patch(account("admin"), "/api/v1/actors/ours", {"name": "Ours 3"}, version=1)
    blind = await bench.patch(account("admin"), "/api/v1/actors/ours", {"name": "Ours 3"}, version=None)
    unknown = await bench.patch(account("admin"), "/api/v1/actors/nobody", {"name": "x"}, version=1)

    assert [answer.status_code for answer in (stale, blind, unknown)] == [412, 428, 404]


async def test_a_change_that_changes_nothing_tells_nobody(bench: Bench, an_actor: Any) -> None:
    await an_actor("Ours")

    answer = await bench.patch(account("admin"), "/api/v1/actors/ours", {"name": "Ours"}, version=1)

    assert answer.json()["version"] == 1
    assert len(await bench.queued()) == 1


async def test_null_empties_a_field_that_may_be_empty_and_no_other(bench: Bench, an_actor: Any) -> None:
    await an_actor("Ours", country="FR", lat=45.0, lon=5.0)

    emptied = await bench.patch(account("admin"), "/api/v1/actors/ours", {"country": None}, version=1)
    nameless = await bench.patch(account("admin"), "/api/v1/actors/ours", {"name": None}, version=2)
    half = await bench.patch(account("admin"), "/api/v1/actors/ours", {"lat": None}, version=2)

    assert emptied.json()["country"] is None
    assert (nameless.status_code, half.status_code) == (422, 422)


async def test_an_archived_actor_leaves_the_lists_and_can_come_back(bench: Bench, an_actor: Any) -> None:
    await an_actor("Ours", lat=45.0, lon=5.0)

    archived = await bench.post(account("coordinator"), "/api/v1/actors/ours/archive")
    again = await bench.post(account("coordinator"), "/api/v1/actors/ours/archive")
    listed = await bench.get(anonymous(), "/api/v1/actors")
    apart = await bench.get(anonymous(), "/api/v1/actors?archived=true")
    drawn = await bench.get(anonymous(), "/api/v1/actors.geojson")
    read = await bench.get(anonymous(), "/api/v1/actors/ours")
    back = await bench.patch(account("admin"), "/api/v1/actors/ours", {"archived": False}, version=2)

    assert (archived.json()["archived"], again.json()["version"]) == (True, 2)
    assert (names(listed), names(apart), drawn.json()["features"]) == ([], ["Ours"], [])
    assert read.status_code == 200
    assert back.json()["archived"] is False
    assert [type(event) for event in await bench.queued()] == [ActorCreatedV1, ActorArchivedV1, ActorChangedV1]


async def test_a_network_with_members_stays_a_network(bench: Bench, an_actor: Any) -> None:
    network, member = await an_actor("Net", kind="network"), await an_actor("Ours")
    body = {"network_id": network["id"], "member_id": member["id"], "source": "x"}
    await bench.post(account("admin"), "/api/v1/memberships", body)

    answer = await bench.patch(account("admin"), "/api/v1/actors/net", {"kind": "university"}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "kind_is_used")


FOUND: list[tuple[str, list[str]]] = [
    ("q=malaga", ["Málaga"]),
    ("q=MÁLAGA", ["Málaga"]),
    ("q=gent", ["Ghent"]),
    ("q=łodz", ["Łódź"]),
    ("q=ma%25", ["Málaga"]),
    ("q=%21%21", []),
    ("kind=network", ["Net"]),
    ("country=ES", ["Málaga"]),
    ("country=XX", []),
    ("network=net", ["Ghent", "Łódź"]),
    ("theme=housing", ["Ghent"]),
    ("bbox=-10,30,0,40", ["Málaga"]),
    ("bbox=170,-50,-170,50", []),
    ("near=51.05,3.72&within_km=10", ["Ghent"]),
    ("near=51.05,3.72&within_km=1", ["Ghent"]),
    ("near=51.2,3.72&within_km=10", []),
]


async def test_actors_are_found_by_name_kind_country_network_theme_and_place(either_bench: Bench) -> None:
    header = "id,kind,name,local_name,country,lat,lon,population,website,source\n"
    files = {
        "actors": header
        + "malaga-es,municipality,Málaga,,ES,36.72,-4.42,,,x\nghent-be,municipality,Ghent,Gent,BE,51.05,3.72,,,x\n"
        + "lodz-pl,municipality,Łódź,,PL,51.76,19.46,,,x\nnet,network,Net,,,,,,,x\n",
        "memberships": "network_id,member_id,role,since,source\nnet,ghent-be,member,,x\nnet,lodz-pl,founder,2018,x\n",
        "initiatives": "id,actor_id,title,themes,year,partners,summary,source\nrooms,ghent-be,Rooms,housing;legal,,,,x\n",
    }
    async with either_bench.service.open_work(SYSTEM) as work:
        await import_registry(work, {kind: text.encode() for kind, text in files.items()})

    answers = {query: names(await either_bench.get(anonymous(), f"/api/v1/actors?{query}")) for query, _ in FOUND}

    assert answers == dict(FOUND)


@pytest.mark.parametrize(
    "query", ["bbox=1,2,3", "bbox=0,50,10,40", "bbox=0,0,999,1", "near=95,5", "near=x", "kind=club", "q=", "limit=0", "cursor=abc", "country=france"]
)
async def test_a_query_without_sense_is_refused(bench: Bench, query: str) -> None:
    answer = await bench.get(anonymous(), f"/api/v1/actors?{query}")

    assert answer.status_code == 422


async def test_pages_hold_every_actor_once_in_the_order_of_names(either_bench: Bench, registry_files: dict[str, bytes]) -> None:
    async with either_bench.service.open_work(SYSTEM) as work:
        await import_registry(work, registry_files)
    seen: list[str] = []
    path = "/api/v1/actors?limit=200"

    while path:
        answer = await either_bench.get(anonymous(), path)
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("link", "")
        path = link.split(">")[0].lstrip("<") if link else ""

    assert len(seen) == len(set(seen)) == 934


async def test_the_map_is_geojson_with_an_etag(bench: Bench, an_actor: Any) -> None:
    await an_actor("Here", lat=45.1885, lon=5.7245)
    await an_actor("Nowhere")

    answer = await bench.get(anonymous(), "/api/v1/actors.geojson")
    again = await bench.get(anonymous(), "/api/v1/actors.geojson", headers={"If-None-Match": answer.headers["etag"]})

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in answer.json()["features"]] == [{"type": "Point", "coordinates": [5.7245, 45.1885]}]
    assert answer.json()["features"][0]["properties"]["source"] == "https://example.org/list"
    assert (again.status_code, again.content) == (304, b"")


async def test_the_graph_has_the_whole_registrys_memberships(either_bench: Bench, registry_files: dict[str, bytes]) -> None:
    async with either_bench.service.open_work(SYSTEM) as work:
        await import_registry(work, registry_files)

    whole = (await either_bench.get(anonymous(), "/api/v1/network?format=json")).json()
    one = (await either_bench.get(anonymous(), "/api/v1/network?network=anvita")).json()
    german = (await either_bench.get(anonymous(), "/api/v1/network?country=DE&kind=municipality")).json()
    other = await either_bench.get(anonymous(), "/api/v1/network?format=graphml")

    assert len(whole["edges"]) == 1275
    known = {node["id"] for node in whole["nodes"]}
    assert all(edge["source"] in known and edge["target"] in known for edge in whole["edges"])
    assert len(one["edges"]) == 29
    assert {node["country"] for node in german["nodes"] if node["kind"] == "municipality"} == {"DE"}
    assert other.status_code == 422
