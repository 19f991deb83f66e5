"""Makes the services' OpenAPI documents of this version of the code, so that nobody waits for the contract: `python -m hubctl.contracts`.

They lie beside the code under the fingerprint of what they are made from. Where they are not there yet, a serving process has them made a while
after its start, by a process beside it; an image has them made when it is built.
"""

import asyncio
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from chassis.contract import ROOT, fingerprint
from chassis.identity import new_signing_key
from hubctl.parts import SERVICES

FOLDER = ROOT / "services" / "__pycache__"
AFTER_SECONDS = 20.0
"""How long a hub that has just started is left in peace."""


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


def make_beside() -> None:
    """Have them made by a process of low priority a while after the start, unless they are there or could not be kept."""
    if not mark().exists() and os.access(FOLDER if FOLDER.exists() else FOLDER.parent, os.W_OK):
        threading.Thread(target=_make_later, name="contracts", daemon=True).start()


def _make_later() -> None:
    time.sleep(AFTER_SECONDS)
    if not mark().exists():
        command = [sys.executable, "-P", "-m", "hubctl.contracts"]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, check=False)


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
