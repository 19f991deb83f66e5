"""Both sides of a membership or partnership speak for themselves, and the quality of a record counts what they say."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.identity import SYSTEM
from chassis.testing import Bench, account, anonymous, api_client
from services.actors.tables import ActorRow
from services.actors.use_cases.importing import import_registry

Answer = dict[str, Any]


@pytest.fixture
async def world(bench: Bench, an_actor: Any) -> dict[str, Answer]:
    """A network, a member of it, an outsider, their membership, and an initiative with a partner."""
    net, ngo, other = await an_actor("Net", kind="network"), await an_actor("Ngo"), await an_actor("Other")
    editor = account("coordinator")
    membership = await bench.post(editor, "/api/v1/memberships", {"network_id": net["id"], "member_id": ngo["id"], "source": "x"})
    body = {"actor_id": net["id"], "title": "Rooms", "themes": ["housing"], "partners": [ngo["id"]], "source": "x"}
    initiative = await bench.post(editor, "/api/v1/initiatives", body)
    return {"net": net, "ngo": ngo, "other": other, "membership": membership.json(), "initiative": initiative.json()}


def of(actor: Answer) -> Any:
    """A member of an organisation."""
    return account("member", actor=UUID(actor["id"]))


async def test_a_membership_is_confirmed_by_one_side_then_by_both_and_refused_by_either(bench: Bench, world: dict[str, Answer]) -> None:
    path = f"/api/v1/memberships/{world['membership']['id']}"

    states = [world["membership"]["confirmation"]]
    for side, word in (("ngo", "confirm"), ("ngo", "confirm"), ("net", "confirm"), ("net", "refuse"), ("net", "confirm")):
        states.append((await bench.post(of(world[side]), f"{path}/{word}")).json()["confirmation"])

    assert states == ["none", "one_side", "one_side", "both_sides", "refused", "both_sides"]
    now = (await bench.get(anonymous(), path)).json()
    assert {side["actor_id"]: side["state"] for side in now["sides"]} == {world["ngo"]["id"]: "confirmed", world["net"]["id"]: "confirmed"}
    assert now["version"] == 5, "saying the same again is no act"
    acts = [line["act"] for line in (await bench.get(anonymous(), f"{path}/history")).json()["items"]]
    assert acts == ["confirmed", "refused", "confirmed", "confirmed", "entered"]


async def test_only_a_member_of_a_side_or_an_editor_who_names_it_may_speak(bench: Bench, world: dict[str, Answer]) -> None:
    path = f"/api/v1/memberships/{world['membership']['id']}/confirm"
    ngo, other = world["ngo"]["id"], world["other"]["id"]

    answers = {
        "anonymous": await bench.post(anonymous(), path),
        "volunteer": await bench.post(account("volunteer"), path),
        "somebody else's": await bench.post(of(world["other"]), path),
        "for the other side": await bench.post(of(world["net"]), path, {"on_behalf_of": ngo}),
        "nobody named": await bench.post(account("admin"), path),
        "no side": await bench.post(account("admin"), path, {"on_behalf_of": other}),
        "unknown field": await bench.post(account("admin"), path, {"on_behalf_off": ngo}),
        "no such record": await bench.post(account("admin"), f"/api/v1/memberships/{uuid4()}/confirm", {"on_behalf_of": ngo}),
        "named": await bench.post(account("coordinator"), path, {"on_behalf_of": ngo}),
    }

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "anonymous": 401, "volunteer": 403, "somebody else's": 403, "for the other side": 403, "nobody named": 422, "no side": 422,
        "unknown field": 422, "no such record": 404, "named": 200,
    }  # fmt: skip


async def test_who_enters_their_own_membership_confirms_it_and_a_change_by_one_side_asks_the_other_again(
    bench: Bench, an_actor: Any, world: dict[str, Answer]
) -> None:
    second = await an_actor("Second", kind="network")
    body = {"network_id": second["id"], "member_id": world["ngo"]["id"], "source": "x"}

    made = (await bench.post(of(world["ngo"]), "/api/v1/memberships", body)).json()
    path = f"/api/v1/memberships/{made['id']}"
    both = (await bench.post(of(second), f"{path}/confirm")).json()
    same = (await bench.patch(of(second), path, {"source": "https://second.example"}, version=2)).json()
    new_role = (await bench.patch(of(second), path, {"role": "founder"}, version=3)).json()

    assert [one["confirmation"] for one in (made, both, same, new_role)] == ["one_side", "both_sides", "both_sides", "one_side"]
    assert [side["actor_id"] for side in new_role["sides"]] == [second["id"]]


async def test_an_import_that_tells_another_role_asks_both_sides_again(either_bench: Bench) -> None:
    header = "network_id,member_id,role,since,source\n"
    actors = b"id,kind,name,local_name,country,lat,lon,population,website,source\nnet,network,Net,,,,,,,x\nngo,civil_society,Ngo,,,,,,,x\n"
    states = []
    for line in ("net,ngo,member,,x\n", "net,ngo,member,,y\n", "net,ngo,founder,,y\n"):
        async with either_bench.service.open_work(SYSTEM) as work:
            await import_registry(work, {"actors": actors, "memberships": (header + line).encode()})
        row = (await either_bench.get(anonymous(), "/api/v1/memberships?network=net")).json()["items"][0]
        states.append((row["confirmation"], len(row["sides"])))
        for side in ("network", "member"):
            await either_bench.post(of(row[side]), f"/api/v1/memberships/{row['id']}/confirm")

    assert states == [("none", 0), ("both_sides", 2), ("none", 0)]


async def test_lists_tell_confirmed_memberships_and_what_waits_for_a_side(either_bench: Bench) -> None:
    bench, admin = either_bench, account("admin")

    async def enter(name: str, kind: str) -> Answer:
        return (await bench.post(admin, "/api/v1/actors", {"kind": kind, "name": name, "source": "x"})).json()

    net, one, two = await enter("Net", "network"), await enter("One", "civil_society"), await enter("Two", "civil_society")
    for member in (one, two):
        await bench.post(admin, "/api/v1/memberships", {"network_id": net["id"], "member_id": member["id"], "source": "x"})
    body = {"actor_id": one["id"], "title": "Rooms", "themes": ["housing"], "partners": [two["id"]], "source": "x"}
    initiative = (await bench.post(admin, "/api/v1/initiatives", body)).json()
    first = (await bench.get(admin, f"/api/v1/memberships?member={one['slug']}")).json()["items"][0]
    for side in (net, one):
        await bench.post(of(side), f"/api/v1/memberships/{first['id']}/confirm")

    async def members(query: str) -> list[str]:
        return [row["member"]["name"] for row in (await bench.get(anonymous(), f"/api/v1/memberships?{query}")).json()["items"]]

    async def waiting(actor: Answer) -> int:
        return len((await bench.get(anonymous(), f"/api/v1/initiatives?unconfirmed_by={actor['slug']}")).json()["items"])

    assert await members("confirmed=both_sides") == ["One"]
    assert await members("confirmed=none") == ["Two"]
    assert await members("unconfirmed_by=net") == ["Two"]
    assert await members("unconfirmed_by=one") == []
    assert [await waiting(actor) for actor in (net, one, two)] == [0, 1, 1]
    await bench.post(of(two), f"/api/v1/initiatives/{initiative['id']}/partners/{two['id']}/confirm")
    assert [await waiting(actor) for actor in (net, one, two)] == [0, 1, 0]
    assert (await bench.get(anonymous(), "/api/v1/memberships?confirmed=perhaps")).status_code == 422
    assert (await bench.get(anonymous(), "/api/v1/memberships?unconfirmed_by=nobody")).status_code == 404


async def test_both_sides_of_a_partnership_speak_and_a_partner_that_leaves_takes_its_word_along(bench: Bench, world: dict[str, Answer]) -> None:
    path = f"/api/v1/initiatives/{world['initiative']['id']}"
    ngo, other = world["ngo"], world["other"]

    await bench.post(of(ngo), f"{path}/partners/{ngo['id']}/confirm")
    both = (await bench.post(account("admin"), f"{path}/partners/{ngo['id']}/confirm", {"on_behalf_of": world["net"]["id"]})).json()
    none = await bench.post(of(other), f"{path}/partners/{other['id']}/confirm")
    await bench.patch(account("admin"), path, {"partners": []}, version=3)
    again = (await bench.patch(account("admin"), path, {"partners": [ngo["id"]]}, version=4)).json()
    refused = (await bench.post(of(ngo), f"{path}/partners/{ngo['id']}/refuse")).json()

    assert both["partnerships"][0]["confirmation"] == "both_sides"
    assert none.status_code == 404
    assert again["partnerships"] == [{"partner_id": ngo["id"], "confirmation": "none", "sides": []}]
    assert refused["partnerships"][0]["confirmation"] == "refused"


async def test_who_runs_an_initiative_and_enters_it_stands_behind_its_partnerships(bench: Bench, world: dict[str, Answer]) -> None:
    body = {"actor_id": world["ngo"]["id"], "title": "Table", "themes": ["food"], "partners": [world["other"]["id"]], "source": "x"}

    made = (await bench.post(of(world["ngo"]), "/api/v1/initiatives", body)).json()

    assert made["partnerships"][0]["confirmation"] == "one_side"
    assert made["partnerships"][0]["sides"][0]["actor_id"] == world["ngo"]["id"]


async def test_quality_names_what_would_help_most_and_rises_with_confirmation(bench: Bench, world: dict[str, Answer]) -> None:
    path = "/api/v1/actors/net/quality"

    before = (await bench.get(anonymous(), path)).json()
    await bench.patch(
        account("admin"),
        "/api/v1/actors/net",
        {"website": "https://net.example", "source": "https://net.example", "read_on": "2026-11-20"},
        version=1,
    )
    for side in ("net", "ngo"):
        await bench.post(of(world[side]), f"/api/v1/memberships/{world['membership']['id']}/confirm")
    after = (await bench.get(anonymous(), path)).json()

    assert before["improve"][0] == {"code": "website", "sentence": "Add the address of its website.", "gain": 28}
    assert (after["score"], after["completeness"], after["freshness"], after["confirmation"]) == (92, 100, 100, 60)
    membership = {one["record"]: one for one in after["records"]}["membership"]
    assert membership["confirmation"] == 100
    assert {ref["slug"] for ref in membership["about"]} == {"net", "ngo"}


async def test_the_list_of_what_to_improve_begins_with_the_worst_and_is_paged(either_bench: Bench) -> None:
    bench, admin = either_bench, account("admin")
    for number in range(5):
        body = {"kind": "network", "name": f"Net {number}", "source": "x", "website": "https://x.example" if number % 2 else None}
        await bench.post(admin, "/api/v1/actors", body)
    await bench.post(admin, "/api/v1/actors", {"kind": "civil_society", "name": "Ngo", "country": "FR", "source": "x"})

    path, found = "/api/v1/quality?limit=2&kind=network", []
    while path:
        answer = await bench.get(anonymous(), path)
        found += [(one["score"], one["title"]) for one in answer.json()["items"]]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")] if link else ""
    french = (await bench.get(anonymous(), "/api/v1/quality?country=FR")).json()["items"]

    assert [score for score, _ in found] == sorted(score for score, _ in found)
    assert {title for _, title in found} == {f"Net {number}" for number in range(5)}
    assert [one["title"] for one in french] == ["Ngo"]
    for record in ("membership", "declaration", "initiative", "resource", "capacity", "practice"):
        answer = await bench.get(anonymous(), f"/api/v1/quality?record={record}&country=FR&kind=network")
        assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert (await bench.get(anonymous(), "/api/v1/quality?record=person")).status_code == 422


async def test_records_that_grow_old_are_scored_again_without_a_new_version(either_bench: Bench, clock: Any) -> None:
    bench = either_bench
    made = (await bench.post(account("admin"), "/api/v1/actors", {"kind": "network", "name": "Net", "source": "x"})).json()

    async def stored() -> int:

        async with bench.service.open_work(anonymous()) as work:
            return (await work.session.get(ActorRow, UUID(made["id"]))).quality

    young = await stored()
    clock.forward(days=181)
    await bench.run_timer("score old records")
    older = await stored()
    clock.forward(days=3000)
    await bench.run_timer("score old records")

    assert (young, older, await stored()) == (42, 41, 12)
    assert (await bench.get(anonymous(), "/api/v1/actors/net")).json()["version"] == 1


async def test_a_client_with_the_registry_scope_speaks_only_where_it_names_a_side(bench: Bench, world: dict[str, Answer]) -> None:
    answer = await bench.post(api_client("registry"), f"/api/v1/memberships/{world['membership']['id']}/confirm")

    assert answer.status_code == 422
