"""The chassis under kill -9: one toy event through two services and a provisioned broker, with a ledger outside that knows what was promised."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from chassis.free_ports import free_ports
from chassis.identity import Caller
from chassis.testing import GATEWAY, settings_for_tests
from chassis.testing_broker import RunningBroker, provisioned_broker

ROOT = Path(__file__).parent.parent.parent
CALLER = Caller("account", "toy-writer", "coordinator")


@dataclass
class Process:
    """A toy service that can be killed and started again."""

    name: str
    port: int
    settings: dict[str, Any]
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        plan = json.dumps({"name": self.name, "port": self.port, "settings": self.settings})
        self.popen = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "toy_serve.py"), plan], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

    def kill(self) -> None:
        assert self.popen is not None
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()


@dataclass
class Ledger:
    """What was acknowledged to the writer, kept outside the services."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    retried: int = 0


async def write(client: httpx2.AsyncClient, ledger: Ledger, name: str) -> None:
    """Post one bell with an idempotency key until it is acknowledged."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        headers = {"hub-identity": GATEWAY.token_for(CALLER, "actors"), "Idempotency-Key": name}
        try:
            response = await client.post("/bells", json={"name": name}, headers=headers, timeout=5)
        except httpx2.HTTPError:
            response = None
        if response is not None and response.status_code == 201:
            ledger.acknowledged[name] = response.json()["id"]
            return
        ledger.retried += 1
        await asyncio.sleep(0.2)
    raise AssertionError(f"{name} was never acknowledged")


async def storm(kills: int, writes_per_second: int, victims: list[Process | RunningBroker], client: httpx2.AsyncClient, seed: int) -> Ledger:
    """Write all the while, and kill a random victim again and again."""
    ledger, chance, writers, ended = Ledger(), random.Random(seed), [], False

    async def keep_writing() -> None:
        count = 0
        while not ended:
            writers.append(asyncio.create_task(write(client, ledger, f"bell-{seed}-{count}")))
            count += 1
            await asyncio.sleep(1 / writes_per_second)

    writing = asyncio.create_task(keep_writing())
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(1.0, 3.0))
        victim = chance.choice(victims)
        await asyncio.to_thread(victim.kill)
        await asyncio.sleep(chance.uniform(0, 0.4))
        victim.start()
    await asyncio.sleep(1)
    ended = True
    await writing
    await asyncio.gather(*writers)
    return ledger


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(query).fetchall()


async def run_storm(tmp_path: Path, kills: int, seed: int) -> None:
    broker = await provisioned_broker(tmp_path)
    processes = []
    for name, port in zip(("actors", "matching"), free_ports(2), strict=True):
        settings = settings_for_tests(f"sqlite+aiosqlite:///{tmp_path / f'{name}.db'}", nats_url=broker.url, nats_seed=broker.seeds[name])
        processes.append(Process(name, port, settings))
    for process in processes:
        process.start()
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{processes[0].port}") as client:
            ledger = await storm(kills, 50, [*processes, broker], client, seed)
            heard: dict[str, int] = {}
            deadline = time.monotonic() + 30
            while len(heard) < len(ledger.acknowledged) and time.monotonic() < deadline:
                await asyncio.sleep(0.3)
                heard = {str(bell): count for bell, count in rows(tmp_path / "matching.db", "SELECT bell_id, heard FROM echo")}
        stored = {str(bell) for (bell,) in rows(tmp_path / "actors.db", "SELECT id FROM bell")}
    finally:
        for process in processes:
            process.kill()
        broker.stop()
    promised = {identifier.replace("-", "") for identifier in ledger.acknowledged.values()}
    print(f"\nseed {seed}: {kills} kills, {len(promised)} acknowledged, {ledger.retried} retried")
    assert promised - stored == set(), "acknowledged and not stored"
    assert promised - set(heard) == set(), "acknowledged and never heard"
    assert {bell: count for bell, count in heard.items() if count != 1} == {}, "heard more than once"
    assert stored == set(heard), "stored and heard differ"


async def test_no_acknowledged_bell_is_lost_or_heard_twice_under_five_kills(tmp_path: Path) -> None:
    await run_storm(tmp_path, kills=5, seed=11)


@pytest.mark.storm
async def test_no_acknowledged_bell_is_lost_or_heard_twice_under_a_hundred_kills(tmp_path: Path) -> None:
    await run_storm(tmp_path, kills=100, seed=12)
