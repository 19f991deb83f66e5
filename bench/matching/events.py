"""From a posted need to its proposals on the broker, against the bare round trip of the same broker in the same run (goal c1)."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from bench.report import Report, progress, quantile
from chassis.broker import Broker, prepare_broker, provision, wait_until_healthy
from chassis.bus import Bus
from chassis.testing import postgres_server
from chassis.testing_broker import RunningBroker, free_ports
from contracts.envelope import open_envelope
from contracts.matching import NeedProposalsReadyV1

ROOT = Path(__file__).parents[2]
OFFERS = 400
"""Offers of the measured hub: a middle-sized city's."""
GOAL = 10.0


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


async def hub(broker: Broker, url: str, rate: int, seconds: float) -> tuple[list[float], int]:
    """Milliseconds from the answered commit of a need until another service holds its proposals; and how many needs got none in time."""
    ears = Bus(url=broker.url, seed=broker.keys.seeds["notifications"], service="notifications")
    committed: dict[str, int] = {}
    heard: dict[str, int] = {}
    with child(broker, role="service", database=url, offers=OFFERS) as process:
        await ears.start()
        await asyncio.to_thread(line_of, process)
        done = asyncio.Event()

        async def listen() -> None:
            source = ears.pull("HUB_MATCHING")
            while not done.is_set():
                for delivery in await source.fetch(50, 0.5):
                    now = time.monotonic_ns()
                    _, event = open_envelope(delivery.data)
                    if isinstance(event, NeedProposalsReadyV1):
                        heard.setdefault(str(event.need_id), now)
                    await delivery.ack()

        listening = asyncio.create_task(listen())
        assert process.stdin is not None
        process.stdin.write(f"{rate} {seconds}\n")
        process.stdin.flush()
        while (line := await asyncio.to_thread(line_of, process)) != "end":
            need_id, at = line.split()
            committed[need_id] = int(at)
        deadline = time.monotonic() + 30
        while len(heard.keys() & committed.keys()) < len(committed) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        done.set()
        await listening
        await ears.close()
    # An event may be heard before the answer to the request is: that is zero, not less.
    times = [max(0.0, (heard[each] - at) / 1e6) for each, at in committed.items() if each in heard]
    return times[len(times) // 10 :], len(committed) - len(times)


async def measure(report: Report, quick: bool) -> None:
    """All rates on both databases, each beside the bare round trip."""
    seconds = 4.0 if quick else 20.0
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name, postgres_server() as postgres:
        folder = Path(name)
        from chassis.testing import Databases

        databases = Databases(folder, postgres)
        for rate in (100, 1000):
            async with running_broker(folder / f"broker-{rate}") as broker:
                progress(f"bare round trip, {rate} a second")
                plain = await bare(broker, rate, seconds)
            report.add(f"bare JetStream round trip, {rate}/s: p50", quantile(plain, 0.5), "ms")
            report.add(f"bare JetStream round trip, {rate}/s: p99", quantile(plain, 0.99), "ms")
            for kind in ("sqlite", "postgresql") if postgres else ("sqlite",):
                async with running_broker(folder / f"broker-{rate}-{kind}") as broker:
                    progress(f"need to proposals, {kind}, {rate} a second")
                    times, missing = await hub(broker, await databases.fresh(kind, "matching"), rate, seconds)
                asked = f"need committed to proposals published, {kind}, {rate}/s asked"
                report.add(f"{asked}: needs measured", len(times))
                report.add(f"{asked}: p50", quantile(times, 0.5), "ms")
                report.add(f"{asked}: p99", quantile(times, 0.99), "ms")
                ratio = quantile(times, 0.99) / quantile(plain, 0.99)
                report.add(f"{asked}: p99 against bare p99", ratio, "x", f"<= {GOAL:g} at 100/s", ratio <= GOAL if rate == 100 else None)
                report.add(f"{asked}: without proposals in time", missing, "", "0", missing == 0)


def run(report: Report, quick: bool) -> None:
    """The part of `./hub bench matching`."""
    asyncio.run(measure(report, quick))
