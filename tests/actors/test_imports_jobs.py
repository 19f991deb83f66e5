"""An import on its way: taken in, previewed by line, confirmed, written, answered; and what each role may do."""

from uuid import uuid4

import pytest

from chassis.testing import Bench, TestClock, account, anonymous, api_client
from contracts.actors import ActorChangedV1, ActorCreatedV1, ImportFinishedV1, ServiceImportedV1
from contracts.matching import OfferImportedV1
from tests.actors.conftest import Build
from tests.actors.imports import CSV, ENTRAIDE, MAIRIE, ORGANISATION, SERVICE, checked, csv_of, hsds, lines, run, upload, written


async def test_nothing_is_written_before_the_preview_is_confirmed(either_bench: Bench) -> None:
    job = await checked(either_bench, csv_of(ENTRAIDE, MAIRIE))

    assert job["state"] == "checked"
    assert job["counts"]["lines"] == {"organisation": {"new": 2}}
    assert job["contacts"] == 2
    assert (await either_bench.get(anonymous(), "/api/v1/actors")).json()["items"] == []
    assert await either_bench.queued() == []


async def test_what_was_confirmed_is_written_and_a_second_import_changes_nothing(either_bench: Bench) -> None:
    job = await written(either_bench, csv_of(ENTRAIDE, MAIRIE))
    told = await either_bench.queued()
    again = await written(either_bench, csv_of(ENTRAIDE, MAIRIE))

    assert job["state"] == "finished" and job["counts"]["lines"] == {"organisation": {"new": 2}}
    assert [type(event) for event in told] == [ActorCreatedV1, ActorCreatedV1, ImportFinishedV1]
    assert again["counts"]["lines"] == {"organisation": {"unchanged": 2}}
    assert len(await either_bench.queued()) == len(told)
    actor = (await either_bench.get(anonymous(), "/api/v1/actors/ville-de-vienne-fr")).json()
    assert (actor["kind"], actor["lat"], actor["version"], actor["entered_by"]) == ("municipality", 45.52, 1, "import")


async def test_a_changed_row_shows_field_by_field_what_changes(bench: Bench) -> None:
    await written(bench, csv_of(ENTRAIDE, MAIRIE))

    job = await checked(bench, csv_of(ENTRAIDE.replace("45,1885", "45,2"), MAIRIE))
    [line] = await lines(bench, job, outcome="changed")

    assert line["detail"]["changes"] == [{"field": "lat", "before": 45.1885, "after": 45.2}]
    assert (line["line"], line["name"]) == (2, "Entraide du Rhône")


async def test_an_organisation_is_found_by_a_known_identifier_and_never_doubled(bench: Bench) -> None:
    await written(bench, csv_of("a;Asso;123456789\n", header="id;name;siren\n"), source="one")

    job = await written(bench, csv_of("z;Asso renamed;123456789\n", header="id;name;siren\n"), source="two")

    assert job["counts"]["lines"] == {"organisation": {"changed": 1}}
    assert [row["name"] for row in (await bench.get(anonymous(), "/api/v1/actors")).json()["items"]] == ["Asso renamed"]
    assert isinstance((await bench.queued())[-2], ActorChangedV1)


async def test_the_same_name_is_a_suggestion_and_the_readers_word_makes_it_the_same(bench: Bench, an_actor: Build) -> None:
    known = await an_actor("Entraide du Rhône", country="FR")
    job = await checked(bench, csv_of(ENTRAIDE))
    [line] = await lines(bench, job)

    await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/check", {"links": {"e1": known["id"]}})
    await run(bench)
    [again] = await lines(bench, job)

    assert (line["outcome"], line["detail"]["suggestion"]["id"]) == ("new", known["id"])
    assert (again["outcome"], again["record_id"]) == ("changed", known["id"])


async def test_what_left_the_source_is_listed_and_stays_unless_chosen(bench: Bench) -> None:
    await written(bench, csv_of(ENTRAIDE, MAIRIE))

    kept = await written(bench, csv_of(ENTRAIDE))
    still = (await bench.get(anonymous(), "/api/v1/actors/ville-de-vienne-fr")).json()["archived"]
    await written(bench, csv_of(ENTRAIDE), remove_gone=True)

    assert kept["counts"]["lines"] == {"organisation": {"unchanged": 1, "gone": 1}}
    assert not still
    assert (await bench.get(anonymous(), "/api/v1/actors/ville-de-vienne-fr")).json()["archived"]


async def test_a_refused_line_says_where_and_why_and_the_others_are_written(bench: Bench) -> None:
    job = await written(bench, csv_of(ENTRAIDE, "x;;association;FR;;;;;\n", "y;Ask 0476123456;association;FR;;;;;\n", "e1;Twice;;;;;;;\n"))

    found = {line["line"]: (line["code"], (line["message"] or {}).get("column")) for line in await lines(bench, job, outcome="refused")}

    assert found == {3: ("missing", "Nom"), 4: ("holds_a_contact", "Nom"), 5: ("duplicate", None)}
    assert len((await bench.get(anonymous(), "/api/v1/actors")).json()["items"]) == 1
    assert "0476123456" not in str(await lines(bench, job))


async def test_services_travel_without_contacts_and_the_report_waits_for_their_answers(either_bench: Bench) -> None:
    job = await written(either_bench, hsds(ORGANISATION))
    [told] = [event for event in await either_bench.queued() if isinstance(event, ServiceImportedV1)]

    await either_bench.hear(
        OfferImportedV1(offer_id=told.offer_id, version=told.version, import_id=told.import_id, line=told.line, outcome="created")
    )
    await run(either_bench)
    done = (await either_bench.get(account("admin"), f"/api/v1/imports/{job['id']}")).json()

    assert job["state"] == "waiting"
    assert (told.category, told.places, told.languages, told.title) == ("language.class", 12, ["fr"], {"en": "French classes"})
    assert "example.org" not in told.model_dump_json()
    assert (done["state"], done["counts"]["told"], done["contacts"]) == ("finished", {"created": 1}, 2)
    assert (await either_bench.queued())[-1].type_name == "hub.actors.import.finished.v1"


async def test_a_re_import_tells_only_what_changed_and_ends_what_is_not_active(bench: Bench) -> None:
    await written(bench, hsds(ORGANISATION))
    first = [event for event in await bench.queued() if isinstance(event, ServiceImportedV1)]

    await written(bench, hsds(ORGANISATION))
    await written(bench, hsds({**ORGANISATION, "services": [{**SERVICE, "capacities": [{"maximum": 8}]}]}))
    await written(bench, hsds({**ORGANISATION, "services": [{**SERVICE, "status": "defunct"}]}))
    told = [event for event in await bench.queued() if isinstance(event, ServiceImportedV1)]

    assert [(event.offer_id == first[0].offer_id, event.version, event.places, event.ended) for event in told] == [
        (True, 1, 12, False),
        (True, 2, 8, False),
        (True, 3, 12, True),
    ]


async def test_an_unknown_kind_of_help_waits_for_a_category_that_the_source_remembers(bench: Bench) -> None:
    odd = {**ORGANISATION, "services": [{**SERVICE, "attributes": [{"taxonomy_term": {"name": "Zeppelin rides"}}]}]}
    job = await checked(bench, hsds(odd))
    [line] = await lines(bench, job, outcome="unmapped")

    answer = await bench.call(
        account("coordinator"), "PUT", "/api/v1/import-sources/town", json={"categories": {"Zeppelin rides": "community.outing"}}
    )
    await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/check", {})
    await run(bench)

    assert line["detail"]["terms"] == ["Zeppelin rides"]
    assert answer.status_code == 200, answer.text
    assert [each["outcome"] for each in await lines(bench, job, kind="service")] == ["new"]


async def test_a_mapping_is_asked_for_once_and_then_remembered(bench: Bench) -> None:
    odd = csv_of("1;Entraide\n", header="Q1;Q2\n")
    job = await checked(bench, odd)
    mapping = {"*": {"rows": "organisations", "columns": {"Q1": "key", "Q2": "name"}}}

    await bench.call(account("coordinator"), "PUT", "/api/v1/import-sources/town", json={"mapping": mapping})
    await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/check", {})
    await run(bench)
    after = (await bench.get(account("coordinator"), f"/api/v1/imports/{job['id']}")).json()
    next_file = await checked(bench, csv_of("2;Asso\n", header="Q1;Q2\n"))

    assert job["state"] == "needs_mapping" and job["tables"]["*"]["header"] == ["Q1", "Q2"]
    assert (after["state"], after["counts"]["lines"]) == ("checked", {"organisation": {"new": 1}})
    assert next_file["counts"]["lines"] == {"organisation": {"new": 1}}


async def test_a_member_imports_the_offers_of_their_own_organisation_and_nothing_else(bench: Bench, an_actor: Build) -> None:
    own = await an_actor("Welcome House", lat=45.19, lon=5.72)
    member = account("member", actor=own["id"])
    table = csv_of("s1;French class;language.class;6\ns2;Choir;community.arts;20\n", header="service id;service name;category;places\n")

    job = await written(bench, table, caller=member, source="house")
    other = await checked(bench, hsds(ORGANISATION), caller=account("member", actor=own["id"]), source="house2")
    stranger = await bench.get(account("member", actor=uuid4()), f"/api/v1/imports/{job['id']}")

    assert job["counts"]["lines"] == {"service": {"new": 2}}
    assert {event.provider_actor_id for event in await bench.queued() if isinstance(event, ServiceImportedV1)} == {job_id(own)}
    assert other["counts"]["lines"]["organisation"] == {"refused": 1}
    assert stranger.status_code == 404


def job_id(record: dict[str, str]) -> object:
    from uuid import UUID

    return UUID(record["id"])


async def test_a_member_cannot_use_the_source_of_others(bench: Bench, an_actor: Build) -> None:
    own = await an_actor("Welcome House")
    await checked(bench, csv_of(ENTRAIDE))

    answer = await upload(bench, csv_of(ENTRAIDE), caller=account("member", actor=own["id"]))

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_your_source"


@pytest.mark.parametrize("caller", [anonymous(), account("volunteer"), account("observer"), account("member"), api_client("read")])
async def test_who_may_not_import_is_told_so(bench: Bench, caller: object) -> None:
    job = str(uuid4())

    statuses = [
        (await upload(bench, csv_of(ENTRAIDE), caller=caller)).status_code,  # type: ignore[arg-type]
        (await bench.get(caller, "/api/v1/imports")).status_code,  # type: ignore[arg-type]
        (await bench.get(caller, f"/api/v1/imports/{job}")).status_code,  # type: ignore[arg-type]
        (await bench.post(caller, f"/api/v1/imports/{job}/confirm", {})).status_code,  # type: ignore[arg-type]
        (await bench.call(caller, "PUT", "/api/v1/import-sources/town", json={})).status_code,  # type: ignore[arg-type]
    ]

    assert set(statuses) <= {401, 403}


async def test_a_cancelled_import_is_not_written_and_its_file_is_gone(bench: Bench) -> None:
    job = await checked(bench, csv_of(ENTRAIDE))

    cancelled = await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/cancel")
    confirm = await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/confirm", {})

    async with bench.service.open_work(reading=True) as work:
        assert await work.imports.files(job["id"] if not isinstance(job["id"], str) else __import__("uuid").UUID(job["id"])) == []
    assert cancelled.json()["state"] == "cancelled"
    assert (confirm.status_code, confirm.json()["code"]) == (409, "import_not_in_state")


async def test_what_nobody_confirms_for_a_week_is_cancelled(bench: Bench, clock: TestClock) -> None:
    job = await checked(bench, csv_of(ENTRAIDE))

    clock.forward(days=8)
    await bench.run_timer("forget old imports")

    assert (await bench.get(account("admin"), f"/api/v1/imports/{job['id']}")).json()["state"] == "cancelled"


async def test_the_registrys_own_files_are_previewed_and_written_as_a_whole(bench: Bench, registry_files: dict[str, bytes]) -> None:
    files = [(f"{kind}.csv", content) for kind, content in registry_files.items()]

    job = await written(bench, *files)
    again = await checked(bench, *files)
    broken = await checked(bench, ("actors.csv", registry_files["actors"].replace(b"municipality", b"town", 1)))
    refused = await bench.post(account("coordinator"), f"/api/v1/imports/{broken['id']}/confirm", {})

    assert job["state"] == "finished" and job["counts"]["lines"]["actor"] == {"new": 934, "changed": 0, "unchanged": 0}
    assert again["counts"]["lines"]["membership"] == {"unchanged": 1275}
    assert broken["counts"]["lines"]["row"] == {"refused": 1}
    assert refused.status_code == 409


async def test_an_import_goes_on_where_a_process_died(bench: Bench, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.actors.use_cases.imports import running

    monkeypatch.setattr(running, "BATCH", 2)
    rows = [f"k{number};House {number};association;FR;;;;;\n" for number in range(7)]
    job = await checked(bench, csv_of(*rows))
    await bench.post(account("coordinator"), f"/api/v1/imports/{job['id']}/confirm", {})
    written_batches = 0
    real = running.write_batch

    async def dies(*given: object) -> None:
        nonlocal written_batches
        written_batches += 1
        if written_batches == 3:
            raise RuntimeError("killed")
        await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "write_batch", dies)
    with pytest.raises(RuntimeError):
        await run(bench)
    half = (await bench.get(account("admin"), f"/api/v1/imports/{job['id']}")).json()
    monkeypatch.setattr(running, "write_batch", real)
    monkeypatch.setattr(running, "RUNNER", "another process")
    await run(bench)
    early = (await bench.get(account("admin"), f"/api/v1/imports/{job['id']}")).json()
    clock.forward(seconds=31)
    await run(bench)
    done = (await bench.get(account("admin"), f"/api/v1/imports/{job['id']}")).json()

    assert (half["state"], half["done"]) == ("writing", 4)
    assert (early["state"], early["done"]) == ("writing", 4)
    assert (done["state"], done["counts"]["lines"]) == ("finished", {"organisation": {"new": 7}})
    assert sum(isinstance(event, ActorCreatedV1) for event in await bench.queued()) == 7


async def test_lists_are_paged_without_loss_and_header_stays_closed(bench: Bench) -> None:
    job = await checked(bench, csv_of(*[f"k{number};House {number};association;FR;;;;;\n" for number in range(5)], header=CSV))

    first = await bench.get(account("admin"), f"/api/v1/imports/{job['id']}/lines", params={"limit": 3})
    second = await bench.get(account("admin"), first.headers["link"].split(">")[0][1:])

    assert [row["line"] for row in first.json()["items"] + second.json()["items"]] == [2, 3, 4, 5, 6]
    assert [row["id"] for row in (await bench.get(account("admin"), "/api/v1/imports")).json()["items"]] == [job["id"]]
