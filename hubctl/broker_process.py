"""Runs the broker for the length of a setting-up step."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.broker import Broker
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
