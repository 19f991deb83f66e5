"""Keeps the hub's processes running: starts them in order, restarts what dies or falls ill, and ends them all together.

Only the standard library's small parts are used, so that watching costs about 15 MB and, at rest, hardly any processor time.
"""

import contextlib
import errno
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from hubctl.supervised import Child, Stage, Supervised, SupervisorError, one_sentence_for
from hubctl.supervised_state import StateFile

__all__ = ["Child", "Stage", "Supervisor", "SupervisorError"]

TICK_SECONDS = 1.0
STARTING_TICK_SECONDS = 0.05
STOP_SECONDS = 10.0
NEEDED_BYTES = 64 * 1024 * 1024

Progress = Callable[[str, Stage], None]


class Supervisor:
    """Runs a list of children until a signal comes.

    Each child is started when the one before is ready (a `once` child when it has ended well), in `ready_seconds` for all together.
    `progress` is told each child's stage. `state_file` names the processes while they run and is removed at the end.
    """

    def __init__(
        self,
        children: Sequence[Child],
        state_file: Path,
        *,
        ready_seconds: float = 60.0,
        stop_seconds: float = STOP_SECONDS,
        unhealthy_seconds: float = 10.0,
        needed_bytes: int = NEEDED_BYTES,
        progress: Progress | None = None,
    ) -> None:
        self._all = [Supervised(child, unhealthy_seconds=unhealthy_seconds, grace_seconds=ready_seconds) for child in children]
        self._started: list[Supervised] = []
        self._state = StateFile(state_file)
        self._ready_seconds = ready_seconds
        self._stop_seconds = stop_seconds
        self._needed_bytes = needed_bytes
        self._progress = progress or (lambda name, stage: None)
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Start everything, call `on_ready`, watch until SIGINT or SIGTERM, then end everything. Call it once, from the main thread."""
        before = self._catch_signals()
        try:
            self._state.claim()
            self._check_machine()
            self._start_all()
            if not self._stopping:
                if on_ready is not None:
                    on_ready()
                self._watch()
        except OSError as error:
            raise SupervisorError(one_sentence_for(error)) from error
        finally:
            self._stop_all()
            self._state.release()
            self._restore_signals(before)

    def stop(self) -> None:
        """Ask `run` to end; also what a signal does."""
        self._stopping = True
        os.write(self._wake_write, b"\0")

    def _check_machine(self) -> None:
        disk = os.statvfs(self._state.path.parent)
        if disk.f_bavail * disk.f_frsize < self._needed_bytes:
            raise SupervisorError("The disk is full. Free some space, then start the hub again.")
        for each in self._all:
            for port in each.child.ports:
                if _is_busy(port):
                    raise SupervisorError(
                        f"Port {port}, which {each.child.name} needs, is used by another program. Stop that program or choose another port."
                    )

    def _start_all(self) -> None:
        deadline = time.monotonic() + self._ready_seconds
        for each in self._all:
            if self._stopping:
                return
            self._progress(each.child.name, Stage.STARTING)
            each.start()
            if not each.child.once:
                self._started.append(each)
            self._write_state()
            try:
                self._await_ready(each, deadline)
            except BaseException:
                if each.child.once:
                    each.kill()
                raise
            if not self._stopping:
                self._progress(each.child.name, Stage.READY)
        self._write_state()

    def _await_ready(self, each: Supervised, deadline: float) -> None:
        while not self._stopping:
            each.check_start()
            if each.ready:
                return
            if time.monotonic() >= deadline:
                raise SupervisorError(
                    f"{each.child.name} was not ready within {self._ready_seconds:.0f} seconds. Its log tells why: {each.child.log}"
                )
            # A child that was ready may die while a later one starts.
            self._revive([other for other in self._started if other is not each])
            self._sleep(STARTING_TICK_SECONDS)
        if each.child.once:
            each.kill()

    def _watch(self) -> None:
        while not self._stopping:
            self._revive(self._started)
            due = [wait for each in self._started if (wait := each.seconds_to_restart()) is not None]
            self._sleep(min([TICK_SECONDS, *due]))

    def _revive(self, children: list[Supervised]) -> None:
        for each in children:
            stage = each.look()
            if stage is not None:
                self._progress(each.child.name, stage)
                # A full disk must not end what still runs; the file is written again at the next change.
                with contextlib.suppress(OSError):
                    self._write_state()

    def _stop_all(self) -> None:
        """Last started, first asked to end; whoever has not ended after `stop_seconds` in all is killed with its own children.

        One that hangs does not take the others' chance to end well: each has a second at least.
        """
        deadline = time.monotonic() + self._stop_seconds
        for each in reversed(self._started):
            self._progress(each.child.name, Stage.STOPPING)
            each.end(max(1.0, deadline - time.monotonic()))
            self._progress(each.child.name, Stage.STOPPED)

    def _write_state(self) -> None:
        self._state.write([each.facts() for each in self._started])

    def _sleep(self, seconds: float) -> None:
        """Wait, but wake for a signal: also for the one that tells of a child's end."""
        if select.select([self._wake_read], [], [], max(0.0, seconds))[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 512)

    def _catch_signals(self) -> dict[int, object]:
        def end(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        def ignore(number: int, frame: FrameType | None) -> None:
            return None

        before: dict[int, object] = {-1: signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)}
        for number, handler in ((signal.SIGINT, end), (signal.SIGTERM, end), (signal.SIGCHLD, ignore)):
            before[number] = signal.signal(number, handler)
        return before

    def _restore_signals(self, before: dict[int, object]) -> None:
        for number, handler in before.items():
            if number != -1:
                signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(int(str(before[-1])))
        os.close(self._wake_read)
        os.close(self._wake_write)


def _is_busy(port: int) -> bool:
    with socket.socket() as probe:
        # As a server would: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            if error.errno == errno.EACCES:
                raise SupervisorError(f"Port {port} needs administrator rights. Choose one above 1023.") from error
            raise
    return False
