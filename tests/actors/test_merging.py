"""Two records of one organisation become one and part again: nothing is lost either way."""

import random
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, account, anonymous, api_client
from contracts.actors import ActorMergedV1, ActorUnmergedV1
from services.actors.model.provenance import Identifier, RecordKind
from services.actors.model.states import state_of
from services.actors.use_cases import recording

COORDINATOR = account("coordinator")
TOUCHED = {"version", "updated_at"}
TABLES = ("memberships", "declarations", "initiatives", "resources", "capacities", "practices")


async def snapshot(bench: Bench) -> dict[str, Any]:
    """Every record of the registry with its identifiers and what was said, without versions and times."""
    found: dict[str, Any] = {}
    async with bench.service.open_work(reading=True) as work:
        for kind in RecordKind:
            store = recording.store_of(work, kind)
            for record in await work.merges.all_of(store, store.row.version > 0, 10_000):
                found[str(record.id)] = {name: value for name, value in state_of(record).items() if name not in TOUCHED}
        ids = [UUID(key) for key in found]
        for actor_id, identifiers in (await work.identifiers.of_many(ids)).items():
            found[f"{actor_id} is"] = [(one.scheme, one.value) for one in identifiers]
        for said in await work.confirmations.of(ids):
            found[f"{said.subject_id} {said.other_id} {said.side_actor_id}"] = (said.state, said.at)
    return found


async def world(bench: Bench, an_actor: Any, seed: int) -> dict[str, list[str]]:
    """Networks, cities and associations with every kind of record among them, from a seed."""
    dice = random.Random(seed)
    ids = {
        "network": [(await an_actor(f"Network {n}", kind="network"))["id"] for n in range(3)],
        "municipality": [(await an_actor(f"City {n}", kind="municipality", country="FR"))["id"] for n in range(4)],
    }
    everyone = ids["network"] + ids["municipality"]
    bodies: list[tuple[str, dict[str, Any]]] = []
    for network in ids["network"]:
        bodies += [
            ("memberships", {"network_id": network, "member_id": one, "source": "List", "since": dice.choice([None, 2010, 2020])})
            for one in dice.sample([one for one in everyone if one != network], 4)
        ]
    for city in ids["municipality"]:
        bodies += [
            (
                "declarations",
                {"municipality_id": city, "type": "council_motion", "date": str(dice.choice([2015, 2016])), "title": "M", "source": "S"},
            ),
            ("practices", {"actor_id": city, "practice": "housing_programme", "since": dice.choice([None, 2012]), "source": "S"}),
            ("capacities", {"municipality_id": city, "purpose": "general", "begins_on": "2026-01-01", "places": 5, "source": "S"}),
        ]
    for n in range(6):
        runs, *partners = dice.sample(everyone, 3)
        bodies.append(("initiatives", {"actor_id": runs, "title": f"Initiative {n}", "themes": ["legal"], "partners": partners, "source": "S"}))
        bodies.append(("resources", {"title": f"Report {n}", "kind": "report", "actors": dice.sample(everyone, 2), "source": "S"}))
    for noun, body in bodies:
        answer = await bench.post(COORDINATOR, f"/api/v1/{noun}", body)
        assert answer.status_code == 201, answer.text
    async with bench.service.open_work() as work:
        for n, one in enumerate(everyone):
            await work.identifiers.add(
                Identifier(id=new_id(), actor_id=UUID(one), scheme="wikidata", value=f"Q{n}", source=None, created_at=work.now)
            )
    return ids


async def merge(bench: Bench, gone: str, kept: str, **values: Any) -> dict[str, Any]:
    """One into the other."""
    answer = await bench.post(COORDINATOR, f"/api/v1/actors/{gone}/merge", {"into": kept, "values": values})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def undo(bench: Bench, merge_id: str) -> dict[str, Any]:
    """Undone."""
    answer = await bench.post(COORDINATOR, f"/api/v1/merges/{merge_id}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("seed", range(4))
async def test_any_merges_undone_in_turn_restore_the_registry_exactly(bench: Bench, an_actor: Any, seed: int) -> None:
    ids = await world(bench, an_actor, seed)
    dice = random.Random(seed)
    pairs = [tuple(dice.sample(ids[kind], 2)) for kind in ("network", "municipality", "municipality")]
    states, merges = [await snapshot(bench)], []

    for gone, kept in pairs:
        resolved = [(await bench.get(anonymous(), f"/api/v1/actors/{key}")).json()["id"] for key in (gone, kept)]
        if resolved[0] != resolved[1]:
            merges.append((await merge(bench, *resolved))["id"])
            states.append(await snapshot(bench))
    for merge_id in reversed(merges):
        assert await snapshot(bench) == states.pop()
        await undo(bench, merge_id)

    assert await snapshot(bench) == states[0]


@pytest.mark.parametrize("seed", range(4, 7))
async def test_no_identifier_membership_or_link_is_lost(bench: Bench, an_actor: Any, seed: int) -> None:
    ids = await world(bench, an_actor, seed)
    before = await snapshot(bench)
    went: dict[str, str] = {}

    for kind in ("network", "municipality", "municipality"):
        left = [one for one in ids[kind] if one not in went]
        gone, kept = random.Random(seed + len(went)).sample(left, 2)
        await merge(bench, gone, kept)
        went = {old: kept if into == gone else into for old, into in went.items()} | {gone: kept}

    after = await snapshot(bench)
    lead = {one: went.get(one, one) for one in (*ids["network"], *ids["municipality"])}
    identifiers = {pair for key, value in after.items() if key.endswith(" is") for pair in value}
    memberships = {(record["network_id"], record["member_id"]) for record in after.values() if isinstance(record, dict) and "network_id" in record}
    assert identifiers == {pair for key, value in before.items() if key.endswith(" is") for pair in value}
    for record in (record for record in before.values() if isinstance(record, dict)):
        if "network_id" in record and lead[record["network_id"]] != lead[record["member_id"]]:
            assert (lead[record["network_id"]], lead[record["member_id"]]) in memberships
        if "topic_themes" in record:
            assert set(after[record["id"]]["actors"]) == {lead[one] for one in record["actors"]}
        if "partners" in record:
            assert set(after[record["id"]]["partners"]) == {lead[one] for one in record["partners"]} - {lead[record["actor_id"]]}
    for gone, kept in went.items():
        assert (await bench.get(anonymous(), f"/api/v1/actors/{gone}")).json()["id"] == kept


async def test_the_old_key_answers_with_the_kept_record_and_both_services_are_told(bench: Bench, an_actor: Any) -> None:
    kept = await an_actor("Grenoble", kind="municipality", country="FR")
    gone = await an_actor("Ville de Grenoble", kind="municipality", country="FR", website="https://grenoble.example", slug="vdg")

    done = await merge(bench, "vdg", kept["id"], name="Grenoble (city)")

    read = (await bench.get(anonymous(), "/api/v1/actors/vdg")).json()
    told = [event for event in await bench.queued() if isinstance(event, ActorMergedV1)]
    assert (read["id"], read["name"], read["website"]) == (kept["id"], "Grenoble (city)", "https://grenoble.example")
    assert [(event.kept_id, event.gone_id) for event in told] == [(UUID(kept["id"]), UUID(gone["id"]))]
    assert (done["gone_slug"], done["kept"]["id"]) == ("vdg", kept["id"])


async def test_an_undoing_leaves_what_was_changed_since(bench: Bench, an_actor: Any) -> None:
    kept, gone = await an_actor("Lyon", kind="municipality"), await an_actor("Lyon city", kind="municipality", population=500, slug="lyon-city")
    done = await merge(bench, gone["id"], kept["id"], name="Lyon, France")
    read = (await bench.get(anonymous(), f"/api/v1/actors/{kept['id']}")).json()
    await bench.patch(COORDINATOR, f"/api/v1/actors/{kept['id']}", {"name": "Lugdunum"}, version=read["version"])

    await undo(bench, done["id"])

    kept_now = (await bench.get(anonymous(), f"/api/v1/actors/{kept['id']}")).json()
    gone_now = (await bench.get(anonymous(), "/api/v1/actors/lyon-city")).json()
    assert (kept_now["name"], kept_now["population"]) == ("Lugdunum", None)
    assert (gone_now["id"], gone_now["name"], gone_now["population"]) == (gone["id"], "Lyon city", 500)
    assert any(isinstance(event, ActorUnmergedV1) for event in await bench.queued())


async def test_an_earlier_merge_waits_until_the_later_one_is_undone(bench: Bench, an_actor: Any) -> None:
    one, two, three = [(await an_actor(name))["id"] for name in ("Aide", "Aide Lyon", "Aide Lyon Sud")]
    first = await merge(bench, one, two)
    second = await merge(bench, two, three)

    early = await bench.post(COORDINATOR, f"/api/v1/merges/{first['id']}/undo")
    await undo(bench, second["id"])
    led = (await bench.get(anonymous(), f"/api/v1/actors/{one}")).json()["id"]
    await undo(bench, first["id"])
    again = await bench.post(COORDINATOR, f"/api/v1/merges/{first['id']}/undo")

    assert (early.status_code, early.json()["code"]) == (409, "later_merge_first")
    assert led == two
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")


async def test_what_cannot_be_merged_is_refused(bench: Bench, an_actor: Any) -> None:
    net, city, ngo = await an_actor("Net", kind="network"), await an_actor("City", kind="municipality"), await an_actor("Ngo")
    await bench.post(COORDINATOR, "/api/v1/memberships", {"network_id": net["id"], "member_id": city["id"], "source": "S"})

    itself = await bench.post(COORDINATOR, f"/api/v1/actors/{net['id']}/merge", {"into": net["id"]})
    unlike = await bench.post(COORDINATOR, f"/api/v1/actors/{net['id']}/merge", {"into": ngo["id"]})
    nobody = await bench.post(COORDINATOR, f"/api/v1/actors/{net['id']}/merge", {"into": str(new_id())})

    assert [(answer.status_code, answer.json()["code"]) for answer in (itself, unlike)] == [(422, "same_actor"), (409, "kinds_differ")]
    assert nobody.status_code == 404


async def test_only_editors_merge_undo_and_see_doubles(bench: Bench, an_actor: Any) -> None:
    one, two = await an_actor("One"), await an_actor("Two")
    strangers = (anonymous(), account("volunteer"), account("member", actor=UUID(one["id"])), api_client("read"))

    statuses = []
    for caller in strangers:
        statuses.append((await bench.post(caller, f"/api/v1/actors/{one['id']}/merge", {"into": two["id"]})).status_code)
        statuses.append((await bench.post(caller, f"/api/v1/merges/{new_id()}/undo")).status_code)
        statuses.append((await bench.get(caller, "/api/v1/duplicates")).status_code)
        statuses.append((await bench.get(caller, "/api/v1/merges")).status_code)

    assert statuses == [401] * 4 + [403] * 12
    assert (await bench.get(api_client("registry"), "/api/v1/merges")).status_code == 200


async def test_what_a_side_said_goes_along_and_comes_back(bench: Bench, an_actor: Any) -> None:
    net, city, twin = await an_actor("Net", kind="network"), await an_actor("City"), await an_actor("City too")
    made = (await bench.post(COORDINATOR, "/api/v1/memberships", {"network_id": net["id"], "member_id": twin["id"], "source": "S"})).json()
    said = await bench.post(account("member", actor=UUID(twin["id"])), f"/api/v1/memberships/{made['id']}/confirm", {})
    before = await snapshot(bench)

    done = await merge(bench, twin["id"], city["id"])
    moved = (await bench.get(anonymous(), "/api/v1/memberships", params={"member": city["id"]})).json()["items"]
    await undo(bench, done["id"])

    assert said.status_code in (200, 201), said.text
    assert [row["confirmation"] for row in moved] == ["one_side"]
    assert await snapshot(bench) == before
