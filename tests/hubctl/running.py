"""Runs the real command and a real hub for tests, and looks at the hub from outside."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from chassis.free_ports import free_ports

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0


def free_port() -> int:
    return free_ports(1)[0]


def clean_environment() -> dict[str, str]:
    prefixes = ("GATEWAY_", "PEOPLE_", "ACTORS_", "MATCHING_", "NOTIFICATIONS_", "HUB_", "HOSPITIUM_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)} | {"PYTHONPATH": str(ROOT)}


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """One command of the operator, to its end."""
    command = [sys.executable, "-P", "-m", "hubctl", *arguments]
    return subprocess.run(
        command, env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, **more
    )


@dataclass
class Hub:
    """A hub on a data directory."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        path = self.data.parent / f"{self.data.name}.out"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def start(self, *arguments: str) -> float:
        """Start it and wait until it says that it is ready; the seconds that took."""
        began = time.monotonic()
        with (self.data.parent / f"{self.data.name}.out").open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "hubctl", *arguments, "--data", str(self.data), "--port", str(self.port)],
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while "The hub is ready" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() - began < PATIENCE, self.output
            time.sleep(0.1)
        return time.monotonic() - began

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self.process = None
        return code

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process = None

    @property
    def children(self) -> dict[str, dict[str, Any]]:
        state = json.loads((self.data / "run" / "state.json").read_text(encoding="utf-8"))
        return {child["name"]: child for child in state["children"]} | {"supervisor": {"pid": state["pid"]}}

    def memory_mb(self) -> int:
        """All processes together, each shared page counted once (PSS)."""
        total = 0
        for child in self.children.values():
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{child['pid']}/smaps_rollup").read_text(), re.MULTILINE)
            assert found is not None
            total += int(found[1])
        return total // 1024

    @property
    def handed_out(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        return found

    def sign_in(self, role: str) -> httpx2.Client:
        account = next(each for each in self.handed_out["accounts"] if each["role"] == role)
        answer = httpx2.post(f"{self.url}/api/v1/sessions", json={"email": account["email"], "password": account["password"]}, timeout=20)
        assert answer.status_code in (200, 201), answer.text
        return httpx2.Client(base_url=self.url, timeout=20, headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


def until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen in time"
        time.sleep(0.1)


def is_well(hub: Hub) -> bool:
    try:
        return httpx2.get(f"{hub.url}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False
