"""A posted need whose best offers are found in the same request, against the same request where nothing is looked for (goal a2)."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from sqlalchemy import insert, select

from bench.matching.events import Poster, child, line_of, running_broker, until_served
from bench.matching.events_child import CASE, TEAM, need_body, offer_body
from bench.report import Report, Size, progress, quantile
from chassis.broker import Broker
from chassis.database import Database
from chassis.free_ports import free_ports
from chassis.identity import public_key_of
from chassis.ids import new_id
from chassis.testing import GATEWAY_KEY, Databases
from services.matching.tables import Base

GOAL = 2.0
POSTED = 400
"""Offers that are posted as anybody posts them; the others are copies."""
SILENT_CASE: dict[str, Any] = {**CASE, "consent": {**CASE["consent"], "match": False}}
"""Its needs are posted all the same, and nothing is looked for: the household did not agree to it."""


async def both(broker: Broker, url: str, offers: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of requests that find offers, and of requests that look for none, one by one and by turns, over one connection."""
    found: list[float] = []
    silent: list[float] = []
    async with _service(broker, url) as poster:
        for number in range(POSTED):
            await poster.post("/api/v1/offers", offer_body(number) | {"provider": {"actor_id": str(TEAM)}})
    await fill(url, offers)
    async with _service(broker, url) as poster:
        cases = [await _case(poster, body) for body in (CASE, SILENT_CASE)]
        await _until_found_at_once(poster, cases[0])
        for number in range(count):
            for case_id, times in zip(cases, (found, silent), strict=True):
                began = time.perf_counter()
                await poster.post("/api/v1/needs", need_body(case_id, number))
                times.append((time.perf_counter() - began) * 1e3)
    warm = count // 10
    return found[warm:], silent[warm:]


@asynccontextmanager
async def _service(broker: Broker, url: str) -> AsyncIterator[Poster]:
    """A running service on that database, until the block ends."""
    (port,) = free_ports(1)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120)) as session:
        with child(broker, role="service", database=url, port=port, trusted=public_key_of(GATEWAY_KEY)) as process:
            await asyncio.to_thread(line_of, process)
            await until_served(session, port)
            yield Poster(session, f"http://127.0.0.1:{port}")


async def fill(url: str, offers: int) -> None:
    """So many offers: those that were posted, and copies of them, each up to half a degree away."""
    database, table = Database(url), Base.metadata.tables["offer"]
    async with database.writing() as session:
        first = [dict(row._mapping) for row in (await session.execute(select(table))).all()]
        for start in range(len(first), offers, 10_000):
            some = range(start, min(start + 10_000, offers))
            await session.execute(insert(table), [_beside(first[number % len(first)], number) for number in some])
    await database.close()


def _beside(offer: dict[str, Any], number: int) -> dict[str, Any]:  # Any: column values
    return offer | {"id": new_id(), "lat": offer["lat"] + number % 997 / 2_000, "lon": offer["lon"] + number % 991 / 2_000}


async def _case(poster: Poster, body: dict[str, Any]) -> str:  # Any: JSON values
    """A new case; asked for again while the service has just started and builds the index of a large hub."""
    for _ in range(60):
        with contextlib.suppress(RuntimeError):
            return str((await poster.post("/api/v1/cases", body))["id"])
        await asyncio.sleep(1)
    raise RuntimeError("the measured service did not begin to write")


async def _until_found_at_once(poster: Poster, case_id: str) -> None:
    """The first need makes the service build its index, and compile it where that was never done on this machine."""
    for number in range(600):
        with contextlib.suppress(RuntimeError):
            need = await poster.post("/api/v1/needs", need_body(case_id, number))
            if (await poster.get(f"/api/v1/needs/{need['id']}/proposals"))["items"]:
                return
        await asyncio.sleep(0.5)
    raise RuntimeError("no offers were found for a posted need")


async def measure(report: Report, size: Size) -> None:
    """A middle-sized hub, and a large one."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        databases = Databases(folder, None)
        for offers in (400, 10_000) if size is Size.QUICK else (400, 100_000):
            async with running_broker(folder / f"broker-{offers}") as broker:
                progress(f"needs posted one by one, {offers:,} offers")
                found, silent = await both(broker, await databases.fresh("sqlite", "matching"), offers, 100 if size is Size.QUICK else 400)
            asked = f"POST a need, {offers:,} offers"
            report.add(f"{asked}: p50 without matching", quantile(silent, 0.5), "ms")
            report.add(f"{asked}: p50 with its 20 best proposals stored and told", quantile(found, 0.5), "ms")
            ratio = quantile(found, 0.5) / quantile(silent, 0.5)
            report.add(f"{asked}: p50 against the same without matching", ratio, "x", f"a2: <= {GOAL:g} at 100,000", ratio <= GOAL)


def run(report: Report, size: Size) -> None:
    """The part of `./hub bench matching`."""
    uvloop.run(measure(report, size))
