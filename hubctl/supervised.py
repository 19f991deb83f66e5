"""Runs one child process of the supervisor: start, health, back-off, end."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

BACK_OFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 30.0
"""A child that ran this long starts its back-off from the beginning."""
STARTS_BEFORE_GIVING_UP = 3
PROBE_EVERY_SECONDS = 2.0
PROBE_SECONDS = 1.0
LOG_BYTES = 10 * 1024 * 1024
LOG_TAIL_BYTES = 4096
PR_SET_PDEATHSIG = 1


class SupervisorError(Exception):
    """The hub cannot run; the message is one sentence for the operator, with what to do."""


class Stage(StrEnum):
    """What just happened to a child."""

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    UNHEALTHY = "unhealthy"
    RESTARTED = "restarted"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Child:
    """A process to run.

    `env` is added to our own environment. `ready_url` answers 200 while the child is well (None: it is well while it runs). `ports` must
    be free before it starts. A `once` child does one thing and ends: it is ready when it ended with 0, and it is never restarted.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ports: tuple[int, ...] = ()
    once: bool = False


class Supervised:
    """One child over all its restarts."""

    def __init__(self, child: Child, *, unhealthy_seconds: float, grace_seconds: float) -> None:
        self.child = child
        self.ready = False
        self.restarts = 0
        self._unhealthy_seconds = unhealthy_seconds
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures_in_row = 0
        self._restart_at: float | None = None
        self._last_well = 0.0
        self._next_probe = 0.0
        self._kill_at: float | None = None

    def start(self) -> None:
        """Start the process now; its output is appended to the log, which is put aside when it has grown large."""
        child = self.child
        child.log.parent.mkdir(parents=True, exist_ok=True)
        if child.log.exists() and child.log.stat().st_size > LOG_BYTES:
            child.log.replace(child.log.with_name(child.log.name + ".1"))
        parent = os.getpid()
        with child.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    child.argv,
                    env={**os.environ, **child.env},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # A session of its own: Ctrl-C reaches only the supervisor, which then ends the children in order.
                    start_new_session=True,
                    preexec_fn=(lambda: _die_with(parent)) if _LIBC is not None else None,
                )
            except FileNotFoundError as error:
                raise SupervisorError(f"{child.name} cannot start, because its program is not installed.") from error
        self.ready = False
        self._started_at = self._last_well = time.monotonic()
        self._next_probe = 0.0
        self._restart_at = self._kill_at = None

    def check_start(self) -> None:
        """During the first start: note whether it is ready, try again when it died, and give up when it cannot succeed."""
        process = self._process
        if process is None:
            if self._restart_at is not None and time.monotonic() >= self._restart_at:
                self.start()
            return
        code = process.poll()
        if code is None:
            if not self.child.once:
                self.ready = self.child.ready_url is None or answers_ok(self.child.ready_url)
            return
        if self.child.once and code == 0:
            self.ready = True
            self._process = None
            return
        self._bury()
        known = _known_cause(self.child)
        if known is not None:
            raise SupervisorError(known)
        if self.child.once or self._failures_in_row >= STARTS_BEFORE_GIVING_UP:
            raise SupervisorError(f"{self.child.name} ended at once (code {code}). Its log tells why: {self.child.log}")

    def look(self) -> Stage | None:
        """While running: see whether it died or is ill, and start it again when its back-off is over. Returns what changed."""
        now = time.monotonic()
        if self._process is None:
            if self._restart_at is None or now < self._restart_at:
                return None
            try:
                self.start()
            except (OSError, SupervisorError):
                # For instance a full disk: what else runs must go on, and the next try may succeed.
                self._bury()
                return None
            self.restarts += 1
            return Stage.RESTARTED
        if self._process.poll() is not None:
            self._bury()
            return Stage.DIED
        if self._kill_at is not None:
            if now >= self._kill_at:
                self._signal(signal.SIGKILL)
            return None
        return self._look_at_health(now)

    def _look_at_health(self, now: float) -> Stage | None:
        if now < self._next_probe:
            return None
        self._next_probe = now + PROBE_EVERY_SECONDS
        if self.child.ready_url is None or answers_ok(self.child.ready_url):
            self._last_well = now
            newly, self.ready = not self.ready, True
            return Stage.READY if newly else None
        # A restarted child may need as long as at the first start before it is well for the first time.
        patience = self._unhealthy_seconds if self.ready else max(self._unhealthy_seconds, self._grace_seconds)
        if time.monotonic() - self._last_well < patience:
            return None
        self._kill_at = time.monotonic() + self._unhealthy_seconds
        self._signal(signal.SIGTERM)
        return Stage.UNHEALTHY

    def seconds_to_restart(self) -> float | None:
        """How long until the back-off is over; None while it runs."""
        return None if self._restart_at is None else max(0.0, self._restart_at - time.monotonic())

    def end(self, seconds: float) -> None:
        """Ask it to end, wait that long, then kill it and whatever it started."""
        process, self._restart_at = self._process, None
        if process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """Kill it and whatever it started, now."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def facts(self) -> dict[str, object]:
        """What the state file says of this child."""
        pid = None if self._process is None else self._process.pid
        return {"name": self.child.name, "pid": pid, "restarts": self.restarts, "ready": self.ready, "log": str(self.child.log)}

    def _bury(self) -> None:
        """It is dead: end what it left behind, and set the time of the next start."""
        now = time.monotonic()
        if now - self._started_at >= STEADY_SECONDS:
            self._failures_in_row = 0
        self.kill()
        self._restart_at = now + BACK_OFF_SECONDS[min(self._failures_in_row, len(BACK_OFF_SECONDS) - 1)]
        self._failures_in_row += 1
        self._started_at = now
        self.ready = False

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def answers_ok(url: str) -> bool:
    """Whether `http://host:port/path` answers 200 within PROBE_SECONDS; a socket is enough, an HTTP library would cost memory."""
    address, _, path = url.removeprefix("http://").partition("/")
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), PROBE_SECONDS) as line:
            line.settimeout(PROBE_SECONDS)
            line.sendall(f"GET /{path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
            answer = line.recv(64)
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.") and answer[9:12] == b"200"


def one_sentence_for(error: OSError) -> str:
    """What an operator needs to know of a failed system call."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some space, then start the hub again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "The hub may not write to its data directory. Give it the right to, or choose another directory."
    return f"The hub cannot run: {os.strerror(error.errno or 0).lower()}."


def _known_cause(child: Child) -> str | None:
    """The end of the log often names one of two causes that an operator can remove."""
    with child.log.open("rb") as log:
        log.seek(max(0, child.log.stat().st_size - LOG_TAIL_BYTES))
        tail = log.read().lower()
    if b"no space left on device" in tail:
        return "The disk is full. Free some space, then start the hub again."
    if b"address already in use" in tail:
        ports = " or ".join(str(port) for port in child.ports) or "that it needs"
        return f"{child.name} cannot start, because another program uses port {ports}. Stop that program or choose another port."
    return None


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    """In the new process: let the kernel kill it when the supervisor dies, even by kill -9."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
