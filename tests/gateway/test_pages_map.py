"""The map of organisations: dots are links, those near each other are one, and the same stands in tables."""

import re

import pytest
from pydantic import ValidationError

from gateway.gate import security_headers
from gateway.pages.registry.ground import land
from gateway.pages.registry.map_picture import View, draw_map, view_around, view_of
from gateway.settings import GatewaySettings
from tests.gateway.pages_door import CANARY, Door

FACETS = {"total": 50, "kind": [], "country": [{"value": "FR", "count": 42}], "network": [], "theme": []}


@pytest.fixture
def map_door(door: Door) -> Door:
    door.fakes.answers["GET /api/v1/actors/facets"] = FACETS
    return door


@pytest.mark.parametrize(
    "path", ["/map", "/map?near=3&lat=45.2&lon=5.7", "/map?kind=municipality&country=fr", "/map?near=10&lat=90&lon=180", "/map?q=a"]
)
async def test_the_map_is_whole_safe_and_without_a_script(map_door: Door, path: str) -> None:
    for language in ("en", "ar"):
        page = await map_door.get(path, **{"Accept-Language": language})

        assert page.status_code == 200, page.text
        assert CANARY not in page.text
        assert " style=" not in page.text and re.search(r"<script(?! src=\"/static/)", page.text) is None
        assert page.text.count("<h1") == 1


async def test_a_dot_leads_to_its_organisation_and_many_lead_nearer(map_door: Door) -> None:
    page = await map_door.get("/map")

    assert page.text.count('href="/actors/grenoble-fr"') == 2
    assert "/map?near=2&amp;lat=52.500&amp;lon=13.400#picture" in page.text
    assert '<a href="/map?country=FR">France</a>' in page.text
    assert "42 of 50" in page.text


async def test_what_is_not_understood_is_asked_again(map_door: Door) -> None:
    map_door.fakes.answers["GET /api/v1/actors.geojson"] = (422, {"code": "invalid", "detail": "No.", "errors": []})

    page = await map_door.get("/map?kind=dragon")
    wrong = await map_door.get("/map?near=99")

    assert (page.status_code, "could not be understood" in page.text, wrong.status_code) == (200, True, 404)


def test_a_window_holds_all_points_and_its_middle_is_true() -> None:
    points = [
        {"geometry": {"coordinates": [lon, lat]}, "properties": {"slug": "a", "kind": "region", "name": "A"}}
        for lon, lat in ((-9.1, 38.7), (30.5, 50.4), (24.9, 60.2), (14.5, 35.9))
    ]

    view = view_around(points)
    drawn = draw_map(points, view, 0, {})

    assert all(0 < dot.x < 1000 and 0 < dot.y < 700 for dot in drawn.dots)
    assert view.place(view.lat, view.lon) == (500, 350)
    assert 2 <= sum(line.upright for line in drawn.lines) <= 9


def test_dots_that_would_lie_on_one_another_are_drawn_as_one_that_leads_to_them() -> None:
    places = [(5.72, 45.19, "a"), (5.721, 45.191, "b"), (5.72, 45.19, "c"), (5.9, 45.3, "d")]
    points = [{"geometry": {"coordinates": [lon, lat]}, "properties": {"slug": name, "kind": "region", "name": name}} for lon, lat, name in places]
    far, close = view_of(2, 45.2, 5.7), view_of(10, 45.19, 5.72)
    assert far and close

    whole, closest = draw_map(points, far, 2, {}), draw_map(points[:3], close, 10, {})

    assert [mark.count for mark in whole.marks] == [4] and "near=4" in whole.marks[0].path
    assert [mark.count for mark in closest.marks] == [3] and closest.marks[0].path == "#here"
    assert len(whole.dots) == 4 and {dot.path for dot in closest.dots} == {"/actors/a", "/actors/b", "/actors/c"}


def test_no_window_leaves_the_globe() -> None:
    for near in range(1, 11):
        for lat, lon in ((90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)):
            view = view_of(near, lat, lon)
            assert isinstance(view, View)
            west, south, east, north = (float(part) for part in view.box.split(","))
            assert -180 <= west < east <= 180 and -90 <= south < north <= 90


async def test_the_tables_come_alone_where_a_live_map_asks_for_them(map_door: Door) -> None:
    whole = await map_door.get("/map?kind=network&near=3&lat=45.2&lon=5.7")
    tables = await map_door.get("/map?kind=network&near=3&lat=45.2&lon=5.7&part=tables")

    assert tables.status_code == 200 and "<h1" not in tables.text and "<svg" not in tables.text
    assert tables.text.strip() in whole.text
    assert 'data-map="/api/v1/actors.geojson?kind=network"' in whole.text
    assert 'data-view="45.2000,5.7000,6"' in whole.text


async def test_tiles_are_only_there_where_the_city_chose_some_and_only_from_there(map_door: Door) -> None:
    without = await map_door.get("/map")
    policy = security_headers(True, "https://tiles.example.org:8443/{z}/{x}/{y}.png")[0][1].decode()

    assert "data-tiles" not in without.text
    assert "img-src 'self' data:;" in without.headers["content-security-policy"]
    assert "img-src 'self' data: https://tiles.example.org:8443;" in policy
    assert GatewaySettings(signing_key="k" * 43, map_tiles_url="https://tiles.example.org:8443/{z}/{x}/{y}.png").map_tiles_url
    for wrong in ("http://tiles.example.org/{z}.png", "https://a.example.org; script-src *", "https://me@a.example.org/{z}"):
        with pytest.raises(ValidationError):
            GatewaySettings(signing_key="k" * 43, map_tiles_url=wrong)


def test_the_land_is_cut_at_the_edges_of_the_window() -> None:
    grenoble = land((5.0, 44.9, 6.4, 45.5), 1000, 700)
    europe = land((-12.0, 34.0, 40.0, 62.0), 1000, 700)

    assert grenoble.startswith("M") and len(grenoble) < 200
    assert 10_000 < len(europe) < 40_000
    assert land((-40.0, 45.0, -30.0, 50.0), 1000, 700) == ""
