"""The network and the map as live pictures, of a thousand organisations: what one sees, finds, narrows and shares."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from chassis.call import AsgiTransport
from chassis.identity import new_signing_key
from gateway.app import SERVICES, build
from gateway.settings import GatewaySettings
from tests.browser.chromium import new_page
from tests.browser.reader import PATIENCE
from tests.gateway.pages_door import DRAWING, Fakes, page_of

MANY, NETWORKS, LINKS = 1_000, 30, 1_300
CITY = {"slug": "city-500", "kind": "municipality", "name": "City 500", "country": "FR", "lat": 45.19, "lon": 5.72}
NODES: dict[str, list[Any]] = {
    "slug": [f"network-{n}" if n < NETWORKS else f"city-{n}" for n in range(MANY)],
    "name": [f"Network {n}" if n < NETWORKS else f"City {n}" for n in range(MANY)],
    "kind": [1 if n < NETWORKS else 0 for n in range(MANY)],
    "country": [0] * MANY,
    "x": [(n * 37) % 2000 for n in range(MANY)],
    "y": [(n * 91) % 1500 for n in range(MANY)],
    "degree": [40 if n < NETWORKS else 1 for n in range(MANY)],
}
GRAPH = {
    "kinds": ["municipality", "network"], "countries": ["FR"], "roles": ["member"],
    "nodes": NODES | {"id": NODES["slug"], "community": [0] * MANY},
    "edges": {
        "member": [NETWORKS + n % (MANY - NETWORKS) for n in range(LINKS)], "network": [n % NETWORKS for n in range(LINKS)],
        "role": [0] * LINKS, "since": [None if n % 10 == 0 else 2010 + n % 10 for n in range(LINKS)],
    },
}  # fmt: skip
FACETS = {"total": 2, "kind": [{"value": "municipality", "count": 2}], "country": [{"value": "FR", "count": 2}], "network": [], "theme": []}
POINTS = [
    {"geometry": {"coordinates": [5.72, 45.19]}, "properties": CITY},
    {"geometry": {"coordinates": [2.35, 48.85]}, "properties": {"cluster": True, "count": 41}},
]

CROWD = """() => {
  const map = document.querySelector("[data-map]").hubMap;
  const point = (id, name, lat, lon, more) => ({ id, name, lat, lon, ...more });
  clearTimeout(map.waiting);
  map.turn = (map.turn || 0) + 1;
  map.address = "";
  map.show([
    point("n", "A need", 45.19, 5.72, { strong: true, km: 5 }), point("1", "Offer 1", 45.19, 5.72), point("2", "Offer 2", 45.19, 5.72),
    point("3", "Offer 3", 45.5, 6.3), point("a", "Many", 45.9, 5, { count: 900 }), point("b", "More", 45.9, 5.02, { count: 900 }),
  ], [[0, 1], [0, 2], [0, 3]]);
  map.everything();
}"""
"""A need and two offers at one place, another offer by itself, and two great dots side by side; what the map has asked for is not waited for."""
REFUSED = """(() => {
  const own = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (...asked) { return this.className.startsWith("sigma-") ? null : own.apply(this, asked); };
})();"""
LYING_ON_ONE_ANOTHER = """() => {
  const boxes = [...document.querySelectorAll(".map-dot")].map((dot) => dot.getBoundingClientRect());
  const over = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  return boxes.filter((one, at) => boxes.slice(at + 1).some((other) => over(one, other))).length;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A gateway whose services answer with a thousand organisations."""
    fakes = Fakes()
    fakes.answers |= {
        "GET /api/v1/network": GRAPH,
        "GET /api/v1/network/drawing": {**DRAWING, "actors": MANY},
        "GET /api/v1/network/years": {"years": [{"year": year, "joined": 1, "total": 1} for year in range(2011, 2020)], "networks": [], "undated": 0},
        "GET /api/v1/network/central": page_of(),
        "GET /api/v1/actors/facets": FACETS,
        "GET /api/v1/actors.geojson": {"features": POINTS},
        "GET /api/v1/actors/suggest": [CITY],
        "GET /api/v1/actors/city-500": CITY,
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = build(GatewaySettings(signing_key=new_signing_key(), public_url=url), {name: AsgiTransport(fakes.app()) for name in SERVICES}, check=False)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield url
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page; what its policy forbids, or a script that breaks, fails the test."""
    contexts, broken = [], []

    def open_page(path: str, **options: Any) -> Page:
        contexts.append(browser.new_context(locale="en-GB", **options))
        page = new_page(contexts[-1])
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert broken == []


def until(page: Page, question: str, value: Any = True) -> None:
    """Wait for an answer of the page. (Its policy forbids playwright's own way.)"""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if page.evaluate(f"() => {question}") == value:
            return
        time.sleep(0.1)
    raise AssertionError(f"{question} never became {value}: {page.evaluate(f'() => {question}')}")


LIVE = "Boolean(document.querySelector('[data-network]').hubNetwork)"


def test_a_thousand_organisations_are_one_live_picture_in_which_one_is_found_and_chosen(visit: Callable[..., Page]) -> None:
    page = visit("/network")
    until(page, LIVE)

    page.fill("#q", "city 5")
    page.get_by_role("button", name="City 500").click()

    expect(page.locator(".network-live p[role=status]")).to_contain_text("1,000")
    expect(page.locator(".network-plain")).to_be_hidden()
    expect(page.locator(".network-panel h3")).to_have_text("City 500")
    expect(page.locator(".network-panel")).to_contain_text("Network 20")
    until(page, "new URL(location).searchParams.get('focus')", "city-500")


def test_the_slider_of_years_narrows_picture_tables_and_address_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/network?focus=city-500")
    until(page, LIVE)
    page.focus("#year-slider")

    for _ in range(3):
        page.keyboard.press("ArrowLeft")

    expect(page.locator(".years-told")).to_have_text("2017")
    expect(page.locator("#year-slider")).to_have_attribute("aria-valuetext", "2017")
    until(page, "new URL(location).searchParams.get('year')", "2017")
    until(page, "document.querySelector('#tables').textContent.includes('begun by 2017')")
    expect(page.locator(".network-live p[role=status]")).not_to_contain_text("1,300")
    shared = visit(page.url.removeprefix(page.url.split("/network")[0]))
    until(shared, LIVE)
    expect(shared.locator(".years-told")).to_have_text("2017")
    expect(shared.locator(".network-panel h3")).to_have_text("City 500")


def test_without_scripts_the_picture_of_the_server_and_its_tables_stay(visit: Callable[..., Page]) -> None:
    network = visit("/network", java_script_enabled=False)
    ground = visit("/map", java_script_enabled=False)

    expect(network.locator(".network-plain svg.net")).to_be_visible()
    expect(network.locator("#tables table").first).to_be_visible()
    expect(ground.locator("[data-map] svg.net")).to_be_visible()


def test_where_a_browser_refuses_to_draw_by_itself_the_picture_of_the_server_stays(visit: Callable[..., Page]) -> None:
    page = visit("/privacy")
    page.add_init_script(REFUSED)

    page.goto(page.url.replace("/privacy", "/network"))

    expect(page.locator(".network-plain svg.net")).to_be_visible()
    expect(page.locator(".network-live")).to_have_count(0)


def test_the_map_shows_land_and_dots_finds_a_city_and_opens_it_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    until(page, "document.querySelectorAll('.map-dot').length", 2)
    until(page, "Boolean(document.querySelector('path.map-land'))")

    page.get_by_role("button", name="City 500, Municipality").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".map-told a")).to_have_attribute("href", "/actors/city-500")
    page.keyboard.press("Escape")
    page.fill("#q", "city 5")
    page.locator(".found-names button").click()
    until(page, "new URL(location).searchParams.get('lat')", "45.190")


def test_dots_that_would_lie_on_one_another_are_one_with_their_number_that_opens_as_a_list(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    until(page, "Boolean(document.querySelector('[data-map]').hubMap)")

    page.evaluate(CROWD)

    until(page, "document.querySelectorAll('.map-dot').length", 3)
    assert page.evaluate(LYING_ON_ONE_ANOTHER) == 0
    page.locator(".map-dot.strong").click()
    expect(page.locator(".map-told li")).to_have_text(["A need", "Offer 1", "Offer 2"])
