"""The files of the open data, each opened by a tool that is not ours."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import networkx
import openpyxl
import pytest
from frictionless import Package
from geojson_pydantic import FeatureCollection
from icalendar import Calendar

from chassis.testing import Bench, Databases, TestClock, account, anonymous, bench_for, settings_for_tests
from services.actors.app import build
from services.actors.model.interchange.datasets import TABLES, Dataset
from services.actors.model.registry_files import OPTIONAL
from services.actors.settings import Settings
from services.actors.use_cases.interchange.shelf import _SHELVES as shelves
from services.actors.use_cases.interchange.shelf import Shelf
from tests.actors.interchange_help import an_offer, enter, load


@pytest.fixture
async def hub(databases: Databases, clock: TestClock) -> AsyncIterator[Bench]:
    """A registry whose files are compared with it at every request."""
    url = await databases.fresh("sqlite", "actors")
    settings = Settings(**settings_for_tests(url), export_seconds=0, publisher_name="Ville de Grenoble", publisher_place="Grenoble")
    async with bench_for(lambda: build(settings, clock)) as bench:
        yield bench


async def _file(bench: Bench, name: str, **request: Any) -> bytes:
    answer = await bench.get(anonymous(), f"/api/v1/export/{name}", **request)
    assert answer.status_code == 200, answer.text
    return answer.content


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def test_the_real_data_leave_as_they_came(hub: Bench, registry_files: dict[str, bytes]) -> None:
    await load(hub, registry_files)

    left = {kind: _rows(await _file(hub, f"{kind}.csv")) for kind in registry_files}

    for kind in registry_files:
        key = TABLES[Dataset(kind)].key
        came = {tuple(row[name] for name in key): row for row in _rows(registry_files[kind])}
        went = {tuple(row[name] for name in key): row for row in left[kind]}
        assert len(left[kind]) == len(came)
        for found, row in came.items():
            untold = {name: "" for name in went[found].keys() - row.keys()}
            assert {name: _same(name, cell) for name, cell in (row | untold).items()} == {
                name: _same(name, cell) for name, cell in went[found].items()
            }
            assert untold.keys() <= OPTIONAL


def _same(name: str, cell: str) -> Any:
    return float(cell) if name in ("lat", "lon") and cell else [part.strip() for part in cell.split(";")] if name.endswith("s") else cell


async def test_every_table_has_as_many_rows_in_each_format(hub: Bench, registry_files: dict[str, bytes]) -> None:
    await load(hub, registry_files)
    await an_offer(hub)

    for dataset in Dataset:
        rows = _rows(await _file(hub, f"{dataset}.csv"))
        lines = [json.loads(line) for line in (await _file(hub, f"{dataset}.ndjson")).splitlines()]
        sheet = openpyxl.load_workbook(io.BytesIO(await _file(hub, f"{dataset}.xlsx")), read_only=True).active
        features = FeatureCollection.model_validate_json(await _file(hub, f"{dataset}.geojson")).features
        cells = list(sheet.iter_rows(values_only=True))
        assert len(rows) == len(lines) == len(features) == len(cells) - 1
        assert list(cells[0]) == list(TABLES[dataset].columns)
        for row, line, cell in zip(rows, lines, cells[1:], strict=True):
            assert [str(row[name]) for name in row] == [_text(value) for value in cell]
            assert set(row) <= set(line)


def _text(value: Any) -> str:
    return (
        ""
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float) and value.is_integer()
        else str(value)
    )


async def test_networkx_reads_both_graphs_alike(hub: Bench, registry_files: dict[str, bytes]) -> None:
    await load(hub, registry_files)

    graphml = networkx.read_graphml(io.BytesIO(await _file(hub, "network.graphml")), force_multigraph=True)
    gexf = networkx.read_gexf(io.BytesIO(await _file(hub, "network.gexf")))

    assert graphml.number_of_nodes() == gexf.number_of_nodes() == len(_rows(registry_files["actors"]))
    assert graphml.number_of_edges() == gexf.number_of_edges() == len(_rows(registry_files["memberships"]))
    assert graphml.is_directed()
    came = {row["id"]: row for row in _rows(registry_files["actors"])}
    for key, node in graphml.nodes(data=True):
        assert (node["label"], node["kind"], node.get("country", "")) == (came[key]["name"], came[key]["kind"], came[key]["country"])
        assert gexf.nodes[key]["label"] == node["label"]
    assert {(member, network) for member, network, _ in graphml.edges(keys=True)} == set(gexf.edges())


async def test_the_dump_is_a_valid_data_package_and_the_same_bytes_twice(
    hub: Bench, registry_files: dict[str, bytes], tmp_path: Path, clock: TestClock
) -> None:
    await load(hub, registry_files)
    provider = await enter(hub, "Accueil Isère", slug="accueil-isere")
    await an_offer(hub, provider_actor_id=provider["id"])
    first = await _file(hub, "dump.zip")

    clock.forward(hours=1)
    zipfile.ZipFile(io.BytesIO(first)).extractall(tmp_path)
    report = Package(str(tmp_path / "datapackage.json")).validate()

    assert report.valid, report.to_summary()
    assert first == await _file(hub, "dump.zip")
    assert "Ville de Grenoble" in (tmp_path / "README.md").read_text()
    assert {task.name for task in report.tasks} == {*Dataset, "tombstones"}


async def test_weekly_times_are_a_calendar_in_the_citys_time_zone(hub: Bench) -> None:
    await an_offer(hub)
    await an_offer(hub, windows=[], title={"en": "Any time"})

    calendar = Calendar.from_ical(await _file(hub, "offers.ics"))

    events = list(calendar.walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == ["French class", "French class"]
    monday = next(event for event in events if event["rrule"]["byday"] == ["MO"])
    assert monday.decoded("dtstart").isoformat() == "2026-11-02T09:00:00+01:00"
    assert monday["rrule"]["freq"] == ["WEEKLY"]
    assert monday["rrule"]["until"][0].isoformat() == "2027-06-30T21:59:59+00:00"


async def test_a_text_that_looks_like_a_formula_is_disarmed_and_comes_back(hub: Bench) -> None:
    await enter(hub, "=1+1", slug="sum")

    (row,) = _rows(await _file(hub, "actors.csv"))
    sheet = openpyxl.load_workbook(io.BytesIO(await _file(hub, "actors.xlsx"))).active

    assert row["name"] == sheet["C2"].value == "'=1+1"


async def test_what_is_archived_stays_out_with_all_that_names_it(hub: Bench) -> None:
    network = await enter(hub, "Net", kind="network", slug="net")
    member = await enter(hub, "Gone", slug="gone")
    body = {"network_id": network["id"], "member_id": member["id"], "source": "https://example.org/x"}
    assert (await hub.post(account("coordinator"), "/api/v1/memberships", body)).status_code == 201
    assert (await hub.post(account("coordinator"), "/api/v1/actors/gone/archive")).status_code == 200

    assert [row["id"] for row in _rows(await _file(hub, "actors.csv"))] == ["net"]
    assert _rows(await _file(hub, "memberships.csv")) == []


async def test_nothing_is_sent_twice_and_a_change_is_seen(hub: Bench) -> None:
    await enter(hub, "Grenoble", slug="grenoble")
    first = await hub.get(anonymous(), "/api/v1/export/actors.csv")
    again = await hub.get(anonymous(), "/api/v1/export/actors.csv", headers={"If-None-Match": first.headers["etag"]})

    await enter(hub, "Lyon", slug="lyon")
    later = await hub.get(anonymous(), "/api/v1/export/actors.csv", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert not again.content
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]
    assert later.headers["content-disposition"] == 'attachment; filename="actors.csv"'
    assert "license" in later.headers["link"]


async def test_all_columns_come_when_they_are_asked_for(hub: Bench) -> None:
    actor = await enter(hub, "Grenoble", slug="grenoble")

    (row,) = _rows(await _file(hub, "actors.csv", params={"columns": "all"}))

    assert row["uuid"] == actor["id"]
    assert row["version"] == "1"
    assert row["entered_by"] == "editor"


@pytest.mark.parametrize("path", ["people.csv", "actors.pdf", "..%2Fx", "actors.csv?columns=secret"])
async def test_what_is_no_file_of_the_open_data_is_refused(hub: Bench, path: str) -> None:
    assert (await hub.get(anonymous(), f"/api/v1/export/{path}")).status_code in (404, 422)


async def test_the_index_names_every_file_with_licence_and_citation(hub: Bench) -> None:
    empty = (await hub.get(anonymous(), "/api/v1/export")).json()
    await enter(hub, "Grenoble")
    content = await _file(hub, "actors.csv")

    index = (await hub.get(anonymous(), "/api/v1/export")).json()

    files = {file["name"]: file for table in index["datasets"] for file in table["files"]}
    assert (empty["changed_at"], index["changed_at"]) == (None, "2026-11-21T09:00:00Z")
    assert index["citation"].startswith("Ville de Grenoble: Registry of welcome, Grenoble, as of 2026-11-21.")
    assert files["actors.csv"]["bytes"] == len(content)
    for file in files.values():
        answer = await hub.get(anonymous(), file["address"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(file["media_type"])


async def test_the_dump_lies_ready_before_anybody_asks(hub: Bench) -> None:
    await hub.run_timer("keep the open data ready")

    index = (await hub.get(anonymous(), "/api/v1/export")).json()

    assert index["datasets"][-1]["files"][0]["bytes"] > 0


async def test_files_are_the_same_however_small_the_parts_are(either_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.actors.store.interchange import parts

    either_bench.service.settings.export_seconds = 0
    network = await enter(either_bench, "Net", kind="network", slug="net")
    for number in range(5):
        city = await enter(either_bench, f"City {number}", kind="municipality", slug=f"city-{number}")
        for noun, body in (
            ("memberships", {"network_id": network["id"], "member_id": city["id"]}),
            ("declarations", {"municipality_id": city["id"], "type": "council_motion", "date": "2019", "title": "Motion"}),
            ("initiatives", {"actor_id": city["id"], "title": f"Cafe {number}", "themes": ["food"], "partners": [network["id"]]}),
            ("resources", {"title": f"Report {number}", "kind": "report", "actors": [city["id"]]}),
            ("capacities", {"municipality_id": city["id"], "purpose": "general", "begins_on": "2026-01-01", "places": 5}),
        ):
            answer = await either_bench.post(account("coordinator"), f"/api/v1/{noun}", {**body, "source": "https://example.org/s"})
            assert answer.status_code == 201, answer.text
        await an_offer(either_bench, remote=True)
    names = [f"{dataset}.ndjson" for dataset in Dataset] + ["network.gexf", "dump.zip", "offers.ics", "services.cpsv.jsonld"]
    lines = [f"/hsds/v3/{noun}?format=ndjson&full=true" for noun in ("services", "organizations", "service_at_locations")]

    whole = [await _file(either_bench, name) for name in names]
    streams = [(await either_bench.get(anonymous(), path)).content for path in lines]
    monkeypatch.setattr(parts, "PART", 2)
    fresh = Shelf(None)
    monkeypatch.setitem(shelves, either_bench.service, fresh)

    assert [await _file(either_bench, name) for name in names] == whole
    assert [(await either_bench.get(anonymous(), path)).content for path in lines] == streams
    assert [len(content.splitlines()) for content in whole[:7]] == [6, 5, 5, 5, 5, 5, 0]
    assert [len(content.splitlines()) for content in streams] == [5, 6, 10]
