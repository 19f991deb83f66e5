"""Practices of cities and places of reception from a table: what the columns mean, the preview, the faults, and importing again."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import Bench, account, anonymous
from services.actors.model.imports.mapping import TableMapping, guess
from services.actors.model.imports.mapping_words import RowsAre
from services.actors.model.imports.tables import header_of
from tests.actors.imports import checked, csv_of, lines, written, xlsx_of

PRACTICES = "city;practice;since;note;source\n"
PLACES = "municipality_id;purpose;begins_on;ends_on;places;source\n"
City = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def a_city(either_bench: Bench) -> City:
    async def enter(name: str, kind: str = "municipality") -> dict[str, Any]:
        body = {"kind": kind, "name": name, "source": "https://example.org/list"}
        answer = await either_bench.post(account("coordinator"), "/api/v1/actors", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return enter


async def rows(bench: Bench, noun: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await bench.get(anonymous(), f"/api/v1/{noun}")).json()["items"]
    return found


async def test_practices_enter_by_code_or_name_and_importing_again_changes_what_differs(either_bench: Bench, a_city: City) -> None:
    city = await a_city("Ghent")
    table = csv_of("Ghent;Wohnprogramm;2016;Since the motion.;https://ghent.example\n", f"{city['slug']};city_card;;;\n", header=PRACTICES)

    first = await written(either_bench, table)
    again = await written(either_bench, table)
    other = await written(either_bench, csv_of("Ghent;housing_programme;2017;;\n", header=PRACTICES))

    assert [job["counts"]["lines"] for job in (first, again, other)] == [
        {"practice": {outcome: many}} for outcome, many in (("new", 2), ("unchanged", 2), ("changed", 1))
    ]
    found = {row["practice"]: row for row in await rows(either_bench, "practices")}
    housing, card = found["housing_programme"], found["city_card"]
    assert (housing["since"], housing["note"], housing["source"], housing["version"]) == (2017, "Since the motion.", "https://ghent.example", 2)
    assert (card["actor"]["slug"], card["source"], card["entered_by"], card["read_on"]) == ("ghent", "town", "import", "2026-11-21")
    history = (await either_bench.get(anonymous(), f"/api/v1/practices/{housing['id']}/history")).json()["items"]
    assert [entry["act"] for entry in history] == ["changed", "entered"]


async def test_places_of_reception_enter_and_are_changed_by_their_first_day(either_bench: Bench, a_city: City) -> None:
    await a_city("Ghent")
    row = "ghent;families;2027-01-01;2027-12-31;40;https://ghent.example\n"

    first = await written(either_bench, csv_of(row, header=PLACES))
    again = await written(either_bench, csv_of(row, header=PLACES))
    more = await written(either_bench, csv_of(row.replace("2027-12-31;40", "2027-06-30;60"), row.replace("2027-01-01", "2027-07-01"), header=PLACES))

    assert [job["counts"]["lines"]["capacity"] for job in (first, again, more)] == [{"new": 1}, {"unchanged": 1}, {"changed": 1, "new": 1}]
    found = sorted((row["begins_on"], row["ends_on"], row["places"], row["version"]) for row in await rows(either_bench, "capacities"))
    assert found == [("2027-01-01", "2027-06-30", 60, 2), ("2027-07-01", "2027-12-31", 40, 1)]


async def test_each_fault_names_its_line_and_column_and_the_rest_goes_on(either_bench: Bench, a_city: City) -> None:
    await a_city("Ghent")
    await a_city("Asso", kind="civil_society")
    table = csv_of(
        "ghent;families;2027-01-01;2027-12-31;40;\n", "ghent;families;2027-06-01;;40;\n", "ghent;families;2027-01-01;;41;\n",
        "asso;general;2027-01-01;;5;\n", "nowhere;general;2027-01-01;;5;\n", "ghent;refugees;2027-01-01;;5;\n", "ghent;general;2027-02-30;;5;\n",
        "ghent;general;2027-02-01;2027-01-01;5;\n", "ghent;general;2027-02-01;;many;\n", "ghent;general;2027-02-01;;;\n", header=PLACES,
    )  # fmt: skip

    job = await checked(either_bench, table)

    told = [(line["line"], line["code"], (line["message"] or {}).get("column")) for line in await lines(either_bench, job)]
    assert told == [
        (2, None, None), (3, "period_is_taken", None), (4, "duplicate", None), (5, "not_a_municipality", None), (6, "unknown_id", None),
        (7, "not_in_list", "purpose"), (8, "date", "begins_on"), (9, "ends_before_it_begins", "ends_on"), (10, "number", "places"),
        (11, "missing", "places"),
    ]  # fmt: skip


async def test_a_workbook_brings_cities_with_their_practices_and_places(either_bench: Bench) -> None:
    book = xlsx_of(
        Cities=[["id", "name", "kind", "country"], ["c1", "Vienne", "municipality", "FR"]],
        Practices=[["city", "practice", "since"], ["c1", "City card", 2018], ["c1", "Juggling", 2018]],
        Reception=[["city", "for whom", "first day", "last day", "places"], ["c1", "General", "2027-01-01", None, 12]],
    )

    job = await written(either_bench, book)

    assert job["counts"]["lines"] == {"organisation": {"new": 1}, "practice": {"new": 1}, "row": {"refused": 1}, "capacity": {"new": 1}}
    [practice], [capacity] = await rows(either_bench, "practices"), await rows(either_bench, "capacities")
    assert (practice["practice"], practice["since"], practice["actor"]["name"]) == ("city_card", 2018, "Vienne")
    assert (capacity["places"], capacity["ends_on"], capacity["municipality"]["name"]) == (12, None, "Vienne")


async def test_a_table_without_the_last_day_leaves_it_and_a_chosen_column_is_remembered(either_bench: Bench, a_city: City) -> None:
    await a_city("Ghent")
    await written(either_bench, csv_of("ghent;general;2027-01-01;2027-12-31;40;\n", header=PLACES))
    mapping = {"*": {"rows": "capacities", "columns": {"Ort": "organisation", "Wer": "purpose", "Erster": "begins_on", "Betten": "places"}}}
    await either_bench.call(account("coordinator"), "PUT", "/api/v1/import-sources/town", json={"mapping": mapping})

    job = await written(either_bench, csv_of("ghent;general;2027-01-01;55\n", header="Ort;Wer;Erster;Betten\n"))

    assert job["counts"]["lines"] == {"capacity": {"changed": 1}}
    [found] = await rows(either_bench, "capacities")
    assert (found["places"], found["ends_on"]) == (55, "2027-12-31")


async def test_members_bring_offers_only(either_bench: Bench, a_city: City) -> None:
    city = await a_city("Ghent")

    job = await checked(
        either_bench, csv_of("ghent;city_card;;;\n", header=PRACTICES), caller=account("member", actor=UUID(city["id"])), source="own"
    )

    [line] = await lines(either_bench, job)
    assert line["code"] == "not_your_organisation"


async def test_the_registrys_own_files_bring_them_back_as_a_whole(either_bench: Bench, a_city: City) -> None:
    await a_city("Ghent")
    await written(either_bench, csv_of("ghent;city_card;2018;A note;\n", header=PRACTICES))
    await written(either_bench, csv_of("ghent;general;2027-01-01;;40;\n", header=PLACES))
    left = [(f"{noun}.csv", (await either_bench.get(anonymous(), f"/api/v1/export/{noun}.csv")).content) for noun in ("practices", "capacities")]

    again = await written(either_bench, *left, source="own")
    taken = await checked(either_bench, ("capacities.csv", left[1][1] + b"ghent,general,2027-03-01,,5,x\r\n"), source="own")

    assert again["counts"]["lines"] == {"practice": {"new": 0, "changed": 0, "unchanged": 1}, "capacity": {"new": 0, "changed": 0, "unchanged": 1}}
    [line] = await lines(either_bench, taken)
    assert (line["place"], line["line"], line["code"]) == ("capacities.csv", 3, "period_is_taken")


@pytest.mark.parametrize(
    ("header", "rows_are"),
    [
        ("actor_id,practice,since,note,source", RowsAre.PRACTICES), ("Ville,Pratique,Depuis", RowsAre.PRACTICES),
        ("municipality_id,purpose,begins_on,ends_on,places,source", RowsAre.CAPACITIES), ("Stadt,Für wen,Beginn,Ende,Plätze", RowsAre.CAPACITIES),
        ("id,name,kind,country,lat,lon", RowsAre.ORGANISATIONS), ("service id,service name,description,places", RowsAre.SERVICES),
    ],
)  # fmt: skip
def test_what_the_rows_are_is_seen_from_the_headers(header: str, rows_are: RowsAre) -> None:
    found: TableMapping = guess(header_of("list", header.split(",")))

    assert found.rows is rows_are and found.is_complete()
