"""The archive: in which languages a resource comes, told, corrected, asked for, brought by a file and never guessed."""

from typing import Any

import pytest

from chassis.errors import FieldError
from chassis.identity import SYSTEM
from chassis.testing import Bench, account, anonymous
from services.actors.model.import_report import ImportRefused
from services.actors.model.texts import language_tag
from services.actors.use_cases.importing import import_registry

HEADER = "id,title,authors,year,kind,topic_themes,actor_ids,url,source\n"
TOLD = "id,title,authors,year,kind,languages,topic_themes,actor_ids,url,source\n"


async def a_report(bench: Bench, title: str, **fields: Any) -> dict[str, Any]:
    body = {"title": title, "kind": "report", "source": "Seed 001", **fields}
    answer = await bench.post(account("coordinator"), "/api/v1/resources", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def titles(bench: Bench, **query: str) -> list[str]:
    answer = await bench.get(anonymous(), "/api/v1/resources", params=query)
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json()["items"]]


async def missing(bench: Bench) -> list[str]:
    (row,) = (await bench.get(anonymous(), "/api/v1/quality", params={"record": "resource"})).json()["items"]
    return [one["code"] for one in row["improve"]]


async def brought(bench: Bench, *rows: str, header: str = TOLD) -> None:
    async with bench.service.open_work(SYSTEM) as work:
        await import_registry(work, {"resources": (header + "".join(rows)).encode()})


async def test_the_archive_is_asked_by_language_and_by_what_nobody_told(either_bench: Bench) -> None:
    bench = either_bench
    await a_report(bench, "Accueillir", languages=["FR", "en"])
    await a_report(bench, "Suisse", languages=["fr-ch"])
    await a_report(bench, "Frisian", languages=["fry"])
    await a_report(bench, "Untold", languages=["und"])

    found = {code: await titles(bench, language=code) for code in ("fr", "fr-CH", "EN", "und", "de")}

    assert found == {"fr": ["Accueillir", "Suisse"], "fr-CH": ["Suisse"], "EN": ["Accueillir"], "und": ["Untold"], "de": []}
    counts = (await bench.get(anonymous(), "/api/v1/archive-languages")).json()["items"]
    assert {row["language"]: row["count"] for row in counts} == {"fr": 1, "en": 1, "fr-CH": 1, "fry": 1, "und": 1}


async def test_a_correction_of_the_languages_stands_in_the_history_and_raises_the_quality(bench: Bench) -> None:
    report = await a_report(bench, "Accueillir")
    before = await missing(bench)

    answer = await bench.patch(account("coordinator"), f"/api/v1/resources/{report['id']}", {"languages": ["fr", "ar", "fr"]}, version=1)

    assert answer.json()["languages"] == ["fr", "ar"]
    history = (await bench.get(anonymous(), f"/api/v1/resources/{report['id']}/history")).json()["items"]
    changes = [change for change in history[0]["changes"] if change["field"] == "languages"]
    assert changes == [{"field": "languages", "before": [], "after": ["fr", "ar"]}]
    assert "languages" in before and "languages" not in await missing(bench)


@pytest.mark.parametrize("wrong", [["french"], ["f"], ["fr_CH"], ["fr"] * 21, "fr", [None]])
async def test_what_is_no_language_is_refused(bench: Bench, wrong: Any) -> None:
    body = {"title": "A", "kind": "report", "source": "Seed 001", "languages": wrong}

    answer = await bench.post(account("coordinator"), "/api/v1/resources", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/languages")


async def test_a_file_without_the_column_leaves_what_was_told(bench: Bench) -> None:
    await brought(bench, "a-report,A report,,2020,report,fr;PT-br,,,,Seed 001\n")

    await brought(bench, "a-report,A better report,,2020,report,,,,Seed 001\n", header=HEADER)

    (row,) = (await bench.get(anonymous(), "/api/v1/resources")).json()["items"]
    assert (row["title"], row["languages"], row["version"]) == ("A better report", ["fr", "pt-BR"], 2)


async def test_a_file_with_the_column_empties_it_and_names_what_is_wrong(bench: Bench) -> None:
    await brought(bench, "a-report,A report,,2020,report,fr,,,,Seed 001\n")

    await brought(bench, "a-report,A report,,2020,report,,,,,Seed 001\n")
    with pytest.raises(ImportRefused) as refusal:
        await brought(bench, "b-report,B report,,2020,report,French please,,,,Seed 001\n")

    assert [(row["title"], row["languages"]) for row in (await bench.get(anonymous(), "/api/v1/resources")).json()["items"]] == [("A report", [])]
    fault = refusal.value.fields[0]
    assert isinstance(fault, FieldError) and (fault.pointer, fault.code) == ("/resources.csv/2/languages", "not_a_language")


async def test_the_exports_name_the_languages(bench: Bench) -> None:
    await a_report(bench, "Accueillir", languages=["fr", "en"])

    table = await bench.get(anonymous(), "/api/v1/export/resources.csv")
    lines = await bench.get(anonymous(), "/api/v1/export/resources.ndjson")

    header, row = table.text.splitlines()[:2]
    assert dict(zip(header.split(","), row.split(","), strict=True))["languages"] == "fr;en"
    assert '"languages":["fr","en"]' in lines.text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "tag"), [("PT-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("ckb", "ckb"), ("fr_CH", None), ("", None), ("fr\n", None)]
)
def test_a_tag_has_one_spelling(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag
