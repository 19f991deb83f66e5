"""Tells other programs which processes run, in a small JSON file, and keeps a second hub from using the same data."""

import json
import os
import sys
from pathlib import Path

from hubctl.supervised import SupervisorError

if sys.platform != "win32":
    import fcntl


class StateFile:
    """`{"pid": .., "children": [{"name", "pid", "restarts", "ready", "log"}]}`, replaced at once on each change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def claim(self) -> None:
        """Take the lock beside the file; the kernel gives it back however this process ends."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            self._lock = None
            raise SupervisorError("A hub already runs on this data directory. Stop it first, or choose another directory.") from error

    def write(self, children: list[dict[str, object]]) -> None:
        """Replace the file, so that a reader never sees half of it."""
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_text(json.dumps({"pid": os.getpid(), "children": children}), encoding="utf-8")
        os.replace(draft, self.path)

    def release(self) -> None:
        """Remove the file and give the lock back; nothing happens if `claim` failed."""
        if self._lock is None:
            return
        self.path.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None


def read_state(path: Path) -> dict[str, int | None]:
    """The process ids by child name, with the supervisor's own under "supervisor"; empty when no hub runs there."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {"supervisor": state["pid"], **{child["name"]: child["pid"] for child in state["children"]}}
