"""A bench with the registry, and builders of what its tests need."""

from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.testing import Bench, Databases, TestClock, account, bench_for, settings_for_tests
from services.actors.app import build
from services.actors.model.graph.ask import Drawing
from services.actors.model.graph.packed import Packed
from services.actors.model.import_report import KINDS
from services.actors.settings import Settings

DATA = Path(__file__).parent.parent.parent / "data" / "welcoming-europe"
Build = Callable[..., Awaitable[dict[str, Any]]]


async def _bench(databases: Databases, kind: str, clock: TestClock) -> AsyncIterator[Bench]:
    url = await databases.fresh(kind, "actors")
    async with bench_for(lambda: build(Settings(**settings_for_tests(url)), clock)) as bench:
        yield bench


@pytest.fixture
async def bench(databases: Databases, clock: TestClock) -> AsyncIterator[Bench]:
    """The registry on SQLite."""
    async for bench in _bench(databases, "sqlite", clock):
        yield bench


@pytest.fixture
async def either_bench(databases: Databases, database_kind: str, clock: TestClock) -> AsyncIterator[Bench]:
    """The registry on each kind of database."""
    async for bench in _bench(databases, database_kind, clock):
        yield bench


@pytest.fixture
def an_actor(bench: Bench) -> Build:
    """Enter an actor: `await an_actor("Grenoble", kind="municipality")`."""

    async def enter(name: str, **fields: Any) -> dict[str, Any]:
        body = {"kind": "civil_society", "name": name, "source": "https://example.org/list", **fields}
        answer = await bench.post(account("coordinator"), "/api/v1/actors", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return enter


@pytest.fixture(scope="session")
def registry_files() -> dict[str, bytes]:
    """The real data set."""
    return {kind: path.read_bytes() for kind in KINDS if (path := DATA / f"{kind}.csv").exists()}


@pytest.fixture
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is drawn in the tests' own process, which has loaded what that needs; `test_graph.py` uses the worker."""
    from services.actors.model.graph.worker import draw_network

    async def draw(links: bytes, old: Packed, **_bounds: float) -> Drawing:
        graph, bridging, figures = draw_network(links, old)
        column = array("q")
        column.frombytes(bridging.tobytes())
        return Drawing(graph, column, figures)

    monkeypatch.setattr("services.actors.timers.draw", draw)
