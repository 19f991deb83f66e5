"""The import of the registry files: the whole set, twice, in a dry run, and broken in every way."""

from pathlib import Path
from typing import Any

import pytest

from chassis.testing import Bench, account, anonymous, api_client
from contracts.actors import ActorCreatedV1, ImportFinishedV1
from services.actors.app import NoRegistryFiles, import_files, read_folder
from services.actors.model.import_report import ImportRefused, ImportReport

ROWS = {"actors": 934, "memberships": 1275, "initiatives": 116, "declarations": 303, "resources": 77}
ACTORS = "id,kind,name,local_name,country,lat,lon,population,website,source\n"
GRENOBLE = "grenoble-fr,municipality,Grenoble,,FR,45.1885,5.7245,158198,https://www.grenoble.fr,Seed 001\n"
NETWORK = "anvita,network,ANVITA,,,,,,,https://anvita.fr\n"
MEMBERSHIPS = "network_id,member_id,role,since,source\n"
DECLARATIONS = "municipality_id,type,date,title,source\n"
INITIATIVES = "id,actor_id,title,themes,year,partners,summary,source\n"


async def bring(bench: Bench, files: dict[str, bytes], **options: Any) -> ImportReport:
    return await import_files(bench.service, files, **options)


def text(**files: str) -> dict[str, bytes]:
    return {kind: content.encode() for kind, content in files.items()}


async def refused(bench: Bench, files: dict[str, bytes]) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as caught:
        await bring(bench, files)
    assert await bench.queued() == []
    assert (await bench.get(anonymous(), "/api/v1/actors")).json()["items"] == []
    return [(field.pointer, field.code) for field in caught.value.fields]


async def test_the_whole_set_is_written_and_a_second_import_changes_nothing(either_bench: Bench, registry_files: dict[str, bytes]) -> None:
    first = await bring(either_bench, registry_files)
    told = await either_bench.queued()
    second = await bring(either_bench, registry_files)

    assert {kind: counts.created for kind, counts in first.kinds.items()} == ROWS
    assert (first.changed, first.unchanged) == (0, 0)
    assert sum(isinstance(event, ActorCreatedV1) for event in told) == 934
    assert isinstance(told[-1], ImportFinishedV1) and told[-1].created == 2705
    assert (second.created, second.changed, second.unchanged) == (0, 0, 2705)
    assert len(await either_bench.queued()) == len(told)
    assert (await either_bench.get(anonymous(), "/api/v1/actors/grenoble-fr")).json()["version"] == 1


async def test_a_folder_without_registry_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRegistryFiles):
        read_folder(tmp_path)


async def test_a_dry_run_counts_and_writes_nothing(bench: Bench, registry_files: dict[str, bytes]) -> None:
    report = await bring(bench, registry_files, dry_run=True)

    assert report.created == 2705
    assert await bench.queued() == []
    assert await bench.audit_actions() == []
    assert (await bench.get(anonymous(), "/api/v1/actors")).json()["items"] == []


async def test_a_changed_row_raises_one_version_and_tells_once(either_bench: Bench) -> None:
    await bring(either_bench, text(actors=ACTORS + GRENOBLE + NETWORK, memberships=MEMBERSHIPS + "anvita,grenoble-fr,member,,x\n"))
    before = len(await either_bench.queued())

    changed = text(actors=ACTORS + GRENOBLE.replace("158198", "160000") + NETWORK, memberships=MEMBERSHIPS + "anvita,grenoble-fr,member,2018,x\n")
    report = await bring(either_bench, changed)

    assert (report.created, report.changed, report.unchanged) == (0, 2, 1)
    assert [event.type_name for event in (await either_bench.queued())[before:]] == ["hub.actors.actor.changed.v1", "hub.actors.import.finished.v1"]
    actor = (await either_bench.get(anonymous(), "/api/v1/actors/grenoble-fr")).json()
    assert (actor["version"], actor["population"]) == (2, 160000)


async def test_a_file_alone_may_refer_to_what_the_registry_holds(bench: Bench) -> None:
    await bring(bench, text(actors=ACTORS + GRENOBLE + NETWORK))

    report = await bring(bench, text(memberships=MEMBERSHIPS + "anvita,grenoble-fr,founder,2018,https://anvita.fr\n"))

    assert list(report.kinds) == ["memberships"]
    assert report.created == 1


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (text(actors=ACTORS.replace("kind", "sort") + GRENOBLE), [("/actors.csv/1/kind", "column_missing"), ("/actors.csv/1", "column_unknown")]),
        (
            text(actors=ACTORS.replace("local_name", "name") + GRENOBLE),
            [("/actors.csv/1/local_name", "column_missing"), ("/actors.csv/1/name", "column_twice")],
        ),
        (text(actors=""), [("/actors.csv/1", "no_header")]),
        (text(actors=ACTORS + GRENOBLE.replace("45.1885", "145.1885")), [("/actors.csv/2/lat", "coordinate")]),
        (text(actors=ACTORS + GRENOBLE.replace("45.1885", "45,1885")), [("/actors.csv/2", "too_many_cells")]),
        (text(actors=ACTORS + GRENOBLE.replace("45.1885", "nan")), [("/actors.csv/2/lat", "coordinate")]),
        (text(actors=ACTORS + GRENOBLE.replace("45.1885", "")), [("/actors.csv/2/lat", "half_a_place")]),
        (text(actors=ACTORS + "grenoble-fr,municipality\n"), [("/actors.csv/2", "too_few_cells")]),
        (text(actors=ACTORS + GRENOBLE.replace(",Grenoble,", ",=HYPERLINK(1),")), [("/actors.csv/2/name", "formula")]),
        (text(actors=ACTORS + GRENOBLE.replace(",Grenoble,", ",@Grenoble,")), [("/actors.csv/2/name", "formula")]),
        (text(actors=ACTORS + GRENOBLE.replace(",Grenoble,", f",{'G' * 201},")), [("/actors.csv/2/name", "too_long")]),
        (text(actors=ACTORS + GRENOBLE.replace(",Grenoble,", ",,")), [("/actors.csv/2/name", "missing")]),
        (text(actors=ACTORS + GRENOBLE.replace("https://www", "javascript://www")), [("/actors.csv/2/website", "url_scheme")]),
        (text(actors=ACTORS + GRENOBLE.replace("Seed 001", "javascript:alert(1)")), [("/actors.csv/2/source", "url_scheme")]),
        (text(actors=ACTORS + GRENOBLE.replace("158198", "many")), [("/actors.csv/2/population", "integer")]),
        (text(actors=ACTORS + GRENOBLE.replace("FR", "France")), [("/actors.csv/2/country", "country_form")]),
        (text(actors=ACTORS + GRENOBLE.replace("grenoble-fr", "Grenoble FR")), [("/actors.csv/2/id", "id_form")]),
        (text(actors=ACTORS + GRENOBLE.replace("municipality", "town")), [("/actors.csv/2/kind", "not_in_list")]),
        (text(actors=ACTORS + GRENOBLE + "\n" + GRENOBLE), [("/actors.csv/4", "duplicate")]),
        (text(actors=ACTORS + '"grenoble-fr,x\n'), [("/actors.csv/2", "not_csv")]),
        ({"actors": (ACTORS + GRENOBLE).encode() + "málaga-es,".encode("latin-1")}, [("/actors.csv/3", "not_utf8")]),
        (
            text(actors=ACTORS + GRENOBLE + NETWORK, memberships=MEMBERSHIPS + "anvita,lyon-fr,member,,x\n"),
            [("/memberships.csv/2/member_id", "unknown_id")],
        ),
        (
            text(actors=ACTORS + GRENOBLE, memberships=MEMBERSHIPS + "grenoble-fr,grenoble-fr,member,,x\n"),
            [("/memberships.csv/2/member_id", "member_of_itself")],
        ),
        (
            text(actors=ACTORS + GRENOBLE + NETWORK, memberships=MEMBERSHIPS + "grenoble-fr,anvita,member,,x\n"),
            [("/memberships.csv/2/network_id", "not_a_network")],
        ),
        (
            text(actors=ACTORS + GRENOBLE + NETWORK, memberships=MEMBERSHIPS + "anvita,grenoble-fr,member,20018,x\n"),
            [("/memberships.csv/2/since", "year")],
        ),
        (
            text(actors=ACTORS + GRENOBLE, declarations=DECLARATIONS + "grenoble-fr,council_motion,2015-02-30,T,x\n"),
            [("/declarations.csv/2/date", "date")],
        ),
        (
            text(actors=ACTORS + NETWORK, declarations=DECLARATIONS + "anvita,council_motion,2015,T,x\n"),
            [("/declarations.csv/2/municipality_id", "not_a_municipality")],
        ),
        (
            text(actors=ACTORS + GRENOBLE, initiatives=INITIATIVES + "a,grenoble-fr,T,gardening,,,,x\n"),
            [("/initiatives.csv/2/themes", "not_in_list")],
        ),
    ],
)
async def test_a_broken_file_is_refused_by_line_and_nothing_is_written(bench: Bench, files: dict[str, bytes], found: list[tuple[str, str]]) -> None:
    assert await refused(bench, files) == found


async def test_faults_never_repeat_the_content_of_a_cell(bench: Bench) -> None:
    files = text(actors=ACTORS.replace("kind", "SECRETKIND") + GRENOBLE)

    with pytest.raises(ImportRefused) as caught:
        await bring(bench, files)

    assert "SECRET" not in repr(caught.value.fields) + str(caught.value)


async def test_western_longitudes_are_no_formulas(bench: Bench) -> None:
    report = await bring(bench, text(actors=ACTORS + "a-coruna-es,municipality,A Coruña,,ES,43.37,-8.396,,,Seed 001\n"))

    assert report.created == 1


async def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(bench: Bench) -> None:
    report = await bring(bench, {"actors": ("\ufeff" + ACTORS + GRENOBLE).replace("\n", "\r\n").encode()})

    assert report.created == 1


async def test_the_files_come_in_by_http_from_an_admin(bench: Bench, registry_files: dict[str, bytes]) -> None:
    files = {kind: (f"{kind}.csv", content, "text/csv") for kind, content in registry_files.items()}

    dry = await bench.call(account("admin"), "POST", "/api/v1/imports", files=files, data={"dry_run": "true"})
    real = await bench.call(api_client("registry"), "POST", "/api/v1/imports", files=files)

    assert (dry.status_code, dry.json()["dry_run"], dry.json()["created"]) == (200, True, 2705)
    assert real.json()["kinds"]["actors"] == {"created": 934, "changed": 0, "unchanged": 0}
    assert await bench.audit_actions() == ["import.finished"]


async def test_faults_come_out_as_a_problem_with_file_and_line(bench: Bench) -> None:
    files = {"actors": ("actors.csv", (ACTORS + GRENOBLE.replace("45.1885", "xyz")).encode(), "text/csv")}

    answer = await bench.call(account("admin"), "POST", "/api/v1/imports", files=files)

    assert answer.status_code == 422
    assert answer.json()["code"] == "import_refused"
    assert answer.json()["errors"][0]["pointer"] == "/actors.csv/2/lat"
    assert "xyz" not in answer.text


async def test_who_may_not_import_is_told_so(bench: Bench) -> None:
    files = {"actors": ("actors.csv", (ACTORS + GRENOBLE).encode(), "text/csv")}

    statuses = [
        (await bench.call(caller, "POST", "/api/v1/imports", files=files)).status_code
        for caller in (anonymous(), account("volunteer"), account("member"), account("observer"), api_client("read"))
    ]

    assert statuses == [401, 403, 403, 403, 403]


async def test_no_file_an_unknown_file_and_too_much_are_refused(bench: Bench) -> None:
    none = await bench.call(account("admin"), "POST", "/api/v1/imports", data={"dry_run": "true"})
    unknown = await bench.call(account("admin"), "POST", "/api/v1/imports", files={"people": ("people.csv", b"id\n", "text/csv")})
    large = await bench.call(account("admin"), "POST", "/api/v1/imports", files={"actors": ("actors.csv", b"x" * 20_100_000, "text/csv")})

    assert (none.status_code, unknown.status_code, large.status_code) == (422, 422, 413)
