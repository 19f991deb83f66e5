"""What leaves comes back the same: the registry files as CSV, XLSX and GeoJSON, HSDS as far as it can, whatever the texts."""

import io
import json
import string
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import openpyxl
from geojson_pydantic import FeatureCollection
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.formulas import guarded, unguarded
from services.actors.model.import_report import Faults
from services.actors.model.imports.forms import Organisation
from services.actors.model.imports.hsds import read_hsds
from services.actors.model.interchange.cells import cell_text, decimal_text
from services.actors.model.interchange.datasets import Dataset, columns_of
from services.actors.model.interchange.hsds.organizations import Facts, organization
from services.actors.model.interchange.writers import CsvWriter, GeoJsonWriter, NdjsonWriter, XlsxWriter
from services.actors.model.records import Actor
from services.actors.model.registry_files import read_files
from services.actors.model.registry_lines import (
    ActorLine,
    CapacityLine,
    DeclarationLine,
    InitiativeLine,
    MembershipLine,
    PracticeLine,
    ResourceLine,
)
from services.actors.model.texts import is_slug
from services.actors.model.vocabulary import FIRST_DAY, LAST_DAY, ActorKind, DeclarationType, MembershipRole, Practice, Purpose, ResourceKind, Theme
from tests.actors.hsds_rules import faults

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
T = TypeVar("T")
letters = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")
words = st.text(st.one_of(letters, st.sampled_from("=+-@'\",;éßعК")), min_size=1, max_size=60).map(str.strip).filter(bool)
slugs = st.lists(st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8), min_size=1, max_size=4).map("-".join).filter(is_slug)
addresses = slugs.map(lambda slug: f"https://{slug}.example/path?q={slug}")
years = st.integers(1800, 2100)
degrees = st.floats(-89.9, 89.9).map(lambda number: round(number, 12) + 0.0)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(st.none(), strategy)


places = maybe(st.tuples(degrees, degrees))
themes = st.lists(st.sampled_from(Theme), unique=True, max_size=4).map(tuple)
tags = st.lists(st.sampled_from(["fr", "en", "pt-BR", "zh-Hant", "fa-AF", "ckb", "sr-Latn-RS"]), unique=True, max_size=4).map(tuple)
keys = st.lists(slugs, unique=True, max_size=4).map(tuple)


@st.composite
def actors(draw: Any) -> dict[str, Any]:
    lat, lon = draw(places) or (None, None)
    return {
        "id": draw(slugs), "kind": draw(st.sampled_from(ActorKind)).value, "name": draw(words), "local_name": draw(maybe(words)),
        "country": draw(maybe(st.text(string.ascii_uppercase, min_size=2, max_size=2))), "lat": lat, "lon": lon,
        "population": draw(maybe(st.integers(0, 100_000_000))), "website": draw(maybe(addresses)), "source": draw(addresses),
    }  # fmt: skip


@st.composite
def capacities(draw: Any) -> dict[str, Any]:
    begins_on = draw(st.dates(FIRST_DAY, LAST_DAY))
    return {
        "municipality_id": draw(slugs), "purpose": draw(st.sampled_from(Purpose)).value, "begins_on": begins_on,
        "ends_on": draw(maybe(st.dates(begins_on, LAST_DAY))), "places": draw(st.integers(0, 1_000_000)), "source": draw(addresses),
    }  # fmt: skip


ROWS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "actors": actors(),
    "memberships": st.fixed_dictionaries(
        {
            "network_id": slugs, "member_id": slugs, "role": st.sampled_from([one.value for one in MembershipRole]), "since": maybe(years),
            "source": addresses,
        }
    ).filter(lambda row: row["network_id"] != row["member_id"]),
    "declarations": st.fixed_dictionaries(
        {
            "municipality_id": slugs, "type": st.sampled_from([one.value for one in DeclarationType]),
            "date": st.one_of(st.dates(datetime(1900, 1, 1).date()).map(lambda day: f"{min(day.year, 2100):04d}-{day:%m}"), years.map(str)),
            "title": words, "source": addresses,
        }
    ),
    "initiatives": st.fixed_dictionaries(
        {
            "id": slugs, "actor_id": slugs, "title": words, "themes": themes.filter(bool), "year": maybe(years), "partners": keys,
            "summary": maybe(words), "source": addresses,
        }
    ),
    "resources": st.fixed_dictionaries(
        {
            "id": slugs, "title": words, "authors": maybe(words), "year": maybe(years), "kind": st.sampled_from([one.value for one in ResourceKind]),
            "languages": tags, "topic_themes": themes, "actor_ids": keys, "url": maybe(addresses), "source": addresses,
        }
    ),
    "practices": st.fixed_dictionaries(
        {
            "actor_id": slugs, "practice": st.sampled_from([one.value for one in Practice]), "since": maybe(years), "note": maybe(words),
            "source": addresses,
        }
    ),
    "capacities": capacities(),
}  # fmt: skip
files = st.sampled_from(sorted(ROWS)).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(ROWS[kind], min_size=1, max_size=4)))


def _row_of(line: Any) -> dict[str, Any]:
    """A line that the import read, as the row that left."""
    if isinstance(line, ActorLine):
        return {
            "id": line.slug, "kind": line.kind.value, "name": line.name, "local_name": line.local_name, "country": line.country, "lat": line.lat,
            "lon": line.lon, "population": line.population, "website": line.website, "source": line.source,
        }  # fmt: skip
    if isinstance(line, MembershipLine):
        return {"network_id": line.network, "member_id": line.member, "role": line.role.value, "since": line.since, "source": line.source}
    if isinstance(line, DeclarationLine):
        return {"municipality_id": line.municipality, "type": line.type.value, "date": line.date, "title": line.title, "source": line.source}
    if isinstance(line, InitiativeLine):
        return {
            "id": line.slug, "actor_id": line.actor, "title": line.title, "themes": line.themes, "year": line.year, "partners": line.partners,
            "summary": line.summary, "source": line.source,
        }  # fmt: skip
    if isinstance(line, PracticeLine):
        return {"actor_id": line.actor, "practice": line.practice.value, "since": line.since, "note": line.note, "source": line.source}
    if isinstance(line, CapacityLine):
        return {
            "municipality_id": line.municipality, "purpose": line.purpose.value, "begins_on": line.begins_on, "ends_on": line.ends_on,
            "places": line.places, "source": line.source,
        }  # fmt: skip
    assert isinstance(line, ResourceLine)
    return {
        "id": line.slug, "title": line.title, "authors": line.authors, "year": line.year, "kind": line.kind.value,
        "languages": line.languages, "topic_themes": line.topic_themes, "actor_ids": line.actors, "url": line.url, "source": line.source,
    }  # fmt: skip


def _csv(kind: str, rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    writer = CsvWriter(out, columns_of(Dataset(kind), every=False))
    writer.write(rows)
    writer.end()
    return out.getvalue()


def _read(kind: str, content: bytes) -> list[dict[str, Any]]:
    noted = Faults()
    found = read_files({kind: content}, noted)
    assert not [fault for fault in noted.found if fault.code != "duplicate"], noted.found
    return [_row_of(line) for line in getattr(found, kind)]


@given(files)
@settings(max_examples=150, deadline=None)
def test_registry_files_as_csv_come_back_the_same(file: tuple[str, list[dict[str, Any]]]) -> None:
    kind, rows = file

    assert _read(kind, _csv(kind, rows)) == rows


@given(files)
@settings(max_examples=40, deadline=None)
def test_registry_files_as_workbooks_come_back_the_same(file: tuple[str, list[dict[str, Any]]]) -> None:
    kind, rows = file
    columns = columns_of(Dataset(kind), every=False)
    out = io.BytesIO()
    writer = XlsxWriter(out, columns, kind)
    writer.write(rows)
    writer.end()

    cells = list(openpyxl.load_workbook(out, read_only=True).active.iter_rows(min_row=2, values_only=True))

    again = [{name: value for name, value in zip(columns, line, strict=True)} for line in cells]
    assert [[_as_text(value) for value in row.values()] for row in again] == [[cell_text(row[name]) for name in columns] for row in rows]


def _as_text(value: Any) -> str:
    return "" if value is None else decimal_text(float(value)) if isinstance(value, float) else str(value)


@given(st.lists(actors(), max_size=5))
@settings(max_examples=60, deadline=None)
def test_actors_as_geojson_and_as_lines_come_back_the_same(rows: list[dict[str, Any]]) -> None:
    out, lines = io.BytesIO(), io.BytesIO()
    writer = GeoJsonWriter(out)
    writer.write(rows)
    writer.end()
    NdjsonWriter(lines).write(rows)

    collection = FeatureCollection.model_validate_json(out.getvalue())

    again = []
    for feature in collection.features:
        lon, lat = feature.geometry.coordinates if feature.geometry else (None, None)
        again.append({**feature.properties, "lat": lat, "lon": lon})
    assert again == [{name: row[name] for name in again[number]} for number, row in enumerate(rows)]
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == rows


@given(actors())
@settings(max_examples=60, deadline=None)
def test_an_organization_of_hsds_keeps_what_hsds_has_a_place_for(row: dict[str, Any]) -> None:
    values = {name: row[name] for name in ("name", "local_name", "country", "lat", "lon", "population", "website", "source")}
    actor = Actor(id=UUID(int=7), slug=row["id"], kind=ActorKind(row["kind"]), created_at=NOW, updated_at=NOW, **values)

    record = organization(Facts(actor), "https://hub.example", full=True)

    assert faults(record, "organization_full") == []
    place = record["locations"][0] if record["locations"] else {}
    again = replace(
        actor, name=record["name"], local_name=record.get("alternate_name"), lat=place.get("latitude"), lon=place.get("longitude"),
        website=record.get("website"), slug=record["organization_identifiers"][0]["identifier"], source=record["metadata"][0]["replacement_value"],
        kind=ActorKind(record["attributes"][0]["value"]),
    )  # fmt: skip
    assert again == actor  # country and population stand in the description alone


@given(st.text(st.sampled_from("=+-@'\t\ra1"), max_size=6))
def test_the_guard_of_formulas_is_undone_exactly(text: str) -> None:
    cell = guarded(text)

    assert unguarded(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.floats(-180, 180))
def test_a_coordinate_is_written_without_an_exponent_to_fifteen_decimals(number: float) -> None:
    text = decimal_text(number)

    assert "e" not in text.lower()
    assert abs(float(text) - number) <= 1e-15


@given(actors())
@settings(max_examples=40, deadline=None)
def test_our_own_import_reads_an_organization_of_hsds_as_the_same_actor(row: dict[str, Any]) -> None:
    plain = {**row, "name": "Accueil", "local_name": None}
    values = {name: plain[name] for name in ("name", "local_name", "country", "lat", "lon", "population", "website", "source")}
    actor = Actor(id=UUID(int=7), slug=row["id"], kind=ActorKind(row["kind"]), created_at=NOW, updated_at=NOW, **values)
    record = organization(Facts(actor), "https://hub.example", full=True)

    (found,) = read_hsds(json.dumps([record]).encode())

    assert isinstance(found, Organisation)
    assert (found.slug, found.kind, found.name, found.website) == (actor.slug, actor.kind, actor.name, actor.website)
    expected = (None, None) if (actor.lat, actor.lon) == (0, 0) else (actor.lat, actor.lon)  # the import takes 0,0 for a place that nobody knew
    assert (found.lat, found.lon) == expected
