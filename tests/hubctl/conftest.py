"""A demo hub, built once and run by the real command, for all tests here that need one."""

from collections.abc import Iterator

import pytest

from tests.hubctl.running import Hub


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The demo city, running."""
    hub = Hub(tmp_path_factory.mktemp("hub with spaces") / "data")
    try:
        hub.start("demo")
        yield hub
    finally:
        hub.end()
