"""Runs a real, provisioned broker for a test, and lets the test kill, freeze and restart it."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from chassis.broker import Broker, prepare_broker, provision, wait_until_healthy
from chassis.free_ports import free_ports

TEST_STREAM_BYTES = 16 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class RunningBroker:
    """A broker process of a test. It holds nothing of an event loop, so one broker may serve tests with loops of their own."""

    broker: Broker
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where the services connect."""
        return self.broker.url

    @property
    def seeds(self) -> dict[str, str]:
        """The nkey seed of each running service."""
        return self.broker.keys.seeds

    @property
    def provisioning(self) -> dict[str, str]:
        """The nkey seed of each service's provisioning step."""
        return self.broker.keys.provisioning

    @property
    def monitor_url(self) -> str:
        """Where the broker tells about itself."""
        return self.broker.monitor_url

    def start(self) -> None:
        """Start the process without waiting for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.broker.argv,
                env={**os.environ, **self.broker.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def kill(self) -> None:
        """End it as a power switch would end the process: no goodbye (kill -9)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely; harmless when it is not running."""
        self._end(signal.SIGTERM)

    async def restart(self) -> None:
        """Kill it if it still runs, start it on the same data, wait until it can store."""
        await asyncio.to_thread(self.kill)
        self.start()
        await wait_until_healthy(self.broker)

    def freeze(self) -> None:
        """Let it keep its connections and say nothing any more (SIGSTOP)."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen broker go on."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


async def provisioned_broker(tmp_path: Path, *, stream_bytes: int = TEST_STREAM_BYTES) -> RunningBroker:
    """A broker on free ports below `tmp_path`, healthy, with all streams and durables. The caller ends it with `stop()`."""
    port, monitor_port = free_ports(2)
    broker = prepare_broker(tmp_path, port=port, monitor_port=monitor_port, stream_bytes=stream_bytes)
    running = RunningBroker(broker=broker, log=tmp_path / "nats.log")
    running.start()
    try:
        await wait_until_healthy(broker)
        await provision(broker)
    except BaseException:
        running.stop()
        raise
    return running


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
