"""Every act on a record leaves its line, nothing is lost, and nobody is named."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testing import Bench, account, anonymous, api_client
from contracts.people import PersonErasedV1
from services.actors.model.provenance import Act, EnteredBy, Identifier, RecordKind
from services.actors.model.records import Actor, actor_id_of
from services.actors.model.states import record_from
from services.actors.model.vocabulary import ActorKind
from services.actors.store.identifiers import IdentifierTaken
from services.actors.store.records import NoSuchRecord
from services.actors.use_cases import recording
from services.actors.use_cases.importing import import_registry

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def city(slug: str, **fields: Any) -> Actor:
    """An actor that was not entered yet."""
    return Actor(
        id=actor_id_of(slug), slug=slug, kind=ActorKind.MUNICIPALITY, name=slug.title(), source="https://example.org", created_at=NOW,
        updated_at=NOW, **fields,
    )  # fmt: skip


async def test_the_history_tells_field_by_field_what_each_kind_of_author_changed(bench: Bench, an_actor: Any) -> None:
    actor = await an_actor("Accueil", read_on="2026-11-02")
    member = account("member", actor=UUID(actor["id"]))

    await bench.patch(member, f"/api/v1/actors/{actor['slug']}", {"website": "https://accueil.example"}, version=1)
    await bench.post(account("admin"), f"/api/v1/actors/{actor['slug']}/archive")
    answer = await bench.get(anonymous(), f"/api/v1/actors/{actor['slug']}/history")

    lines = answer.json()["items"]
    assert [(line["version"], line["act"], line["entered_by"]) for line in lines] == [
        (3, "archived", "editor"),
        (2, "changed", "member"),
        (1, "entered", "editor"),
    ]
    assert {"field": "website", "before": None, "after": "https://accueil.example"} in lines[1]["changes"]
    assert {"field": "archived", "before": False, "after": True} in lines[0]["changes"]
    assert lines[2]["read_on"] == "2026-11-02"
    assert str(member.id) not in answer.text


async def test_a_long_history_is_paged_without_loss(bench: Bench, an_actor: Any) -> None:
    actor = await an_actor("Accueil")
    for version in range(1, 6):
        await bench.patch(account("admin"), f"/api/v1/actors/{actor['id']}", {"name": f"Name {version}"}, version=version)

    path, versions, befores = f"/api/v1/actors/{actor['id']}/history?limit=2", [], []
    while path:
        answer = await bench.get(anonymous(), path)
        versions += [line["version"] for line in answer.json()["items"]]
        befores += [change["before"] for line in answer.json()["items"] for change in line["changes"] if change["field"] == "name"]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")] if link else ""

    assert versions == [6, 5, 4, 3, 2, 1]
    assert befores == ["Name 4", "Name 3", "Name 2", "Name 1", "Accueil", None]


async def test_a_removed_record_keeps_its_history_and_goes_on_with_its_versions(bench: Bench, an_actor: Any) -> None:
    net, ngo = await an_actor("Net", kind="network"), await an_actor("Ngo")
    body = {"network_id": net["id"], "member_id": ngo["id"], "source": "x"}
    made = (await bench.post(account("admin"), "/api/v1/memberships", body)).json()

    await bench.call(account("admin"), "DELETE", f"/api/v1/memberships/{made['id']}", headers={"If-Match": '"1"'})
    again = (await bench.post(account("admin"), "/api/v1/memberships", body)).json()
    answer = await bench.get(anonymous(), f"/api/v1/memberships/{made['id']}/history")

    assert (again["id"], again["version"]) == (made["id"], 3)
    assert [(line["version"], line["act"]) for line in answer.json()["items"]] == [(3, "entered"), (2, "removed"), (1, "entered")]


async def test_an_import_leaves_a_line_for_each_record_it_touches_and_none_for_the_rest(
    either_bench: Bench, registry_files: dict[str, bytes]
) -> None:
    rows = {kind: len(content.decode().splitlines()) for kind, content in registry_files.items()}

    for _ in range(2):
        async with either_bench.service.open_work(SYSTEM) as work:
            await import_registry(work, registry_files)

    async with either_bench.service.open_work(SYSTEM) as work:
        found, after = [], None
        while True:
            page = await work.history.since(datetime(2020, 1, 1, tzinfo=UTC), PageRequest(200, after))
            found += page.items
            after = page.more_after
            if after is None:
                break
        actors = await work.actors.records.known([entry.record_id for entry in found if entry.kind is RecordKind.ACTOR])
    assert {entry.entered_by for entry in found} == {EnteredBy.IMPORT}
    assert {entry.version for entry in found} == {1}
    assert len(found) == sum(rows.values()) - len(rows) - _lines_within_cells(registry_files)
    assert all(record_from(entry.kind, entry.state or {}) == actors[entry.record_id] for entry in found if entry.kind is RecordKind.ACTOR)


def _lines_within_cells(files: dict[str, bytes]) -> int:
    return sum(len(text.splitlines()) - sum(1 for _ in csv.reader(io.StringIO(text))) for text in (content.decode() for content in files.values()))


async def test_who_asks_for_the_history_of_nothing_is_told_so(bench: Bench) -> None:
    for noun in ("actors", "memberships", "declarations", "initiatives", "resources", "capacities", "practices"):
        answer = await bench.get(anonymous(), f"/api/v1/{noun}/{new_id()}/history")
        assert answer.status_code == 404, noun

    assert (await bench.get(anonymous(), "/api/v1/practices/not-an-id/history")).status_code == 422
    assert (await bench.get(anonymous(), f"/api/v1/practices/{new_id()}/history?cursor=made-up")).status_code == 422


async def test_an_erased_account_leaves_the_history_but_not_its_lines(bench: Bench, an_actor: Any) -> None:
    actor = await an_actor("Accueil")
    member = account("member", actor=UUID(actor["id"]))
    await bench.patch(member, f"/api/v1/actors/{actor['id']}", {"name": "Other"}, version=1)

    await bench.hear(PersonErasedV1(subject_kind="account", subject_id=UUID(str(member.id))))

    async with bench.service.open_work(SYSTEM) as work:
        lines = await work.history.of(RecordKind.ACTOR, UUID(actor["id"]))
    assert [line.act for line in lines] == [Act.ENTERED, Act.CHANGED]
    assert lines[1].author is None
    assert lines[0].author is not None


async def test_an_actor_that_was_merged_answers_under_its_old_names(either_bench: Bench) -> None:
    async with either_bench.service.open_work(SYSTEM) as work:
        old, middle, new = [await recording.enter(work, city(slug)) for slug in ("gent-be", "gand-be", "ghent-be")]
        await recording.take_out(work, old, merged_into=middle.id)
        await recording.take_out(work, middle, merged_into=new.id)

    answers = [await either_bench.get(anonymous(), f"/api/v1/actors/{key}") for key in ("gent-be", str(old.id), "gand-be")]

    assert [answer.json()["slug"] for answer in answers] == ["ghent-be"] * 3
    async with either_bench.service.open_work(SYSTEM) as work:
        assert [stone.slug for stone in (await work.tombstones.removed_after(NOW, PageRequest(10, None))).items] in (
            ["gent-be", "gand-be"],
            ["gand-be", "gent-be"],
        )
        back = await recording.enter(work, old, act=Act.UNMERGED)
        assert back.version == 3
        assert (await work.actors.get("gent-be")).id == old.id
        assert await work.tombstones.get(old.id) is None


async def test_an_identifier_means_one_actor_and_moves_with_a_merge(either_bench: Bench) -> None:
    async with either_bench.service.open_work(SYSTEM) as work:
        one, two = [await recording.enter(work, city(slug)) for slug in ("ghent-be", "gent-be")]

        def siren(actor: Actor, value: str) -> Identifier:
            return Identifier(id=new_id(), actor_id=actor.id, scheme="siren", value=value, source=None, created_at=work.now)

        await work.identifiers.add(siren(one, "1"))
        await work.identifiers.add(siren(one, "1"))
        await work.identifiers.add(siren(two, "2"))
        with pytest.raises(IdentifierTaken):
            await work.identifiers.add(siren(two, "1"))
        await work.identifiers.move(two.id, one.id)

        assert [(found.scheme, found.value) for found in await work.identifiers.of(one.id)] == [("siren", "1"), ("siren", "2")]
        assert await work.identifiers.find_many("siren", ["1", "2", "3"]) == {"1": one.id, "2": one.id}
        await recording.take_out(work, two)
        with pytest.raises(NoSuchRecord):
            await work.actors.get(two.id)


async def test_an_administrator_empties_an_earlier_line_and_the_acts_stay(either_bench: Bench) -> None:
    bench, admin = either_bench, account("admin")
    made = (await bench.post(admin, "/api/v1/actors", {"kind": "network", "name": "Net of Amina Private", "source": "x"})).json()
    await bench.patch(admin, f"/api/v1/actors/{made['id']}", {"name": "Net"}, version=1)
    path = f"/api/v1/history/actors/{made['id']}"

    refused = [
        (await bench.call(caller, "DELETE", f"{path}/1")).status_code
        for caller in (anonymous(), account("member", actor=UUID(made["id"])), account("coordinator"), api_client("registry"))
    ]
    others = [
        (await bench.call(admin, "DELETE", one)).status_code
        for one in (f"{path}/2", f"{path}/3", f"/api/v1/history/actors/{new_id()}/1", f"/api/v1/history/persons/{new_id()}/1", f"{path}/0")
    ]
    done = await bench.call(admin, "DELETE", f"{path}/1")
    answer = await bench.get(anonymous(), f"/api/v1/actors/{made['id']}/history")

    assert refused == [403, 403, 403, 403]
    assert others == [409, 404, 404, 422, 422]
    assert done.status_code == 204
    assert "Amina" not in answer.text
    assert [(line["version"], line["act"]) for line in answer.json()["items"]] == [(2, "changed"), (1, "entered")]
    assert "history.cleared" in await bench.audit_actions()
