"""Reads docker-compose.yml as Compose would and runs the same services, with the same environment and only the secrets that each was given,
as plain processes of this machine: addresses of containers become ports on loopback."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hubctl.supervised import answers_ok

ROOT = Path(__file__).parents[2]
OURS = ("prepare", "people", "actors", "matching", "notifications", "gateway")
BASE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")


class NotSet(Exception):
    """The compose file asks for a variable that the .env lacks."""


def interpolate(value: Any, variables: Mapping[str, str]) -> Any:
    """`${NAME}`, `${NAME:-default}` and `${NAME:?words}` as Compose fills them."""
    if isinstance(value, dict):
        return {key: interpolate(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match[str]) -> str:
        name, sign, rest = found.groups()
        if variables.get(name):
            return variables[name]
        if sign == ":?":
            raise NotSet(f"{name}: {rest}")
        return rest or ""

    return VARIABLE.sub(fill, value)


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """The compose file with its variables filled in."""
    found: dict[str, Any] = interpolate(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")), variables)
    return found


def read_env(path: Path) -> dict[str, str]:
    """An env file: NAME=value, quotes taken off."""
    lines = [line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {name: value.strip("'") for name, _, value in lines}


@dataclass
class City:
    """The services of the compose file as processes. `ports` says where each `container:port` is on this machine."""

    compose: dict[str, Any]
    ports: dict[str, int]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, name: str) -> dict[str, str]:
        """What Compose would put into the container, with this machine's addresses."""
        service = self.compose["services"][name]
        found: dict[str, str] = {"HUB_SETTINGS": "environment"}
        for path in service.get("env_file", ()):
            found |= read_env(Path(path))
        found |= {key: str(value) for key, value in service.get("environment", {}).items()}
        return {key: self._here(name, key, value) for key, value in found.items()}

    def _here(self, name: str, key: str, value: str) -> str:
        if value.startswith("/run/secrets/"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in self.compose["services"][name]["secrets"], f"{name} was not given {secret}"
            return str(self.compose["secrets"][secret]["file"])
        for volume in self.compose["services"][name].get("volumes", ()):
            source, target = volume.split(":")[:2]
            if target.startswith(value) and value.startswith("/run/"):
                return str(Path(source[: len(source) - len(target.removeprefix(value))]))
        if key.endswith("_HOST") and value == "0.0.0.0":
            return "127.0.0.1" if not key.startswith("GATEWAY") else value
        if key.endswith("_PORT") and f"{name}:{value}" in self.ports:
            return str(self.ports[f"{name}:{value}"])
        for place, port in self.ports.items():
            value = value.replace(f"//{place}", f"//127.0.0.1:{port}")
        return value

    def run(self, name: str) -> subprocess.Popen[bytes]:
        """Start a service's command."""
        arguments = self.compose["services"][name]["command"]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env=BASE | self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def command(self, name: str, *arguments: str) -> str:
        """What `docker compose exec <name> python -m ...` prints."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=BASE | self.environment(name),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """In the order of `depends_on`: prepare to its end, the services until their health checks are well, then the gateway."""
        prepared = self.run("prepare").wait(120)
        assert prepared == 0, (self.folder / "prepare.log").read_text(encoding="utf-8")
        for name in OURS[1:]:
            self.processes[name] = self.run(name)
            if name in ("notifications", "gateway"):
                self.await_health()

    def await_health(self) -> None:
        """Ask as each container's health check does."""
        deadline = time.monotonic() + 120
        for name, process in self.processes.items():
            *_, url = self.compose["services"][name]["healthcheck"]["test"]
            port = self.ports[f"{name}:{url.rpartition(':')[2].partition('/')[0]}"]
            while not answers_ok(f"http://127.0.0.1:{port}/healthz"):
                log = (self.folder / f"{name}.log").read_text(encoding="utf-8")
                assert process.poll() is None, f"{name} ended: {log}"
                assert time.monotonic() < deadline, f"{name} is not well: {log}"
                time.sleep(0.2)

    def stop(self) -> dict[str, int]:
        """End all, the gateway first; their exit codes."""
        for process in reversed(self.processes.values()):
            process.terminate()
        codes = {}
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        self.processes.clear()
        return codes
