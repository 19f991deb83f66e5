"""Worlds for the tests of the service: on SQLite, and on each kind of database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from chassis.testing import Databases, TestClock, bench_for, settings_for_tests
from services.matching.app import build
from services.matching.settings import Settings
from tests.matching.bench import World

OpenWorld = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def open_world(databases: Databases, clock: TestClock) -> OpenWorld:
    """Open a world with other settings: `async with open_world("sqlite", answer_days=2) as world`; `url` puts it beside another on one database."""

    @asynccontextmanager
    async def opened(kind: str = "sqlite", url: str | None = None, **settings: Any) -> AsyncIterator[World]:
        url = url or await databases.fresh(kind, "matching")
        async with bench_for(lambda: build(Settings(**settings_for_tests(url, **settings)), clock)) as bench:
            world = World(bench)
            world.url = url
            await world.settle()
            yield world

    return opened


@pytest.fixture
async def world(open_world: OpenWorld) -> AsyncIterator[World]:
    """A world on SQLite."""
    async with open_world() as found:
        yield found


@pytest.fixture
async def either_world(open_world: OpenWorld, database_kind: str) -> AsyncIterator[World]:
    """A world on each kind of database."""
    async with open_world(database_kind) as found:
        yield found
