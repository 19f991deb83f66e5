"""Memberships, declarations, initiatives and resources: recorded, found, changed and removed, each by whoever may."""

from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, account, anonymous, api_client

ADMIN = account("admin")


@pytest.fixture
async def world(an_actor: Any) -> dict[str, dict[str, Any]]:
    """A network, a city and an association."""
    return {
        "net": await an_actor("Net", kind="network"),
        "city": await an_actor("Grenoble", kind="municipality", country="FR"),
        "ngo": await an_actor("Accueil"),
    }


def body_of(path: str, world: dict[str, dict[str, Any]]) -> dict[str, Any]:
    net, city, ngo = world["net"]["id"], world["city"]["id"], world["ngo"]["id"]
    return {
        "memberships": {"network_id": net, "member_id": ngo, "role": "founder", "since": 2018, "source": "Seed 001"},
        "declarations": {"municipality_id": city, "type": "council_motion", "date": "2015-09", "title": "Motion", "source": "Seed 001"},
        "initiatives": {"actor_id": ngo, "title": "Language café", "themes": ["language", "language"], "partners": [city], "source": "Seed 001"},
        "resources": {"title": "A report", "kind": "report", "topic_themes": ["legal"], "actors": [city], "source": "Seed 001"},
    }[path]


CHANGE = {
    "memberships": {"role": "member"},
    "declarations": {"date": "2015-09-04"},
    "initiatives": {"themes": ["housing"]},
    "resources": {"year": 2020},
}
PATHS = list(CHANGE)


@pytest.mark.parametrize("path", PATHS)
async def test_a_record_is_made_read_changed_and_removed(bench: Bench, world: dict[str, dict[str, Any]], path: str) -> None:
    made = await bench.post(ADMIN, f"/api/v1/{path}", body_of(path, world))
    assert made.status_code == 201, made.text
    address = f"/api/v1/{path}/{made.json()['id']}"

    read = await bench.get(anonymous(), address)
    listed = await bench.get(anonymous(), f"/api/v1/{path}")
    changed = await bench.patch(ADMIN, address, CHANGE[path], version=1)
    stale = await bench.call(ADMIN, "DELETE", address, headers={"If-Match": '"1"'})
    removed = await bench.call(ADMIN, "DELETE", address, headers={"If-Match": '"2"'})
    gone = await bench.get(anonymous(), address)

    assert read.json() == made.json() == listed.json()["items"][0]
    assert read.headers["etag"] == '"1"'
    assert read.json()["source"] == "Seed 001"
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert [answer.status_code for answer in (stale, removed, gone)] == [412, 204, 404]
    kind = path[:-1]
    assert (await bench.audit_actions())[-3:] == [f"{kind}.recorded", f"{kind}.changed", f"{kind}.removed"]


@pytest.mark.parametrize("path", PATHS)
async def test_the_same_record_twice_is_a_conflict(bench: Bench, world: dict[str, dict[str, Any]], path: str) -> None:
    await bench.post(ADMIN, f"/api/v1/{path}", body_of(path, world))

    answer = await bench.post(ADMIN, f"/api/v1/{path}", body_of(path, world))

    assert answer.status_code == 409


@pytest.mark.parametrize("path", PATHS)
async def test_strangers_neither_make_change_nor_remove(bench: Bench, world: dict[str, dict[str, Any]], path: str) -> None:
    made = await bench.post(ADMIN, f"/api/v1/{path}", body_of(path, world))
    address = f"/api/v1/{path}/{made.json()['id']}"
    strangers = (anonymous(), account("volunteer"), account("observer"), account("member", actor=new_id()), api_client("read"))

    statuses = [
        status
        for caller in strangers
        for status in (
            (await bench.post(caller, f"/api/v1/{path}", body_of(path, world))).status_code,
            (await bench.patch(caller, address, CHANGE[path], version=1)).status_code,
            (await bench.call(caller, "DELETE", address, headers={"If-Match": '"1"'})).status_code,
        )
    ]

    assert statuses == [401] * 3 + [403] * 12


@pytest.mark.parametrize(("path", "owner"), [("memberships", "net"), ("memberships", "ngo"), ("declarations", "city"), ("initiatives", "ngo")])
async def test_members_keep_the_records_of_their_own_actor(bench: Bench, world: dict[str, dict[str, Any]], path: str, owner: str) -> None:
    member = account("member", actor=UUID(world[owner]["id"]))

    made = await bench.post(member, f"/api/v1/{path}", body_of(path, world))
    changed = await bench.patch(member, f"/api/v1/{path}/{made.json()['id']}", CHANGE[path], version=1)
    removed = await bench.call(member, "DELETE", f"/api/v1/{path}/{made.json()['id']}", headers={"If-Match": '"2"'})

    assert [answer.status_code for answer in (made, changed, removed)] == [201, 200, 204]


async def test_resources_belong_to_no_member_and_partners_do_not_own_initiatives(bench: Bench, world: dict[str, dict[str, Any]]) -> None:
    member = account("member", actor=UUID(world["city"]["id"]))
    made = await bench.post(ADMIN, "/api/v1/initiatives", body_of("initiatives", world))

    resource = await bench.post(member, "/api/v1/resources", body_of("resources", world))
    initiative = await bench.patch(member, f"/api/v1/initiatives/{made.json()['id']}", CHANGE["initiatives"], version=1)

    assert (resource.status_code, initiative.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("memberships", {"network_id": "ngo", "member_id": "net"}, 422),
        ("memberships", {"member_id": "net"}, 422),
        ("memberships", {"member_id": None}, 422),
        ("memberships", {"member_id": str(new_id())}, 422),
        ("memberships", {"since": 20018}, 422),
        ("memberships", {"role": "friend"}, 422),
        ("declarations", {"municipality_id": "ngo"}, 422),
        ("declarations", {"date": "2015-13"}, 422),
        ("declarations", {"date": "2015-02-30"}, 422),
        ("initiatives", {"themes": []}, 422),
        ("initiatives", {"themes": ["gardening"]}, 422),
        ("initiatives", {"partners": [str(new_id())]}, 422),
        ("resources", {"url": "javascript:alert(1)"}, 422),
        ("resources", {"source": ""}, 422),
        ("resources", {"surprise": 1}, 422),
    ],
)
async def test_bad_records_are_refused(bench: Bench, world: dict[str, dict[str, Any]], path: str, change: dict[str, Any], status: int) -> None:
    change = {key: world[value]["id"] if isinstance(value, str) and value in world else value for key, value in change.items()}

    answer = await bench.post(ADMIN, f"/api/v1/{path}", {**body_of(path, world), **change})

    assert answer.status_code == status
    assert (await bench.get(anonymous(), f"/api/v1/{path}")).json()["items"] == []


async def test_nothing_new_is_recorded_about_an_archived_actor(bench: Bench, world: dict[str, dict[str, Any]]) -> None:
    await bench.post(ADMIN, f"/api/v1/actors/{world['ngo']['id']}/archive")

    answer = await bench.post(ADMIN, "/api/v1/memberships", body_of("memberships", world))

    assert (answer.status_code, answer.json()["code"]) == (409, "actor_is_archived")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("memberships?network=net", 1),
        ("memberships?member=accueil&role=founder", 1),
        ("memberships?actor=net&role=member", 0),
        ("memberships?actor=accueil", 1),
        ("declarations?municipality=grenoble-fr&type=council_motion", 1),
        ("declarations?country=FR&since=2015", 1),
        ("declarations?since=2016", 0),
        ("declarations?country=DE", 0),
        ("initiatives?actor=grenoble-fr&theme=language", 1),
        ("initiatives?theme=housing", 0),
        ("initiatives?q=cafe", 1),
        ("resources?actor=grenoble-fr&kind=report&theme=legal&q=report", 1),
        ("resources?kind=book", 0),
    ],
)
async def test_records_are_found_by_their_filters(bench: Bench, world: dict[str, dict[str, Any]], query: str, count: int) -> None:
    for path in PATHS:
        await bench.post(ADMIN, f"/api/v1/{path}", body_of(path, world))

    answer = await bench.get(anonymous(), f"/api/v1/{query}")

    assert len(answer.json()["items"]) == count


async def test_a_filter_by_an_actor_that_is_not_there_says_so(bench: Bench) -> None:
    answer = await bench.get(anonymous(), "/api/v1/memberships?network=nobody")

    assert answer.status_code == 404


async def test_a_declaration_says_how_precise_its_date_is(bench: Bench, world: dict[str, dict[str, Any]]) -> None:
    found = {}
    for date in ("2015", "2015-09", "2015-09-04"):
        made = await bench.post(ADMIN, "/api/v1/declarations", {**body_of("declarations", world), "date": date})
        found[made.json()["date"]] = made.json()["date_precision"]

    listed = (await bench.get(anonymous(), "/api/v1/declarations")).json()["items"]

    assert found == {"2015": "year", "2015-09": "month", "2015-09-04": "day"}
    assert [item["date"] for item in listed] == ["2015-09-04", "2015-09", "2015"]
