"""Fixtures for all tests: both real databases and a clock that tests move."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing import Databases, TestClock, postgres_server


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Fresh, migrated databases of both kinds."""
    folder = Path(tempfile.mkdtemp(prefix="hospitium-test-"))
    with postgres_server() as url:
        yield Databases(folder, url)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest, databases: Databases) -> str:
    """Runs the test once on each kind of database."""
    if request.param == "postgresql" and databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    return str(request.param)


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands still until the test moves it."""
    return TestClock()
