"""Builders of files of others, and the steps of an import."""

import io
import json
import zipfile
from typing import Any

import openpyxl

from chassis.identity import Caller
from chassis.testing import Bench, account
from services.actors.timers import run_imports

CSV = "Identifiant;Nom;Type;Pays;Latitude;Longitude;Site web;Téléphone;Courriel\n"
ENTRAIDE = "e1;Entraide du Rhône;association;FR;45,1885;5,7245;https://entraide.example;04 76 12 34 56;a@entraide.example\n"
MAIRIE = "m1;Ville de Vienne;commune;FR;45,52;4,87;https://vienne.example;;\n"


async def upload(bench: Bench, *files: tuple[str, bytes], caller: Caller | None = None, source: str = "town", **data: str) -> Any:
    sent = [("file", (name, content, "application/octet-stream")) for name, content in files]
    return await bench.call(caller or account("coordinator"), "POST", "/api/v1/imports", files=sent, data={"source": source, **data})


async def run(bench: Bench) -> None:
    await run_imports(bench.service)


async def checked(bench: Bench, *files: tuple[str, bytes], caller: Caller | None = None, **data: str) -> dict[str, Any]:
    """Upload and look at the preview."""
    who = caller or account("coordinator")
    answer = await upload(bench, *files, caller=who, **data)
    assert answer.status_code == 202, answer.text
    await run(bench)
    return (await bench.get(who, f"/api/v1/imports/{answer.json()['id']}")).json()


async def lines(bench: Bench, job: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    found = (await bench.get(account("admin"), f"/api/v1/imports/{job['id']}/lines", params={"limit": 200, **query})).json()
    return found["items"]


async def written(bench: Bench, *files: tuple[str, bytes], remove_gone: bool = False, caller: Caller | None = None, **data: str) -> dict[str, Any]:
    """Upload, confirm, write."""
    who = caller or account("coordinator")
    job = await checked(bench, *files, caller=who, **data)
    assert job["state"] == "checked", job
    answer = await bench.post(who, f"/api/v1/imports/{job['id']}/confirm", {"remove_gone": remove_gone})
    assert answer.status_code == 200, answer.text
    await run(bench)
    return (await bench.get(who, f"/api/v1/imports/{job['id']}")).json()


def csv_of(*rows: str, header: str = CSV) -> tuple[str, bytes]:
    return "list.csv", (header + "".join(rows)).encode()


def xlsx_of(**sheets: list[list[Any]]) -> tuple[str, bytes]:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return "list.xlsx", content.getvalue()


def zip_of(**members: str | bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_json", ".json").replace("_xml", ".xml"), member)
    return content.getvalue()


SERVICE = {
    "id": "2b1b8b9e-0000-4000-8000-000000000001", "name": "French classes", "status": "active", "description": "Small groups, two evenings a week.",
    "languages": [{"code": "fr"}], "capacities": [{"maximum": 12}], "email": "class@example.org",
    "schedules": [{"freq": "WEEKLY", "byday": "TU,TH", "opens_at": "18:00", "closes_at": "20:00"}],
    "attributes": [{"taxonomy_term": {"id": "t", "name": "Language classes"}}],
    "service_at_locations": [{"location": {"latitude": 45.19, "longitude": 5.72}}],
}  # fmt: skip
ORGANISATION = {
    "id": "2b1b8b9e-0000-4000-8000-000000000010", "name": "Welcome House", "description": "A house.", "website": "https://welcome.example",
    "email": "x@welcome.example", "services": [SERVICE],
}  # fmt: skip


def hsds(*records: dict[str, Any]) -> tuple[str, bytes]:
    page = {"total_items": len(records), "contents": list(records)}
    return "organizations.json", json.dumps(page).encode()
