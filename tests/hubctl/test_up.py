"""`./hub up`: an empty hub for real use, and its first administrator."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.hubctl.running import Hub, run


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("live") / "data")
    try:
        hub.start("up", "--admin-email", "chief@city.example", "--admin-name", "Chief")
        yield hub
    finally:
        hub.end()


def test_the_first_administrator_signs_in_and_must_set_up_a_second_factor(live: Hub) -> None:
    password = next(line for line in live.output.splitlines() if line.startswith("First password")).rpartition(" ")[2]

    answer = httpx2.post(f"{live.url}/api/v1/sessions", json={"email": "chief@city.example", "password": password}, timeout=20)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    accounts = httpx2.get(f"{live.url}/api/v1/accounts", headers=headers, timeout=20)

    assert answer.status_code in (200, 201), answer.text
    assert accounts.status_code == 403
    assert not (live.data / "demo-accounts.json").exists()


def test_the_demo_never_touches_a_hub_in_real_use(live: Hub) -> None:
    live.interrupt()

    refused = run("demo", "--reset", "--data", str(live.data))
    live.start("up")

    assert refused.returncode == 1
    assert "never touches" in refused.stderr
    assert "First password" not in live.output


def test_without_a_terminal_a_new_hub_asks_for_the_address_in_a_sentence(tmp_path: Path) -> None:
    refused = run("up", "--data", str(tmp_path / "new"), "--port", "18999")

    assert refused.returncode == 1
    assert "--admin-email" in refused.stderr
    assert "Traceback" not in refused.stderr
