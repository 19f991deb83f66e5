"""What a worker process of the engine is started with: the place of the code, and nothing that a secret of the service could hide in."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds `services`."""
KEPT = ("HOME", "NUMBA_CACHE_DIR")
"""Where compiled code may be kept from one start to the next."""


def worker_environment() -> dict[str, str]:
    """The environment of a worker process."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
