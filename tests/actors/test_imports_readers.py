"""The readers of the formats: what each of them yields, and that no bytes make them stumble."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from data_inclusion.schema.v1.services import Service as DiService
from data_inclusion.schema.v1.structures import Structure
from hypothesis import given, settings
from hypothesis import strategies as st

from services.actors.model.imports.categories import category_of
from services.actors.model.imports.detection import format_of
from services.actors.model.imports.forms import FileRefused, Format, Item, LineFault, Link, Organisation, Service
from services.actors.model.imports.hours import windows_of_osm
from services.actors.model.imports.hsds import read_hsds, read_hsds_package
from services.actors.model.imports.job import as_json, kind_of, of_json
from services.actors.model.imports.mapping import guess
from services.actors.model.imports.sealing import FileSeal
from services.actors.model.imports.tables import read_csv
from tests.actors.imports import CSV, ENTRAIDE, ORGANISATION, csv_of, hsds, xlsx_of, zip_of
from tests.actors.test_imports_hostile import read

STRUCTURE = Structure(
    source="dora", id="dora--1", nom="CCAS de Vienne", date_maj=date(2026, 1, 5), siret="13003013300016", longitude=4.87, latitude=45.52,
    telephone="+33476123456", courriel="accueil@vienne.fr", site_web="https://vienne.example", reseaux_porteurs={"ccas-cias"},
)  # fmt: skip
DI_SERVICE = DiService(
    source="dora", structure_id="dora--1", id="dora--s1", nom="Cours de français", description="Petit groupe, deux soirs par semaine.",
    date_maj=date(2026, 1, 5), thematiques={"lecture-ecriture-calcul--maitriser-le-francais"}, frais="gratuit", modes_accueil={"en-presentiel"},
    horaires_accueil="Tu,Th 18:00-20:00; PH off", longitude=4.87, latitude=45.52, telephone="+33476123456", contact_nom_prenom="Maria Rossi",
)  # fmt: skip


def test_data_inclusion_that_its_own_schema_made_is_read_without_contacts() -> None:
    content = json.dumps({"structures": [STRUCTURE.model_dump(mode="json")], "services": [DI_SERVICE.model_dump(mode="json")]}).encode()

    structure, service = read("a.json", content)

    assert isinstance(structure, Organisation) and isinstance(service, Service)
    assert (structure.key, structure.kind, structure.identifiers, structure.contacts) == (
        "dora--1",
        "municipality",
        (("siret", "13003013300016"),),
        2,
    )
    assert (service.organisation, service.free, service.windows, service.contacts) == ("dora--1", True, ((1, 1080, 1200), (3, 1080, 1200)), 2)
    assert category_of(service.terms, {}) == "language.class"
    assert not any(word in repr((structure, service)) for word in ("Rossi", "vienne.fr", "33476"))


def test_data_inclusion_as_a_table_reads_the_same() -> None:
    record = {name: ",".join(value) if isinstance(value, list) else value for name, value in DI_SERVICE.model_dump(mode="json").items() if value}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(record))
    writer.writeheader()
    writer.writerow(record)

    [service] = read("services.csv", out.getvalue().encode())

    assert isinstance(service, Service)
    assert (service.key, service.organisation, category_of(service.terms, {})) == ("dora--s1", "dora--1", "language.class")


def test_an_hsds_page_a_single_object_and_lines_of_json_say_the_same() -> None:
    page = list(read_hsds(hsds(ORGANISATION)[1]))
    single = list(read_hsds(json.dumps(ORGANISATION).encode()))
    lined = list(read_hsds(json.dumps(ORGANISATION).encode() + b"\n" + json.dumps({"id": "o2", "name": "Other"}).encode() + b"\n"))

    assert [type(item) for item in page] == [Organisation, Service]
    assert single == page and lined[:2] == page and [item.key for item in lined[2:] if isinstance(item, Organisation)] == ["o2"]


def test_an_hsds_package_of_tables_is_joined() -> None:
    content = zip_of(
        datapackage_json='{"resources": []}', organizations_csv="id,name,website,email\no1,Welcome House,https://welcome.example,x@y.z\n",
        services_csv="id,organization_id,name,status,email\ns1,o1,French classes,active,a@b.c\n",
        locations_csv="id,latitude,longitude\nl1,45.19,5.72\n", service_at_locations_csv="id,service_id,location_id\na1,s1,l1\n",
        schedules_csv="id,service_id,freq,byday,opens_at,closes_at\nx,s1,WEEKLY,TU,18:00,20:00\n", languages_csv="id,service_id,code\nx,s1,fr\n",
        taxonomy_terms_csv="id,name\nt1,Language classes\n", attributes_csv="id,link_id,taxonomy_term_id\nx,s1,t1\n",
        service_capacities_csv="id,service_id,available\nx,s1,12\n",
    )  # fmt: skip

    organisation, service = read_hsds_package(content)

    assert format_of(content) is Format.HSDS_TABULAR
    assert isinstance(organisation, Organisation) and isinstance(service, Service)
    assert (organisation.name, organisation.contacts) == ("Welcome House", 1)
    assert (service.lat, service.windows, service.languages, service.terms, service.places) == (
        45.19,
        ((1, 1080, 1200),),
        ("fr",),
        ("Language classes",),
        12,
    )


def test_a_collection_of_features_is_read_points_and_shapes_alike() -> None:
    square = {"type": "Polygon", "coordinates": [[[5, 45], [6, 45], [6, 46], [5, 46], [5, 45]]]}
    features = [
        {"type": "Feature", "id": "a", "geometry": {"type": "Point", "coordinates": [5.72, 45.19]}, "properties": {"name": "House", "phone": "1"}},
        {"type": "Feature", "id": "b", "geometry": square, "properties": {"nom": "Ville", "type": "commune", "country": "fr"}},
    ]

    first, second = read("a.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode())

    assert isinstance(first, Organisation) and isinstance(second, Organisation)
    assert (first.lat, first.lon, first.contacts) == (45.19, 5.72, 1)
    assert (second.lat, second.lon, second.kind, second.country, second.notes) == (45.5, 5.5, "municipality", "FR", ("middle_of_shape",))


def test_a_workbook_has_a_mapping_for_each_sheet() -> None:
    _, content = xlsx_of(
        Organisations=[["ID", "Bezeichnung", "Breitengrad", "Längengrad"], [1, "Haus", 45.5, 5.5]],
        Angebote=[["Kennung", "Angebot", "Anbieter", "Kategorie", "Plätze"], [7, "Deutschkurs", "1", "Sprachkurs", 12]],
    )

    organisation, service = read("a.xlsx", content)

    assert isinstance(organisation, Organisation) and isinstance(service, Service)
    assert (organisation.key, organisation.name, organisation.lat) == ("1", "Haus", 45.5)
    assert (service.key, service.organisation, service.places, category_of(service.terms, {})) == ("7", "1", 12, "language.class")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("id,kind,name,local_name,country,lat,lon,population,website,source", "key kind name local_name country lat lon population website source"),
        ("Identifiant;Nom;Site internet;Pays", "key name website country"),
        ("Kennung;Name;Webseite;Land", "key name website country"),
        ("id\tnombre\tsitio web\tpaís", "key name website country"),
        ("Codice|Nome|Sito web|Paese", "key name website country"),
    ],
)
def test_headers_are_understood_in_several_languages(header: str, fields: str) -> None:
    table, _ = read_csv((header + "\n").encode())

    found = guess(table).columns

    assert set(found.values()) >= set(fields.split()) - {"key"} and len(set(found.values())) == len(found)


def test_columns_of_contacts_and_persons_are_not_kept() -> None:
    organisation, *_ = read(*csv_of(ENTRAIDE, header=CSV))

    assert isinstance(organisation, Organisation) and organisation.contacts == 2
    assert "04 76" not in repr(organisation) and "@" not in repr(organisation)


def test_memberships_of_networks_are_links() -> None:
    items = read(*csv_of('1;House;"anvita; eurocities"\n', header="id;name;networks\n"))

    assert [(item.organisation, item.network) for item in items if isinstance(item, Link)] == [("1", "anvita"), ("1", "eurocities")]


@pytest.mark.parametrize(
    ("text", "windows", "whole"),
    [
        ("Mo-We 09:00-12:00", 3, True),
        ("24/7", 7, True),
        ("Sa-Mo 10:00-12:00", 3, True),
        ("Mo 09:00-08:00", 0, False),
        ("sunrise-sunset", 0, False),
        ("Jan Mo 09:00-12:00", 0, False),
        ("", 0, True),
    ],
)
def test_opening_hours_are_weekly_windows_as_far_as_they_speak_of_weeks(text: str, windows: int, whole: bool) -> None:
    found, understood = windows_of_osm(text)

    assert (len(found), understood) == (windows, whole)


def test_a_neutral_form_survives_being_kept() -> None:
    for item in read_hsds(hsds(ORGANISATION)[1]):
        assert not isinstance(item, LineFault)
        assert of_json(kind_of(item), json.loads(json.dumps(as_json(item)))) == item


def test_a_file_is_sealed_and_opens_only_in_its_place() -> None:
    from uuid import uuid4

    from cryptography.exceptions import InvalidTag

    seal, job = FileSeal(b"secret"), uuid4()
    pieces = seal.seal(job, 0, b"maria@example.org" * 100_000)

    assert b"maria" not in b"".join(pieces)
    assert FileSeal(b"secret").open(job, 0, pieces) == b"maria@example.org" * 100_000
    with pytest.raises(InvalidTag):
        FileSeal(b"secret").open(uuid4(), 0, pieces)


def quietly(content: bytes) -> list[Item]:
    try:
        return read("a", content)
    except FileRefused:
        return []


JSONS: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "name", "nom", "services", "organization", "status", "schedules", "structure_id", "properties", "geometry",
                         "coordinates", "service_at_locations", "location", "latitude", "languages", "capacities", "attributes",
                         "taxonomy_term", "cost_options"]),
        inner, max_size=6,
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_stumble(content: bytes) -> None:
    assert all(isinstance(item, Organisation | Service | Link | LineFault) for item in quietly(content))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    quietly(("id;name\n" + text).encode("utf-8", "ignore"))


@settings(max_examples=120, deadline=None)
@given(st.lists(JSONS, max_size=4), st.sampled_from(["contents", "features", "structures", "services"]))
def test_no_json_makes_a_reader_stumble(records: list[Any], name: str) -> None:
    for made in ({name: records}, records, {"type": "FeatureCollection", "features": records}):
        quietly(json.dumps(made).encode())
