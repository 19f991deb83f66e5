"""Places of reception by period, kinds of practice, and cities side by side."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.testing import Bench, account, anonymous, api_client
from services.actors.model.practices import GROUPS, NAME_LOCALES, practice_kinds
from services.actors.model.vocabulary import Practice

Answer = dict[str, Any]


@pytest.fixture
async def city(bench: Bench, an_actor: Any) -> Answer:
    """A municipality."""
    return await an_actor("Ghent", kind="municipality", country="BE")


def places(city: Answer, begins: str, ends: str | None, **fields: Any) -> Answer:
    """The body of a capacity."""
    return {"municipality_id": city["id"], "begins_on": begins, "ends_on": ends, "places": 40, "source": "https://ghent.example", **fields}


async def test_periods_of_one_municipality_and_purpose_do_not_overlap(bench: Bench, city: Answer) -> None:
    member = account("member", actor=UUID(city["id"]))

    async def add(begins: str, ends: str | None, **fields: Any) -> int:
        return (await bench.post(member, "/api/v1/capacities", places(city, begins, ends, **fields))).status_code

    assert await add("2027-01-01", "2027-06-30") == 201
    assert await add("2027-06-30", "2027-12-31") == 409
    assert await add("2026-01-01", None) == 409
    assert await add("2027-07-01", None) == 201
    assert await add("2030-01-01", "2030-01-01") == 409
    assert await add("2027-01-01", "2027-06-30", purpose="families") == 201
    assert await add("2027-01-02", "2027-01-01", purpose="medical") == 422
    assert await add("0001-01-01", None, purpose="students") == 422
    assert await add("2027-01-01", None, purpose="asylum_seekers") == 422
    assert await add("2027-01-01", None, purpose="medical", places=-1) == 422


async def test_a_change_may_not_make_periods_overlap_either(either_bench: Bench) -> None:
    bench, admin = either_bench, account("admin")
    city = (await bench.post(admin, "/api/v1/actors", {"kind": "municipality", "name": "Ghent", "source": "x"})).json()
    first = (await bench.post(admin, "/api/v1/capacities", places(city, "2027-01-01", "2027-01-31"))).json()
    await bench.post(admin, "/api/v1/capacities", places(city, "2027-03-01", "2027-03-31"))
    path = f"/api/v1/capacities/{first['id']}"

    longer = await bench.patch(admin, path, {"ends_on": "2027-02-28", "places": 60}, version=1)
    too_long = await bench.patch(admin, path, {"ends_on": "2027-03-01"}, version=2)
    on_the_day = (await bench.get(anonymous(), "/api/v1/capacities?on=2027-02-10&purpose=general")).json()["items"]
    removed = await bench.call(admin, "DELETE", path, headers={"If-Match": '"2"'})

    assert (longer.status_code, too_long.status_code, removed.status_code) == (200, 409, 204)
    assert [(one["places"], one["municipality"]["slug"], one["entered_by"]) for one in on_the_day] == [(60, city["slug"], "editor")]
    assert (await bench.get(anonymous(), path)).status_code == 404
    assert [line["act"] for line in (await bench.get(anonymous(), f"{path}/history")).json()["items"]] == ["removed", "changed", "entered"]


@pytest.mark.parametrize("noun", ["capacities", "practices"])
async def test_only_editors_and_the_organisation_itself_write(bench: Bench, city: Answer, an_actor: Any, noun: str) -> None:
    other = await an_actor("Other")
    body = places(city, "2027-01-01", None) if noun == "capacities" else {"actor_id": city["id"], "practice": "city_card", "source": "x"}
    path = f"/api/v1/{noun}"

    refused = [
        (await bench.post(caller, path, body)).status_code
        for caller in (anonymous(), account("volunteer"), account("observer"), account("member", actor=UUID(other["id"])), api_client("offers"))
    ]
    made = await bench.post(api_client("registry"), path, body)
    one = f"{path}/{made.json()['id']}"
    changes = [
        (await bench.patch(caller, one, {"source": "https://other.example"}, version=1)).status_code
        for caller in (anonymous(), account("member", actor=UUID(other["id"])), account("member", actor=UUID(city["id"])))
    ]
    late = await bench.patch(account("admin"), one, {"source": "y"}, version=1)

    assert refused == [401, 403, 403, 403, 403]
    assert (made.status_code, made.json()["entered_by"]) == (201, "client")
    assert changes == [401, 403, 200]
    assert late.status_code == 412
    assert (await bench.get(anonymous(), one)).json()["entered_by"] == "member"
    assert (await bench.get(anonymous(), f"{path}/{uuid4()}")).status_code == 404


async def test_only_a_municipality_has_places_and_a_practice_is_recorded_once(bench: Bench, city: Answer, an_actor: Any) -> None:
    ngo, admin = await an_actor("Ngo"), account("admin")
    practice = {"actor_id": city["id"], "practice": "city_card", "since": 2024, "note": "For everybody who lives here.", "source": "x"}

    answers = [
        await bench.post(admin, "/api/v1/capacities", places(ngo, "2027-01-01", None)),
        await bench.post(admin, "/api/v1/capacities", places({"id": str(uuid4())}, "2027-01-01", None)),
        await bench.post(admin, "/api/v1/practices", practice),
        await bench.post(admin, "/api/v1/practices", practice),
        await bench.post(admin, "/api/v1/practices", {**practice, "practice": "made_up"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 201, 409, 422]
    listed = (await bench.get(anonymous(), "/api/v1/practices?practice=city_card&country=BE")).json()["items"]
    assert [(one["actor"]["slug"], one["since"]) for one in listed] == [("ghent-be", 2024)]
    assert (await bench.get(anonymous(), "/api/v1/practices?country=FR")).json()["items"] == []


async def test_cities_are_compared_side_by_side_in_the_order_asked_for(bench: Bench, city: Answer, an_actor: Any) -> None:
    admin = account("admin")
    other, net = await an_actor("Bologna", kind="municipality", country="IT"), await an_actor("Net", kind="network")
    await bench.post(admin, "/api/v1/practices", {"actor_id": city["id"], "practice": "mentoring", "source": "x"})
    await bench.post(admin, "/api/v1/memberships", {"network_id": net["id"], "member_id": city["id"], "source": "x"})
    await bench.post(admin, "/api/v1/initiatives", {"actor_id": city["id"], "title": "A", "themes": ["food", "housing"], "source": "x"})
    await bench.post(admin, "/api/v1/initiatives", {"actor_id": city["id"], "title": "B", "themes": ["food"], "source": "x"})
    await bench.post(admin, "/api/v1/capacities", places(city, "2026-01-01", None))
    await bench.post(admin, "/api/v1/capacities", places(city, "2028-01-01", None, purpose="families"))
    motion = {"municipality_id": other["id"], "type": "council_motion", "date": "2019", "title": "Motion", "source": "x"}
    await bench.post(admin, "/api/v1/declarations", motion)

    answer = await bench.get(anonymous(), f"/api/v1/compare?actor={other['slug']}&actor={city['id']}")

    bologna, ghent = answer.json()["cities"]
    assert (bologna["actor"]["name"], ghent["actor"]["name"]) == ("Bologna", "Ghent")
    assert ghent["themes"] == {"food": 2, "housing": 1}
    assert ghent["capacity"] == {"general": 40}
    assert [ref["slug"] for ref in ghent["networks"]] == ["net"]
    assert [one["practice"] for one in ghent["practices"]] == ["mentoring"]
    assert [one["title"] for one in bologna["declarations"]] == ["Motion"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("actor=ghent-be", 422), ("actor=ghent-be&actor=nobody", 404), ("&".join(["actor=ghent-be"] * 7), 422), ("actor=a_b&actor=c", 422)],
)
async def test_a_comparison_of_too_few_too_many_or_unknown_is_refused(bench: Bench, city: Answer, query: str, status: int) -> None:
    answer = await bench.get(anonymous(), f"/api/v1/compare?{query}")

    assert answer.status_code == status


async def test_every_kind_of_practice_has_a_name_in_seven_languages_a_group_and_a_source(bench: Bench) -> None:
    kinds = practice_kinds()

    answer = await bench.get(anonymous("fr"), "/api/v1/practice-kinds")

    assert {kind.code for kind in kinds} == set(Practice)
    assert all(set(kind.names) == set(NAME_LOCALES) and all(kind.names.values()) for kind in kinds)
    assert {kind.group for kind in kinds} == set(GROUPS)
    assert all(kind.source for kind in kinds)
    assert {one["code"]: one["name"] for one in answer.json()["items"]}["mentoring"] == "Parrainage"
