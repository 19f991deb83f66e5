"""The pages of the network: a picture without a script, the same as tables, and answers in plain words."""

import re

import pytest

from gateway.pages.registry.chain_picture import draw_connection, draw_ways
from gateway.pages.registry.picture import Window, draw
from tests.gateway.pages_door import CANARY, DRAWING, GRAPH, Door

PAGES = (
    "/network", "/network?network=net", "/network?actor=grenoble-fr", "/network?actor=grenoble-fr&depth=2", "/network?year=2018&undated=yes",
    "/network?near=2&x=10&y=-5", "/network?q=gren", "/network?community=0", "/network/path", "/network/path?from=grenoble-fr&to=net",
    "/network/connect", "/network/connect?actor=grenoble-fr&actor=net", "/network/years", "/network/years?network=net",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_whole_safe_and_without_inline_style(door: Door, path: str) -> None:
    for language in ("en", "ar"):
        page = await door.get(path, **{"Accept-Language": language})

        assert page.status_code == 200, page.text
        assert CANARY not in page.text
        assert " style=" not in page.text
        assert re.search(r"<script(?! src=\"/static/)", page.text) is None
        assert page.text.count("<h1") == 1
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page.text


async def test_the_old_address_leads_on(door: Door) -> None:
    page = await door.get("/networks?network=net")

    assert (page.status_code, page.headers["location"]) == (303, "/network?network=net")


async def test_who_is_no_network_is_shown_as_who_it_is(door: Door) -> None:
    page = await door.get("/network?network=grenoble-fr")

    assert (page.status_code, page.headers["location"]) == (303, "/network?actor=grenoble-fr")


async def test_each_dot_is_a_link_with_a_name_and_its_row_stands_in_a_table(door: Door) -> None:
    page = await door.get("/network?network=net")

    assert '<a href="/network?actor=grenoble-fr"><title>' in page.text
    assert '<th scope="row"><a href="/network?actor=grenoble-fr">' in page.text
    assert "<use" not in page.text
    assert 'role="group"' in page.text


async def test_the_picture_moves_by_links(door: Door) -> None:
    far = await door.get("/network?country=fr")
    near = await door.get("/network?near=2&x=10&y=-5&country=FR")

    assert "/network?country=FR&amp;near=1" in far.text
    assert "To the left" not in far.text
    assert "To the left" in near.text
    assert 'href="/network?country=FR#picture"' in near.text


async def test_a_network_that_is_too_large_says_which_part_is_shown(door: Door) -> None:
    door.fakes.answers["GET /api/v1/network/drawing"] = {**DRAWING, "actors": 20_000, "bridging_exact": False}

    page = await door.get("/network")

    assert "too large for one picture" in page.text
    assert "is estimated" in page.text


async def test_before_the_first_drawing_the_tables_stand_alone(door: Door) -> None:
    for name in ("drawing", "central"):
        door.fakes.answers[f"GET /api/v1/network/{name}"] = (404, {"code": "not_drawn", "detail": "Not yet.", "errors": []})
    door.fakes.answers["GET /api/v1/network/paths"] = (404, {"code": "not_drawn", "detail": "Not yet.", "errors": []})
    door.fakes.answers["GET /api/v1/network"] = {**GRAPH, "nodes": {**GRAPH["nodes"], "x": [None, None], "y": [None, None]}}

    page = await door.get("/network")
    path = await door.get("/network/path?from=grenoble-fr&to=net")

    assert "The network is being drawn." in page.text
    assert '<a href="/network?network=net">Net</a>' in page.text
    assert "The network is being drawn." in path.text


async def test_a_question_that_is_not_understood_is_asked_again(door: Door) -> None:
    door.fakes.answers["GET /api/v1/network"] = (422, {"code": "invalid", "detail": "No.", "errors": []})

    page = await door.get("/network?year=soon")

    assert (page.status_code, "could not be understood" in page.text) == (200, True)


async def test_who_is_meant_is_asked_where_several_are_found(door: Door) -> None:
    page = await door.get("/network/path?from=gren&to=nowhere")

    assert page.status_code == 200
    assert page.text.count("<h1") == 1


async def test_the_tables_come_alone_where_a_live_picture_asks_for_them(door: Door) -> None:
    whole = await door.get("/network?network=net&year=2018")
    tables = await door.get("/network?network=net&year=2018&part=tables")

    assert "<h1" not in tables.text and "<svg" not in tables.text
    assert tables.text.strip() in whole.text
    assert 'data-network="/api/v1/network?format=picture&amp;network=net"' in whole.text and 'data-focus="net"' in whole.text


async def test_who_is_chosen_in_the_picture_stands_in_the_address(door: Door) -> None:
    page = await door.get("/network?focus=grenoble-fr")
    nobody = await door.get(f"/network?focus={CANARY}")

    assert 'data-focus="grenoble-fr"' in page.text
    assert 'data-focus=""' in nobody.text and CANARY not in nobody.text


async def test_ways_and_connections_have_a_picture_whose_shapes_are_links(door: Door) -> None:
    path = await door.get("/network/path?from=grenoble-fr&to=net")
    connection = await door.get("/network/connect?actor=grenoble-fr&actor=net")

    for page in (path, connection):
        assert 'class="net chain"' in page.text
        assert '<a href="/network?network=net"><title>' in page.text


def test_a_connection_is_drawn_in_columns_from_those_who_were_asked_about() -> None:
    def actor(key: str, kind: str = "municipality") -> dict[str, str]:
        return {"id": key, "slug": key, "kind": kind, "name": key.title()}

    actors = {key: actor(key) for key in ("ghent", "rome", "lodz")} | {key: actor(key, "network") for key in ("anvita", "index")}
    found = {
        "shared": [{"network": actors["index"], "actors": ["rome", "lodz"]}],
        "links": [
            {"one": "ghent", "other": "anvita"},
            {"one": "lodz", "other": "anvita"},
            {"one": "lodz", "other": "index"},
            {"one": "rome", "other": "index"},
        ],
    }

    drawn = draw_connection(["ghent", "rome"], found, actors)

    assert drawn is not None
    column = {stop.full_name: stop.x for stop in drawn.stops}
    assert column["Ghent"] == column["Rome"] < column["Anvita"] == column["Index"] < column["Lodz"]
    assert [stop.full_name for stop in drawn.stops if stop.strong] == ["Ghent", "Rome"]
    assert (drawn.strong.count("M"), drawn.thin.count("M"), drawn.left_out) == (4, 0, 0)
    assert draw_connection(["ghent", "rome"], {"shared": [], "links": []}, actors) is None
    assert draw_ways([[actors["ghent"], None]]) is None


def test_a_picture_of_a_thousand_is_small_and_names_do_not_cover_one_another() -> None:
    many = 1_000
    graph = {
        "kinds": ["municipality", "network"], "countries": [], "roles": ["member"],
        "nodes": {
            "id": [str(n) for n in range(many)], "slug": [f"a-city-with-a-name-{n}" for n in range(many)], "name": [f"City {n}" for n in range(many)],
            "kind": [1 if n < 30 else 0 for n in range(many)], "country": [None] * many, "x": [(n * 37) % 2000 for n in range(many)],
            "y": [(n * 91) % 1500 for n in range(many)], "degree": [40 if n < 30 else 1 for n in range(many)], "community": [0] * many,
        },
        "edges": {"member": [30 + n % 970 for n in range(1300)], "network": [n % 30 for n in range(1300)],
                  "role": [0] * 1300, "since": [None] * 1300},
    }  # fmt: skip

    whole = draw(graph, Window(), {})
    part = draw(graph, Window(3, 1000, 700), {})

    assert whole is not None and part is not None
    assert len(whole.dots) == many
    assert len(part.dots) < many / 4
    assert len(whole.links) < 60_000
    assert len(re.findall("M", whole.links)) == 1300
    lines = [(name.y, name.x) for name in whole.names]
    assert len(set(lines)) == len(lines)
