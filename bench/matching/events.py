"""From a posted need to its proposals on the broker, against the bare round trip of the same broker in the same run (goal c1)."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from bench.matching.events_child import CASE, TEAM, need_body, offer_body
from bench.report import Report, Size, progress, quantile
from chassis.broker import Broker, prepare_broker, provision, wait_until_healthy
from chassis.bus import Bus
from chassis.free_ports import free_ports
from chassis.identity import public_key_of
from chassis.testing import GATEWAY, GATEWAY_KEY, Databases, account, postgres_server
from chassis.testing_broker import RunningBroker
from contracts.envelope import open_envelope
from contracts.matching import NeedProposalsReadyV1

ROOT = Path(__file__).parents[2]
OFFERS = 400
"""Offers of the measured hub: a middle-sized city's."""
GOAL = 10.0
IN_FLIGHT = 16
"""Requests that wait for their answer at once."""


@asynccontextmanager
async def running_broker(folder: Path) -> AsyncIterator[Broker]:
    """A real broker with the hub's own configuration: each message synced to disk."""
    port, monitor = free_ports(2)
    broker = prepare_broker(folder, port=port, monitor_port=monitor)
    running = RunningBroker(broker, folder / "broker.log")
    running.start()
    try:
        await wait_until_healthy(broker)
        await provision(broker)
        yield broker
    finally:
        running.stop()


@contextmanager
def child(broker: Broker, **task: Any) -> Iterator[subprocess.Popen[str]]:
    """The other process: it says `ready` on a line, takes `rate seconds` on lines, and answers a line per thing done and `end` (Any: JSON values)."""
    settings = json.dumps({"url": broker.url, "seeds": broker.keys.seeds, **task})
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.matching.events_child", settings], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line of the other process."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the measured process ended")
    return line.strip()


async def bare(broker: Broker, rate: int, seconds: float) -> list[float]:
    """Milliseconds there and back: stored by JetStream, pulled by another process, answered through JetStream, pulled here."""
    bus, answers = (Bus(url=broker.url, seed=broker.keys.seeds[name], service=name) for name in ("people", "notifications"))
    times: list[float] = []
    with child(broker, role="echo") as process:
        await asyncio.gather(bus.start(), answers.start())
        await asyncio.to_thread(line_of, process)
        sent = asyncio.create_task(_send(bus, rate, seconds))
        source = answers.pull("HUB_MATCHING")
        expected = int(rate * seconds)
        deadline = time.monotonic() + seconds + 20
        while len(times) < expected and time.monotonic() < deadline:
            for delivery in await source.fetch(50, 0.5):
                times.append((time.monotonic_ns() - int(json.loads(delivery.data)["at"])) / 1e6)
                await delivery.ack()
        await sent
        await asyncio.gather(bus.close(), answers.close())
    return times[expected // 10 :]


async def _send(bus: Bus, rate: int, seconds: float) -> None:
    began = time.monotonic()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        payload = json.dumps({"at": time.monotonic_ns(), "pad": "x" * 200}).encode()
        tasks.append(asyncio.create_task(bus.publish("hub.people.bench.sent.v1", payload, event_id=f"b-{rate}-{number}-{time.monotonic_ns()}")))
    await asyncio.gather(*tasks)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of asking a service for needs at a rate: milliseconds from the answered commit, and from the request, until another service
    holds the proposals; how many were posted and how many got none in time."""

    from_commit: list[float]
    from_request: list[float]
    posted: int
    missing: int


class Poster:
    """Posts to the measured service as its gateway would."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session, self._base = session, base
        self._who = account("coordinator", actor=TEAM)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST that must succeed (Any: JSON values)."""
        headers = {"hub-identity": GATEWAY.token_for(self._who, "matching")}
        async with self._session.post(f"{self._base}{path}", json=body, headers=headers) as answer:
            if answer.status != 201:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            return dict(await answer.json())

    async def get(self, path: str) -> dict[str, Any]:
        """GET that must succeed (Any: JSON values)."""
        async with self._session.get(f"{self._base}{path}", headers={"hub-identity": GATEWAY.token_for(self._who, "matching")}) as answer:
            answer.raise_for_status()
            return dict(await answer.json())


async def hub(broker: Broker, url: str, rate: int, seconds: float) -> Load:
    """Post needs to a running service at a rate, and listen for their proposals as another service does."""
    ears = Bus(url=broker.url, seed=broker.keys.seeds["notifications"], service="notifications")
    sent: dict[str, tuple[int, int]] = {}
    heard: dict[str, int] = {}
    (port,) = free_ports(1)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as session:
        with child(broker, role="service", database=url, port=port, trusted=public_key_of(GATEWAY_KEY)) as process:
            await ears.start()
            await asyncio.to_thread(line_of, process)
            poster = Poster(session, f"http://127.0.0.1:{port}")
            await until_served(session, port)
            case_id = await _settle(poster)
            listening = asyncio.create_task(_listen(ears, heard))
            await asyncio.sleep(4)
            await _post_needs(poster, case_id, rate, seconds, sent)
            deadline = time.monotonic() + 30
            while len(heard.keys() & sent.keys()) < len(sent) and time.monotonic() < deadline:  # noqa: ASYNC110 - the other end is a process
                await asyncio.sleep(0.1)
            listening.cancel()
            await ears.close()
    done = [each for each in sent if each in heard]
    # News may be heard before the answer to the request is: that is zero, not less.
    from_commit = [max(0.0, (heard[each] - sent[each][1]) / 1e6) for each in done]
    from_request = [(heard[each] - sent[each][0]) / 1e6 for each in done]
    warm = len(done) // 10
    return Load(from_commit[warm:], from_request[warm:], len(sent), len(sent) - len(done))


async def until_served(session: aiohttp.ClientSession, port: int) -> None:
    """Wait until the measured service is ready. Raises RuntimeError where it does not become so."""
    for _ in range(200):
        try:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the measured service did not become ready")


async def _settle(poster: Poster) -> str:
    for number in range(OFFERS):
        await poster.post("/api/v1/offers", offer_body(number) | {"provider": {"actor_id": str(TEAM)}})
    return str((await poster.post("/api/v1/cases", CASE))["id"])


async def _listen(ears: Bus, heard: dict[str, int]) -> None:
    source = ears.pull("HUB_MATCHING")
    while True:
        for delivery in await source.fetch(50, 0.5):
            now = time.monotonic_ns()
            if b"proposals_ready" in delivery.data[:400]:
                _, event = open_envelope(delivery.data)
                if isinstance(event, NeedProposalsReadyV1):
                    heard.setdefault(str(event.need_id), now)
            await delivery.ack()


async def _post_needs(poster: Poster, case_id: str, rate: int, seconds: float, sent: dict[str, tuple[int, int]]) -> None:
    """One by one at the rate; where more than IN_FLIGHT wait for their answers, fewer are asked than the rate says."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def post(number: int) -> None:
        try:
            began = time.monotonic_ns()
            need = await poster.post("/api/v1/needs", need_body(case_id, number))
            sent[need["id"]] = began, time.monotonic_ns()
        finally:
            room.release()

    began, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        await room.acquire()
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        if time.monotonic() > began + seconds:
            break
        tasks.append(asyncio.create_task(post(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)


async def measure(report: Report, size: Size) -> None:
    """All rates on both databases, each beside the bare round trip."""
    seconds = {Size.QUICK: 4.0, Size.USUAL: 10.0, Size.FULL: 20.0}[size]
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name, postgres_server() as postgres:
        folder = Path(name)
        databases = Databases(folder, postgres)
        for rate in (10, 100, 1000):
            async with running_broker(folder / f"broker-{rate}") as broker:
                progress(f"bare round trip, {rate} a second")
                plain = await bare(broker, rate, seconds)
            report.add(f"bare JetStream round trip, {rate}/s: p50", quantile(plain, 0.5), "ms")
            report.add(f"bare JetStream round trip, {rate}/s: p99", quantile(plain, 0.99), "ms")
            for kind in ("sqlite", "postgresql") if postgres else ("sqlite",):
                async with running_broker(folder / f"broker-{rate}-{kind}") as broker:
                    progress(f"need to proposals, {kind}, {rate} a second")
                    load = await hub(broker, await databases.fresh(kind, "matching"), rate, seconds)
                asked = f"need to proposals, {kind}, {rate}/s asked"
                report.add(f"{asked}: needs posted a second", load.posted / seconds, "/s")
                for words, times in (("committed", load.from_commit), ("asked", load.from_request)):
                    report.add(f"{asked}: p50 since {words}", quantile(times, 0.5), "ms")
                    report.add(f"{asked}: p99 since {words}", quantile(times, 0.99), "ms")
                ratio = quantile(load.from_commit, 0.99) / quantile(plain, 0.99)
                report.add(f"{asked}: p99 against bare p99", ratio, "x", f"c1: <= {GOAL:g} at 100/s", ratio <= GOAL if rate == 100 else None)
                report.add(f"{asked}: without proposals in time", load.missing, "", "0", load.missing == 0)


def run(report: Report, size: Size) -> None:
    """The part of `./hub bench matching`."""
    uvloop.run(measure(report, size))
