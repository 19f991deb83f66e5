"""Starts a whole hub for a test, as `./hub up` does: a data directory of its own, real broker, real processes; and kills what a test wants killed."""

import asyncio
import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from chassis.broker import prepare_broker
from chassis.free_ports import free_ports
from chassis.ids import derived_id
from contracts.roles import Role
from hubctl import plan, ports
from hubctl.instance import Instance, Kind, instance_at
from hubctl.people import create
from hubctl.prepare import migrate
from hubctl.start import settings_of
from hubctl.supervised_state import read_state

ROOT = Path(__file__).parent.parent.parent
EMPTY = Path(tempfile.gettempdir()) / f"empty-databases-{os.getpid()}"
PASSWORD = "a quiet river in the hills"
CITY, CLUB, OTHER = (derived_id("actor", slug) for slug in ("demo-city", "demo-club", "other-club"))
PEOPLE: dict[str, tuple[str, Role, UUID | None, str]] = {
    "admin": ("admin@demo.example", Role.ADMIN, None, "en"),
    "coordinator": ("coordinator@demo.example", Role.COORDINATOR, CITY, "en"),
    "member": ("member@demo.example", Role.MEMBER, CLUB, "fr"),
    "second_member": ("second-member@demo.example", Role.MEMBER, OTHER, "de"),
    "volunteer": ("volunteer@demo.example", Role.VOLUNTEER, None, "en"),
    "observer": ("observer@demo.example", Role.OBSERVER, None, "en"),
}
SETTINGS = {
    "PEOPLE_SECOND_FACTOR_REQUIRED": "false",
    "PEOPLE_PASSWORD_COST": "cheap",
    "GATEWAY_WRITES_PER_MINUTE": "100000",
    "GATEWAY_READS_PER_MINUTE": "100000",
    "GATEWAY_ANONYMOUS_PER_MINUTE": "100000",
    "GATEWAY_SIGN_INS_PER_MINUTE": "100000",
}


@dataclass
class RunningHub:
    """A hub that runs."""

    instance: Instance
    url: str
    process: subprocess.Popen[bytes]
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def pids(self) -> dict[str, int]:
        """The running processes by name, without the supervisor."""
        found: dict[str, Any] = read_state(self.instance.state_file)
        return {name: pid for name, pid in found.items() if name != "supervisor" and pid}

    def kill(self, name: str) -> None:
        """kill -9 one process; the supervisor starts it again."""
        pid = self.pids().get(name)
        if pid:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def database(self, name: str) -> Path:
        """A service's SQLite file."""
        return self.instance.data / "databases" / f"{name}.db"

    async def until_ready(self, seconds: float = 180) -> None:
        """Until every part answers."""
        deadline = time.monotonic() + seconds
        async with httpx2.AsyncClient(timeout=3) as client:
            while time.monotonic() < deadline:
                try:
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError("the hub did not become ready")

    def stop(self) -> None:
        """End it politely."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@asynccontextmanager
async def running_hub(folder: Path, *, apart: bool = False, settings: dict[str, str] | None = None) -> AsyncIterator[RunningHub]:
    """A hub with one account of each role and three organisations, second factors off, mails caught."""
    instance = instance_at(folder / "data")
    instance.prepare()
    port, *rest = free_ports(8)
    chosen = ports.Ports(port, rest[0], rest[1], rest[2], dict(zip(ports.USUAL, rest[3:7], strict=True)))
    broker = prepare_broker(instance.data, port=chosen.broker, monitor_port=chosen.monitor)
    lines = "\n".join(f"{name}={value}" for name, value in {**SETTINGS, **(settings or {})}.items())
    instance.settings_file.write_text(lines + "\n", encoding="utf-8")
    environments = instance.environment(Kind.LIVE, chosen, mail=True)
    with settings_of(environments):
        await migrate_by_copy(instance.data / "databases")
        for email, role, actor_id, locale in PEOPLE.values():
            await create(email, f"{role.value.title()} (test)", role, actor_id, locale, PASSWORD)
    instance.be(Kind.LIVE, ready=True)
    plan.write_plan(instance, Kind.LIVE, chosen, broker, environments, apart=apart)
    log = (folder / "supervisor.log").open("ab")
    command = [sys.executable, "-P", "-m", "hubctl.run", str(instance.plan_file)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)
    hub = RunningHub(instance, f"http://127.0.0.1:{port}", process, {who: (email, PASSWORD) for who, (email, *_) in PEOPLE.items()})
    try:
        await hub.until_ready()
        await _register_organisations(hub)
        yield hub
    finally:
        hub.stop()
        log.close()


async def migrate_by_copy(databases: Path) -> None:
    """Empty databases with all tables; they are migrated for the first hub of this run of tests, and copied for the others."""
    if EMPTY.is_dir():
        shutil.copytree(EMPTY, databases, dirs_exist_ok=True)
        return
    await migrate(os.environ)
    shutil.copytree(databases, EMPTY)
    atexit.register(shutil.rmtree, EMPTY, ignore_errors=True)


async def _register_organisations(hub: RunningHub) -> None:
    async with httpx2.AsyncClient(base_url=hub.url, timeout=20) as client:
        token = await sign_in(client, hub, "admin")
        for slug, name, kind in (
            ("demo-city", "City of tests", "municipality"),
            ("demo-club", "Club of tests", "civil_society"),
            ("other-club", "Another club", "civil_society"),
        ):
            body = {"slug": slug, "name": name, "kind": kind, "source": "made for a test"}
            answer = await client.post("/api/v1/actors", json=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 201, answer.text
            assert answer.json()["id"] == str(derived_id("actor", slug)), json.dumps(answer.json())


async def sign_in(client: httpx2.AsyncClient, hub: RunningHub, who: str) -> str:
    """An access token."""
    email, password = hub.accounts[who]
    answer = await client.post("/api/v1/sessions", json={"email": email, "password": password})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["access_token"])
