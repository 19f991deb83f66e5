"""What the hub exports, its own readers read: the same organisation comes back, and importing it again changes nothing."""

import pytest

from chassis.testing import Bench, anonymous
from services.actors.model.imports.forms import Organisation
from tests.actors.conftest import Build
from tests.actors.imports import written
from tests.actors.test_imports_hostile import read

PLACES = {
    "hsds.json": "/hsds/v3/organizations?full=true",
    "actors.csv": "/api/v1/export/actors.csv",
    "actors.xlsx": "/api/v1/export/actors.xlsx",
    "actors.geojson": "/api/v1/actors.geojson",
}


@pytest.mark.parametrize("name", PLACES)
async def test_an_export_comes_back_as_the_same_organisation(bench: Bench, an_actor: Build, name: str) -> None:
    known = await an_actor("Ville de Vienne", kind="municipality", country="FR", lat=45.52, lon=4.87, website="https://vienne.example")

    content = (await bench.get(anonymous(), PLACES[name])).content
    if name.endswith("csv"):
        # As a table of others: the registry's own name for it would make it the registry's own file.
        name = "list.csv"
    [item] = read(name, content)

    assert isinstance(item, Organisation)
    assert (item.name, item.kind, item.lat, item.lon, item.website) == ("Ville de Vienne", "municipality", 45.52, 4.87, "https://vienne.example")
    assert known["slug"] in (item.slug, item.key)


@pytest.mark.parametrize("name", ["hsds.json", "actors.geojson"])
async def test_importing_an_export_into_the_same_hub_doubles_nothing(bench: Bench, an_actor: Build, name: str) -> None:
    await an_actor("Ville de Vienne", kind="municipality", country="FR", lat=45.52, lon=4.87, website="https://vienne.example")

    job = await written(bench, (name, (await bench.get(anonymous(), PLACES[name])).content))

    assert "new" not in job["counts"]["lines"]["organisation"]
    assert len((await bench.get(anonymous(), "/api/v1/actors")).json()["items"]) == 1
