"""Makes the services' OpenAPI documents of this version of the code, so that nobody waits for the contract: `python -m hubctl.contracts`.

They lie beside the code under the fingerprint of what they are made from. They are made beside the setting-up of a new hub, and when an image is
built; where they are not there yet, a serving process has them made a while after its start, by a process beside it.
"""

import asyncio
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chassis.contract import ROOT, fingerprint
from chassis.identity import new_signing_key
from hubctl.parts import SERVICES

FOLDER = ROOT / "services" / "__pycache__"
COMMAND = (sys.executable, "-P", "-m", "hubctl.contracts")
AFTER_SECONDS = 20.0
"""How long a hub that has just started is left in peace."""
PATIENCE_SECONDS = 15.0
"""How long a set-up waits for them when all else is done."""


def mark() -> Path:
    """The file that says that this version's documents are made."""
    whole = "\n".join(map(fingerprint, SERVICES))
    return FOLDER / f"contracts-{hashlib.sha256(whole.encode()).hexdigest()[:40]}.made"


def make() -> None:
    """Make the documents that are not kept yet. Their services are built with settings that nobody uses; no database is opened."""
    from hubctl.building import build_service

    key = new_signing_key()
    for name in SERVICES:
        given = {
            "DATABASE_URL": "sqlite+aiosqlite:///never.db",
            "SIGNING_KEY": key,
            "NATS_SEED": "none",
            "VAULT_KEY": key,
            "LOOKUP_KEY": new_signing_key(),
        }
        os.environ.update({f"{name.upper()}_{setting}": value for setting, value in given.items()})
        asyncio.run(build_service(name).app.state.contract.read())
    for other in FOLDER.glob("contracts-*.made"):
        other.unlink(missing_ok=True)
    mark().touch()


@contextmanager
def made_meanwhile() -> Iterator[None]:
    """Have them made by a process of low priority while something longer is done. What it has not made in the end is left to the hub."""
    making = _begin() if _is_wanted() else None
    try:
        yield
        if making is not None:
            with suppress(subprocess.TimeoutExpired):
                making.wait(PATIENCE_SECONDS)
    finally:
        if making is not None and making.poll() is None:
            making.kill()
            making.wait()


def make_beside() -> None:
    """Have them made by a process of low priority a while after the start, unless they are there or could not be kept."""
    if _is_wanted():
        threading.Thread(target=_make_later, name="contracts", daemon=True).start()


def _make_later() -> None:
    time.sleep(AFTER_SECONDS)
    if not mark().exists():
        _begin().wait()


def _is_wanted() -> bool:
    return not mark().exists() and os.access(FOLDER if FOLDER.exists() else FOLDER.parent, os.W_OK)


def _begin() -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)


def main() -> None:
    """Make them, leaving the processor to others, unless another process is at it."""
    os.nice(19)
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "contracts.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if not mark().exists():
            make()


if __name__ == "__main__":
    main()
