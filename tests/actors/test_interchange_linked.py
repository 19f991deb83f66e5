"""Linked data: the catalogue and public services pass the shapes of DCAT-AP and CPSV-AP, in both spellings alike."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from icalendar import Calendar
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Namespace
from rdflib.compare import isomorphic

from chassis.ids import new_id
from chassis.testing import Bench, Databases, TestClock, anonymous, bench_for, settings_for_tests
from services.actors.app import build
from services.actors.settings import Settings
from tests.actors.interchange_help import an_offer, enter

SHAPES = Path(__file__).parent / "shapes"
CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")


@pytest.fixture
async def hub(databases: Databases, clock: TestClock) -> AsyncIterator[Bench]:
    """A registry with a publisher."""
    url = await databases.fresh("sqlite", "actors")
    settings = Settings(
        **settings_for_tests(url), export_seconds=0, publisher_name="Ville de Grenoble", publisher_place="Grenoble", public_url="https://hub.example/"
    )
    async with bench_for(lambda: build(settings, clock)) as bench:
        yield bench


async def _read(bench: Bench, path: str, kind: str) -> Graph:
    answer = await bench.get(anonymous(), path)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=kind)


def _faults(graph: Graph, shapes: str) -> str:
    conforms, _, told = validate(graph, shacl_graph=Graph().parse(SHAPES / shapes))
    return "" if conforms else told


async def test_the_catalogue_passes_the_shapes_of_dcat_ap(hub: Bench) -> None:
    await enter(hub, "Grenoble")
    size = len((await hub.get(anonymous(), "/api/v1/export/actors.csv")).content)

    json_ld = await _read(hub, "/catalog.jsonld", "json-ld")
    turtle = await _read(hub, "/catalog.ttl", "turtle")

    assert _faults(json_ld, "dcat-ap.ttl") == ""
    assert isomorphic(json_ld, turtle)
    assert len(list(json_ld.subjects(RDF.type, DCAT.Dataset))) == 9
    assert len(list(json_ld.subjects(RDF.type, DCAT.Distribution))) == 8 * 4 + 5
    assert [int(found) for found in json_ld.objects(None, DCAT.byteSize)] == [size]
    assert {str(name) for name in json_ld.objects(None, FOAF.name)} == {"Ville de Grenoble"}


async def test_every_file_of_the_catalogue_is_there_with_its_media_type(hub: Bench) -> None:
    await an_offer(hub, provider_actor_id=(await enter(hub, "Accueil", lat=45.1, lon=5.7))["id"])
    catalogue = await _read(hub, "/catalog.jsonld", "json-ld")

    for distribution in catalogue.subjects(RDF.type, DCAT.Distribution):
        address = str(catalogue.value(distribution, DCAT.downloadURL)).removeprefix("https://hub.example")
        answer = await hub.get(anonymous(), address)
        assert answer.status_code == 200, address
        assert str(catalogue.value(distribution, DCAT.mediaType)).endswith(answer.headers["content-type"].split(";")[0])


async def test_an_offer_is_a_public_service_that_passes_the_shapes_of_cpsv_ap(hub: Bench) -> None:
    helper = await enter(hub, "Accueil", slug="accueil")
    city = await enter(hub, "Grenoble", kind="municipality", slug="grenoble-fr")
    by_helper = await an_offer(hub, provider_actor_id=helper["id"])
    by_city = await an_offer(hub, provider_actor_id=city["id"], description=None, windows=[], lat=None, lon=None, remote=True)
    by_resident = await an_offer(hub)

    for offer_id in (by_helper, by_city, by_resident):
        assert _faults(await _read(hub, f"/api/v1/directory/{offer_id}.cpsv.jsonld", "json-ld"), "cpsv-ap.ttl") == ""
    everything = await _read(hub, "/api/v1/export/services.cpsv.jsonld", "json-ld")

    assert _faults(everything, "cpsv-ap.ttl") == ""
    services = {str(everything.value(service, DCTERMS.identifier)): service for service in everything.subjects(RDF.type, CPSV.PublicService)}
    assert set(services) == {str(by_helper), str(by_city), str(by_resident)}
    authority = {name: str(everything.value(service, CV.hasCompetentAuthority)) for name, service in services.items()}
    assert authority[str(by_city)] == "https://hub.example/actors/grenoble-fr"
    assert authority[str(by_helper)] == authority[str(by_resident)] == "https://hub.example/open-data#authority"
    assert {str(text) for text in everything.objects(services[str(by_helper)], DCTERMS.title)} == {"French class", "Cours de français"}


async def test_one_offer_is_a_calendar_and_what_is_not_there_is_not_found(hub: Bench, clock: TestClock) -> None:
    offer = await an_offer(hub)

    found = await hub.get(anonymous(), f"/api/v1/directory/{offer}.ics")
    again = await hub.get(anonymous(), f"/api/v1/directory/{offer}.ics", headers={"If-None-Match": found.headers["etag"]})
    clock.forward(days=365)
    over = [await hub.get(anonymous(), f"/api/v1/directory/{offer}.{ending}") for ending in ("ics", "cpsv.jsonld")]
    unknown = [await hub.get(anonymous(), f"/api/v1/directory/{new_id()}.{ending}") for ending in ("ics", "cpsv.jsonld")]
    strange = await hub.get(anonymous(), "/api/v1/directory/x.ics")

    assert len(list(Calendar.from_ical(found.content).walk("VEVENT"))) == 2
    assert again.status_code == 304
    assert [answer.status_code for answer in (*over, *unknown)] == [404] * 4
    assert strange.status_code == 422


async def test_texts_that_would_break_the_spelling_do_not(hub: Bench) -> None:
    title = {"en": 'A "quoted" <b> \\ line\nbreak', "not a language": "x", "ar": "درس"}
    offer = await an_offer(hub, title=title)

    graph = await _read(hub, f"/api/v1/directory/{offer}.cpsv.jsonld", "json-ld")

    titles = {str(text) for text in graph.objects(None, DCTERMS.title)}
    assert titles == {title["en"], title["ar"]}
