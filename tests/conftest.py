"""Fixtures for all tests: both real databases and a clock that tests move."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing import Databases, TestClock, postgres_server
from chassis.testing_statements import share_compiled_statements

MEMORY = Path("/dev/shm/hospitium-tests")
ROOM = 4 * 1024**3
_OWN = MEMORY / str(os.getpid())


def pytest_configure() -> None:
    """Files of tests lie in memory where the machine has room for them, unless TMPDIR says where: a hub promises that each commit reaches the
    disk before its answer, which takes 9 ms on a slow one, and tests make tens of thousands. Nothing is switched off for that."""
    share_compiled_statements()
    if "TMPDIR" in os.environ or not _has_room():
        return
    for left in MEMORY.glob("*"):
        if not Path(f"/proc/{left.name}").exists():
            shutil.rmtree(left, ignore_errors=True)
    _OWN.mkdir(parents=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(_OWN)


def pytest_collection_finish() -> None:
    """What all tests have loaded stays to the end: the collector of cyclic garbage need not go through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Give the memory back."""
    if os.environ.get("TMPDIR") == str(_OWN):
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        shutil.rmtree(_OWN, ignore_errors=True)


def _has_room() -> bool:
    """Whether memory for files, and memory at all, is plenty."""
    try:
        free = shutil.disk_usage(MEMORY.parent).free
        available = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return False
    return os.access(MEMORY.parent, os.W_OK) and min(free, int(available.split()[1]) * 1024) >= ROOM


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Fresh, migrated databases of both kinds."""
    folder = Path(tempfile.mkdtemp(prefix="hospitium-test-"))
    with postgres_server(small=True) as url:
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
