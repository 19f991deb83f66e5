"""Makes the toy service importable by the tests of the chassis, and gives them a bench with it."""

import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.testing import Bench, Databases, TestClock, bench_for, settings_for_tests

spec = importlib.util.spec_from_file_location("toy", Path(__file__).parent / "toy.py")
assert spec and spec.loader
toy = importlib.util.module_from_spec(spec)
sys.modules["toy"] = toy
spec.loader.exec_module(toy)


@pytest.fixture
async def bench(databases: Databases, database_kind: str, clock: TestClock) -> AsyncIterator[Bench]:
    """The toy service on a database of each kind."""
    url = await databases.empty(database_kind)
    async with bench_for(lambda: toy.build("matching", settings_for_tests(url), clock)) as bench:
        await toy.make_tables(bench.service)
        yield bench
