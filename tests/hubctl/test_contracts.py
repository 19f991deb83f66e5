"""The contract is made beside a hub that has started, once for each version of the code."""

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hubctl import building, contracts
from hubctl.parts import SERVICES


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which services' documents were made, in a folder of their own and without building them."""
    found: list[str] = []

    def build(name: str) -> Any:
        async def read() -> bytes:
            assert os.environ[f"{name.upper()}_DATABASE_URL"].endswith("never.db")
            found.append(name)
            return b"{}"

        return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(contract=SimpleNamespace(read=read))))

    monkeypatch.setattr(building, "build_service", build)
    monkeypatch.setattr(contracts, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(contracts, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(os, "nice", lambda by: by)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return found


def test_each_document_is_made_once_for_a_version(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    contracts.main()
    contracts.main()
    first = contracts.mark()
    monkeypatch.setattr(contracts, "fingerprint", lambda name: f"another version of {name}")

    contracts.main()

    assert made == [*SERVICES, *SERVICES]
    assert contracts.mark().exists() and not first.exists()


def test_who_finds_another_process_at_it_leaves_it_to_that(made: list[str], tmp_path: Path) -> None:
    contracts.FOLDER.mkdir()
    with (contracts.FOLDER / "contracts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        contracts.main()

    assert made == [] and not contracts.mark().exists()


@pytest.mark.parametrize("marked", [True, False])
def test_while_a_hub_is_set_up_they_are_made_unless_they_are_there(made: list[str], monkeypatch: pytest.MonkeyPatch, marked: bool) -> None:
    contracts.FOLDER.mkdir()
    monkeypatch.setattr(contracts, "COMMAND", (sys.executable, "-c", f"open({str(contracts.FOLDER / 'ran')!r}, 'w')"))
    if marked:
        contracts.mark().touch()

    with contracts.made_meanwhile():
        pass

    assert (contracts.FOLDER / "ran").exists() is not marked


def test_a_set_up_does_not_wait_for_them_for_ever_and_leaves_no_process(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    contracts.FOLDER.mkdir()
    started: list[Any] = []
    begin = subprocess.Popen
    monkeypatch.setattr(contracts, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(contracts, "PATIENCE_SECONDS", 0.1)

    def noted(*what: Any, **how: Any) -> Any:
        started.append(begin(*what, **how))
        return started[-1]

    monkeypatch.setattr("subprocess.Popen", noted)

    with contracts.made_meanwhile():
        pass

    assert [process.poll() for process in started] == [-9]


@pytest.mark.parametrize("marked", [True, False])
def test_a_hub_that_starts_has_them_made_beside_it_unless_they_are_there(made: list[str], monkeypatch: pytest.MonkeyPatch, marked: bool) -> None:
    monkeypatch.setattr(contracts, "COMMAND", (sys.executable, "-c", f"open({str(contracts.FOLDER / 'ran')!r}, 'w')"))
    contracts.FOLDER.mkdir()
    if marked:
        contracts.mark().touch()

    contracts.make_beside()
    for thread in threading.enumerate():
        if thread.name == "contracts":
            thread.join(5)

    assert (contracts.FOLDER / "ran").exists() is not marked
