"""Hostile files: each is refused with a clear problem, nothing changes, and no answer is a 500."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.testing import Bench, account, anonymous
from services.actors.model.imports.detection import format_of
from services.actors.model.imports.forms import FileRefused, Item, LineFault, Organisation
from services.actors.model.imports.job import ImportSource
from services.actors.use_cases.imports import reading
from tests.actors.imports import CSV, csv_of, hsds, run, upload, xlsx_of, zip_of

BOMB = zip_of(**{"[Content_Types]_xml": "<Types/>", "xl__workbook_xml": "<x/>", "xl__sheet_xml": b"0" * 30_000_000})
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><workbook>&b;</workbook>'


def an_xlsx_with(name: str, content: bytes) -> bytes:
    _, made = xlsx_of(Sheet=[["name"], ["A"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCE = ImportSource(key="town", name="Town", citation="Town", created_at=NOW, updated_at=NOW)


def read(name: str, content: bytes) -> list[Item]:
    """All items of a file, as a job reads them."""
    files = [(name, content)]
    format = format_of(content, name)
    found = reading.headers(files, format, SOURCE)
    return [item for _, item in reading.items(files, format, SOURCE, found.tables)]


async def refused(bench: Bench, name: str, content: bytes, **data: str) -> str:
    """The code with which a file is refused, at once or while it is read."""
    answer = await upload(bench, (name, content), **data)
    if answer.status_code != 202:
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "file_refused"
        return answer.json()["errors"][0]["code"]
    await run(bench)
    job = (await bench.get(account("admin"), f"/api/v1/imports/{answer.json()['id']}")).json()
    assert job["state"] == "refused", job
    return job["problem"]["code"]


HOSTILE: list[tuple[str, bytes, str]] = [
        ("a.xlsx", BOMB, "zip_bomb"),
        ("a.xlsx", an_xlsx_with("xl/workbook.xml", ENTITIES), "entities"),
        ("a.xlsx", an_xlsx_with("xl/worksheets/sheet1.xml", b"<worksheet><broken"), "not_xlsx"),
        ("a.xlsx", an_xlsx_with("xl/vbaProject.bin", b"x"), "macros"),
        ("a.xlsx", zip_of(readme_csv="x"), "unknown_archive"),
        ("a.xlsx", b"PK\x03\x04 no archive", "not_an_archive"),
        ("a.xlsx", zip_of(**{"[Content_Types]_xml": "<Types/>"}), "not_xlsx"),
        ("a.xlsx", xlsx_of(Sheet=[["name", *[f"c{number}" for number in range(500)]], ["A"]])[1], "too_many_columns"),
        ("a.csv", "nom;ville\nÉcole;Évry\n".encode("latin-1"), "not_utf8"),
        ("a.csv", "nom;ville\nÉcole;Évry\n".encode("utf-16"), "not_utf8"),
        ("a.csv", b"\xd0\xcf\x11\xe0 old excel", "not_utf8"),
        ("a.csv", b"id;name\n1;a\x00b\n", "characters"),
        ("a.csv", (";".join(f"c{number}" for number in range(500)) + "\n").encode(), "too_many_columns"),
        ("a.csv", b"id;name;name\n1;a;b\n", "column_twice"),
        ("a.csv", b"id;name\n1;" + b"x" * 10_000_000 + b"\n", "line_too_long"),
        ("a.csv", b'id;name\n1;"never closed\n', "not_csv"),
        ("a.csv", b"<!DOCTYPE html><html><body><table><tr><td>a</td></tr></table></body></html>", "html"),
        ("a.csv", b"", "empty"),
        ("a.json", b"[" * 100_000, "not_json"),
        ("a.json", b'{"contents": [{"id": "a", "name": "b"', "not_json"),
        ("a.json", b'[{"id": "a", "name": NaN}]', "not_json"),
        ("a.zip", zip_of(organizations_csv="id,name\n1,a\n", datapackage_json="[]"), "not_a_package"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "code"), HOSTILE)
def test_it_is_refused_as_a_whole(name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(name, content)

    assert caught.value.fields[0].code == code


async def test_each_of_them_is_a_clear_problem_over_http_and_nothing_changes(bench: Bench) -> None:
    for name, content, code in HOSTILE:
        assert await refused(bench, name, content) == code

    assert (await bench.get(anonymous(), "/api/v1/actors")).json()["items"] == []
    assert await bench.queued() == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1;=cmd|' /C calc'!A0;;;;;;;\n", "formula"),
        ("1;@SUM(A1);;;;;;;\n", "formula"),
        (f"1;{'x' * 30_000};;;;;;;\n", "too_long"),
        ("1;A;;;1e308;2;;;\n", "number"),
        ("1;A;;;999999999999999999999;2;;;\n", "number"),
        ("1;A;;;45;;;;\n", "half_a_place"),
        ("1;A;;FRANCE;;;;;\n", "country_form"),
        ("1;Écrire à a@example.org;;;;;;;\n", "holds_a_contact"),
        ("1;a;b;c;d;e;f;g;h;i;j\n", "too_many_cells"),
    ],
)
def test_a_hostile_cell_refuses_its_line_alone(row: str, code: str) -> None:
    items = read(*csv_of(row, "2;Good House;;FR;;;;;\n"))

    assert [item.code for item in items if isinstance(item, LineFault)] == [code]
    assert [item.name for item in items if isinstance(item, Organisation)] == ["Good House"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ["a"]}, "not_a_text"),
        ({"name": None}, "missing"),
        ({"name": "\ud800"}, "characters"),
        ({"description": "Ring 04 76 12 34 56"}, "holds_a_contact"),
        ({"schedules": [{"valid_from": "9999-12-31"}]}, "date"),
        ({"capacities": [{"maximum": 1e308}]}, "number"),
        ({"service_at_locations": [{"location": {"latitude": 1e308, "longitude": 0}}]}, "number"),
        ({"id": {"a": 1}}, "not_a_text"),
    ],
)
def test_a_hostile_value_of_json_refuses_its_record_alone(fields: dict[str, Any], code: str) -> None:
    record = {"id": "s", "name": "Class", "status": "active", "organization_id": "o", **fields}

    items = read(*hsds(record, {"id": "o", "name": "Good House"}))

    assert [item.code for item in items if isinstance(item, LineFault)] == [code]
    assert [item.name for item in items if isinstance(item, Organisation)] == ["Good House"]


def test_of_a_formula_in_a_workbook_its_saved_value_is_taken_and_without_one_nothing() -> None:
    items = read(*xlsx_of(Sheet=[["id", "name"], ["1", "House"], ["2", "=cmd|'/C calc'!A0"]]))

    assert [(item.line, item.code) for item in items if isinstance(item, LineFault)] == [(3, "missing")]


async def test_a_very_long_list_is_refused_when_its_end_is_not_in_sight(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.actors.model.imports import tables

    monkeypatch.setattr(tables, "MAX_ROWS", 10)

    code = await refused(bench, "a.csv", (CSV + "".join(f"{number};A{number};;;;;;;\n" for number in range(12))).encode())

    assert code == "too_many_rows"
    assert [row["state"] for row in (await bench.get(account("admin"), "/api/v1/imports")).json()["items"]] == ["refused"]


async def test_a_format_that_the_file_has_not_is_refused_and_too_much_is(bench: Bench) -> None:
    other = await upload(bench, csv_of("1;A;;;;;;;\n"), format="geojson")
    large = await upload(bench, ("a.csv", b"x" * 20_100_000))
    no_source = await bench.call(account("admin"), "POST", "/api/v1/imports", files={"file": ("a.csv", b"id\n", "text/csv")})

    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "other_format")
    assert (large.status_code, no_source.status_code) == (413, 422)


async def test_names_of_files_and_contacts_are_in_no_table(bench: Bench) -> None:
    answer = await upload(bench, ("Maria Rossi 0476123456.csv", (CSV + "1;House;;FR;;;;0476123456;maria@example.org\n").encode()))

    async with bench.service.database.reading() as session:
        from sqlalchemy import text

        kept = [str(row) for table in ("import_job", "import_file", "import_line") for row in await session.execute(text(f"SELECT * FROM {table}"))]
    await run(bench)
    async with bench.service.database.reading() as session:
        kept += [str(row) for row in await session.execute(text("SELECT * FROM import_line"))]

    assert answer.status_code == 202 and kept
    assert not any(word in row for row in kept for word in ("Rossi", "0476123456", "maria@"))
