"""Runs the broker for the length of a setting-up step, and tells when all news has been handled."""

import asyncio
import contextlib
import json
import os
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from chassis.broker import Broker
from chassis.service import AnyService
from hubctl.prepare import set_up_streams

STOP_SECONDS = 10.0


@asynccontextmanager
async def broker_running(broker: Broker, log: Path) -> AsyncIterator[Broker]:
    """The broker, healthy and with all streams; it ends with the block."""
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: ASYNC220  # starting takes a millisecond
            broker.argv,
            env={**os.environ, **broker.environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        await set_up_streams(broker)
        yield broker
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        process.kill()
        process.wait()


async def news_has_settled(broker: Broker, services: Iterable[AnyService], seconds: float) -> bool:
    """Wait until every event is published and handled by all its readers; False when that takes longer than `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    services = list(services)
    quiet = 0
    while quiet < 2:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.15)
        waiting = sum([await _unsent(service) for service in services]) + await asyncio.to_thread(_unread, broker)
        quiet = quiet + 1 if waiting == 0 else 0
    return True


async def _unsent(service: AnyService) -> int:
    outbox = service.ledger.outbox
    async with service.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None)))).scalar_one())


def _unread(broker: Broker) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{broker.monitor_url}/jsz?accounts=true&streams=true&consumers=true", timeout=5.0) as answer:
        facts: dict[str, Any] = json.load(answer)  # Any: JSON
    return sum(
        reader["num_pending"] + reader["num_ack_pending"]
        for account in facts.get("account_details") or ()
        for stream in account.get("stream_detail") or ()
        for reader in stream.get("consumer_detail") or ()
    )
